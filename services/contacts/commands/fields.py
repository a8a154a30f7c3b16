"""Definitions of additional fields (C6, C7): made, renamed, moved, retired and brought back; code and type stay."""

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from contracts.contacts.fields import ChangeField, Choice, DefineField, Direction, FieldDefinition, FieldType, MoveField
from contracts.errors import Conflict, FieldError, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import details
from services.contacts.replies import field_of
from services.contacts.rules.fields import MOST_DEFINITIONS, with_retired

WITH_CHOICES = frozenset({FieldType.CHOICE, FieldType.MULTI_CHOICE})
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('fields'))")
"""Definitions change rarely; in turns, so that whoever knows a version knows all changes up to it."""


def define(session: Session, request: DefineField) -> FieldDefinition:
    """Make or change a definition; choices that are left out stay as retired ones."""
    session.execute(ONE_AT_A_TIME)
    _check_choices(request.type, request.choices)
    known = session.get(models.Field, (request.applies_to, request.code))
    if known is None:
        known = _new(session, request)
    elif known.type is not request.type:
        raise Conflict(
            f"The field {request.code} is of type {known.type}; a type cannot change. Define another field.",
            code="field_type_fixed",
        )
    changed = {name: getattr(request, name) for name in ("label", "choices", "classification", "retired")}
    return _store(session, known, changed)


def _new(session: Session, request: DefineField) -> models.Field:
    of_kind = models.Field.applies_to == request.applies_to
    count, last = session.execute(select(func.count(), func.max(models.Field.position)).where(of_kind)).one()
    if count >= MOST_DEFINITIONS:
        message = f"There are {count} fields already; bring back a retired one instead."
        raise Conflict(message, code="too_many_fields", most=MOST_DEFINITIONS)
    made = models.Field(applies_to=request.applies_to, code=request.code, type=request.type, position=(last or 0) + 1)
    made.choices = []
    session.add(made)
    return made


def change(session: Session, request: ChangeField) -> FieldDefinition:
    """Change what is given; raises NotFound, Stale."""
    session.execute(ONE_AT_A_TIME)
    field = _get(session, request)
    details.refuse_stale(field.version, request.version)
    if request.choices is not None:
        _check_choices(field.type, request.choices)
    given = {name: getattr(request, name) for name in ("label", "choices", "classification", "retired")}
    return _store(session, field, {name: value for name, value in given.items() if value is not None})


def move(session: Session, request: MoveField) -> FieldDefinition:
    """Change places with the neighbour that is in use; at the end of the row nothing happens."""
    session.execute(ONE_AT_A_TIME)
    field, rows = _get(session, request), models.Field
    above = request.direction is Direction.UP
    beyond = rows.position < field.position if above else rows.position > field.position
    order = rows.position.desc() if above else rows.position
    of_kind = (rows.applies_to == field.applies_to, rows.retired == field.retired, beyond)
    neighbour = session.scalars(select(rows).where(*of_kind).order_by(order).limit(1)).first()
    if neighbour is None:
        return field_of(field)
    field.position, neighbour.position = neighbour.position, field.position
    field.version = neighbour.version = _next_version(session)
    session.flush()
    return field_of(field)


def _get(session: Session, named: ChangeField | MoveField) -> models.Field:
    field = session.get(models.Field, (named.applies_to, named.code))
    if field is None:
        raise NotFound(f"There is no field {named.code} for a {named.applies_to}.", code="no_such_field")
    return field


def _check_choices(of_type: FieldType, choices: list[Choice]) -> None:
    if (of_type in WITH_CHOICES) != bool(choices):
        message = "Fields of type choice or multi_choice need choices; others have none."
        raise Invalid.field("/choices", "choices", message)
    codes = [each.code for each in choices]
    twice = [
        FieldError(pointer=f"/choices/{number}/code", code="choice_twice", message=f"The choice {code} is given twice.")
        for number, code in enumerate(codes)
        if code in codes[:number]
    ]
    if twice:
        raise Invalid(twice[0].message, errors=twice)


def _store(session: Session, field: models.Field, changed: dict[str, Any]) -> FieldDefinition:
    stored: dict[str, Any] = {}
    for name, value in changed.items():
        stored[name] = value.model_dump() if name == "label" else value
    if "choices" in changed:
        stored["choices"] = with_retired(field.choices, [each.model_dump() for each in changed["choices"]])
    if any(getattr(field, name) != value for name, value in stored.items()):
        for name, value in stored.items():
            setattr(field, name, value)
        field.version = _next_version(session)
        session.flush()
    return field_of(field)


def _next_version(session: Session) -> int:
    with session.no_autoflush:
        return int(session.scalar(select(func.coalesce(func.max(models.Field.version), 0))) or 0) + 1
