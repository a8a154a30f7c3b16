"""Joining: kinds of membership with their fees, the application, and following it by personal link (M7)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, or_nothing
from contracts.access import LinkPurpose, Rule
from contracts.base import ById, Nothing
from contracts.commerce import CommerceApi
from contracts.commerce.prices import AskQuote, QuoteLineRequest
from contracts.errors import Conflict, FieldError, Invalid, ServiceError
from contracts.membership import MembershipApi, MembershipType, SubmitApplication
from gateway.form_state import FormState
from gateway.i18n import language
from gateway.limits import limit_form
from gateway.pages.door import Pages
from gateway.personal_links import opened
from gateway.robots import refuse_robots
from gateway.submitted import day, form_command, needed, read, state, typed, without_empty

membership = client(MembershipApi)
commerce = client(CommerceApi)
pages = Pages("joining", __name__)
NEEDED: Final = ("given_name", "family_name", "email")
FIELDS: Final = (*NEEDED, "phone", "birth_date", "street", "postal_code", "city", "language", "message")
ADDRESS: Final = ("street", "postal_code", "city")
PER_MINUTE: Final = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of membership with its fees in euros; None while commerce is away."""

    type: MembershipType
    fee: Decimal | None
    joining_fee: Decimal | None

    @property
    def name(self) -> str:
        """Its name in the language of the request."""
        return self.type.name.in_language(language())

    @property
    def description(self) -> str:
        """What it gives, in the language of the request."""
        return self.type.description.in_language(language())


def kinds_of_membership() -> list[Kind]:
    """The kinds that one may apply for."""
    return _with_fees([each for each in membership.list_membership_types(Nothing()).data if each.open_for_applications])


def _with_fees(types: list[MembershipType]) -> list[Kind]:
    ids = {each.fee_product_id for each in types} | {each.joining_fee_product_id for each in types}
    wanted = [QuoteLineRequest(product_id=product_id) for product_id in ids if product_id]
    found = or_nothing(partial(commerce.list_prices, AskQuote(lines=wanted))) if wanted else None
    fees = {line.product_id: line.unit_price for line in found.data} if found else {}
    return [
        Kind(each, fees.get(each.fee_product_id), fees.get(each.joining_fee_product_id or each.id)) for each in types
    ]


@pages.get("/join", may=Rule.PUBLIC)
def join() -> str:
    """The kinds of membership, what they cost and give."""
    return render_template("joining/types.html", kinds=kinds_of_membership())


@pages.form("/join/<uuid:type_id>", may=Rule.PUBLIC)
def apply(type_id: UUID) -> ResponseReturnValue:
    """The application form of one kind of membership."""
    kind = _with_fees([membership.get_membership_type(ById(id=type_id))])[0]
    if not kind.type.open_for_applications:
        raise Conflict(f"{kind.type.name.fi} does not take applications now.", code="type_closed")
    if request.method == "GET":
        return render_template("joining/application.html", f=FormState({"language": language()}), kind=kind)
    limit_form("application", PER_MINUTE)
    values: dict[str, Any] = typed(*FIELDS, "accepts_terms")
    try:
        refuse_robots()
        application = _read(type_id, dict(values))
        with form_command():
            submitted = membership.submit_application(application)
    except Invalid as error:
        return render_template("joining/application.html", f=state(values, error), kind=kind), 422
    return render_template("joining/thanks.html", kind=kind, number=submitted.number, email=values["email"])


def _read(type_id: UUID, values: dict[str, Any]) -> SubmitApplication:
    """The application as the form gives it; raises Invalid with all that is wrong."""
    problems: list[FieldError] = []
    for check in (partial(needed, values, *NEEDED), partial(day, values, "birth_date"), partial(_accepted, values)):
        try:
            check()
        except ServiceError as error:
            problems += error.errors
    if problems:
        raise Invalid("Some fields have to be corrected.", errors=problems)
    address = {name: values.pop(name) for name in ADDRESS}
    given = without_empty(values) | {"accepts_terms": True, "membership_type_id": type_id}
    return read(SubmitApplication, given | ({"address": address} if any(address.values()) else {}))


def _accepted(values: dict[str, Any]) -> None:
    if values["accepts_terms"] != "yes":
        raise Invalid.field("/accepts_terms", "terms_not_accepted", _("Accept the rules to apply."))


@pages.get("/join/follow/<token>", may=Rule.PUBLIC)
def follow(token: str) -> ResponseReturnValue:
    """The state of an application, by the link of its acknowledgement."""
    with opened(token, LinkPurpose.FOLLOW_APPLICATION) as link:
        application = membership.get_application(ById(id=link))
        kind = membership.get_membership_type(ById(id=application.membership_type_id))
    g.page_path = "/join"
    return render_template("joining/follow.html", application=application, name=kind.name.in_language(language()))
