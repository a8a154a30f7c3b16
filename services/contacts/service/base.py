"""What the methods of all capabilities share."""

from uuid import UUID

from chassis.system_methods import SystemMethods
from contracts.access import PrincipalKind
from services.contacts.commands.history import Author


class ContactsMethods(SystemMethods):
    """Knows who changes something."""

    @property
    def author(self) -> Author:
        """Who changes something in this call."""
        return Author.of(self.principal, self.now, "own" if self.only_person else "")

    @property
    def own_account(self) -> UUID | None:
        """The account that calls; None for API keys and the suite itself."""
        return UUID(self.principal.id) if self.principal.kind is PrincipalKind.ACCOUNT else None
