"""Reading forms: what was typed becomes a contract's request, what is wrong with it becomes texts by field."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError

from chassis.rpc import with_key
from chassis.validation import as_invalid
from contracts.errors import FieldError, Invalid, NotAllowed, ServiceError
from gateway import wording
from gateway.form_state import FormState
from gateway.local_input import NotUnderstood, parse_date, parse_decimal, parse_time
from gateway.local_today import moment
from gateway.problems import STATUS

M = TypeVar("M", bound=BaseModel)


def typed(*names: str) -> dict[str, str]:
    """The named fields of the form as they were typed, without spaces around; absent ones are empty."""
    return {name: request.form.get(name, "").strip() for name in names}


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were given."""
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def read(model: type[M], values: Mapping[str, Any]) -> M:
    """The request with these values; raises Invalid with what is wrong by field, all of it at once.

    Where `noted` left what it did not understand, its error stands for the value, in a part named `fields` too.
    """
    unread, understood = _unread(values)
    try:
        found = model.model_validate(understood)
    except ValidationError as error:
        wrong = as_invalid(error)
        raise Invalid(wrong.message, errors=[*unread, *wrong.errors]) from None
    if unread:
        raise Invalid("not understood", errors=unread)
    return found


def _unread(values: Mapping[str, Any]) -> tuple[list[FieldError], dict[str, Any]]:
    unread = [each for each in values.values() if isinstance(each, FieldError)]
    understood = {name: each for name, each in values.items() if not isinstance(each, FieldError)}
    if isinstance(further := understood.get("fields"), dict):
        more, understood["fields"] = _unread(further)
        unread += more
    return unread, understood


def noted(understand: Callable[[dict[str, Any], str], None], values: dict[str, Any], name: str) -> None:
    """Understand the value in place; where that fails, leave the error in its place, for `read`."""
    try:
        understand(values, name)
    except Invalid as error:
        (values[name],) = error.errors


def day(values: dict[str, Any], name: str) -> None:
    """Replace a typed day by a date, in place; raises Invalid when it cannot be understood."""
    values[name] = _understood(parse_date, values[name], name, "day_not_understood")


def time_of_day(values: dict[str, Any], name: str) -> None:
    """Replace a typed time of day by a time, in place; raises Invalid when it cannot be understood."""
    values[name] = _understood(parse_time, values[name], name, "time_parsing")


def moment_of(on: date, at: time, name: str) -> str:
    """The time of day on that day, where the association is, for a request; raises Invalid when the clocks skip it."""
    try:
        return moment(on, at).isoformat()
    except NotUnderstood as error:
        found = FieldError(pointer=f"/{name}", code="time_skipped", message=str(error))
        raise Invalid("no such time", errors=[found]) from None


def amount(values: dict[str, Any], name: str) -> None:
    """Replace a typed sum by a decimal, in place; raises Invalid when it cannot be understood."""
    values[name] = _understood(parse_decimal, values[name], name, "decimal_parsing")


def _understood(parse: Callable[[str], Any], text: str, name: str, code: str) -> Any:
    try:
        return parse(text)
    except NotUnderstood:
        raise Invalid("not understood", errors=[FieldError(pointer=f"/{name}", code=code, message=text)]) from None


def shown_again(error: ServiceError) -> int:
    """The status of a form that is shown again: whoever lacks a right is told so, anything else can be mended in it."""
    return STATUS[error.kind] if isinstance(error, NotAllowed) else 422


def state(values: Mapping[str, Any], error: ServiceError, names: Mapping[str, str] | None = None) -> FormState:
    """The form again, with what is wrong. `names` maps a request's fields to the form's where they differ.

    What belongs to no field shown stands above the form.
    """
    errors: dict[str, str] = {}
    problems: list[str] = []
    for each in error.errors:
        parts = [part for part in each.pointer.split("/") if part]
        found = next((name for name in _candidates(parts, names or {}) if name in values), None)
        if found is None:
            problems.append(wording.field_text(each))
        else:
            errors.setdefault(found, wording.field_text(each))
    if not errors and not problems:
        problems.append(wording.sentence(error))
    return FormState(dict(values), errors, problems)


def _candidates(parts: list[str], names: Mapping[str, str]) -> Iterator[str]:
    """Form fields that a pointer may mean: `/address/street` is `address_street`, `street` or `address`."""
    whole = "_".join(parts)
    for candidate in (whole, parts[-1] if parts else "", parts[0] if parts else ""):
        yield names.get(candidate, candidate)


@contextmanager
def form_command() -> Iterator[None]:
    """Commands of this block run once per form shown: a double click or a repeat has no second effect."""
    with with_key(f"form:{request.form.get('form_key', '')[:100]}"):
        yield


def needed(values: Mapping[str, Any], *names: str) -> None:
    """Raise Invalid for those of the fields that were left empty."""
    missing = [
        FieldError(pointer=f"/{n}", code="missing", message=_("This is needed.")) for n in names if not values[n]
    ]
    if missing:
        raise Invalid("Some fields are missing.", errors=missing)
