"""Files of contacts and their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.imports import ImportProfile
from services.contacts.models.base import EMPTY_LIST, EMPTY_OBJECT, Base

UNTAKEN = "state <> 'staged' AND person_id IS NULL AND raw <> '{}'::jsonb"
"""Rows of imports that are over, that nobody became and that still say whom they are about: an erasure looks there."""
STAGED = "state = 'staged' AND raw <> '{}'::jsonb"
"""Rows of imports at work, or stopped."""


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
    observed_at: Mapped[datetime]
    """When what the file says was true."""
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    preview: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    """Headings of the file in its order, and what they mean, or seem to mean as long as it was only looked at."""
    mapping: Mapped[dict[str, Any] | None]
    """What columns mean by heading, where it was said."""
    by_heading: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    """Whether columns that the mapping does not name are read by their headings."""
    undo_job_id: Mapped[str] = mapped_column(server_default="")
    undone_at: Mapped[datetime | None]
    undone: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """How many rows were taken back, and of how many something was kept."""
    kept_from: Mapped[int | None] = mapped_column(Integer, server_default=text("0"))
    """The content of rows up to this number is forgotten; None when all is."""


class ImportMapping(Base):
    """What columns of files from one place mean, under a name."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("profile", "name", name="uq_import_mappings_profile"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    profile: Mapped[ImportProfile]
    columns: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class ImportRow(Base):
    """One row of a file: its cells, what they mean, and what became of it.

    `person`, `organisation` and `affiliation` hold column values as the tables of those names take them. First
    `same_as` and `organisation_as` say which earlier row of the file is the same person or organisation; `person_id`
    and `organisation_id` are of contacts that will be, until matching knows whom the register has. One row `leads` each
    organisation: it makes or changes it. `fingerprint` recognises a row that says nothing but a name when its file
    comes again.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("ix_import_rows_fingerprint", "fingerprint", postgresql_where=text("fingerprint IS NOT NULL")),
        Index("ix_import_rows_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index(
            "ix_import_rows_words",
            text("(to_tsvector('simple', raw) || array_to_tsvector(numbers_in(raw)))"),
            postgresql_using="gin",
            postgresql_where=text(UNTAKEN),
        ),
        Index("ix_import_rows_staged", "number", postgresql_where=text(STAGED)),
        Index("ix_import_rows_leads", "organisation_id", postgresql_where=text("leads")),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    raw: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="staged")
    code: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    params: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    column: Mapped[str] = mapped_column(server_default="")
    remarks: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    """Values that were left out because another source is master of their fields, or a list is full."""
    person: Mapped[dict[str, Any] | None]
    organisation: Mapped[dict[str, Any] | None]
    affiliation: Mapped[dict[str, Any] | None]
    purchase: Mapped[dict[str, Any] | None]
    """A line of a delivery, as commerce takes it, with the customer's numbers."""
    fingerprint: Mapped[int | None] = mapped_column(BigInteger)
    same_as: Mapped[int | None] = mapped_column(Integer)
    organisation_as: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    person_known: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    organisation_known: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    leads: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    organisation_change: Mapped[str] = mapped_column(server_default="")
    undone: Mapped[str] = mapped_column(server_default="")
    kept: Mapped[list[Any]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    """Fields that an undoing left as they were; `*` stands for the contact itself."""


class ImportConfirmation(Base):
    """A value that an import found as its file says it, or contested; `origin` is where it came from until then, if a
    row of its own said it."""

    __tablename__ = "import_confirmations"
    __table_args__ = (Index("ix_import_confirmations_import_id", "import_id"),)

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    contested: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    """Where it comes from since then, marked as contested, if the file says less of it than what stands."""
