"""Activities of the whole office: the list with its filters, and the form with everything that can be said of one."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis import clock
from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.activities import Activity, DeleteActivity, ListActivities, RecordActivity, UpdateActivity
from contracts.errors import Invalid
from gateway.asked import asked, asked_day, list_state
from gateway.form_state import FormState
from gateway.i18n import clock_time, local_date
from gateway.listing import Filter, Option
from gateway.moments import typed_moment
from gateway.pages import contact_choice
from gateway.pages.activity_words import KIND, kinds
from gateway.pages.colleagues import choices, colleagues, names_of, own_account
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.project_names import project_choices
from gateway.submitted import form_command, needed, read, state, typed, without_empty
from gateway.undo import our_page, undo

contacts = client(ContactsApi)
pages = Pages("activities", __name__)
FIELDS: Final = ("kind", "text", "day", "time", "project_id", "responsible_id", "private")
SHOWN_AS: Final = {"happened_at": "day", "person_ids": "contact", "organisation_ids": "contact"}
LIST: Final = "/office/activities"


@pages.get(LIST, may=Permission.ACTIVITIES_READ)
def list_activities() -> str:
    """What was done, the latest first, by kind, by who did it, and in a period."""
    days = {name: asked_day(name) for name in ("from_on", "to_on")}
    found = contacts.list_activities(asked(ListActivities, "kind", "responsible_id", limit=20, **without_empty(days)))
    people = colleagues()
    return render_template(
        "activities/list.html",
        state=list_state(),
        filters=(
            Filter("kind", lazy_gettext("Kind"), [Option(value, label) for value, label in kinds()]),
            Filter("responsible_id", lazy_gettext("By whom"), [Option(str(each.id), each.name) for each in people]),
        ),
        found=found,
        names=names_of(each.responsible_id for each in found.data),
        words=KIND,
        may_write=may(Permission.ACTIVITIES_WRITE),
    )


@pages.form(f"{LIST}/new", may=Permission.ACTIVITIES_WRITE)
def new_activity() -> ResponseReturnValue:
    """Record something with all its details."""
    back = our_page(request.values.get("back", ""), LIST)
    if request.method == "GET":
        now = clock.now()
        start = {"day": local_date(now), "time": clock_time(now), "project_id": request.args.get("project", "")}
        return _form(
            FormState({**start, "kind": "call", "responsible_id": own_account()}),
            contact_choice.named_in_address(),
            back,
        )
    values = typed(*FIELDS)
    chosen = contact_choice.ticked()
    if contact_choice.is_searching():
        return _form(FormState(values), chosen, back)
    try:
        with form_command():
            contacts.record_activity(read(RecordActivity, without_empty(_given(values, chosen))))
    except Invalid as error:
        return _form(state({**values, "contact": ""}, error, SHOWN_AS), chosen, back), 422
    flash(_("Recorded."), "good")
    return redirect(back)


def _given(values: dict[str, Any], chosen: list[tuple[str, UUID]]) -> dict[str, Any]:
    """The contract's values of what was typed; raises Invalid for days and times nobody understands."""
    needed(values, "text", "day", "time")
    return {
        "kind": values["kind"],
        "text": values["text"],
        "happened_at": typed_moment(values, "day", "time"),
        "responsible_id": values["responsible_id"],
        "project_id": values["project_id"],
        "person_ids": contact_choice.ids(chosen, "person"),
        "organisation_ids": contact_choice.ids(chosen, "organisation"),
        "private": values["private"] == "yes",
    }


def _form(
    f: FormState, chosen: list[tuple[str, UUID]], back: str, activity: Activity | None = None, version: str = ""
) -> str:
    found: list[Any] = side_by_side(
        partial(choices, activity.responsible_id if activity else None),
        partial(contact_choice.choices, chosen),
        partial(project_choices, activity),
    )
    return render_template(
        "activities/form.html",
        f=f,
        activity=activity,
        version=version or (activity.version if activity else ""),
        kinds=kinds(),
        colleagues=found[0],
        contacts=found[1],
        projects=found[2],
        back=back,
    )


@pages.form(f"{LIST}/<uuid:activity_id>/edit", may=Permission.ACTIVITIES_WRITE)
def edit_activity(activity_id: UUID) -> ResponseReturnValue:
    """Change an activity."""
    back = our_page(request.values.get("back", ""), LIST)
    activity = contacts.get_activity(ById(id=activity_id))
    if request.method == "GET":
        return _form(FormState(_shown(activity)), contact_choice.of_reply(activity.contacts), back, activity)
    values, chosen, version = typed(*FIELDS), contact_choice.ticked(), request.form.get("version", "")
    if contact_choice.is_searching():
        return _form(FormState(values), chosen, back, activity, version)
    try:
        with form_command():
            contacts.update_activity(_update(activity, values, chosen, version))
    except Invalid as error:
        return _form(state({**values, "contact": ""}, error, SHOWN_AS), chosen, back, activity, version), 422
    flash(_("Saved."), "good")
    return redirect(back)


def _shown(activity: Activity) -> dict[str, Any]:
    return {
        "kind": activity.kind.value,
        "text": activity.text,
        "day": local_date(activity.happened_at),
        "time": clock_time(activity.happened_at),
        "responsible_id": activity.responsible_id,
        "project_id": activity.project_id,
        "private": "yes" if activity.private else "",
    }


def _update(activity: Activity, values: dict[str, Any], chosen: list[tuple[str, UUID]], version: str) -> UpdateActivity:
    given = _given(values, chosen) | {"id": activity.id, "version": version}
    if not activity.own:
        given.pop("private")
    clear = []
    for name in ("responsible_id", "project_id"):
        chosen_id = given.pop(name)
        if chosen_id and chosen_id != str(getattr(activity, name)):
            given[name] = chosen_id
        elif not chosen_id:
            clear.append(name)
    return read(UpdateActivity, {**given, "clear": clear})


@pages.post(f"{LIST}/<uuid:activity_id>/delete", may=Permission.ACTIVITIES_WRITE)
def delete_activity(activity_id: UUID) -> ResponseReturnValue:
    """Take an activity away; the next page offers to undo it."""
    back = our_page(request.form.get("back", ""), LIST)
    with form_command():
        contacts.delete_activity(read(DeleteActivity, {"id": activity_id, "version": request.form.get("version", "")}))
    flash(_("The activity is deleted."), undo(f"{LIST}/{activity_id}/restore", back))
    return redirect(back)


@pages.post(f"{LIST}/<uuid:activity_id>/restore", may=Permission.ACTIVITIES_WRITE)
def restore_activity(activity_id: UUID) -> ResponseReturnValue:
    """Bring a deleted activity back."""
    contacts.restore_activity(ById(id=activity_id))
    flash(_("The activity is back."), "good")
    return redirect(our_page(request.args.get("back", ""), LIST))
