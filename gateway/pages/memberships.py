"""Memberships for the office: who is a member on a day, one membership, its end; the kinds of membership."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById, Nothing
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import Invoice
from contracts.errors import Conflict, Invalid
from contracts.membership import (
    EndMembership,
    ListMemberships,
    Membership,
    MembershipApi,
    MembershipState,
    MembershipTypes,
)
from gateway.asked import asked, asked_day, list_state
from gateway.form_state import FormState
from gateway.i18n import language, local_date
from gateway.listing import Column, Filter, Option
from gateway.local_today import today
from gateway.pages.door import Pages
from gateway.pages.person_names import may, persons_by_id
from gateway.pages.state_words import MEMBERSHIP, invoice_words
from gateway.submitted import day, form_command, read, state, typed

membership = client(MembershipApi)
commerce = client(CommerceApi)
pages = Pages("office_memberships", __name__)
COLUMNS: Final = (
    Column("person", lazy_gettext("Member"), "main"),
    Column("number", lazy_gettext("Number"), "number"),
    Column("type", lazy_gettext("Type")),
    Column("state", lazy_gettext("State")),
    Column("joined_on", lazy_gettext("Joined"), "date"),
    Column("paid_until", lazy_gettext("Paid until"), "date"),
)
STATE: Final = Filter(
    "state", lazy_gettext("State"), tuple(Option(each, MEMBERSHIP[each][0]) for each in MembershipState)
)


@pages.get("/office/memberships", may=Permission.MEMBERSHIP_READ)
def list_memberships() -> str:
    """Memberships as they are on a day, by state and type."""
    as_of = asked_day("as_of")
    wanted = asked(ListMemberships, "state", "membership_type_id", "person_id", as_of=as_of)
    found = membership.list_memberships(wanted)
    types, persons = side_by_side(
        partial(membership.list_membership_types, Nothing()),
        partial(persons_by_id, [each.person_id for each in found.data]),
    )
    return render_template(
        "membership_office/memberships.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(STATE, _type_filter(types)),
        found=found,
        persons=persons,
        states=MEMBERSHIP,
        as_of=as_of or today(),
    )


def _type_filter(types: Any) -> Filter:
    assert isinstance(types, MembershipTypes)
    options = tuple(Option(str(each.id), each.name.in_language(language())) for each in types.data)
    return Filter("membership_type_id", lazy_gettext("Type"), options)


@pages.get("/office/memberships/<uuid:membership_id>", may=Permission.MEMBERSHIP_READ)
def show_membership(membership_id: UUID) -> str:
    """One membership with its agreement, payer and invoice."""
    found = membership.get_membership(ById(id=membership_id))
    agreement, invoice, persons = side_by_side(
        partial(or_nothing, partial(membership.get_agreement, ById(id=found.agreement_id))),
        partial(_invoice, found),
        partial(persons_by_id, [found.person_id, found.payer_id]),
    )
    return render_template(
        "membership_office/membership.html",
        membership=found,
        agreement=agreement,
        invoice=invoice,
        invoice_words=invoice_words,
        persons=persons,
        standing=MEMBERSHIP[found.state],
        can_end=found.ended_on is None and may(Permission.MEMBERSHIP_WRITE),
    )


def _invoice(found: Membership) -> Invoice | None:
    if found.invoice_id is None or not may(Permission.COMMERCE_READ):
        return None
    return or_nothing(partial(commerce.get_invoice, ById(id=found.invoice_id)))


@pages.form("/office/memberships/<uuid:membership_id>/end", may=Permission.MEMBERSHIP_WRITE)
def end_membership(membership_id: UUID) -> ResponseReturnValue:
    """End a membership on a day, with the reason."""
    found = membership.get_membership(ById(id=membership_id))
    if request.method == "GET":
        return _end_page(found, FormState({"ended_on": local_date(today())}))
    values = typed("ended_on", "reason")
    try:
        given: dict[str, Any] = {**values, "id": membership_id}
        day(given, "ended_on")
        wanted = read(EndMembership, {name: value for name, value in given.items() if value is not None})
        with form_command():
            membership.end_membership(wanted)
    except (Invalid, Conflict) as error:
        return _end_page(found, state(values, error)), 422
    flash(_("The membership ends on %(day)s.", day=local_date(wanted.ended_on)), "good")
    return redirect(f"/office/memberships/{membership_id}")


def _end_page(found: Membership, f: FormState) -> str:
    persons = persons_by_id([found.person_id])
    return render_template("membership_office/end.html", membership=found, persons=persons, f=f)
