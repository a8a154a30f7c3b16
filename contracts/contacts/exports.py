"""A segment or a filtered list as a file: CSV, XLSX (C10) or vCards (C11)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import ById, Code, Event, Job, Language, OptionalLine, Reply, Request, command, query
from contracts.contacts.segments import SegmentKind
from contracts.contacts.tags import ByTags
from contracts.contacts.views import Key
from contracts.system import SystemApi

MOST_COLUMNS = 60
MOST_WORDS = 1_000
"""For one column: a field may have 500 choices, and as many that are retired."""
Headings = Annotated[dict[Key, OptionalLine], Field(max_length=200)]
Words = Annotated[dict[Code, OptionalLine], Field(max_length=MOST_WORDS)]


class ExportFormat(StrEnum):
    """CSV in UTF-8 with a byte order mark, semicolons between cells in Finnish and Swedish; a workbook; or vCards,
    which hold what a card holds, whatever the columns."""

    CSV = "csv"
    XLSX = "xlsx"
    VCF = "vcf"


class StartExport(ByTags, Request):
    """Writes what a segment finds, or what a list with these filters shows, to a file.

    Without `columns`, those of the caller's own list. Files of persons begin with family and given name, others with
    the name; a person's `name` is in one cell where it is asked for. `headings` name the columns, `words` the codes in
    them, as the caller's pages do.
    """

    of: SegmentKind = SegmentKind.PERSONS
    segment_id: UUID | None = None
    q: Annotated[str, Field(max_length=100)] | None = None
    format: ExportFormat = ExportFormat.CSV
    language: Language = Language.FI
    columns: Annotated[list[Key], Field(max_length=MOST_COLUMNS)] = []
    headings: Headings = {}
    words: Annotated[dict[Key, Words], Field(max_length=MOST_COLUMNS)] = {}


class Export(Reply):
    """An export; its file can be fetched by who asked for it once `ready`, until `kept_until`."""

    id: UUID
    job_id: str
    of: SegmentKind
    format: ExportFormat
    rows: int = 0
    ready: bool = False
    created_at: datetime
    kept_until: datetime


class ExportFile(Reply):
    """Where the file lies and what it is called."""

    file_key: str
    file_name: str


class ExportLogged(Event):
    """Somebody began an export, or fetched its file; for the audit log."""

    type: ClassVar = "export.logged.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "export_id"
    export_id: UUID
    actor: str
    fetched: bool
    at: datetime


class ExportsApi(SystemApi):
    """RPC methods. An export is seen by who asked for it alone."""

    @command(may=Permission.CONTACTS_READ)
    def start_export(self, request: StartExport) -> Job: ...

    @query(may=Permission.CONTACTS_READ)
    def get_export(self, request: ById) -> Export: ...

    @command(may=Permission.CONTACTS_READ, remember=False)
    def fetch_export_file(self, request: ById) -> ExportFile: ...
