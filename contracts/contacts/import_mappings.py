"""What the columns of a file mean: proposed after a look at it, changed by the user, saved under a name (C11)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import ById, Done, Job, Line, ListRequest, Page, Reply, Request, command, query
from contracts.contacts.imports import ColumnMeanings, ImportProfile
from contracts.system import SystemApi
from contracts.values import Moment


class PreviewImport(Request):
    """Reads the header and the first rows of a stored file, to show what its columns may mean."""

    file_key: Annotated[str, Field(max_length=120)]
    file_name: Line
    profile: ImportProfile = ImportProfile.CONTACTS
    mapping_id: UUID | None = None
    observed_at: Moment | None = None


class ImportColumn(Reply):
    """A column: its heading, what it seems to mean (empty when it is not read), and cells of the first rows."""

    title: str
    target: str = ""
    samples: list[str] = []


class ImportColumns(Reply):
    """The columns of a file. `targets` are all that columns of such files may mean."""

    id: UUID
    columns: list[ImportColumn]
    targets: list[str]


class SaveMapping(Request):
    """Keeps what columns mean, by heading, under a name; the same name in the same profile is replaced."""

    name: Line
    profile: ImportProfile = ImportProfile.CONTACTS
    columns: ColumnMeanings


class ImportMapping(Reply):
    """A saved mapping. Columns that it does not know are read by their headings."""

    id: UUID
    name: str
    profile: ImportProfile
    columns: dict[str, str]
    saved_at: datetime


class ListMappings(ListRequest):
    """Saved mappings by name, of one profile or all."""

    profile: ImportProfile | None = None


class ImportMappingsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_IMPORT)
    def preview_import(self, request: PreviewImport) -> Job: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def get_import_columns(self, request: ById) -> ImportColumns: ...

    @command(may=Permission.CONTACTS_IMPORT)
    def save_mapping(self, request: SaveMapping) -> ImportMapping: ...

    @query(may=Permission.CONTACTS_IMPORT)
    def list_mappings(self, request: ListMappings) -> Page[ImportMapping]: ...

    @command(may=Permission.CONTACTS_IMPORT)
    def delete_mapping(self, request: ById) -> Done: ...
