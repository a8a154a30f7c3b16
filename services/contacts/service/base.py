"""What the methods of all capabilities share."""

from typing import ClassVar
from uuid import UUID

from chassis.system_methods import SystemMethods
from contracts.access import Permission, PrincipalKind
from contracts.base import Request
from services.contacts.commands import duplicate_scans, import_mappings, import_undoing, imports
from services.contacts.commands.history import Author
from services.contacts.rules import refused_codes


class ContactsMethods(SystemMethods):
    """Knows who changes something, and whose jobs are whose."""

    jobs_of: ClassVar = {
        imports.JOB_KIND: Permission.CONTACTS_IMPORT,
        import_mappings.JOB_KIND: Permission.CONTACTS_IMPORT,
        import_undoing.JOB_KIND: Permission.CONTACTS_IMPORT,
        import_undoing.OF_PURCHASES: Permission.CONTACTS_IMPORT,
        duplicate_scans.JOB_KIND: Permission.CONTACTS_WRITE,
    }

    stopped_by_starters: ClassVar = frozenset(
        {imports.JOB_KIND, import_mappings.JOB_KIND, import_undoing.JOB_KIND, import_undoing.OF_PURCHASES}
    )

    @classmethod
    def refuse_unstorable(cls, request: Request) -> None:
        refused_codes.refuse(request)

    @property
    def author(self) -> Author:
        """Who changes something in this call."""
        return Author.of(self.principal, self.now, "own" if self.only_person else "")

    @property
    def own_account(self) -> UUID | None:
        """The account that calls; None for API keys and the suite itself."""
        return UUID(self.principal.id) if self.principal.kind is PrincipalKind.ACCOUNT else None
