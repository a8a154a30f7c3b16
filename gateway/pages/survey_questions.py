"""The questions of a survey: added, changed, moved and removed one by one (C16)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.survey_questions import Question
from contracts.contacts.surveys import Survey, UpdateSurvey
from contracts.errors import Invalid, NotFound
from gateway.asked import ask_first
from gateway.form_state import FormState
from gateway.pages.door import Pages
from gateway.pages.survey_forms import (
    LISTS,
    conditions,
    names_in_form,
    places_of,
    question_of,
    shown_question,
    typed_question,
)
from gateway.pages.survey_words import KINDS, text
from gateway.submitted import form_command, read, state

contacts = client(ContactsApi)
pages = Pages("survey_questions", __name__)
QUESTIONS: Final = "/office/surveys/<uuid:survey_id>/questions"


@pages.form(f"{QUESTIONS}/new", may=Permission.CONTACTS_WRITE)
def new_question(survey_id: UUID) -> ResponseReturnValue:
    """Add a question at the end."""
    survey = contacts.get_survey(ById(id=survey_id))
    if request.method == "GET":
        return _form(FormState({"kind": request.args.get("kind", "text")}), survey, survey.questions)
    values = typed_question()
    if request.form.get("refresh"):
        return _form(FormState(values), survey, survey.questions)
    try:
        added = question_of(values, {each.code for each in survey.questions})
        _save(survey, [*survey.questions, added], values["version"])
    except Invalid as error:
        return _form(state(values, error, names_in_form()), survey, survey.questions), 422
    flash(_("The question is added."), "good")
    return redirect(f"/office/surveys/{survey_id}#questions")


@pages.form(f"{QUESTIONS}/<code>/edit", may=Permission.CONTACTS_WRITE)
def edit_question(survey_id: UUID, code: str) -> ResponseReturnValue:
    """Change a question; answers stay under its code."""
    survey = contacts.get_survey(ById(id=survey_id))
    place = _place(survey, code)
    question, earlier = survey.questions[place], survey.questions[:place]
    if request.method == "GET":
        return _form(FormState(shown_question(question)), survey, earlier, question)
    values = typed_question()
    if request.form.get("refresh"):
        return _form(FormState(values), survey, earlier, question)
    try:
        changed = [*survey.questions]
        changed[place] = question_of(values, set(), code)
        _save(survey, changed, values["version"])
    except Invalid as error:
        return _form(state(values, error, names_in_form()), survey, earlier, question), 422
    flash(_("Saved."), "good")
    return redirect(f"/office/surveys/{survey_id}#questions")


@pages.post(f"{QUESTIONS}/<code>/move", may=Permission.CONTACTS_WRITE)
def move_question(survey_id: UUID, code: str) -> ResponseReturnValue:
    """Change places with the question above or below."""
    survey = contacts.get_survey(ById(id=survey_id))
    here = _place(survey, code)
    there = here + (1 if request.form.get("direction") == "down" else -1)
    if 0 <= there < len(survey.questions):
        moved = [*survey.questions]
        moved[here], moved[there] = moved[there], moved[here]
        _save_or_tell(survey, moved)
    return redirect(f"/office/surveys/{survey_id}#questions")


@pages.post(f"{QUESTIONS}/<code>/remove", may=Permission.CONTACTS_WRITE)
def remove_question(survey_id: UUID, code: str) -> ResponseReturnValue:
    """Leave a question out of the next version, once that is confirmed."""
    survey = contacts.get_survey(ById(id=survey_id))
    place = _place(survey, code)
    title, told = _("Remove the question?"), _("Answers that were given to it stay in the summary.")
    if question := ask_first(title, told, _("Remove"), f"/office/surveys/{survey_id}", _version_sent()):
        return question
    _save_or_tell(survey, [*survey.questions[:place], *survey.questions[place + 1 :]])
    return redirect(f"/office/surveys/{survey_id}#questions")


def _version_sent() -> dict[str, str]:
    return {"version": request.form.get("version", "")}


def _place(survey: Survey, code: str) -> int:
    """Where the question stands; raises NotFound."""
    for place, each in enumerate(survey.questions):
        if each.code == code:
            return place
    raise NotFound(f"There is no question {code[:60]}.")


def _save(survey: Survey, questions: Sequence[Question], version: Any) -> None:
    """Save the questions as they are to be; raises Invalid with pointers into the form of one question."""
    given = {"id": survey.id, "version": version, "questions": [each.model_dump(mode="json") for each in questions]}
    try:
        with form_command():
            contacts.update_survey(read(UpdateSurvey, given))
    except Invalid as error:
        errors = [each.model_copy(update={"pointer": _within(each.pointer)}) for each in error.errors]
        raise Invalid(error.message, errors=errors) from None


def _within(pointer: str) -> str:
    """The pointer without the question's place: `/questions/3/choices` is `/choices`."""
    return "/" + pointer.split("/", 3)[-1] if pointer.startswith("/questions/") else pointer


def _save_or_tell(survey: Survey, questions: Sequence[Question]) -> None:
    """Save, or say what would not be possible any more: a condition on a question that comes later or never."""
    try:
        _save(survey, questions, request.form.get("version", ""))
    except Invalid as error:
        if not any(each.code in {"not_earlier", "not_a_choice"} for each in error.errors):
            raise
        flash(_("A question depends on this one. Change its condition first."), "warn")


def _form(f: FormState, survey: Survey, earlier: Sequence[Question], question: Question | None = None) -> str:
    g.page_path = "/office/surveys"
    return render_template(
        "surveys/question.html",
        f=f,
        survey=survey,
        question=question,
        title=text(question) if question else _("New question"),
        kinds=[(kind.value, label) for kind, label in KINDS.items()],
        conditions=conditions(earlier),
        places={name: places_of(f.values, name) for name in LISTS},
        version=f.value("version") or survey.version,
    )
