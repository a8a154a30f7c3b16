"""Files of contacts (C11, C12)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.access import Permission
from contracts.base import ById, Job, Line, ListRequest, Page, Reply, Request, command, query
from contracts.contacts.masters import ValueSource
from contracts.system import SystemApi
from contracts.values import Moment


class ImportProfile(StrEnum):
    """How a file is read (C11, C12)."""

    CONTACTS = "contacts"
    ADDRESS_PROVIDER = "address-provider"
    ACCOUNTING_CUSTOMERS = "accounting-customers"
    PURCHASES = "purchases"


ColumnMeanings = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=100)],
        Annotated[str, StringConstraints(pattern=r"^((fields\.)?[a-z0-9][a-z0-9_.-]{0,59})?$")],
    ],
    Field(max_length=200),
]
"""What columns mean by their headings; an empty text for those that are not read."""


class StartImport(Request):
    """Import a stored file; a dry run changes nothing but reports everything."""

    file_key: Annotated[str, Field(max_length=120)]
    file_name: Line
    profile: ImportProfile = ImportProfile.CONTACTS
    dry_run: bool = True
    observed_at: Moment | None = None
    """When what the file says was true, if that was before now: what others have said since stays."""
    mapping: ColumnMeanings | None = None
    """What the columns mean. Without it, headings say it."""
    by_heading: bool = False
    """Whether the headings of columns count that the mapping does not name."""
    mapping_id: UUID | None = None
    """A saved mapping instead; columns that it does not name are read by their headings."""


class Remark(Reply):
    """A value of a row that was left out, because another source is master of the field, a list is full, or a choice is
    retired that the contact does not have."""

    field: str
    master: ValueSource | None = None
    """Who is master of it, if that is why."""
    values: list[str] = []
    """What found no room in the list, if that is why; or the codes of choices that are retired."""
    retired: bool = False
    """Whether it is choices that are retired."""
    column: str = ""
    """The header of its column."""


class ImportRow(Reply):
    """One row of an import; `state`: created, updated, unchanged, rejected, duplicate.

    Why it was rejected: a stable `code` with `params` for its sentence in any language, `reason` in English, and the
    header of the `column`, if it is about one.
    """

    number: int
    state: str
    code: str = ""
    reason: str = ""
    params: dict[str, str] = {}
    column: str = ""
    remarks: list[Remark] = []
    """What a master keeps, what found no room, and choices that are retired; the rest of the row was applied."""
    person_id: UUID | None = None
    undone: str = ""
    """`taken_back`, or `kept` with the fields that somebody has changed since or another import says too; `*` is the
    contact itself."""
    kept: list[str] = []
    raw: dict[str, Any] = {}


class ListImportRows(ListRequest):
    """Rows of an import by number, of one state or all; `undone` those that an undoing took back or kept.

    `mastered` are those of which a master keeps something, `full` those of which something found no room or is a choice
    that is retired.
    """

    id: UUID
    state: Annotated[str, Field(pattern="^(created|updated|unchanged|rejected|duplicate)$")] | None = None
    undone: Annotated[str, Field(pattern="^(taken_back|kept)$")] | None = None
    mastered: bool = False
    full: bool = False


class Import(Reply):
    """An import; counts by state of row, of rows of which a master keeps something (`mastered`), and of rows of which
    something found no room in a list, or is a choice that is retired (`full`)."""

    id: UUID
    job_id: str
    file_key: str = ""
    """Where the file lies: to import it for real after a dry run."""
    file_name: str
    profile: ImportProfile
    dry_run: bool
    started_at: datetime
    own: bool = False
    """Whether who asks started it. They stop and undo it, and who may operate the suite (`system.operate`)."""
    observed_at: datetime
    """When what the file says was true."""
    preview: bool = False
    """Only looked at, to map its columns."""
    mapping: dict[str, str] | None = None
    by_heading: bool = True
    counts: dict[str, int] = {}
    undo_job_id: str = ""
    undone_at: datetime | None = None
    undone: dict[str, int] = {}
    """How many rows an undoing took back, and of how many it kept something (`taken_back`, `kept`)."""


class ImportsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_IMPORT)
    def start_import(self, request: StartImport) -> Job: ...

    @command(may=Permission.CONTACTS_IMPORT)
    def undo_import(self, request: ById) -> Job: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def get_import(self, request: ById) -> Import: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def list_imports(self, request: ListRequest) -> Page[Import]: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def list_import_rows(self, request: ListImportRows) -> Page[ImportRow]: ...
