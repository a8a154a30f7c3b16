"""Further columns of the lists (C8): what a row of persons or organisations shows besides its usual columns.

They are read for the rows of one page, by their ids, so that the search itself stays as fast as it is.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from contracts.base import Page
from contracts.errors import Invalid
from services.contacts import models
from services.contacts.rules.reachability import chosen_address, letter_lines

Summary = TypeVar("Summary")
SHARED = (
    "fax", "other_emails", "other_phones", "phone", "language", "customer_number", "customer_status", "payment_method",
    "payment_days", "delivery_method", "credit_limit", "postal_code", "created_at", "updated_at",
)  # fmt: skip
COLUMNS: dict[type[Any], frozenset[str]] = {
    models.Person: frozenset({*SHARED, "title", "gender", "birth_date", "address", "organisations"}),
    models.Organisation: frozenset({*SHARED, "address", "parent"}),
}
FIELDS = "fields."
MOST_COLUMNS = 50
MOST_NAMES = 5
AFFILIATIONS, ORGANISATIONS = models.Affiliation.__table__.c, models.Organisation.__table__.c


def chosen(model: type[Any], show: str, pointer: str = "/show") -> list[str]:
    """The names of the columns asked for, separated by commas; raises Invalid at `pointer` for an unknown one."""
    names = [name for name in show.split(",") if name]
    unknown = [name for name in names if name not in COLUMNS[model] and not name.startswith(FIELDS)]
    if unknown or len(names) > MOST_COLUMNS:
        told = f"There is no column {unknown[0][:80]}." if unknown else f"At most {MOST_COLUMNS} columns are shown."
        raise Invalid.field(pointer, "unknown_column", told)
    return names


def with_columns(
    reader: Connection, model: type[Any], page: Page[Summary], names: list[str], today: date
) -> Page[Summary]:
    """The page with the values of these columns in `more` of each row."""
    if not names or not page.data:
        return page
    rows: list[Any] = page.data
    table = model.__table__.c
    read = select(table.id, *(column(model, name, today) for name in names if not name.startswith(FIELDS)))
    if any(name.startswith(FIELDS) for name in names):
        read = read.add_columns(table.fields)
    found = {row.id: row for row in reader.execute(read.where(table.id.in_([each.id for each in rows])))}
    shown = [each.model_copy(update={"more": _values(found.get(each.id), names)}) for each in rows]
    return page.model_copy(update={"data": shown})


def column(model: type[Any], name: str, today: date) -> ColumnElement[Any]:
    """A further column of a list, under its name."""
    table = model.__table__.c
    special: dict[str, Callable[[], ColumnElement[Any]]] = {
        "address": lambda: table.addresses,
        "organisations": lambda: _organisations(today),
        "parent": _parent,
    }
    return (special[name]() if name in special else table[name]).label(name)


def _organisations(today: date) -> Any:
    """The names of some organisations to which the person belongs today."""
    running = and_(
        AFFILIATIONS.person_id == models.Person.__table__.c.id,
        or_(AFFILIATIONS.starts_on.is_(None), AFFILIATIONS.starts_on <= today),
        or_(AFFILIATIONS.ends_on.is_(None), AFFILIATIONS.ends_on >= today),
        ORGANISATIONS.id == AFFILIATIONS.organisation_id,
        ORGANISATIONS.deleted_at.is_(None),
    )
    some = select(ORGANISATIONS.name).where(running).correlate(models.Person.__table__)
    names = some.order_by(ORGANISATIONS.sort_key).limit(MOST_NAMES).subquery()
    return select(func.array_agg(names.c.name)).scalar_subquery()


def _parent() -> Any:
    above = models.Organisation.__table__.alias("above")
    return select(above.c.name).where(above.c.id == ORGANISATIONS.parent_id).scalar_subquery()


def _values(row: Any, names: list[str]) -> dict[str, Any]:
    """By name of the column; empty ones are left out."""
    if row is None:
        return {}
    found = {name: _plain(name, value(row, name)) for name in names}
    return {name: shown for name, shown in found.items() if shown not in (None, "", [])}


def value(row: Any, name: str) -> Any:
    """The row's value in a column."""
    return row.fields.get(name.removeprefix(FIELDS)) if name.startswith(FIELDS) else getattr(row, name)


def letter(addresses: Any) -> str:
    """The address to which letters go, on one line."""
    return ", ".join(letter_lines(chosen_address(addresses, "postal", "visiting")))


def _plain(name: str, found: Any) -> Any:
    if name == "address":
        return letter(found)
    if isinstance(found, Decimal):
        return {"amount": f"{found:.2f}", "currency": "EUR"}
    return found.isoformat() if isinstance(found, date) else found
