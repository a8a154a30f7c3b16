"""Answering a survey: by a personal link on a phone, or by the office for a person (C16).

Opening a link uses nothing up and keeps nothing, so that mail scanners may follow it; only the form keeps answers.
"""

from typing import Any, Final
from uuid import UUID

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import ById, ListRequest
from contracts.contacts import ContactsApi
from contracts.contacts.surveys import AnswerSheet, AnswerSurvey, ListSurveyAnswers, OpenSurvey, RemoveSurveyAnswer
from contracts.errors import Conflict, Invalid, NotFound, Stale
from gateway.asked import ask_first
from gateway.form_state import FormState
from gateway.i18n import language
from gateway.limits import limit_form
from gateway.pages import survey_words
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.survey_input import name_of, names_in_form, shown_answers, typed_answers
from gateway.personal_links import opened
from gateway.submitted import form_command, read, state

contacts = client(ContactsApi)
pages = Pages("survey_answering", __name__)
PER_MINUTE: Final = 60
MOST: Final = 100
FOR_GOOD: Final = lazy_gettext(
    "They are gone for good, from the summary and from segments too. While the survey is open, it can be answered anew."
)


@pages.get("/survey/<token>", may=Rule.PUBLIC)
def survey_by_link(token: str) -> str:
    """The questions, with what the person has answered so far."""
    with opened(token, LinkPurpose.ANSWER_SURVEY) as survey_id:
        sheet = contacts.open_survey(OpenSurvey(id=survey_id))
    return _by_link(token, sheet, FormState(shown_answers(sheet.questions, sheet.answers)))


@pages.post("/survey/<token>", may=Rule.PUBLIC)
def answer_by_link(token: str) -> ResponseReturnValue:
    """Keep the answers; they can be changed by the same link until the survey closes."""
    limit_form("survey", PER_MINUTE)
    with opened(token, LinkPurpose.ANSWER_SURVEY) as survey_id:
        sheet = contacts.open_survey(OpenSurvey(id=survey_id))
        again = _kept(sheet)
    if again is not None:
        return _by_link(token, sheet, again), 422
    return redirect(f"/survey/{token}/thanks", 303)


@pages.get("/survey/<token>/thanks", may=Rule.PUBLIC)
def thanks(token: str) -> str:
    """The answers are kept."""
    with opened(token, LinkPurpose.ANSWER_SURVEY) as survey_id:
        sheet = contacts.open_survey(OpenSurvey(id=survey_id))
    return render_template("surveys/thanks.html", sheet=sheet, address=f"/survey/{token}")


def _by_link(token: str, sheet: AnswerSheet, f: FormState) -> str:
    return _page("surveys/answer.html", sheet, f, address=f"/survey/{token}")


def _kept(sheet: AnswerSheet, person_id: UUID | None = None) -> FormState | None:
    """The form again with what is wrong; None when the answers are kept."""
    values, answers = typed_answers(sheet.questions)
    number = request.form.get("number", "")
    try:
        given = {"id": sheet.id, "person_id": person_id, "number": number, "answers": answers}
        with form_command():
            contacts.answer_survey(read(AnswerSurvey, given))
    except Invalid as error:
        return state(values, error, names_in_form(sheet.questions))
    except Conflict as error:
        if error.error_code not in {"survey_changed", "survey_closed"}:
            raise
        return state(values, error)
    return None


def _page(template: str, sheet: AnswerSheet, f: FormState, **more: Any) -> str:
    return render_template(template, sheet=sheet, f=f, name_of=name_of, words=survey_words, **more)


@pages.get("/office/surveys/<uuid:survey_id>/persons/<uuid:person_id>", may=Permission.CONTACTS_READ)
def answers_of_person(survey_id: UUID, person_id: UUID) -> str:
    """What a person has answered, and the form to answer for the person."""
    sheet = contacts.open_survey(OpenSurvey(id=survey_id, person_id=person_id))
    return _for_person(sheet, FormState(shown_answers(sheet.questions, sheet.answers)))


@pages.post("/office/surveys/<uuid:survey_id>/persons/<uuid:person_id>", may=Permission.CONTACTS_WRITE)
def answer_for_person(survey_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Keep answers that a person gave by phone or on paper."""
    sheet = contacts.open_survey(OpenSurvey(id=survey_id, person_id=person_id))
    again = _kept(sheet, person_id)
    if again is not None:
        return _for_person(sheet, again), 422
    flash(_("The answers are kept."), "good")
    return redirect(f"/office/contacts/{sheet.person_id}#surveys")


@pages.post(
    "/office/surveys/<uuid:survey_id>/persons/<uuid:person_id>/answers/<uuid:answer_id>/remove",
    may=Permission.CONTACTS_WRITE,
)
def remove_answers(survey_id: UUID, person_id: UUID, answer_id: UUID) -> ResponseReturnValue:
    """Take back what a person has answered, once that is confirmed."""
    back = f"/office/surveys/{survey_id}/persons/{person_id}"
    version = request.form.get("version", "")
    if question := ask_first(_("Take back the answers?"), str(FOR_GOOD), _("Take back"), back, {"version": version}):
        return question
    try:
        with form_command():
            given = {"survey_id": survey_id, "id": answer_id, "version": version}
            contacts.remove_survey_answer(read(RemoveSurveyAnswer, given))
        flash(_("The answers are taken back."), "good")
    except (NotFound, Stale):
        flash(_("This is not possible any more; the page shows how things stand."), "warn")
    return redirect(back)


def _for_person(sheet: AnswerSheet, f: FormState) -> str:
    g.page_path = "/office/surveys"
    kept = ListSurveyAnswers(survey_id=sheet.id, person_id=sheet.person_id, limit=MOST)
    return _page(
        "surveys/person.html",
        sheet,
        f,
        name=contacts.get_person(ById(id=sheet.person_id)).name,
        kept=contacts.list_survey_answers(kept).data,
        may_write=may(Permission.CONTACTS_WRITE),
        for_good=FOR_GOOD,
    )


@pages.get("/office/contacts/<uuid:person_id>/surveys", may=Permission.CONTACTS_READ)
def surveys_of_person(person_id: UUID) -> str:
    """What a person has answered, and the surveys that could be answered for the person."""
    g.page_path = "/office/contacts"
    answered = contacts.list_survey_answers(ListSurveyAnswers(person_id=person_id, limit=MOST)).data
    done = {each.survey_id for each in answered}
    offered = [each for each in contacts.list_surveys(ListRequest(limit=MOST)).data if each.is_open]
    return render_template(
        "surveys/of_person.html",
        person_id=person_id,
        name=contacts.get_person(ById(id=person_id)).name,
        answered=answered,
        offered=[(each.id, each.title.in_language(language())) for each in offered if each.id not in done],
        may_write=may(Permission.CONTACTS_WRITE),
    )
