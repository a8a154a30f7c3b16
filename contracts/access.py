"""Who may call what: permissions, the rules beside them, and the principal every message carries."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Permission(StrEnum):
    """A right that roles and API keys grant. `system.*` rights belong to the suite's own services too."""

    CONTACTS_READ = "contacts.read"
    CONTACTS_WRITE = "contacts.write"
    CONTACTS_IMPORT = "contacts.import"
    CONTACTS_ERASE = "contacts.erase"
    """Erasing a person everywhere, and what is on record about it."""
    CONTACTS_DISCLOSE = "contacts.disclose"
    """Giving a person a copy of all that the suite holds about them."""
    ACTIVITIES_READ = "activities.read"
    """Activities, tasks, projects, documents and the office's calendar, with the names of those they are about."""
    ACTIVITIES_WRITE = "activities.write"
    MEMBERSHIP_READ = "membership.read"
    MEMBERSHIP_WRITE = "membership.write"
    MEMBERSHIP_DECIDE = "membership.decide"
    COURSES_READ = "courses.read"
    COURSES_WRITE = "courses.write"
    COMMERCE_READ = "commerce.read"
    COMMERCE_WRITE = "commerce.write"
    PAYMENTS_WRITE = "payments.write"
    NOTIFY_READ = "notify.read"
    NOTIFY_SEND = "notify.send"
    IDENTITY_READ = "identity.read"
    IDENTITY_WRITE = "identity.write"
    SETTINGS_WRITE = "settings.write"
    SYSTEM_READ = "system.read"
    SYSTEM_OPERATE = "system.operate"


class Rule(StrEnum):
    """Who may call besides holders of a permission."""

    PUBLIC = "public"
    """Anybody, signed in or not."""
    SIGNED_IN = "signed_in"
    """Any account or API key."""
    OWN = "own"
    """A signed-in person, for what is their own; the method limits itself to `only_person`."""
    SYSTEM = "system"
    """Only the suite's own services."""
    GATEWAY = "gateway"
    """The gateway on its own behalf."""


class LinkPurpose(StrEnum):
    """The one thing a personal link opens (feature I3)."""

    FOLLOW_APPLICATION = "follow_application"
    SET_PASSWORD = "set_password"  # noqa: S105  (a purpose, not a password)
    FIRST_ADMINISTRATOR = "first_administrator"
    TAKE_OFFER = "take_offer"
    SHOW_TICKET = "show_ticket"
    PAY_INVOICE = "pay_invoice"
    UNSUBSCRIBE = "unsubscribe"
    ANSWER_SURVEY = "answer_survey"
    CHECK_DETAILS = "check_details"


Access = Permission | Rule | LinkPurpose


class PrincipalKind(StrEnum):
    """What a principal is."""

    ANONYMOUS = "anonymous"
    ACCOUNT = "account"
    API_KEY = "api_key"
    LINK = "link"
    SYSTEM = "system"


class Principal(BaseModel):
    """On whose behalf a message travels. Signed by its issuer and short-lived (see chassis.principals)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: PrincipalKind
    id: str
    """Account id, API key id, link id, or the service's name."""
    person_id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    link_purpose: LinkPurpose | None = None
    link_object: UUID | None = None
    expires_at: datetime | None = None

    def has(self, permission: Permission) -> bool:
        """Whether a role or key grants `permission`."""
        return permission.value in self.permissions

    @property
    def label(self) -> str:
        """Kind and id, for logs and change histories: no personal data."""
        return f"{self.kind}:{self.id}"


ANONYMOUS = Principal(kind=PrincipalKind.ANONYMOUS, id="anonymous")
