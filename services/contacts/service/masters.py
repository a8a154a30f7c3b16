"""Where values come from, and which source is master of which field (C12)."""

from contracts.base import ById, Nothing
from contracts.contacts.masters import ContactSources, Masters, MastersApi, SetMasters
from services.contacts import mastership
from services.contacts.commands import masters
from services.contacts.queries import masters as masters_known
from services.contacts.service.base import ContactsMethods


class MastersMethods(ContactsMethods, MastersApi):
    """Where values come from, and which source is master of which field (C12)."""

    def get_masters(self, request: Nothing) -> Masters:
        return mastership.settings(self.reader)

    def set_masters(self, request: SetMasters) -> Masters:
        return masters.store(self.session, request)

    def list_sources(self, request: ById) -> ContactSources:
        return masters_known.sources_of(self.reader, request.id)
