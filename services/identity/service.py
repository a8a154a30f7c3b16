"""Identity's entrypoints."""

from uuid import UUID

from chassis import personal_data
from chassis.following import follows
from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts import identity
from contracts.access import PrincipalKind
from contracts.base import ById, ByIds, Done, ListRequest, Nothing, Page
from contracts.contacts.erasures import PersonErased
from contracts.contacts.exports import ExportLogged
from contracts.contacts.merges import PersonMerged, PersonUnmerged
from contracts.errors import NotAllowed
from contracts.identity import IdentityApi
from services.identity import hashing
from services.identity.commands import accounts, api_keys, audit, limits, links, roles
from services.identity.process import passwords, sign_in
from services.identity.queries import accounts as account_queries
from services.identity.queries import colleagues, principals


class IdentityService(SystemMethods, IdentityApi):
    """Who is who, and who may what."""

    def sign_in(self, request: identity.SignIn) -> identity.SignInResult:
        return sign_in.sign_in(self.call, request)

    def enter_code(self, request: identity.EnterCode) -> identity.SignInResult:
        return sign_in.enter_code(self.call, request)

    def sign_out(self, request: identity.SessionToken) -> Done:
        sign_in.sign_out(self.call, request)
        return Done()

    def get_session_principal(self, request: identity.SessionToken) -> identity.SignedPrincipal:
        return principals.of_session(self.reader, request.token, self.now)

    def get_api_key_principal(self, request: identity.ApiKeyToken) -> identity.SignedPrincipal:
        return principals.of_api_key(self.reader, request.token, self.now)

    def get_link_principal(self, request: identity.LinkToken) -> identity.SignedPrincipal:
        return principals.of_link(self.reader, request.token, self.now)

    def ask_password_reset(self, request: identity.AskPasswordReset) -> Done:
        passwords.ask_reset(self.call, request)
        return Done()

    def set_password(self, request: identity.SetPassword) -> identity.Account:
        return passwords.set_by_link(self.call, request)

    def change_password(self, request: identity.ChangePassword) -> Done:
        if self.principal.kind is not PrincipalKind.ACCOUNT:
            raise NotAllowed("Only an account has a password.", code="no_account")
        passwords.change(self.call, request, UUID(self.principal.id))
        return Done()

    def create_account(self, request: identity.CreateAccount) -> identity.Account:
        password_hash = None
        if request.password is not None:
            passwords.refuse_easy(request.password, request.username, "/password")
            password_hash = hashing.hash_password(request.password)
        return accounts.create(self.session, request, password_hash, self.principal, self.now)

    def get_account(self, request: ById) -> identity.Account:
        return account_queries.get_account(self.reader, request.id)

    def list_accounts(self, request: ListRequest) -> Page[identity.Account]:
        return account_queries.list_accounts(self.reader, request)

    def update_account(self, request: identity.UpdateAccount) -> identity.Account:
        return accounts.update(self.session, request, self.principal, self.now)

    def list_colleagues(self, request: Nothing) -> identity.Colleagues:
        return colleagues.list_all(self.reader)

    def get_colleagues(self, request: ByIds) -> identity.Colleagues:
        return colleagues.get_many(self.reader, request.ids)

    def list_roles(self, request: Nothing) -> identity.Roles:
        return account_queries.list_roles(self.reader)

    def save_role(self, request: identity.SaveRole) -> identity.Role:
        return roles.save(self.session, request, self.principal, self.now)

    def create_api_key(self, request: identity.CreateApiKey) -> identity.ApiKey:
        return api_keys.create(self.session, request, self.principal, self.now)

    def list_api_keys(self, request: ListRequest) -> Page[identity.ApiKey]:
        return account_queries.list_api_keys(self.reader, request)

    def revoke_api_key(self, request: ById) -> identity.ApiKey:
        return api_keys.revoke(self.session, request.id, self.principal, self.now)

    def issue_link(self, request: identity.IssueLink) -> identity.IssuedLink:
        return links.issue(self.session, request, self.now)

    def revoke_link(self, request: ById) -> Done:
        links.revoke(self.session, request.id, self.now)
        audit.note(self.session, self.now, "link.revoked", actor=self.principal.label, subject=request.id)
        return Done()

    def list_audit(self, request: ListRequest) -> Page[identity.AuditEntry]:
        return account_queries.list_audit(self.reader, request)

    def take_rate_limit(self, request: identity.TakeRateLimit) -> identity.RateLimitState:
        return limits.take(self.session, request, self.now)

    @subscribe(ExportLogged)
    def log_export(self, event: ExportLogged) -> None:
        action = "export.fetched" if event.fetched else "export.started"
        audit.note(self.session, event.at, action, actor=event.actor, subject=event.export_id)

    @subscribe(PersonErased)
    def erase_person(self, event: PersonErased) -> None:
        personal_data.erase(self.session, self.service_name, event.person_id, event.person_ids, self.now)

    follow_merged_person = follows(PersonMerged, "survivor_id")
    follow_unmerged_person = follows(PersonUnmerged, "person_id")
