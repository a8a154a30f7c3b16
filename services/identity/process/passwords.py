"""Setting, resetting and changing passwords: by personal link, or with the old one."""

from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.call import Call
from chassis.ids import new_id
from chassis.rpc import client
from contracts import identity
from contracts.access import LinkPurpose
from contracts.base import ByIds, Language
from contracts.contacts import ContactsApi
from contracts.contacts.recipients import Recipient
from contracts.errors import Invalid, NotAllowed
from services.identity import answers, hashing, secrets
from services.identity.commands import accounts, audit, limits, links, sessions
from services.identity.config import identity_settings
from services.identity.models import Account, AccountRole
from services.identity.queries import principals
from services.identity.rules.built_in_roles import ADMINISTRATOR, MEMBER
from services.identity.rules.names import key_of
from services.identity.rules.passwords import too_easy

contacts = client(ContactsApi)
HOUR = 3_600


def ask_reset(call: Call, request: identity.AskPasswordReset) -> None:
    """Let notify send a link if there is such an account; silent otherwise."""
    settings = identity_settings()
    _take(call.session, f"reset:address:{request.address}", settings.resets_per_address, call)
    name = secrets.keyed("limit", key_of(request.username)).hex()[:32]
    allowed = _take(call.session, f"reset:name:{name}", settings.resets_per_account, call)
    account = accounts.find_by_name(call.session, request.username)
    if account is None or account.disabled or not allowed:
        return
    outbox.record(
        call.session,
        identity.PasswordLinkWanted(request_id=new_id(), account_id=account.id, person_id=account.person_id),
    )
    audit.note(call.session, call.now, "password.reset_asked", actor="anonymous", subject=account.id)


def _take(session: Session, key: str, limit: int, call: Call) -> bool:
    request = identity.TakeRateLimit(key=key, limit=limit, seconds=HOUR)
    return limits.take(session, request, call.now).allowed


def set_by_link(call: Call, request: identity.SetPassword) -> identity.Account:
    """Set the password, making the account on first use; raises Gone, Invalid, Conflict. Sessions end."""
    link = principals.of_link(call.reader, request.token, call.now)
    if link.link_purpose not in links.PASSWORD_PURPOSES:
        raise NotAllowed("This link does not set a password.", code="wrong_link")
    account_id = _account_of(call, link)
    person = None if account_id or link.person_id is None else _recipient(link.person_id)
    username = request.username or (person.email if person else None) or ""
    refuse_easy(request.password, username, "/password")
    password_hash = hashing.hash_password(request.password)
    used = links.use_password_link(call.session, request.token, call.now)
    if account_id is not None:
        account = _change(call, account_id, password_hash)
    else:
        account = _first_account(call, link, person, username, password_hash)
    links.revoke_password_links(call.session, used, call.now)
    audit.note(call.session, call.now, "password.set_by_link", actor=f"link:{used.id}", subject=account.id)
    held = call.session.scalars(select(AccountRole.role_code).where(AccountRole.account_id == account.id)).all()
    return answers.account(account, list(held))


def _account_of(call: Call, link: identity.SignedPrincipal) -> UUID | None:
    """The account whose password the link sets: the person's, or the one it names. After a merge a person may have
    two: the one that the link names goes before the person's own, and that before the one of the merged contact.
    """
    if link.link_purpose is LinkPurpose.FIRST_ADMINISTRATOR:
        return None
    by_person = link.person_id is not None
    named = Account.id == link.link_object
    chosen = Account.person_id == func.known_as(link.person_id) if by_person else named
    best_first = named.desc(), Account.merged_person_id.is_not(None)
    found: UUID | None = call.reader.execute(select(Account.id).where(chosen).order_by(*best_first)).scalar()
    if found is None and not by_person:
        raise NotAllowed("This link belongs to no account.", code="wrong_link")
    return found


def _recipient(person_id: UUID) -> Recipient:
    found = contacts.get_recipients(ByIds(ids=[person_id])).data
    if not found or not found[0].name:
        raise Invalid.field("/token", "no_such_person", "The person of this link is not in the register any more.")
    return found[0]


def _first_account(
    call: Call, link: identity.SignedPrincipal, person: Recipient | None, username: str, password_hash: str
) -> Account:
    if not username:
        raise Invalid.field("/username", "missing", "Choose a user name.")
    email = person.email if person else None
    if "@" in username and key_of(username) != key_of(email or username):
        raise Invalid.field("/username", "foreign_address", "A user name with @ must be your own e-mail address.")
    account = accounts.add(
        call.session,
        username=username,
        email=email,
        person_id=link.person_id,
        phone=_mobile(person),
        password_hash=password_hash,
        language=person.language if person else Language.FI,
        now=call.now,
    )
    role = ADMINISTRATOR if link.link_purpose is LinkPurpose.FIRST_ADMINISTRATOR else MEMBER
    call.session.add(AccountRole(account_id=account.id, role_code=role))
    call.session.flush()
    return account


def _mobile(person: Recipient | None) -> str | None:
    """The person's number where it is one; a bad one in the register must not hinder the account."""
    try:
        return accounts.e164(person.phone) if person and person.phone else None
    except Invalid:
        return None


def change(call: Call, request: identity.ChangePassword, account_id: UUID) -> None:
    """Change the own password; all sessions end, so that who knew the old one is out. Raises Invalid, TooMany."""
    settings = identity_settings()
    key = f"change-password:{account_id}"
    limits.take_or_refuse(call.session, key, settings.failures_per_account, settings.failure_window, call.now)
    account = call.session.get_one(Account, account_id)
    call.checkpoint()
    refuse_easy(request.new_password, account.username, "/new_password")
    if not hashing.is_right(account.password_hash, request.old_password):
        audit.note(call.session, call.now, "password.changed", actor=f"account:{account_id}", outcome=audit.REFUSED)
        call.checkpoint()
        raise Invalid.field("/old_password", "wrong_password", "This is not your password.")
    _change(call, account_id, hashing.hash_password(request.new_password))
    limits.give_back(call.session, key, call.now)
    audit.note(call.session, call.now, "password.changed", actor=f"account:{account_id}", subject=account_id)


def _change(call: Call, account_id: UUID, password_hash: str) -> Account:
    account = call.session.get_one(Account, account_id, with_for_update=True)
    account.password_hash = password_hash
    sessions.end_all(call.session, account_id)
    outbox.record(call.session, identity.PrincipalsChanged(account_id=account_id))
    call.session.flush()
    return account


def refuse_easy(password: SecretStr, username: str, pointer: str) -> None:
    """Raises Invalid for a password that is guessed easily."""
    if too_easy(password.get_secret_value(), username):
        raise Invalid.field(pointer, "too_easy", "This password is guessed easily; use several unrelated words.")
