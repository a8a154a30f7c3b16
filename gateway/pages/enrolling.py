"""Enrolling on a session, and what comes of it: a seat to pay, a place in the waiting list, a seat on offer (K2).

Who enrols while signed in goes on at `/my/enrolments/<id>`, everybody else at `/offer/<token>`: the personal link that
the messages about the enrolment carry, and that the browser which has just enrolled is led to.
"""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import calling, client, or_nothing, system_caller
from contracts.access import LinkPurpose, Rule
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.orders import Order
from contracts.courses import CoursesApi, Enrol, Enrolment, EnrolmentState, NewPerson, PaymentMethod, Session
from contracts.errors import Conflict, Invalid, NotFound
from gateway import session_items
from gateway.course_rows import hours, is_full, item_prices, own_person, place, total_text
from gateway.form_state import FormState
from gateway.i18n import language
from gateway.limits import limit_form
from gateway.pages.door import Pages
from gateway.paying import pay_by_card
from gateway.personal_links import opened
from gateway.robots import refuse_robots
from gateway.submitted import form_command, needed, read, state, typed, without_empty

courses = client(CoursesApi)
commerce = client(CommerceApi)
pages = Pages("enrolling", __name__)
PER_MINUTE: Final = 30
PATIENCE: Final = 8
"""How many times the page looks by itself for an order that is on its way."""
NEEDED: Final = ("given_name", "family_name", "email")
SHOWN_AS: Final = {"items": "chosen"}
PERSON: Final = (*NEEDED, "phone", "language")


@pages.form("/courses/<uuid:session_id>/enrol", may=Rule.PUBLIC)
def enrol(session_id: UUID) -> ResponseReturnValue:
    """Enrol oneself, when signed in, or somebody who is new to us."""
    session = courses.get_session(ById(id=session_id))
    if session.starts_at <= clock.now():
        raise Conflict("The session has begun; enrolling is over.", code="session_begun")
    person_id = None if request.args.get("for") == "other" else own_person()
    if request.method == "GET":
        return _form(session, FormState({"payment": PaymentMethod.CARD.value, "language": language()}))
    limit_form("enrol", PER_MINUTE)
    values: dict[str, Any] = {**typed(*PERSON, "payment", "note"), "chosen": request.form.getlist("chosen")}
    try:
        refuse_robots()
        wanted = _wanted(session_id, person_id, values)
        with form_command():
            enrolment = courses.enrol(wanted)
    except Invalid as error:
        return _form(session, state(values, error, SHOWN_AS)), 422
    except Conflict as error:
        return _known(error)
    return redirect(f"/my/enrolments/{enrolment.id}") if person_id else _lead_visitor(enrolment, values["email"])


def _form(session: Session, f: FormState) -> str:
    prices = item_prices(session.items)
    return render_template(
        "courses/enrol.html",
        f=f,
        session=session,
        hours=hours(session),
        place=place(session),
        price=total_text(session.items, prices),
        choices=session_items.choices(session, prices),
        is_free=bool(prices) and not any(line.unit_price for line in prices.values()),
        is_full=is_full(session),
        is_known=own_person() is not None,
        is_own=own_person() is not None and request.args.get("for") != "other",
    )


def _wanted(session_id: UUID, person_id: UUID | None, values: dict[str, Any]) -> Enrol:
    wanted = {"payment": values["payment"], "note": values["note"], "items": values["chosen"]}
    given: dict[str, Any] = without_empty(wanted)
    if person_id is not None:
        return read(Enrol, given | {"session_id": session_id, "person_id": person_id})
    needed(values, *NEEDED)
    new_person = read(NewPerson, without_empty({name: values[name] for name in PERSON}))
    return read(Enrol, given | {"session_id": session_id, "new_person": new_person})


def _known(error: Conflict) -> ResponseReturnValue:
    """Who is enrolled already sees that enrolment."""
    if error.error_code != "already_enrolled" or not error.params.get("enrolment_id"):
        raise error
    flash(_("You are enrolled on this already."), "warn")
    return redirect(f"/my/enrolments/{error.params['enrolment_id']}")


def _lead_visitor(enrolment: Enrolment, email: str) -> ResponseReturnValue:
    """To the page of the enrolment just made; without it, the same link comes by e-mail."""
    with calling(system_caller("gateway")):
        link = or_nothing(partial(courses.open_enrolment_link, ById(id=enrolment.id)))
    if link is not None:
        return redirect(f"/offer/{link.token}")
    text = _("What happens next, and how to pay, is told in the message that is on its way to %(email)s.", email=email)
    return render_template("layout/message.html", title=_("You are enrolled"), text=text)


@pages.get("/offer/<token>", may=Rule.PUBLIC)
def enrolment_by_link(token: str) -> str:
    """An enrolment and what to do next, by personal link."""
    with opened(token, LinkPurpose.TAKE_OFFER) as enrolment_id:
        return _shown(courses.get_enrolment(ById(id=enrolment_id)), f"/offer/{token}")


@pages.post("/offer/<token>", may=Rule.PUBLIC)
def take_offer_by_link(token: str) -> ResponseReturnValue:
    """Take the seat that is on offer."""
    limit_form("offer", PER_MINUTE)
    with opened(token, LinkPurpose.TAKE_OFFER) as enrolment_id:
        return _take(enrolment_id, f"/offer/{token}")


@pages.post("/offer/<token>/pay", may=Rule.PUBLIC)
def pay_enrolment_by_link(token: str) -> ResponseReturnValue:
    """Pay the seat by card."""
    limit_form("pay", PER_MINUTE)
    with opened(token, LinkPurpose.TAKE_OFFER) as enrolment_id:
        return pay_by_card(f"/offer/{token}", order_id=_order_id(enrolment_id))


def _take(enrolment_id: UUID, address: str) -> ResponseReturnValue:
    """Take the offer; who comes too late sees what became of it."""
    try:
        with form_command():
            courses.take_offer(ById(id=enrolment_id))
    except Conflict as error:
        if error.error_code != "no_offer":
            raise
    return redirect(address, 303)


def _order_id(enrolment_id: UUID) -> UUID:
    enrolment = courses.get_enrolment(ById(id=enrolment_id))
    if enrolment.order_id is None or enrolment.state is not EnrolmentState.HELD:
        raise Conflict("There is nothing to pay for this enrolment.", code="nothing_to_pay")
    return enrolment.order_id


def _shown(enrolment: Enrolment, address: str) -> str:
    """The page of an enrolment at `address`, by its state."""
    session = or_nothing(partial(_session, enrolment.session_id))
    is_over = bool(enrolment.expires_at and enrolment.expires_at <= clock.now())
    to_pay = enrolment.state is EnrolmentState.HELD and enrolment.payment is PaymentMethod.CARD and not is_over
    order = _order(enrolment) if to_pay else None
    waited = min(request.args.get("waited", 0, type=int), PATIENCE)
    prices = {} if enrolment.price else item_prices(enrolment.items)
    return render_template(
        "courses/enrolment.html",
        enrolment=enrolment,
        address=address,
        state="expired" if is_over else enrolment.state.value,
        name=enrolment.session_name.in_language(language()) if enrolment.session_name else "",
        hours=hours(session) if session else "",
        place=", ".join(part for part in (enrolment.session_place, enrolment.session_city) if part),
        price=enrolment.price,
        offered_price=total_text([each.model_copy(update={"required": True}) for each in enrolment.items], prices),
        chosen=session_items.chosen([enrolment]).get(enrolment.id),
        to_pay=to_pay,
        order=order,
        waited=waited if waited < PATIENCE else None,
    )


def _session(session_id: UUID) -> Session | None:
    """The session while the public may see it."""
    try:
        return courses.get_session(ById(id=session_id))
    except NotFound:
        return None


def _order(enrolment: Enrolment) -> Order | None:
    """The order of a held seat; commerce makes it some moments after the seat is held."""
    if enrolment.order_id is None:
        return None
    try:
        return or_nothing(partial(commerce.get_order, ById(id=enrolment.order_id)))
    except NotFound:
        return None
