"""A person gets a copy of all that the suite holds about them (C17; GDPR, articles 15 and 20)."""

from contracts.access import Permission, Rule
from contracts.base import ById, command
from contracts.contacts.persons import Person
from contracts.system import SystemApi


class DataCopiesApi(SystemApi):
    """RPC methods. Each service tells what it holds by `list_held`."""

    @command(may=[Permission.CONTACTS_DISCLOSE, Rule.OWN])
    def begin_data_copy(self, request: ById) -> Person:
        """Write into the history that a copy is made, and for whom; who it is made for."""
