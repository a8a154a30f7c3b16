"""Choosing whom something is about: persons and organisations as ticked boxes, and a search that adds more.

The boxes are called `contact` and hold `person:<id>` or `organisation:<id>`. Without JavaScript, the search sends the
whole form, which is shown again with what was found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import request

from chassis.rpc import client, or_nothing, side_by_side
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.about import NamedContact
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.errors import NotFound
from gateway.pages.person_names import persons_by_id

contacts = client(ContactsApi)
KINDS: Final = ("person", "organisation")
MOST: Final = 50
HITS: Final = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A box: its value, what stands beside it, and whether it is ticked."""

    value: str
    label: str
    about: str = ""
    on: bool = True


def ticked() -> list[tuple[str, UUID]]:
    """The contacts whose boxes are ticked in the form; what is none of ours is left out."""
    return [each for each in map(_read, request.form.getlist("contact")[:MOST]) if each is not None]


def named_in_address() -> list[tuple[str, UUID]]:
    """The contact that a link to a form names: `?person=<id>` or `?organisation=<id>`."""
    given = (_read(f"{kind}:{request.args.get(kind, '')}") for kind in KINDS)
    return [each for each in given if each is not None]


def _read(value: str) -> tuple[str, UUID] | None:
    kind, _colon, given = value.partition(":")
    try:
        return (kind, UUID(given)) if kind in KINDS else None
    except ValueError:
        return None


def ids(chosen: Iterable[tuple[str, UUID]], kind: str) -> list[UUID]:
    """The ids of one kind."""
    return list(dict.fromkeys(each for of, each in chosen if of == kind))


def of_reply(found: Iterable[NamedContact]) -> list[tuple[str, UUID]]:
    """The contacts of an answer."""
    return [(each.kind.value, each.id) for each in found]


def is_searching() -> bool:
    """Whether the form was sent to find somebody, not to be saved."""
    return "find" in request.form or bool(request.form.get("contact_q", "").strip())


def choices(chosen: list[tuple[str, UUID]]) -> list[Choice]:
    """Boxes of those who are chosen, then of those whom the search finds."""
    known = _named(chosen)
    shown = {each.value for each in known}
    return [*known, *(each for each in _found() if each.value not in shown)]


def _named(chosen: list[tuple[str, UUID]]) -> list[Choice]:
    persons = persons_by_id(ids(chosen, "person"))
    wanted = ids(chosen, "organisation")
    organisations = side_by_side(*(partial(_organisation, each) for each in wanted))
    return [Choice(f"person:{key}", each.name, each.email or "") for key, each in persons.items()] + [
        Choice(f"organisation:{each.id}", each.name) for each in organisations if each is not None
    ]


def _organisation(organisation_id: UUID) -> Any:
    try:
        return or_nothing(lambda: contacts.get_organisation(ById(id=organisation_id)))
    except NotFound:
        return None


def _found() -> list[Choice]:
    """What the search in the form finds; nothing without one."""
    q = request.form.get("contact_q", "").strip()[:100]
    if not q:
        return []
    found: list[Any] = side_by_side(
        lambda: contacts.list_persons(ListPersons(q=q, limit=HITS)).data,
        lambda: contacts.list_organisations(ListOrganisations(q=q, limit=HITS)).data,
    )
    persons, organisations = found
    return [
        *(Choice(f"person:{each.id}", each.name, _hint(each.email, each.city), on=False) for each in persons),
        *(Choice(f"organisation:{each.id}", each.name, each.city, on=False) for each in organisations),
    ]


def _hint(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
