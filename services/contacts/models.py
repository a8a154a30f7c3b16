"""Tables of contacts. Columns whose names end in `_key`, and `search`, are made by services.contacts.rules.names."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from chassis.tables import COLUMN_TYPES, new_metadata
from contracts.base import Language
from contracts.contacts import ContactChannel, FieldType, ImportProfile, PersonState

EMPTY_LIST = text("'[]'::jsonb")
EMPTY_OBJECT = text("'{}'::jsonb")
ACTIVE = text("state = 'active'")
NOT_DELETED = text("deleted_at IS NULL")


class Base(DeclarativeBase):
    """Base of the service's mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


def _key_column() -> Any:
    """Text compared byte by byte, so that order and prefixes are the same on every PostgreSQL."""
    return mapped_column(Text(collation="C"))


def trigram_index(table: str, where: Any) -> Index:
    """The index behind typo-tolerant search."""
    return Index(
        f"ix_{table}_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"},
        postgresql_where=where,
    )  # fmt: skip


def containment_index(table: str, column: str) -> Index:
    """The index behind `column @> value` of a JSONB column."""
    return Index(
        f"ix_{table}_{column}", column, postgresql_using="gin", postgresql_ops={column: "jsonb_path_ops"}
    )  # fmt: skip


class ContactColumns:
    """What persons and organisations have in common."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    phone: Mapped[str | None] = _key_column()
    language: Mapped[Language] = mapped_column(default=Language.FI)
    customer_number: Mapped[str | None] = _key_column()
    addresses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    city: Mapped[str] = mapped_column(server_default="")
    postal_code: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @declared_attr
    def email_key(cls) -> Mapped[str | None]:  # noqa: N805
        """The e-mail address in lower case."""
        return mapped_column(Text(collation="C"))

    @declared_attr
    def sort_key(cls) -> Mapped[str]:  # noqa: N805
        """The name in Finnish alphabetical order."""
        return mapped_column(Text(collation="C"))

    @declared_attr
    def search(cls) -> Mapped[str]:  # noqa: N805
        """Folded words of the name and the digits of the phone number."""
        return mapped_column(Text())


class Person(ContactColumns, Base):
    """A person. A linked one (state `linked`) redirects its id to `linked_to`, which is never itself linked."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_sort_key", "sort_key", "id", postgresql_where=ACTIVE),
        Index("ix_persons_created_at", "created_at", "id", postgresql_where=ACTIVE),
        Index("ix_persons_email_key", "email_key", postgresql_where=text("email_key IS NOT NULL")),
        Index("ix_persons_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
        Index("ix_persons_birth_date", "birth_date", postgresql_where=text("birth_date IS NOT NULL")),
        Index("ix_persons_linked_to", "linked_to", postgresql_where=text("linked_to IS NOT NULL")),
        Index(
            "uq_persons_customer_number", "customer_number", unique=True,
            postgresql_where=text("customer_number IS NOT NULL AND state = 'active'"),
        ),
        trigram_index("persons", ACTIVE),
        containment_index("persons", "tags"),
        containment_index("persons", "fields"),
        CheckConstraint("(state = 'linked') = (linked_to IS NOT NULL)", name="linked"),
        CheckConstraint("state = 'erased' OR given_name <> '' OR family_name <> ''", name="named"),
    )  # fmt: skip

    state: Mapped[PersonState]
    given_name: Mapped[str] = mapped_column(server_default="")
    family_name: Mapped[str] = mapped_column(server_default="")
    birth_date: Mapped[date | None]
    title: Mapped[str] = mapped_column(server_default="")
    linked_to: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    banned_channels: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)


class Organisation(ContactColumns, Base):
    """A company or association, or a site of one. A deleted one is kept for the history of its persons."""

    __tablename__ = "organisations"
    __table_args__ = (
        Index("ix_organisations_sort_key", "sort_key", "id", postgresql_where=NOT_DELETED),
        Index("ix_organisations_email_key", "email_key", postgresql_where=text("email_key IS NOT NULL")),
        Index("ix_organisations_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index(
            "uq_organisations_business_id", "business_id", unique=True,
            postgresql_where=text("business_id IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index(
            "uq_organisations_customer_number", "customer_number", unique=True,
            postgresql_where=text("customer_number IS NOT NULL AND deleted_at IS NULL"),
        ),
        trigram_index("organisations", NOT_DELETED),
        containment_index("organisations", "tags"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
    )  # fmt: skip

    name: Mapped[str]
    business_id: Mapped[str | None] = _key_column()
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    deleted_at: Mapped[datetime | None]


class Affiliation(Base):
    """A person in an organisation; `ends_on` is the last day."""

    __tablename__ = "affiliations"
    __table_args__ = (
        Index("ix_affiliations_person_id", "person_id", "id"),
        Index("ix_affiliations_organisation_id", "organisation_id", "id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    title: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    role: Mapped[str] = mapped_column(server_default="")
    decision_maker: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class Change(Base):
    """One changed field of one contact (C18)."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_subject_id", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject_id: Mapped[UUID]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    channel: Mapped[str]
    field: Mapped[str]
    old: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    new: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))


class Field(Base):
    """The definition of an additional field (C7)."""

    __tablename__ = "fields"

    applies_to: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[dict[str, Any]]
    type: Mapped[FieldType]
    choices: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    retired: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class Consent(Base):
    """What a person said about marketing on a channel; the newest row of a channel holds (C17)."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_person_id", "person_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    channel: Mapped[ContactChannel]
    allowed: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Segment(Base):
    """A saved filter (C10)."""

    __tablename__ = "segments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    filter: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Import(Base):
    """A file being imported, or imported (C11)."""

    __tablename__ = "imports"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[str]
    file_key: Mapped[str]
    file_name: Mapped[str]
    profile: Mapped[ImportProfile]
    dry_run: Mapped[bool] = mapped_column(Boolean)
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)


class ImportRow(Base):
    """One row of a file: its cells, what they mean, and what became of it.

    `person`, `organisation` and `affiliation` hold column values as the tables of those names take them. First
    `same_as` and `organisation_as` say which earlier row of the file is the same person or organisation; then matching
    sets `person_id` and `organisation_id`, of contacts that exist or will. One row `leads` each organisation: it makes
    or changes it. `fingerprint` recognises a row that says nothing but a name when its file comes again.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_fingerprint", "fingerprint", postgresql_where=text("fingerprint IS NOT NULL")),
        Index("ix_import_rows_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    raw: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="staged")
    reason: Mapped[str] = mapped_column(server_default="")
    column: Mapped[str] = mapped_column(server_default="")
    person: Mapped[dict[str, Any] | None]
    organisation: Mapped[dict[str, Any] | None]
    affiliation: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[int | None] = mapped_column(BigInteger)
    same_as: Mapped[int | None] = mapped_column(Integer)
    organisation_as: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    leads: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    organisation_change: Mapped[str] = mapped_column(server_default="")
