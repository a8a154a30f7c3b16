"""What the methods of all capabilities share."""

from chassis.system_methods import SystemMethods
from services.contacts.commands.history import Author


class ContactsMethods(SystemMethods):
    """Knows who changes something."""

    @property
    def author(self) -> Author:
        """Who changes something in this call."""
        return Author.of(self.principal, self.now, "own" if self.only_person else "")
