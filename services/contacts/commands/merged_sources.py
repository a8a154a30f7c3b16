"""What a merge means for where values come from, and its undoing (C12, C13)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contracts.contacts.about import ContactKind
from contracts.contacts.merges import MergeTwo, Side
from services.contacts import mastership, models
from services.contacts.commands import history, masters, provenance
from services.contacts.rules.merging import Values

Moved = dict[str, Any]
"""Origins `before` and `after` by field."""


def held(session: Session, kind: ContactKind, survivor: Any, merged: Any, request: MergeTwo) -> list[str]:
    """The survivor's fields that stay as they are, because their master says so and the other's value is not from it.

    Raises Invalid when the other's value of such a field was chosen.
    """
    locked = mastership.mastership(session, kind).locked(survivor.customer_status, survivor.customer_number)
    theirs = provenance.of_fields(session, merged.id, locked)
    found = [field for field, master in locked.items() if _source(theirs[field]) != master]
    masters.refuse([(field, locked[field]) for field in found if request.choices.get(field) is Side.MERGED])
    return found


def _source(origin: provenance.Origin | None) -> str:
    return origin["source"] if origin else ""


def moved(session: Session, survivor_id: UUID, merged_id: UUID, before: Values, after: Values) -> Moved:
    """What becomes of the origins of the fields that a merge changes: they are those of the values."""
    fields = [field for name in after for field in history.differences(name, before[name], after[name])]
    theirs = provenance.of_fields(session, merged_id, fields)
    own = provenance.own_of_fields(session, survivor_id, fields)
    return {field: {"before": own[field], "after": theirs[field]} for field in fields if theirs[field]}


def follow(session: Session, merge: models.Merge) -> None:
    """The survivor's values come from where the merged contact's came."""
    provenance.restore(session, merge.survivor_id, {field: each["after"] for field, each in merge.sources.items()})


def returned(session: Session, merge: models.Merge) -> dict[str, provenance.Origin | None]:
    """The origins that undoing gives back: of fields that nobody has changed since. Those of later merges stay."""
    now = provenance.own_of_fields(session, merge.survivor_id, merge.sources)
    found = {field: each["before"] for field, each in merge.sources.items() if now[field] == each["after"]}
    brought = session.scalars(select(models.Merge.sources).where(later_than(merge)))
    of_later = {
        field: now[field]
        for sources in brought
        for field, each in sources.items()
        if field in now and now[field] == each["after"]
    }
    return of_later | found


def later_than(merge: models.Merge) -> ColumnElement[bool]:
    """Merges into the same survivor that came later and stand."""
    other = models.Merge
    return (other.survivor_id == merge.survivor_id) & (other.id > merge.id) & other.undone_at.is_(None)


def without(sources: Mapping[str, Any], undone: Mapping[str, Any]) -> Moved:
    """The same for a later merge, as if the undone one had never been."""
    return {
        field: {side: undone[field]["before"] if origin == undone[field]["after"] else origin
                for side, origin in each.items()} if field in undone else each
        for field, each in sources.items()
    }  # fmt: skip
