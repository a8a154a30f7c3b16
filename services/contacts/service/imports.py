"""Files of contacts (C11, C12)."""

from chassis.access import refuse_unless_starter
from contracts.base import ById, Job, ListRequest, Page
from contracts.contacts.imports import Import, ImportRow, ImportsApi, ListImportRows, StartImport
from services.contacts.commands import import_mappings, import_undoing, imports
from services.contacts.queries import imports as import_reports
from services.contacts.service.base import ContactsMethods


class ImportsMethods(ContactsMethods, ImportsApi):
    """Files of contacts (C11, C12)."""

    def start_import(self, request: StartImport) -> Job:
        saved = request.mapping_id and import_mappings.saved_columns(self.session, request.mapping_id, request.profile)
        return imports.start(self.session, request, self.author, saved or None)

    def undo_import(self, request: ById) -> Job:
        refuse_unless_starter(self.principal, import_reports.starter_of(self.session, request.id))
        return import_undoing.start(self.session, request.id, self.author)

    def get_import(self, request: ById) -> Import:
        return import_reports.get(self.reader, request.id, self.principal.label)

    def list_imports(self, request: ListRequest) -> Page[Import]:
        return import_reports.list_page(self.reader, request, self.principal.label)

    def list_import_rows(self, request: ListImportRows) -> Page[ImportRow]:
        return import_reports.list_rows(self.reader, request)
