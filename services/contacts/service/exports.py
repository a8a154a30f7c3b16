"""A segment or a filtered list as a file (C10)."""

from contracts.base import ById, Job
from contracts.contacts.exports import Export, ExportFile, ExportsApi, StartExport
from services.contacts.commands import exports
from services.contacts.queries import exports as export_reports
from services.contacts.service import segment_rights
from services.contacts.service.base import ContactsMethods


class ExportsMethods(ContactsMethods, ExportsApi):
    """A segment or a filtered list as a file (C10)."""

    def start_export(self, request: StartExport) -> Job:
        if request.segment_id is not None:
            segment_rights.refuse_unreadable_segment(self.principal, self.session, request.segment_id)
        columns = export_reports.columns_of(self.session, request, self.author.label)
        export_reports.matches(self.session, request, self.today)
        return exports.start(self.session, request, columns, self.author)

    def get_export(self, request: ById) -> Export:
        return export_reports.shown(export_reports.get(self.session, request.id, self.principal.label))

    def fetch_export_file(self, request: ById) -> ExportFile:
        export = export_reports.get(self.session, request.id, self.principal.label)
        return exports.fetch(self.session, export, self.author)
