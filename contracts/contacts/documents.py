"""Documents of a person or an organisation: requests for quotation, offers, letters ... (C15)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import ById, Done, Line, ListRequest, OptionalLine, Page, Reply, Request, command, query
from contracts.system import SystemApi
from contracts.values import Day

FileKey = Annotated[str, Field(max_length=120)]


class DocumentType(StrEnum):
    """What a document is."""

    QUOTATION_REQUEST = "quotation_request"
    OFFER = "offer"
    ORDER = "order"
    CONTRACT = "contract"
    LETTER = "letter"
    MINUTES = "minutes"
    CERTIFICATE = "certificate"
    PICTURE = "picture"
    OTHER = "other"


class DocumentDetails(Request):
    """What is said of a document: by default its title is the file's name, and its date today.

    `author` is whose writing it is, as people say it. A private one is seen by who brought it in alone.
    """

    type: DocumentType = DocumentType.OTHER
    title: OptionalLine = ""
    dated_on: Day | None = None
    author: OptionalLine = ""
    private: bool = False


class AddDocument(DocumentDetails):
    """A stored file becomes a document of one person or one organisation.

    `preview_key` names a small picture of it, made by us.
    """

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    file_key: FileKey
    file_name: Line
    preview_key: FileKey | None = None


class UpdateDocument(Request):
    """Changes what is given. Whether it is private can be changed by who brought it in alone."""

    id: UUID
    version: int
    type: DocumentType | None = None
    title: Line | None = None
    dated_on: Day | None = None
    author: OptionalLine | None = None
    private: bool | None = None


class DeleteDocument(Request):
    """Takes a document away; it can be restored for 30 days, then its file goes too."""

    id: UUID
    version: int


class Document(Reply):
    """A document. `content_type` is what its content is, whatever its name says; `size` in bytes."""

    id: UUID
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    type: DocumentType
    title: str
    dated_on: date
    author: str = ""
    file_name: str
    content_type: str
    size: int
    has_preview: bool = False
    private: bool = False
    recorded_at: datetime
    recorded_by: str
    own: bool = False
    """Whether the caller brought it in."""
    version: int = 1


class DocumentFile(Reply):
    """Where the file of a document lies, and its preview if it has one."""

    file_key: str
    file_name: str
    content_type: str
    preview_key: str | None = None


class ListDocuments(ListRequest):
    """Documents, the latest date first."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    type: DocumentType | None = None


class DocumentsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.ACTIVITIES_WRITE)
    def add_document(self, request: AddDocument) -> Document: ...

    @query(may=Permission.ACTIVITIES_READ)
    def get_document(self, request: ById) -> Document: ...

    @query(may=Permission.ACTIVITIES_READ)
    def get_document_file(self, request: ById) -> DocumentFile: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_documents(self, request: ListDocuments) -> Page[Document]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def update_document(self, request: UpdateDocument) -> Document: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_document(self, request: DeleteDocument) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_document(self, request: ById) -> Document: ...
