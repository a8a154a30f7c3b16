"""Applications for membership: the list, one beside the contacts it may be, and the decision."""

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
from contracts.contacts import ContactsApi
from contracts.contacts.persons import Person
from contracts.contacts.similar import FindSimilar, SimilarPersons
from contracts.errors import Conflict, Invalid, NotFound, ServiceError, Stale
from contracts.membership import (
    Application,
    ApplicationState,
    DecideApplication,
    Decision,
    ListApplications,
    MembershipApi,
)
from gateway.form_state import FormState
from gateway.i18n import language
from gateway.listing import Column, Filter, ListState, Option
from gateway.pages.association import forget_inbox
from gateway.pages.door import Pages
from gateway.pages.person_names import may, persons_by_id
from gateway.pages.state_words import APPLICATION
from gateway.submitted import form_command, read, state, typed

contacts = client(ContactsApi)
membership = client(MembershipApi)
pages = Pages("applications", __name__)
COLUMNS: Final = (
    Column("name", lazy_gettext("Applicant"), "main"),
    Column("number", lazy_gettext("Number"), "number"),
    Column("type", lazy_gettext("Membership")),
    Column("submitted_at", lazy_gettext("Came"), "date"),
    Column("state", lazy_gettext("State")),
)
STATE: Final = Filter(
    "state", lazy_gettext("State"), tuple(Option(each.value, words[0]) for each, words in APPLICATION.items())
)
WAITING: Final = ListApplications(state=ApplicationState.SUBMITTED, limit=2)


@pages.get("/office/applications", may=Permission.MEMBERSHIP_READ)
def list_applications() -> str:
    """Applications, the oldest first; those that wait unless another state is chosen."""
    query = {"state": "submitted", **request.args.to_dict()}
    wanted = {
        "state": query["state"] if query["state"] in set(ApplicationState) else None,
        "cursor": query.get("cursor"),
    }
    found = membership.list_applications(read(ListApplications, wanted))
    return render_template(
        "applications/list.html",
        state=ListState(request.path, query),
        columns=COLUMNS,
        filters=(STATE,),
        found=found,
        persons=persons_by_id(each.person_id for each in found.data),
        types=type_names(),
        words=APPLICATION,
    )


def type_names() -> dict[UUID, str]:
    """Names of the membership types in the language of the request."""
    return {each.id: each.name.in_language(language()) for each in membership.list_membership_types(Nothing()).data}


@pages.get("/office/applications/<uuid:application_id>", may=Permission.MEMBERSHIP_READ)
def application_card(application_id: UUID) -> str:
    """One application beside existing contacts that may be the same person."""
    return _card(membership.get_application(ById(id=application_id)))


def _card(application: Application, f: FormState | None = None) -> str:
    waits = application.state is ApplicationState.SUBMITTED
    parts: list[Any] = side_by_side(
        partial(_person, application.person_id),
        partial(_similar, application.person_id) if waits else _nobody,
        partial(next_waiting, application.id),
    )
    person, similar, next_one = parts
    return render_template(
        "applications/card.html",
        application=application,
        person=person,
        similar=similar.data if similar else None,
        next_one=next_one,
        next_name=persons_by_id([next_one.person_id]).get(next_one.person_id) if next_one else None,
        type_name=type_names().get(application.membership_type_id, ""),
        words=APPLICATION,
        may_decide=may(Permission.MEMBERSHIP_DECIDE),
        f=f or FormState(_first_choice(similar)),
    )


def _person(person_id: UUID) -> Person | None:
    """The applicant; None without the right, when contacts is away, or once erased."""
    if not may(Permission.CONTACTS_READ):
        return None
    try:
        return or_nothing(lambda: contacts.get_person(ById(id=person_id)))
    except NotFound:
        return None


def _similar(person_id: UUID) -> SimilarPersons | None:
    if not may(Permission.CONTACTS_READ):
        return None
    try:
        return or_nothing(lambda: contacts.find_similar(FindSimilar(id=person_id)))
    except NotFound:
        return None


def _nobody() -> SimilarPersons:
    return SimilarPersons(data=[])


SURE: Final = 90.0


def _first_choice(similar: SimilarPersons | None) -> dict[str, str]:
    """Whom the form proposes to link: a single contact that is nearly surely the same, else nobody yet."""
    if similar is None or not similar.data:
        return {"link_to": "new"}
    best = similar.data[0]
    alone = len(similar.data) == 1 or similar.data[1].score < SURE
    return {"link_to": str(best.person.id)} if best.score >= SURE and alone else {}


def next_waiting(but: UUID) -> Application | None:
    """The application that waits longest, other than `but`."""
    found = or_nothing(lambda: membership.list_applications(WAITING))
    return next((each for each in found.data if each.id != but), None) if found else None


@pages.post("/office/applications/<uuid:application_id>/decision", may=Permission.MEMBERSHIP_DECIDE)
def decide(application_id: UUID) -> ResponseReturnValue:
    """Approve, perhaps as an existing contact, or reject with a reason."""
    values = typed("decision", "reason", "link_to", "version")
    try:
        with form_command():
            decided = membership.decide_application(_decision(application_id, values))
    except (Conflict, Stale) as error:
        return _as_it_is_now(application_id, error)
    except Invalid as error:
        return _card(membership.get_application(ById(id=application_id)), state(values, error)), 422
    forget_inbox()
    approved = decided.state is not ApplicationState.REJECTED
    told = _("Application %(number)s is approved.") if approved else _("Application %(number)s is rejected.")
    flash(told % {"number": decided.number}, "good")
    return redirect(f"/office/applications/{application_id}")


def _decision(application_id: UUID, values: dict[str, str]) -> DecideApplication:
    if values["decision"] == Decision.APPROVE and not values["link_to"]:
        raise Invalid.field("/link_to", "missing", _("This is needed."))
    link_to = values["link_to"] if values["decision"] == Decision.APPROVE else "new"
    wanted = {
        "id": application_id,
        "decision": values["decision"],
        "reason": values["reason"],
        "link_to": None if link_to == "new" else link_to,
        "version": values["version"] or None,
    }
    return read(DecideApplication, wanted)


def _as_it_is_now(application_id: UUID, error: ServiceError) -> ResponseReturnValue:
    """Somebody else was quicker: the application with what was decided."""
    application = membership.get_application(ById(id=application_id))
    if application.state is ApplicationState.SUBMITTED and not isinstance(error, Stale):
        raise error
    flash(_("Somebody else was quicker: this is how application %(number)s is now.", number=application.number), "warn")
    return redirect(f"/office/applications/{application_id}")
