"""Where an organisation that two were merged into stands in the hierarchy (C4, C13); persons have no place in one.

A merge names a parent by the id for which it was written: what that leads to is looked up when it is stored.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.contacts.about import ContactKind
from contracts.contacts.merges import MergeTwo, Side
from contracts.errors import Conflict, Invalid
from services.contacts import models
from services.contacts.commands import history, organisations, provenance
from services.contacts.commands.history import Author
from services.contacts.rules.merging import Values

PARENT = "parent_id"
Organisation = models.Organisation


def begin(session: Session, kind: ContactKind) -> None:
    """One change of the hierarchy at a time, and before any row is locked."""
    if kind is ContactKind.ORGANISATION:
        session.execute(organisations.TREE_LOCK)


def own_parent(organisation: Organisation) -> str | None:
    """The id for which the parent was written."""
    written = organisation.merged_parent_id or organisation.parent_id
    return str(written) if written else None


def place(
    session: Session, survivor: Any, merged: Any, request: MergeTwo, own: Values, other: Values
) -> tuple[Values, Values]:
    """Both, with a parent that the survivor may have: when one of the two lies above the other, the upper's.

    Raises Invalid when the other parent was chosen.
    """
    if PARENT not in own:
        return own, other
    if merged.id in organisations.above(session, survivor.id):
        _refuse(request, Side.SURVIVOR)
        return own | {PARENT: other[PARENT]}, other
    if survivor.id in organisations.above(session, merged.id):
        _refuse(request, Side.MERGED)
        return own, other | {PARENT: None}
    return own, other


def _refuse(request: MergeTwo, side: Side) -> None:
    if request.choices.get(PARENT) is side:
        message = "One of the two belongs to the other; with this parent it would lie below itself. Choose the other."
        raise Invalid.field(f"/choices/{PARENT}", "cycle", message)


def move(session: Session, survivor: Any, after: Values, author: Author) -> None:
    """Move the survivor to its place, if that is another one than before."""
    if PARENT in after:
        _put(session, survivor, after[PARENT], author)


def _put(session: Session, organisation: Organisation, written: str | None, author: Author) -> None:
    """Let the organisation belong to what the id leads to now; to nothing when that was deleted."""
    own = UUID(written) if written else None
    parent = organisations.find(session, own) if own else None
    old, organisation.parent_id = organisation.parent_id, parent.id if parent else None
    organisation.merged_parent_id = own if parent and own != parent.id else None
    session.flush()
    if old != organisation.parent_id:
        told: history.Differences = {PARENT: (old, organisation.parent_id)}
        history.record(session, organisation.id, author, told)
        provenance.note(session, "organisation", organisation, author, told)


def place_again(session: Session, row: models.Merge, survivor: Any, merged: Any, author: Author) -> None:
    """Both where they were, unless somebody has moved the survivor since. Raises Conflict when that makes a circle."""
    if row.kind is not ContactKind.ORGANISATION:
        return
    session.refresh(merged)
    session.refresh(survivor)
    if PARENT in row.before and own_parent(survivor) == row.after[PARENT]:
        _put(session, survivor, row.before[PARENT], author)
    if merged.parent_id is not None and organisations.find(session, merged.parent_id) is None:
        _put(session, merged, None, author)
    for each in (survivor, merged):
        if each.parent_id is not None and each.id in organisations.above(session, each.parent_id):
            message = "Organisations were moved since; undone, one would lie below itself. Move them first."
            raise Conflict(message, code="hierarchy_changed")


def settled(values: Values) -> Values:
    """The values that are stored with the row itself: its place is stored by `move`."""
    return {name: value for name, value in values.items() if name != PARENT}
