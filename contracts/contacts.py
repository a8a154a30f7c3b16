"""Contacts: persons, organisations, affiliations, tags, segments, imports (features C1-C19)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import (
    ById,
    ByIds,
    Code,
    Data,
    Done,
    EmailText,
    Event,
    Job,
    Language,
    Line,
    ListRequest,
    OptionalLine,
    Page,
    PhoneText,
    Reply,
    Request,
    Translated,
    command,
    query,
)
from contracts.system import SystemApi


class PersonState(StrEnum):
    """`proposed` came from the web and is hidden from the register until accepted or linked to another."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    LINKED = "linked"
    ERASED = "erased"


class AddressPurpose(StrEnum):
    """What a postal address is for (C5)."""

    POSTAL = "postal"
    VISITING = "visiting"
    DELIVERY = "delivery"
    BILLING = "billing"


class Address(Data):
    """A postal address. `country` is ISO 3166-1 alpha-2."""

    purpose: AddressPurpose = AddressPurpose.POSTAL
    street: OptionalLine = ""
    postal_code: Annotated[str, Field(max_length=12, pattern=r"^[A-Za-z0-9 -]*$")] = ""
    city: OptionalLine = ""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "FI"


class PersonDetails(Data):
    """What a person can be given; everything but a name may be missing (C2)."""

    given_name: OptionalLine = ""
    family_name: OptionalLine = ""
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language = Language.FI
    birth_date: date | None = None
    title: OptionalLine = ""
    customer_number: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")] | None = None
    addresses: Annotated[list[Address], Field(max_length=8)] = []
    tags: Annotated[list[Code], Field(max_length=100)] = []
    fields: dict[Code, Any] = {}
    """Values of additional fields by code (C7)."""


class CreatePerson(PersonDetails, Request):
    """A new person: a given name or a family name is required."""


class UpdatePerson(Request):
    """Changes some details of a person; what is not given stays. `version` refuses a lost update."""

    id: UUID
    version: int
    given_name: OptionalLine | None = None
    family_name: OptionalLine | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language | None = None
    birth_date: date | None = None
    title: OptionalLine | None = None
    customer_number: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")] | None = None
    addresses: Annotated[list[Address], Field(max_length=8)] | None = None
    tags: Annotated[list[Code], Field(max_length=100)] | None = None
    fields: dict[Code, Any] | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `email`, `phone`, `birth_date`, `customer_number`, `title`, a name."""


class Person(PersonDetails, Reply):
    """A person of the register."""

    id: UUID
    state: PersonState
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}".strip()


class PersonSummary(Reply):
    """A person as lists show it."""

    id: UUID
    name: str
    email: str | None = None
    phone: str | None = None
    city: str = ""
    tags: list[str] = []


class PersonSummaries(Reply):
    """Persons by id; ids that do not exist are missing, the name of an erased one is empty."""

    data: list[PersonSummary]


class ListPersons(ListRequest):
    """Persons by name in Finnish order or by time, `-` for the reverse.

    With `q` (typo-tolerant; also e-mail, phone, number) the most alike come first, whatever `sort` says.
    """

    q: Annotated[str, Field(max_length=100)] | None = None
    tag: Code | None = None
    sort: Annotated[str, Field(pattern="^-?(name|created_at)$")] = "name"


class DeleteContact(Request):
    """Takes a person or an organisation out of the register. `version` refuses it when somebody changed it since."""

    id: UUID
    version: int


class OrganisationDetails(Data):
    """What an organisation can be given; only the name is required (C2)."""

    name: Line
    business_id: Annotated[str, Field(pattern=r"^[0-9]{7}-[0-9]$")] | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language = Language.FI
    customer_number: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")] | None = None
    parent_id: UUID | None = None
    addresses: Annotated[list[Address], Field(max_length=8)] = []
    tags: Annotated[list[Code], Field(max_length=100)] = []
    fields: dict[Code, Any] = {}


class CreateOrganisation(OrganisationDetails, Request):
    """A new organisation."""


class UpdateOrganisation(Request):
    """Changes some details of an organisation."""

    id: UUID
    version: int
    name: Line | None = None
    business_id: Annotated[str, Field(pattern=r"^[0-9]{7}-[0-9]$")] | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language | None = None
    customer_number: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")] | None = None
    parent_id: UUID | None = None
    addresses: Annotated[list[Address], Field(max_length=8)] | None = None
    tags: Annotated[list[Code], Field(max_length=100)] | None = None
    fields: dict[Code, Any] | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `email`, `phone`, `business_id`, `customer_number`, `parent_id`."""


class Organisation(OrganisationDetails, Reply):
    """An organisation of the register."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class OrganisationSummary(Reply):
    """An organisation as lists show it."""

    id: UUID
    name: str
    business_id: str | None = None
    email: str | None = None
    city: str = ""
    tags: list[str] = []


class ListOrganisations(ListRequest):
    """Organisations by name, or by likeness to `q`."""

    q: Annotated[str, Field(max_length=100)] | None = None


class AffiliationDetails(Data):
    """A person in an organisation, with the data the person has there (C3)."""

    person_id: UUID
    organisation_id: UUID
    title: OptionalLine = ""
    email: EmailText | None = None
    phone: PhoneText | None = None
    role: OptionalLine = ""
    decision_maker: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


class CreateAffiliation(AffiliationDetails, Request):
    """A new affiliation."""


class EndAffiliation(Request):
    """The person leaves; history stays (C14)."""

    id: UUID
    ends_on: date


class Affiliation(AffiliationDetails, Reply):
    """An affiliation with the names of both sides."""

    id: UUID
    version: int
    person_name: str = ""
    organisation_name: str = ""


class ListAffiliations(ListRequest):
    """Affiliations of a person or of an organisation."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None


class Change(Reply):
    """One changed field in a contact's history (C18)."""

    changed_at: datetime
    changed_by: str
    channel: str
    field: str
    old: Any = None
    new: Any = None


class History(ListRequest):
    """The history of one contact, newest first."""

    id: UUID


class ProposePerson(PersonDetails, Request):
    """A person who came from the web. `id` is chosen by the caller, so that a repeat proposes nobody twice."""

    id: UUID


class AcceptPerson(Request):
    """A proposed person joins the register, or is linked to the contact that the person already is."""

    id: UUID
    link_to: UUID | None = None


class PersonRef(Reply):
    """The id under which a person is known now (after links and merges)."""

    id: UUID


class FindSimilar(Request):
    """Existing contacts that may be the same person, best first."""

    id: UUID
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class SimilarPerson(Reply):
    """A candidate; `score` 0-100; `reasons` such as `same_email`, `similar_name`, `same_phone`, `same_birth_date`."""

    person: PersonSummary
    score: float
    reasons: list[str]


class SimilarPersons(Reply):
    """Candidates, best first."""

    data: list[SimilarPerson]


class FindSimilarTo(Request):
    """Existing contacts that may be the person described, best first: asked before somebody is entered (C13)."""

    given_name: OptionalLine = ""
    family_name: OptionalLine = ""
    email: EmailText | None = None
    phone: PhoneText | None = None
    birth_date: date | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class Recipient(Reply):
    """What a sender needs to reach a person; `name` empty and no address once erased."""

    id: UUID
    name: str
    given_name: str = ""
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FI
    address_lines: list[str] = []
    email_banned: bool = False
    sms_banned: bool = False


class Recipients(Reply):
    """Recipients by id; ids that do not exist are missing."""

    data: list[Recipient]


class ContactChannel(StrEnum):
    """Channels a person can ban (C17)."""

    EMAIL = "email"
    SMS = "sms"
    POST = "post"
    PHONE = "phone"


class SetConsent(Request):
    """Records a consent or a ban for marketing on a channel, with its evidence."""

    person_id: UUID
    channel: ContactChannel
    allowed: bool
    evidence: OptionalLine = ""


class Consent(Reply):
    """Whether a channel may be used for marketing, and when the person last said so."""

    channel: ContactChannel
    allowed: bool
    recorded_at: datetime | None = None


class Consents(Reply):
    """Every channel; what was never banned is allowed."""

    data: list[Consent]


class FieldType(StrEnum):
    """Types of additional fields (C7)."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"


class FieldDetails(Data):
    """An additional field or classification: code, label, type, choices."""

    code: Code
    label: Translated
    type: FieldType
    choices: Annotated[list[Code], Field(max_length=500)] = []
    applies_to: Annotated[str, Field(pattern="^(person|organisation|affiliation)$")] = "person"
    retired: bool = False


class DefineField(FieldDetails, Request):
    """Makes or changes a definition (its code and type stay)."""


class FieldDefinition(FieldDetails, Reply):
    """An additional field or classification that the office has defined."""


class FieldDefinitions(Reply):
    """All definitions."""

    data: list[FieldDefinition]


class SegmentFilter(Data):
    """A filter tree: `{"all": [...]}`, `{"any": [...]}`, `{"none": [...]}` or one test `{"field","op","value"}`."""

    all: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    any: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    none: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    field: Annotated[str, Field(max_length=80)] | None = None
    op: Annotated[str, Field(pattern="^(eq|ne|in|contains|starts|gte|lte|empty|not_empty)$")] | None = None
    value: Any = None


class CreateSegment(Request):
    """Saves a live segment (C10)."""

    name: Line
    filter: SegmentFilter


class Segment(Reply):
    """A saved segment; `count` at the time of asking."""

    id: UUID
    name: str
    filter: SegmentFilter
    count: int
    version: int = 1


class PreviewSegment(Request):
    """Counts a filter without saving it."""

    filter: SegmentFilter


class SegmentCount(Reply):
    """How many persons a filter finds."""

    count: int


class SegmentMembers(ListRequest):
    """The persons of a segment by id order; pages of up to 1,000 for services."""

    id: UUID
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50


class ImportProfile(StrEnum):
    """How a file is read (C11, C12)."""

    CONTACTS = "contacts"
    ADDRESS_PROVIDER = "address-provider"
    ACCOUNTING_CUSTOMERS = "accounting-customers"
    PURCHASES = "purchases"


class StartImport(Request):
    """Import a stored file; a dry run changes nothing but reports everything."""

    file_key: Annotated[str, Field(max_length=120)]
    file_name: Line
    profile: ImportProfile = ImportProfile.CONTACTS
    dry_run: bool = True


class ImportRow(Reply):
    """One row of an import; `state`: created, updated, unchanged, rejected, duplicate."""

    number: int
    state: str
    reason: str = ""
    column: str = ""
    person_id: UUID | None = None
    raw: dict[str, Any] = {}


class ListImportRows(ListRequest):
    """Rows of an import by number, of one state or all."""

    id: UUID
    state: Annotated[str, Field(pattern="^(created|updated|unchanged|rejected|duplicate)$")] | None = None


class Import(Reply):
    """An import; counts by state of row."""

    id: UUID
    job_id: str
    file_key: str = ""
    """Where the file lies: to import it for real after a dry run."""
    file_name: str
    profile: ImportProfile
    dry_run: bool
    started_at: datetime
    counts: dict[str, int] = {}


# Events


class PersonAccepted(Event):
    """A proposed person is in the register now, as `person_id` (another id when linked to an existing contact)."""

    type: ClassVar = "person.accepted.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "proposed_id"
    proposed_id: UUID
    person_id: UUID


class PersonsChanged(Event):
    """Some persons were created or changed; one event per chunk."""

    type: ClassVar = "persons.changed.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "change_id"
    change_id: UUID
    person_ids: list[UUID]


class ContactsApi(SystemApi, name="contacts"):
    """The register's RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_person(self, request: CreatePerson) -> Person: ...

    @query(may=[Permission.CONTACTS_READ, Rule.OWN, LinkPurpose.SET_PASSWORD])
    def get_person(self, request: ById) -> Person: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_person(self, request: UpdatePerson) -> Person: ...

    @command(may=Permission.CONTACTS_WRITE)
    def delete_person(self, request: DeleteContact) -> Done: ...

    @query(may=Permission.CONTACTS_READ)
    def list_persons(self, request: ListPersons) -> Page[PersonSummary]: ...

    @query(may=Permission.CONTACTS_READ)
    def get_persons(self, request: ByIds) -> PersonSummaries: ...

    @query(may=Permission.CONTACTS_READ)
    def list_history(self, request: History) -> Page[Change]: ...

    @command(may=Permission.CONTACTS_WRITE)
    def create_organisation(self, request: CreateOrganisation) -> Organisation: ...

    @query(may=Permission.CONTACTS_READ)
    def get_organisation(self, request: ById) -> Organisation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_organisation(self, request: UpdateOrganisation) -> Organisation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def delete_organisation(self, request: DeleteContact) -> Done: ...

    @query(may=Permission.CONTACTS_READ)
    def list_organisations(self, request: ListOrganisations) -> Page[OrganisationSummary]: ...

    @command(may=Permission.CONTACTS_WRITE)
    def create_affiliation(self, request: CreateAffiliation) -> Affiliation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def end_affiliation(self, request: EndAffiliation) -> Affiliation: ...

    @query(may=Permission.CONTACTS_READ)
    def list_affiliations(self, request: ListAffiliations) -> Page[Affiliation]: ...

    @command(may=Rule.SYSTEM)
    def propose_person(self, request: ProposePerson) -> PersonRef: ...

    @command(may=Rule.SYSTEM)
    def accept_person(self, request: AcceptPerson) -> PersonRef: ...

    @query(may=Permission.CONTACTS_READ)
    def find_similar(self, request: FindSimilar) -> SimilarPersons: ...

    @query(may=Permission.CONTACTS_READ)
    def find_similar_to(self, request: FindSimilarTo) -> SimilarPersons: ...

    @query(may=Rule.SYSTEM)
    def get_recipients(self, request: ByIds) -> Recipients: ...

    @command(may=[Permission.CONTACTS_WRITE, Rule.OWN])
    def set_consent(self, request: SetConsent) -> Done: ...

    @query(may=[Permission.CONTACTS_READ, Rule.OWN])
    def get_consents(self, request: ById) -> Consents: ...

    @command(may=Permission.SETTINGS_WRITE)
    def define_field(self, request: DefineField) -> FieldDefinition: ...

    @query(may=Rule.SIGNED_IN)
    def list_fields(self, request: ListRequest) -> FieldDefinitions: ...

    @command(may=Permission.CONTACTS_WRITE)
    def create_segment(self, request: CreateSegment) -> Segment: ...

    @query(may=Permission.CONTACTS_READ)
    def get_segment(self, request: ById) -> Segment: ...

    @query(may=Permission.CONTACTS_READ)
    def list_segments(self, request: ListRequest) -> Page[Segment]: ...

    @query(may=Permission.CONTACTS_READ)
    def preview_segment(self, request: PreviewSegment) -> SegmentCount: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_segment_members(self, request: SegmentMembers) -> Page[PersonSummary]: ...

    @command(may=Permission.CONTACTS_IMPORT)
    def start_import(self, request: StartImport) -> Job: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def get_import(self, request: ById) -> Import: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def list_imports(self, request: ListRequest) -> Page[Import]: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def list_import_rows(self, request: ListImportRows) -> Page[ImportRow]: ...
