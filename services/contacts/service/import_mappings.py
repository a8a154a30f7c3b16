"""What the columns of a file mean (C11)."""

from contracts.base import ById, Done, Job, Page
from contracts.contacts.import_mappings import (
    ImportColumns,
    ImportMapping,
    ImportMappingsApi,
    ListMappings,
    PreviewImport,
    SaveMapping,
)
from services.contacts.commands import import_mappings
from services.contacts.queries import import_mappings as mapping_lists
from services.contacts.service.base import ContactsMethods


class ImportMappingsMethods(ContactsMethods, ImportMappingsApi):
    """What the columns of a file mean (C11)."""

    def preview_import(self, request: PreviewImport) -> Job:
        return import_mappings.start(self.session, request, self.author)

    def get_import_columns(self, request: ById) -> ImportColumns:
        return mapping_lists.columns_of(self.reader, request.id)

    def save_mapping(self, request: SaveMapping) -> ImportMapping:
        return import_mappings.save(self.session, request, self.author)

    def list_mappings(self, request: ListMappings) -> Page[ImportMapping]:
        return mapping_lists.list_page(self.reader, request)

    def delete_mapping(self, request: ById) -> Done:
        import_mappings.forget(self.session, request.id)
        return Done()
