"""The kinds of membership: their fees, periods and discounts."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import Nothing
from contracts.errors import Conflict, Invalid
from contracts.membership import CreateMembershipType, MemberLevel, MembershipApi, PeriodRule
from gateway.asked import list_state
from gateway.form_state import FormState
from gateway.i18n import language
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.products import all_products, choices
from gateway.submitted import form_command, read, state, typed, without_empty

membership = client(MembershipApi)
pages = Pages("office_membership_types", __name__)
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("level", lazy_gettext("For whom")),
    Column("period", lazy_gettext("Period")),
    Column("fee", lazy_gettext("Fee")),
    Column("discounts", lazy_gettext("Discounts")),
)
LEVELS: Final[Mapping[MemberLevel, Any]] = {
    MemberLevel.PERSON: _p("membership level", "A person"),
    MemberLevel.PERSON_IN_COMPANY: _p("membership level", "A person in a company"),
    MemberLevel.SITE: _p("membership level", "A site of a company"),
    MemberLevel.GROUP: _p("membership level", "A group of companies"),
}
PERIODS: Final[Mapping[PeriodRule, Any]] = {
    PeriodRule.CALENDAR_YEAR: _p("membership period", "Calendar year"),
    PeriodRule.ROLLING_YEAR: _p("membership period", "A year from joining"),
    PeriodRule.LIFETIME: _p("membership period", "Lifetime"),
}
LANGUAGES: Final = ("fi", "sv", "en")
DISCOUNT_ROWS: Final = (1, 2, 3)
DISCOUNTS: Final = {
    f"discounts_{row - 1}_{name}": f"{name}_{row}" for row in DISCOUNT_ROWS for name in ("category", "percent")
}
"""Names of the request's fields in the form, when the rows are filled from the first on."""
FIELDS: Final = (
    *(f"name_{each}" for each in LANGUAGES),
    *(f"description_{each}" for each in LANGUAGES),
    *("code", "level", "period", "fee_product_id", "joining_fee_product_id", "grace_days", "open_for_applications"),
    *(f"{name}_{row}" for row in DISCOUNT_ROWS for name in ("category", "percent")),
)


@pages.get("/office/membership-types", may=Permission.MEMBERSHIP_READ)
def list_types() -> str:
    """All types in the office's order."""
    types, products = side_by_side(
        partial(membership.list_membership_types, Nothing()), partial(or_nothing, all_products)
    )
    return render_template(
        "membership_office/types.html",
        state=list_state(),
        columns=COLUMNS,
        types=types,
        products={each.id: each for each in _listed(products)},
        levels=LEVELS,
        periods=PERIODS,
    )


def _listed(products: Any) -> list[Any]:
    return list(products or [])


@pages.form("/office/membership-types/new", may=Permission.SETTINGS_WRITE)
def new_type() -> ResponseReturnValue:
    """A new kind of membership."""
    if request.method == "GET":
        return _page(FormState({"period": "calendar_year", "grace_days": "30", "open_for_applications": "yes"}))
    values = typed(*FIELDS)
    try:
        with form_command():
            made = membership.create_membership_type(_read(values))
    except (Invalid, Conflict) as error:
        return _page(state(values, error, DISCOUNTS)), 422
    flash(_("%(name)s is in the list of membership types.", name=made.name.in_language(language())), "good")
    return redirect("/office/membership-types")


def _read(values: dict[str, str]) -> CreateMembershipType:
    plain = ("code", "level", "period", "fee_product_id", "joining_fee_product_id", "grace_days")
    given: dict[str, Any] = without_empty({name: values[name] for name in plain})
    given["name"] = without_empty({each: values[f"name_{each}"] for each in LANGUAGES})
    given["description"] = {each: values[f"description_{each}"] for each in LANGUAGES}
    given["discounts"] = [
        {"category": values[f"category_{row}"], "percent": values[f"percent_{row}"]}
        for row in DISCOUNT_ROWS
        if values[f"category_{row}"] or values[f"percent_{row}"]
    ]
    return read(CreateMembershipType, given | {"open_for_applications": bool(values["open_for_applications"])})


def _page(f: FormState) -> str:
    products = all_products()
    return render_template(
        "membership_office/type_form.html",
        f=f,
        products=choices(products),
        categories=[(each, each) for each in sorted({product.category for product in products})],
        levels=list(LEVELS.items()),
        periods=list(PERIODS.items()),
        rows=DISCOUNT_ROWS,
    )
