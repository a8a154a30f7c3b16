"""Identity: accounts, sign-in, sessions, one-time codes, personal links, roles, API keys, audit (features I1-I6)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, field_serializer, model_validator

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import (
    ById,
    ByIds,
    Code,
    Data,
    Done,
    EmailText,
    Event,
    Language,
    Line,
    ListRequest,
    Nothing,
    OptionalLine,
    Page,
    PhoneText,
    Reply,
    Request,
    Token,
    command,
    one_line,
    query,
)
from contracts.system import SystemApi
from contracts.values import Moment


class Secret(Data):
    """A request with a secret: it travels to identity but never shows in logs or representations."""

    @field_serializer("*", when_used="json", check_fields=False)
    def _reveal(self, value: object) -> object:
        return value.get_secret_value() if isinstance(value, SecretStr) else value


Password = Annotated[SecretStr, Field(min_length=1, max_length=200)]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=200)]
LoginName = Annotated[str, Field(min_length=1, max_length=254), AfterValidator(one_line)]
"""A user name or an e-mail address as typed."""
Address = Annotated[str, Field(max_length=64)]
"""An IP address, for rate limits."""


class SignIn(Secret, Request):
    """User name (or e-mail) and password (I1); without a password a code is sent where the account allows it (I2b)."""

    username: LoginName
    password: Password | None = None
    address: Address = ""
    previous_session: Token | None = None
    """The session the browser had; it ends."""


class SignInState(StrEnum):
    """What comes next."""

    SIGNED_IN = "signed_in"
    CODE_REQUIRED = "code_required"


class SignInResult(Reply):
    """Either a session or a challenge to answer with the code sent by SMS."""

    state: SignInState
    session_token: str | None = None
    challenge_id: UUID | None = None
    phone_hint: str = ""


class EnterCode(Request):
    """The code of a challenge; five wrong ones end it."""

    challenge_id: UUID
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    address: Address = ""


class SessionToken(Request):
    """A session cookie's value."""

    token: Token


class ApiKeyToken(Request):
    """A bearer token's value."""

    token: Annotated[str, Field(max_length=200)]


class LinkToken(Request):
    """A personal link's token."""

    token: Annotated[str, Field(max_length=200)]


class SignedPrincipal(Reply):
    """A principal as a signed token for messages, and what a page wants to know about it."""

    token: str
    kind: str
    account_id: UUID | None = None
    person_id: UUID | None = None
    username: str = ""
    language: Language = Language.FI
    permissions: list[str] = []
    link_purpose: LinkPurpose | None = None
    link_object: UUID | None = None
    csrf: str = ""
    """Secret of the session from which the gateway derives CSRF tokens."""


class Account(Reply):
    """An account of staff or of a member."""

    id: UUID
    username: str
    person_id: UUID | None = None
    phone: str | None = None
    email: str | None = None
    """Signs in as well as the user name."""
    roles: list[str] = []
    sms_code: bool = False
    """A code by SMS follows the password (I2a); a role may ask for it too."""
    code_instead: bool = False
    """A code by SMS may stand in for the password (I2b)."""
    disabled: bool = False
    language: Language = Language.FI
    last_signed_in_at: datetime | None = None
    version: int = 1


class Colleague(Reply):
    """An account as its colleagues see it: who does something, whom a task is given to."""

    id: UUID
    name: str
    """The user name."""
    person_id: UUID | None = None
    email: str | None = None
    language: Language = Language.FI
    works_here: bool = True
    """Whether the account may still sign in and has a role that records activities."""


class Colleagues(Reply):
    """Accounts by user name; ids that do not exist are missing."""

    data: list[Colleague]


class CreateAccount(Secret, Request):
    """A new account; without a password its owner sets one by link."""

    username: Line
    email: EmailText | None = None
    password: NewPassword | None = None
    person_id: UUID | None = None
    phone: PhoneText | None = None
    roles: Annotated[list[Code], Field(max_length=30)] = []
    sms_code: bool = False
    code_instead: bool = False
    language: Language = Language.FI


class UpdateAccount(Request):
    """Changes rights and state of an account."""

    id: UUID
    version: int
    roles: Annotated[list[Code], Field(max_length=30)] | None = None
    sms_code: bool | None = None
    code_instead: bool | None = None
    disabled: bool | None = None
    phone: PhoneText | None = None


class AskPasswordReset(Request):
    """Sends a link if such an account exists; the answer is the same when not."""

    username: LoginName
    address: Address = ""


class SetPassword(Secret, Request):
    """Sets the password by a personal link, making the account on first use; the link is used up."""

    token: Annotated[str, Field(max_length=200)]
    password: NewPassword
    username: Line | None = None


class ChangePassword(Secret, Request):
    """Changes the own password; other sessions end."""

    old_password: Password
    new_password: NewPassword


class RoleDetails(Data):
    """A named set of permissions."""

    code: Code
    name: Line
    permissions: Annotated[list[Permission], Field(max_length=100)]
    sms_code: bool = False
    """Accounts with this role give a code by SMS after their password."""


class Role(RoleDetails, Reply):
    """A role; built-in ones cannot be changed."""

    built_in: bool = False


class Roles(Reply):
    """All roles."""

    data: list[Role]


class SaveRole(RoleDetails, Request):
    """Makes or changes a role."""


class CreateApiKey(Request):
    """A key for another system (I6)."""

    name: Line
    permissions: Annotated[list[Permission], Field(max_length=100)]
    expires_at: Moment | None = None


class ApiKey(Reply):
    """A key as lists show it; the secret is shown once, at creation."""

    id: UUID
    name: str
    prefix: str
    permissions: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    secret: str | None = None


class IssueLink(Request):
    """A personal link (I3). The same `id` gives the same token again, so that a repeated message carries the same.

    It names a person, a thing or both; the first administrator's names nothing, for nothing is there yet.
    """

    id: UUID
    purpose: LinkPurpose
    person_id: UUID | None = None
    object_id: UUID | None = None
    expires_at: Moment
    single_use: bool = False

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        names_nothing = self.person_id is None and self.object_id is None
        if names_nothing and self.purpose is not LinkPurpose.FIRST_ADMINISTRATOR:
            raise ValueError("a link names the person or the thing that it opens")
        return self


class IssuedLink(Reply):
    """The token to put in an address."""

    token: str


class AuditEntry(Reply):
    """A sign-in or privileged action."""

    id: UUID
    at: datetime
    action: str
    actor: str
    subject: str = ""
    address: OptionalLine = ""
    outcome: str


class TakeRateLimit(Request):
    """Counts `cost` against a limit that holds across processes."""

    key: Annotated[str, Field(max_length=200)]
    limit: Annotated[int, Field(ge=1, le=1_000_000)]
    seconds: Annotated[int, Field(ge=1, le=86_400)]
    cost: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class RateLimitState(Reply):
    """What is left in the window, which starts anew in `reset_seconds`."""

    allowed: bool
    granted: int
    """How much of the cost was still within the limit; the whole cost when allowed."""
    remaining: int
    reset_seconds: int


# Events


class PrincipalsChanged(Event):
    """Rights changed or a session ended: what is cached about it must go."""

    type: ClassVar = "principals.changed.v1"
    source: ClassVar = "identity"
    subject_id: ClassVar = "account_id"
    account_id: UUID


class AccountErased(Event):
    """The account belonged to a person who was erased: whoever wrote to it empties what was written."""

    type: ClassVar = "account.erased.v1"
    source: ClassVar = "identity"
    subject_id: ClassVar = "account_id"
    account_id: UUID


class PasswordLinkWanted(Event):
    """Somebody asked to set or reset a password; notify sends the link to the person."""

    type: ClassVar = "account.password_link_wanted.v1"
    source: ClassVar = "identity"
    subject_id: ClassVar = "request_id"
    request_id: UUID
    account_id: UUID
    person_id: UUID | None


class IdentityApi(SystemApi, name="identity"):
    """Identity's RPC methods."""

    @command(may=Rule.PUBLIC, deadline=6, remember=False)
    def sign_in(self, request: SignIn) -> SignInResult: ...

    @command(may=Rule.PUBLIC, remember=False)
    def enter_code(self, request: EnterCode) -> SignInResult: ...

    @command(may=Rule.PUBLIC, remember=False)
    def sign_out(self, request: SessionToken) -> Done: ...

    @query(may=Rule.PUBLIC)
    def get_session_principal(self, request: SessionToken) -> SignedPrincipal: ...

    @query(may=Rule.PUBLIC)
    def get_api_key_principal(self, request: ApiKeyToken) -> SignedPrincipal: ...

    @query(may=Rule.PUBLIC)
    def get_link_principal(self, request: LinkToken) -> SignedPrincipal: ...

    @command(may=Rule.PUBLIC)
    def ask_password_reset(self, request: AskPasswordReset) -> Done: ...

    @command(may=Rule.PUBLIC, deadline=6, remember=False)
    def set_password(self, request: SetPassword) -> Account: ...

    @command(may=Rule.SIGNED_IN, deadline=6, remember=False)
    def change_password(self, request: ChangePassword) -> Done: ...

    @command(may=Permission.IDENTITY_WRITE, deadline=6, remember=False)
    def create_account(self, request: CreateAccount) -> Account: ...

    @query(may=Permission.IDENTITY_READ)
    def get_account(self, request: ById) -> Account: ...

    @query(may=Permission.IDENTITY_READ)
    def list_accounts(self, request: ListRequest) -> Page[Account]: ...

    @command(may=Permission.IDENTITY_WRITE)
    def update_account(self, request: UpdateAccount) -> Account: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_colleagues(self, request: Nothing) -> Colleagues: ...

    @query(may=Permission.ACTIVITIES_READ)
    def get_colleagues(self, request: ByIds) -> Colleagues: ...

    @query(may=Permission.IDENTITY_READ)
    def list_roles(self, request: Nothing) -> Roles: ...

    @command(may=Permission.IDENTITY_WRITE)
    def save_role(self, request: SaveRole) -> Role: ...

    @command(may=Permission.IDENTITY_WRITE, remember=False)
    def create_api_key(self, request: CreateApiKey) -> ApiKey: ...

    @query(may=Permission.IDENTITY_READ)
    def list_api_keys(self, request: ListRequest) -> Page[ApiKey]: ...

    @command(may=Permission.IDENTITY_WRITE)
    def revoke_api_key(self, request: ById) -> ApiKey: ...

    @command(may=Rule.SYSTEM, remember=False)
    def issue_link(self, request: IssueLink) -> IssuedLink: ...

    @command(may=Permission.IDENTITY_WRITE)
    def revoke_link(self, request: ById) -> Done: ...

    @query(may=Permission.IDENTITY_READ)
    def list_audit(self, request: ListRequest) -> Page[AuditEntry]: ...

    @command(may=Rule.GATEWAY, deadline=2, remember=False)
    def take_rate_limit(self, request: TakeRateLimit) -> RateLimitState: ...
