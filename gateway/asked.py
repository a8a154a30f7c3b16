"""What an address asks: filters and cursor of a list as a request, and whether to go on with what cannot be undone."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from flask import render_template, request
from pydantic import BaseModel

from contracts.errors import FieldError, Invalid
from gateway.listing import ListState
from gateway.local_input import NotUnderstood, parse_date
from gateway.submitted import read, without_empty

M = TypeVar("M", bound=BaseModel)


def list_state() -> ListState:
    """The state of the list that this address shows."""
    return ListState(request.path, request.args.to_dict())


def asked(model: type[M], *names: str, **fixed: Any) -> M:
    """The named parameters of the address and the list's cursor as a request; raises Invalid for what is wrong."""
    given = {name: request.args.get(name, "").strip() for name in (*names, "cursor")}
    return read(model, {**without_empty(given), **fixed})


def asked_day(name: str) -> date | None:
    """A day in the address, typed the local way; raises Invalid when it cannot be understood."""
    text = request.args.get(name, "")
    try:
        return parse_date(text)
    except NotUnderstood:
        raise Invalid(
            "not understood", errors=[FieldError(pointer=f"/{name}", code="date_parsing", message=text)]
        ) from None


def ask_first(title: str, text: str, label: str, back: str, fields: Mapping[str, str] | None = None) -> str | None:
    """The page that asks whether to go on, until the form says so."""
    if request.form.get("confirmed"):
        return None
    return render_template(
        "layout/confirm.html",
        title=title,
        text=text,
        label=label,
        action=request.path,
        back=back,
        fields=(fields or {}).items(),
    )
