"""What differs between merging two persons and merging two organisations (C13)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.contacts.about import ContactKind
from contracts.contacts.merges import MergeTwo
from contracts.contacts.persons import PersonState
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.commands import merged_places, organisations, persons, redirecting
from services.contacts.commands.history import Author
from services.contacts.rules.merging import Values

STATES = (PersonState.ACTIVE.value, PersonState.LINKED.value)
"""What the history tells of the state of a card that stands, and of one that was merged."""


@dataclass(frozen=True)
class MergedKind:
    """One kind of contact: its table, and how its rows change.

    `place` settles where the survivor stands before anything follows, `place_again` when all has gone back; both may
    refuse. `begin` takes the locks that come before those of rows.
    """

    kind: ContactKind
    model: Any
    leading: redirecting.Leading
    resolve: Callable[[Session, UUID], UUID]
    change: Callable[[Session, Any, dict[str, Any], Author], None]
    tell: Callable[[Session, UUID], None]
    stands: dict[str, Any]
    begin: Callable[[Session], None]
    place: Callable[[Session, Any, Any, MergeTwo, Values, Values], tuple[Values, Values]]
    move: Callable[[Session, Any, Values, Author], None]
    place_again: Callable[[Session, models.Merge, Any, Any, Author], None]

    def refuse_unregistered(self, contact: Any, contact_id: UUID) -> None:
        """Raise NotFound or Conflict unless the contact stands in the register under this very id."""
        if contact is None or contact.is_gone:
            raise NotFound(f"There is no {self.kind.value} {contact_id}.", id=contact_id)
        if contact.linked_to is not None:
            raise Conflict(f"This {self.kind.value} was merged with another one already.", code="already_merged")
        if self.kind is ContactKind.PERSON and contact.state is PersonState.PROPOSED:
            raise Conflict("This person is not in the register yet; accept it first.", code="not_accepted")


def _nothing(*_: Any) -> None:
    """Persons have no place in a hierarchy, nobody is told of organisations."""


PERSONS = MergedKind(
    kind=ContactKind.PERSON,
    model=models.Person,
    leading=redirecting.PERSONS,
    resolve=persons.resolve,
    change=persons.change,
    tell=persons.tell,
    stands={"state": PersonState.ACTIVE, "linked_to": None},
    begin=_nothing,
    place=lambda _session, _survivor, _merged, _request, own, other: (own, other),
    move=_nothing,
    place_again=_nothing,
)
ORGANISATIONS = MergedKind(
    kind=ContactKind.ORGANISATION,
    model=models.Organisation,
    leading=redirecting.ORGANISATIONS,
    resolve=organisations.resolve,
    change=organisations.change,
    tell=_nothing,
    stands={"deleted_at": None, "linked_to": None},
    begin=merged_places.begin,
    place=merged_places.place,
    move=merged_places.move,
    place_again=merged_places.place_again,
)
KINDS = {each.kind: each for each in (PERSONS, ORGANISATIONS)}
