"""Surveys of the office: list, card with the questions, texts, publishing, closing, deleting (C16)."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.contacts import ContactsApi
from contracts.contacts.surveys import CreateSurvey, ListSurveyAnswers, Survey, SurveyByVersion, UpdateSurvey
from contracts.errors import Conflict, Invalid
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.i18n import local_date
from gateway.listing import Column
from gateway.pages import survey_words
from gateway.pages.door import Pages
from gateway.pages.field_forms import LANGUAGES
from gateway.pages.person_names import may
from gateway.submitted import day, form_command, needed, read, state, typed
from gateway.undo import our_page, undo

contacts = client(ContactsApi)
pages = Pages("surveys", __name__)
LIST: Final = "/office/surveys"
SHOWN: Final = 10
COLUMNS: Final = (
    Column("title", lazy_gettext("Name"), "main"),
    Column("state", lazy_gettext("State")),
    Column("questions", lazy_gettext("Questions"), "number"),
    Column("answers", lazy_gettext("Answers"), "number"),
    Column("created_at", lazy_gettext("Made"), "date"),
)
FIELDS: Final = (*(f"{name}_{each}" for name in ("title", "intro") for each in LANGUAGES), "closes_on", "version")
SHOWN_AS: Final = {"title": "title_fi", "intro": "intro_fi"}


@pages.get(LIST, may=Permission.CONTACTS_READ)
def list_surveys() -> str:
    """Surveys, newest first."""
    return render_template(
        "surveys/list.html",
        state=list_state(),
        columns=COLUMNS,
        found=contacts.list_surveys(asked(ListRequest)),
        standing=survey_words.standing,
        may_write=may(Permission.CONTACTS_WRITE),
    )


@pages.form(f"{LIST}/new", may=Permission.CONTACTS_WRITE)
def new_survey() -> ResponseReturnValue:
    """Name a survey; its questions come after."""
    if request.method == "GET":
        return _form(FormState(), None)
    values: dict[str, Any] = typed(*FIELDS)
    try:
        with form_command():
            made = contacts.create_survey(read(CreateSurvey, _texts(values)))
    except Invalid as error:
        return _form(state(typed(*FIELDS), error, SHOWN_AS), None), 422
    return redirect(f"{LIST}/{made.id}")


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    """The contract's values of what was typed. Raises Invalid."""
    needed(values, "title_fi")
    day(values, "closes_on")
    texts = {name: {each: values[f"{name}_{each}"] for each in LANGUAGES} for name in ("title", "intro")}
    return texts | {"closes_on": values["closes_on"]}


def _form(f: FormState, survey: Survey | None) -> str:
    return render_template("surveys/form.html", f=f, survey=survey, back=f"{LIST}/{survey.id}" if survey else LIST)


@pages.get(f"{LIST}/<uuid:survey_id>", may=Permission.CONTACTS_READ)
def survey_card(survey_id: UUID) -> str:
    """A survey with its questions and the latest answers."""
    found: list[Any] = side_by_side(
        partial(contacts.get_survey, ById(id=survey_id)),
        partial(or_nothing, partial(contacts.list_survey_answers, ListSurveyAnswers(survey_id=survey_id, limit=SHOWN))),
    )
    return render_template(
        "surveys/card.html",
        survey=found[0],
        answers=found[1],
        words=survey_words,
        standing=survey_words.standing(found[0]),
        may_write=may(Permission.CONTACTS_WRITE),
        may_send=may(Permission.NOTIFY_SEND),
    )


@pages.form(f"{LIST}/<uuid:survey_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_survey(survey_id: UUID) -> ResponseReturnValue:
    """Change name, introduction and last day."""
    survey = contacts.get_survey(ById(id=survey_id))
    if request.method == "GET":
        return _form(FormState(_shown(survey)), survey)
    values: dict[str, Any] = typed(*FIELDS)
    try:
        wanted = _texts(values)
        clear = [] if wanted["closes_on"] else ["closes_on"]
        given = {**wanted, "id": survey_id, "version": values["version"], "clear": clear}
        with form_command():
            contacts.update_survey(read(UpdateSurvey, given))
    except Invalid as error:
        return _form(state(typed(*FIELDS), error, SHOWN_AS), survey), 422
    flash(_("Saved."), "good")
    return redirect(f"{LIST}/{survey_id}")


def _shown(survey: Survey) -> dict[str, Any]:
    texts = {
        f"{name}_{each}": getattr(getattr(survey, name), each) for name in ("title", "intro") for each in LANGUAGES
    }
    closes_on = local_date(survey.closes_on) if survey.closes_on else ""
    return texts | {"closes_on": closes_on, "version": survey.version}


@pages.post(f"{LIST}/<uuid:survey_id>/publish", may=Permission.CONTACTS_WRITE)
def publish(survey_id: UUID) -> ResponseReturnValue:
    """Freeze the questions as the next version, which is answered from now on."""
    return _done(survey_id, contacts.publish_survey, _("The survey is published."))


@pages.post(f"{LIST}/<uuid:survey_id>/close", may=Permission.CONTACTS_WRITE)
def close(survey_id: UUID) -> ResponseReturnValue:
    """Take no more answers."""
    return _done(survey_id, contacts.close_survey, _("The survey is closed."))


@pages.post(f"{LIST}/<uuid:survey_id>/reopen", may=Permission.CONTACTS_WRITE)
def reopen(survey_id: UUID) -> ResponseReturnValue:
    """Take answers again."""
    return _done(survey_id, contacts.reopen_survey, _("The survey takes answers again."))


def _done(survey_id: UUID, command: Any, told: str) -> ResponseReturnValue:
    try:
        with form_command():
            command(read(SurveyByVersion, {"id": survey_id, "version": request.form.get("version", "")}))
        flash(told, "good")
    except Conflict:
        flash(_("This is not possible any more; the page shows how things stand."), "warn")
    return redirect(f"{LIST}/{survey_id}")


@pages.post(f"{LIST}/<uuid:survey_id>/delete", may=Permission.CONTACTS_WRITE)
def delete_survey(survey_id: UUID) -> ResponseReturnValue:
    """Take a survey away with its answers; the next page offers to undo it."""
    with form_command():
        contacts.delete_survey(read(SurveyByVersion, {"id": survey_id, "version": request.form.get("version", "")}))
    flash(_("The survey is deleted with its answers."), undo(f"{LIST}/{survey_id}/restore", f"{LIST}/{survey_id}"))
    return redirect(LIST)


@pages.post(f"{LIST}/<uuid:survey_id>/restore", may=Permission.CONTACTS_WRITE)
def restore_survey(survey_id: UUID) -> ResponseReturnValue:
    """Bring a deleted survey back."""
    contacts.restore_survey(ById(id=survey_id))
    flash(_("The survey is back."), "good")
    return redirect(our_page(request.args.get("back", ""), LIST))
