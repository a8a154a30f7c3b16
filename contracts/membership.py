"""Membership: types, applications, agreements, memberships (features M1-M12)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import (
    ById,
    Code,
    Data,
    EmailText,
    Event,
    Fact,
    Language,
    Line,
    ListRequest,
    Nothing,
    Page,
    PersonIds,
    PhoneText,
    Reply,
    Request,
    Text,
    Translated,
    TranslatedText,
    command,
    query,
)
from contracts.contacts.addresses import Address
from contracts.system import SystemApi
from contracts.values import Day


class MemberLevel(StrEnum):
    """Who a membership is for (M1)."""

    PERSON = "person"
    PERSON_IN_COMPANY = "person_in_company"
    SITE = "site"
    GROUP = "group"


class PeriodRule(StrEnum):
    """How long a period lasts (M1)."""

    CALENDAR_YEAR = "calendar_year"
    ROLLING_YEAR = "rolling_year"
    LIFETIME = "lifetime"


class DiscountRule(Data):
    """What members get off products of a category (M3): a percentage, 0-100."""

    category: Code
    percent: Annotated[int, Field(ge=0, le=100)]


class MembershipTypeDetails(Data):
    """A kind of membership. Fees are products of commerce: it knows the price on a date."""

    code: Code
    name: Translated
    description: TranslatedText = TranslatedText(fi="")
    level: MemberLevel = MemberLevel.PERSON
    period: PeriodRule = PeriodRule.CALENDAR_YEAR
    fee_product_id: UUID
    joining_fee_product_id: UUID | None = None
    grace_days: Annotated[int, Field(ge=0, le=365)] = 30
    discounts: Annotated[list[DiscountRule], Field(max_length=50)] = []
    open_for_applications: bool = True


class CreateMembershipType(MembershipTypeDetails, Request):
    """A new membership type."""


class MembershipType(MembershipTypeDetails, Reply):
    """A membership type."""

    id: UUID
    version: int = 1


class MembershipTypes(Reply):
    """All types, in the office's order."""

    data: list[MembershipType]


class ApplicationState(StrEnum):
    """Where an application is. `approved` becomes `opened` when the agreement exists."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    OPENED = "opened"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class SubmitApplication(Request):
    """An application from the web (M7). `id` may be chosen by the caller."""

    id: UUID | None = None
    membership_type_id: UUID
    given_name: Line
    family_name: Line
    email: EmailText
    phone: PhoneText | None = None
    language: Language = Language.FI
    birth_date: Day | None = None
    address: Address | None = None
    answers: Annotated[dict[Code, Any], Field(max_length=50)] = {}
    message: Text = ""
    accepts_terms: bool


class Application(Reply):
    """An application. Names and addresses lie with contacts, under `person_id`."""

    id: UUID
    number: int
    membership_type_id: UUID
    person_id: UUID
    state: ApplicationState
    answers: dict[str, Any] = {}
    message: str = ""
    submitted_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    agreement_id: UUID | None = None
    version: int = 1


class ListApplications(ListRequest):
    """Oldest first."""

    state: ApplicationState | None = None


class Decision(StrEnum):
    """What staff decide."""

    APPROVE = "approve"
    REJECT = "reject"


class DecideApplication(Request):
    """Approves (perhaps linking the applicant to an existing contact) or rejects; the applicant sees the reason."""

    id: UUID
    decision: Decision
    reason: Text = ""
    link_to: UUID | None = None
    version: int | None = None


class MembershipState(StrEnum):
    """Computed from facts and a date, never stored."""

    PENDING = "pending"
    ACTIVE = "active"
    GRACE = "grace"
    LAPSED = "lapsed"
    ENDED = "ended"


class Membership(Reply):
    """A membership as it is on `as_of`."""

    id: UUID
    agreement_id: UUID
    person_id: UUID
    payer_id: UUID
    number: int
    membership_type_id: UUID
    type_code: str
    type_name: Translated
    state: MembershipState
    as_of: date
    joined_on: date
    paid_until: date | None = None
    ended_on: date | None = None
    invoice_id: UUID | None = None
    version: int = 1


class ListMemberships(ListRequest):
    """Memberships as they are on `as_of` (today when missing)."""

    person_id: UUID | None = None
    person_ids: PersonIds = ""
    membership_type_id: UUID | None = None
    state: MembershipState | None = None
    as_of: Day | None = None


class Agreement(Reply):
    """A membership agreement: parties, type, period (M6)."""

    id: UUID
    person_id: UUID
    payer_id: UUID
    membership_type_id: UUID
    application_id: UUID | None = None
    opened_on: date
    ended_on: date | None = None


class OpenMembership(Request):
    """Opens an agreement and membership without an application, by staff."""

    person_id: UUID
    membership_type_id: UUID
    payer_id: UUID | None = None


class EndMembership(Request):
    """Resigned, expelled, ..."""

    id: UUID
    ended_on: Day
    reason: Line


class AskEntitlements(Request):
    """What memberships entitle a person to on a date."""

    person_id: UUID
    on: Day


class Entitlement(Reply):
    """A discount in percent on products of a category, by a membership valid on the date asked."""

    membership_id: UUID
    membership_type_code: str
    category: str
    percent: int


class Entitlements(Reply):
    """All discounts a person's valid memberships give."""

    data: list[Entitlement]


class MembershipStatistics(Reply):
    """Counts by state today, and open applications."""

    active: int
    pending: int
    grace: int
    applications: int


# Events


class ApplicationSubmitted(Event):
    """Somebody applied; the applicant is the proposed person `person_id`."""

    type: ClassVar = "application.submitted.v1"
    source: ClassVar = "membership"
    subject_id: ClassVar = "application_id"
    application_id: UUID
    person_id: UUID
    membership_type_id: UUID


class ApplicationApproved(Event):
    """Staff approved; contacts accepts the person, linking to `link_to` if given."""

    type: ClassVar = "application.approved.v1"
    source: ClassVar = "membership"
    subject_id: ClassVar = "application_id"
    application_id: UUID
    person_id: UUID
    link_to: UUID | None = None


class ApplicationRejected(Event):
    """Staff rejected; the reason is asked from membership when it is used."""

    type: ClassVar = "application.rejected.v1"
    source: ClassVar = "membership"
    subject_id: ClassVar = "application_id"
    application_id: UUID
    person_id: UUID


class AgreementOpened(Event):
    """A membership begins and waits for its first fee; commerce bills the products to the payer."""

    type: ClassVar = "agreement.opened.v1"
    source: ClassVar = "membership"
    subject_id: ClassVar = "membership_id"
    agreement_id: UUID
    membership_id: UUID
    person_id: UUID
    payer_id: UUID
    product_ids: list[UUID]
    period_starts_on: date
    period_ends_on: date | None


class MembershipActivated(Event):
    """The first fee is paid: the membership is valid."""

    type: ClassVar = "membership.activated.v1"
    source: ClassVar = "membership"
    subject_id: ClassVar = "membership_id"
    membership_id: UUID
    person_id: UUID
    paid_until: date | None


class PaidTerm(Fact):
    """Days that are paid for; without end when `ends_on` is None."""

    starts_on: date
    ends_on: date | None


class MembershipFact(Fact):
    """A membership. `person_id` is for whom it was opened, whatever was merged since.

    Its state on a day follows from the paid terms, the days of grace after them and the first day without it.
    """

    id: UUID
    person_id: UUID
    type_code: str
    joined_on: date
    ended_on: date | None
    grace_days: int
    paid: list[PaidTerm]


class MembershipsChanged(Event):
    """How up to 1,000 memberships are now; a fact with a greater `number` is a later one."""

    type: ClassVar = "memberships.changed.v1"
    source: ClassVar = "membership"
    subject_id: ClassVar = "number"
    number: int
    memberships: list[MembershipFact]


class MembershipApi(SystemApi, name="membership"):
    """Membership's RPC methods."""

    @command(may=Permission.SETTINGS_WRITE)
    def create_membership_type(self, request: CreateMembershipType) -> MembershipType: ...

    @query(may=Rule.PUBLIC)
    def list_membership_types(self, request: Nothing) -> MembershipTypes: ...

    @query(may=Rule.PUBLIC)
    def get_membership_type(self, request: ById) -> MembershipType: ...

    @command(may=Rule.PUBLIC)
    def submit_application(self, request: SubmitApplication) -> Application: ...

    @query(may=[Permission.MEMBERSHIP_READ, Rule.OWN, LinkPurpose.FOLLOW_APPLICATION])
    def get_application(self, request: ById) -> Application: ...

    @query(may=Permission.MEMBERSHIP_READ)
    def list_applications(self, request: ListApplications) -> Page[Application]: ...

    @command(may=Permission.MEMBERSHIP_DECIDE)
    def decide_application(self, request: DecideApplication) -> Application: ...

    @query(may=[Permission.MEMBERSHIP_READ, Rule.OWN])
    def get_membership(self, request: ById) -> Membership: ...

    @query(may=[Permission.MEMBERSHIP_READ, Rule.OWN])
    def list_memberships(self, request: ListMemberships) -> Page[Membership]: ...

    @query(may=[Permission.MEMBERSHIP_READ, Rule.OWN])
    def get_agreement(self, request: ById) -> Agreement: ...

    @command(may=Permission.MEMBERSHIP_WRITE)
    def open_membership(self, request: OpenMembership) -> Membership: ...

    @command(may=Permission.MEMBERSHIP_WRITE)
    def end_membership(self, request: EndMembership) -> Membership: ...

    @query(may=Rule.SYSTEM)
    def get_entitlements(self, request: AskEntitlements) -> Entitlements: ...

    @query(may=Permission.MEMBERSHIP_READ)
    def get_statistics(self, request: Nothing) -> MembershipStatistics: ...
