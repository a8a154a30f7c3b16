"""Remembering what each user wants to see (C8)."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from contracts.contacts.views import SaveView, View, ViewByName
from contracts.errors import FieldError, Invalid
from services.contacts import models
from services.contacts.commands.history import Author


def save(session: Session, request: SaveView, author: Author) -> View:
    """Keep the choice in place of the one before; raises Invalid for a key that stands twice."""
    keys = [*request.shown, *request.hidden]
    if len(set(keys)) < len(keys):
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        part = "hidden" if twice in request.hidden else "shown"
        raise Invalid("A key stands twice.", errors=[
            FieldError(pointer=f"/{part}", code="repeated", message=f"{twice} stands twice; keep one.")
        ])  # fmt: skip
    values = {"shown": request.shown, "hidden": request.hidden, "saved_at": author.at}
    row = upsert(models.View).values(owner=author.label, name=request.name, **values)
    session.execute(row.on_conflict_do_update(index_elements=["owner", "name"], set_=values))
    return View(name=request.name, shown=request.shown, hidden=request.hidden)


def reset(session: Session, request: ViewByName, author: Author) -> None:
    """Forget the choice, so that the view is as for everybody."""
    rows = models.View
    session.execute(delete(rows).where(rows.owner == author.label, rows.name == request.name))
