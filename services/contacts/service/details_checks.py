"""Persons check their own details by a personal link (C19)."""

from uuid import UUID

from contracts.access import PrincipalKind
from contracts.base import ById, Done, Nothing
from contracts.contacts.details_checks import (
    ConfirmDetails,
    CorrectDetails,
    DetailsChecks,
    DetailsChecksApi,
    OwnDetails,
)
from contracts.errors import NotFound
from services.contacts.commands import details_checks
from services.contacts.commands.details_checks import Link
from services.contacts.commands.history import Author
from services.contacts.queries import details_checks as own_details
from services.contacts.service.base import ContactsMethods


class DetailsChecksMethods(ContactsMethods, DetailsChecksApi):
    """Persons check their own details by a personal link (C19)."""

    def open_details(self, request: Nothing) -> OwnDetails:
        link = self._link
        details_checks.refuse_used(self.session, link)
        return own_details.own(self.session, link.person_id)

    def confirm_details(self, request: ConfirmDetails) -> Done:
        details_checks.confirm(self.session, request, self._link, Author.of(self.principal, self.now))
        return Done()

    def correct_details(self, request: CorrectDetails) -> Done:
        details_checks.correct(self.session, request, self._link, Author.of(self.principal, self.now))
        return Done()

    def count_details_checks(self, request: ById) -> DetailsChecks:
        return own_details.count(self.reader, request.id)

    @property
    def _link(self) -> Link:
        """The link by which somebody comes; it has to name its person and the mailing that brought it."""
        by_link = self.principal.kind is PrincipalKind.LINK
        if not by_link or self.only_person is None or self.only_object is None:
            raise NotFound("There are no own details without a personal link.")
        return Link(UUID(self.principal.id), self.only_person, self.only_object)
