"""Documents of contacts (C15)."""

from uuid import UUID

from contracts.base import ById, Done, Page
from contracts.contacts.documents import (
    AddDocument,
    DeleteDocument,
    Document,
    DocumentFile,
    DocumentsApi,
    ListDocuments,
    UpdateDocument,
)
from services.contacts.commands import documents
from services.contacts.queries import documents as document_lists
from services.contacts.service.base import ContactsMethods


class DocumentsMethods(ContactsMethods, DocumentsApi):
    """Documents of contacts (C15)."""

    def add_document(self, request: AddDocument) -> Document:
        added = documents.add(self.session, request, self.today, self.author)
        return self._shown_document(added)

    def get_document(self, request: ById) -> Document:
        return document_lists.get(self.reader, request.id, self.principal.label)

    def get_document_file(self, request: ById) -> DocumentFile:
        return document_lists.get_file(self.reader, request.id, self.principal.label)

    def list_documents(self, request: ListDocuments) -> Page[Document]:
        return document_lists.list_page(self.reader, request, self.principal.label)

    def update_document(self, request: UpdateDocument) -> Document:
        return self._shown_document(documents.change(self.session, request, self.author))

    def delete_document(self, request: DeleteDocument) -> Done:
        documents.delete(self.session, request, self.author)
        return Done()

    def restore_document(self, request: ById) -> Document:
        return self._shown_document(documents.restore(self.session, request.id, self.author))

    def _shown_document(self, document_id: UUID) -> Document:
        return document_lists.get(self.session, document_id, self.principal.label)
