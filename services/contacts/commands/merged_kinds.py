"""What differs between merging two persons and merging two organisations (C13)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.contacts.about import ContactKind
from contracts.contacts.persons import PersonState
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.commands import organisations, persons, redirecting
from services.contacts.commands.history import Author

STATES = (PersonState.ACTIVE.value, PersonState.LINKED.value)
"""What the history tells of the state of a card that stands, and of one that was merged."""


@dataclass(frozen=True)
class MergedKind:
    """One kind of contact: its table, how its rows change, and how a card that `stands` differs from one that leads."""

    kind: ContactKind
    model: Any
    leading: redirecting.Leading
    resolve: Callable[[Session, UUID], UUID]
    change: Callable[[Session, Any, dict[str, Any], Author], None]
    tell: Callable[[Session, UUID], None]
    stands: dict[str, Any]

    def refuse_unregistered(self, contact: Any, contact_id: UUID) -> None:
        """Raise NotFound or Conflict unless the contact stands in the register under this very id."""
        if contact is None or contact.is_gone:
            raise NotFound(f"There is no {self.kind.value} {contact_id}.", id=contact_id)
        if contact.linked_to is not None:
            raise Conflict(f"This {self.kind.value} was merged with another one already.", code="already_merged")
        if self.kind is ContactKind.PERSON and contact.state is PersonState.PROPOSED:
            raise Conflict("This person is not in the register yet; accept it first.", code="not_accepted")


PERSONS = MergedKind(
    kind=ContactKind.PERSON,
    model=models.Person,
    leading=redirecting.PERSONS,
    resolve=persons.resolve,
    change=persons.change,
    tell=persons.tell,
    stands={"state": PersonState.ACTIVE, "linked_to": None},
)
ORGANISATIONS = MergedKind(
    kind=ContactKind.ORGANISATION,
    model=models.Organisation,
    leading=redirecting.ORGANISATIONS,
    resolve=organisations.resolve,
    change=organisations.change,
    tell=lambda _session, _organisation_id: None,
    stands={"deleted_at": None, "linked_to": None},
)
KINDS = {each.kind: each for each in (PERSONS, ORGANISATIONS)}
