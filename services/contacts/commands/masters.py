"""Masters of fields (C12): set, and held against everybody else."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from contracts.contacts.masters import Masters, SetMasters, ValueSource
from contracts.errors import FieldError, Invalid
from services.contacts import mastership, models
from services.contacts.commands import details, history
from services.contacts.commands.history import Author
from services.contacts.rules.masters import ADDITIONAL, FIELDS


def store(session: Session, request: SetMasters) -> Masters:
    """Replace all masters; raises Invalid for a field that can have none, Stale."""
    session.execute(upsert(models.MasterSettings).values(id=1).on_conflict_do_nothing())
    row = session.get_one(models.MasterSettings, 1, with_for_update=True, populate_existing=True)
    details.refuse_stale(row.version, request.version)
    details.refuse([
        *_unknown(session, "person", request.persons), *_unknown(session, "organisation", request.organisations)
    ])  # fmt: skip
    row.persons, row.organisations = dict(request.persons), dict(request.organisations)
    row.accounting_link = request.accounting_link
    row.version += 1
    session.flush()
    return mastership.settings(session)


def _unknown(session: Session, kind: str, wanted: dict[str, ValueSource]) -> list[FieldError]:
    codes = [field.removeprefix(ADDITIONAL) for field in wanted if field.startswith(ADDITIONAL)]
    known = {*FIELDS[kind], *(f"{ADDITIONAL}{code}" for code in details.definitions(session, kind, codes))}
    message = "This field can have no master; there is none of this name."
    return [
        FieldError(pointer=f"/{mastership.KINDS[kind]}/{field}", code="unknown_field", message=message)
        for field in wanted
        if field not in known
    ]


def refuse_mastered(session: Session, kind: str, row: Any, stored: dict[str, Any], author: Author) -> None:
    """Raise Invalid when `stored` would change fields of a contact whose master is another source."""
    changed = history.differing(row, stored)
    held = mastership.mastership(session, kind).locked(row.customer_status, row.customer_number)
    refuse([(field, held[field]) for field in changed if held.get(field, author.source) != author.source])


def refuse(mastered: list[tuple[str, ValueSource]]) -> None:
    """Raise Invalid naming fields and their masters, if there are any."""
    if not mastered:
        return
    errors = [
        FieldError(pointer=f"/{field.replace('.', '/')}", code=f"mastered_by_{master}", message=sentence(field, master))
        for field, master in mastered
    ]
    field, master = mastered[0]
    raise Invalid(sentence(field, master), code="mastered", errors=errors, field=field, master=master.value)


def sentence(field: str, master: ValueSource) -> str:
    """Why a field cannot be changed."""
    return f"The master of {field} is {master.value}, and nobody else changes it. Change it there."
