"""Names of the contacts that things are about, for many things at once."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import String, func, literal, select, union_all
from sqlalchemy.orm import aliased

from contracts.contacts.about import ContactKind, NamedContact
from services.contacts import models

Asked, Known = aliased(models.Person), aliased(models.Person)
NAME = func.trim(Known.given_name + " " + Known.family_name)


def of_things(connection: Any, link: Any, owner_id: Any, ids: Collection[UUID]) -> dict[UUID, list[NamedContact]]:
    """Whom each of the things is about: organisations, then persons, by name. `owner_id` is the link's column."""
    if not ids:
        return {}
    owner = owner_id.label("owner")
    persons = (
        select(owner, _kind(ContactKind.PERSON), Known.id, NAME.label("name"), Known.sort_key)
        .join(Asked, Asked.id == link.person_id)
        .join(Known, Known.id == func.coalesce(Asked.linked_to, Asked.id))
        .where(owner_id.in_(ids))
    )
    row = models.Organisation
    organisations = (
        select(owner, _kind(ContactKind.ORGANISATION), row.id, row.name, row.sort_key)
        .join(row, row.id == link.organisation_id)
        .where(owner_id.in_(ids))
    )
    found: dict[UUID, dict[UUID, NamedContact]] = defaultdict(dict)
    for each in connection.execute(union_all(organisations, persons).order_by("kind", "sort_key", "id")):
        found[each.owner][each.id] = NamedContact(kind=ContactKind(each.kind), id=each.id, name=each.name)
    return {owner: list(by_id.values()) for owner, by_id in found.items()}


def of_persons(connection: Any, ids: Collection[UUID]) -> dict[UUID | None, str]:
    """Names of persons by id; linked ones as whom they are linked to."""
    if not ids:
        return {}
    query = select(Asked.id, NAME.label("name")).join(Known, Known.id == func.coalesce(Asked.linked_to, Asked.id))
    return {row.id: row.name for row in connection.execute(query.where(Asked.id.in_(ids)))}


def of_organisations(connection: Any, ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of organisations by id; merged ones as what they were merged into."""
    if not ids:
        return {}
    merged, row = aliased(models.Organisation), models.Organisation
    query = select(merged.id, row.name).join(row, row.id == func.coalesce(merged.linked_to, merged.id))
    return {each.id: each.name for each in connection.execute(query.where(merged.id.in_(ids)))}


def _kind(kind: ContactKind) -> Any:
    return literal(kind.value, String).label("kind")


def ids_of(contacts: list[NamedContact], kind: ContactKind) -> list[UUID]:
    """The ids of one kind."""
    return [each.id for each in contacts if each.kind is kind]
