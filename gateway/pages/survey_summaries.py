"""How a survey was answered: counts with charts, and all answers as a table for spreadsheets (C16)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.segments import CreateSegment
from contracts.contacts.survey_questions import Question, QuestionKind
from contracts.contacts.surveys import ListSurveyAnswers, QuestionSummary, SurveyAnswer
from gateway.api.downloads import download
from gateway.i18n import date_time, language
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.pages.spreadsheet_cells import as_csv
from gateway.pages.survey_words import KINDS, answer_in_words, measure, text, value_in_words
from gateway.submitted import form_command, read, typed

contacts = client(ContactsApi)
pages = Pages("survey_summaries", __name__)
MOST_ANSWERS: Final = 100_000
"""Rows of one download."""
LATEST: Final = 200
"""Answers whose texts are read for the page."""
MOST_TEXTS: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One answer with how many gave it; `share` of those who answered the question, 0 to 100.

    `value` is how segments name the answer.
    """

    value: str
    label: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The counts of a question, or of one row of a matrix."""

    question: str
    title: str
    lines: list[Line]


@pages.get("/office/surveys/<uuid:survey_id>/summary", may=Permission.CONTACTS_READ)
def summary(survey_id: UUID) -> str:
    """Each question with its counts; of texts the latest."""
    g.page_path = "/office/surveys"
    found = contacts.summarise_survey(ById(id=survey_id))
    latest = contacts.list_survey_answers(ListSurveyAnswers(survey_id=survey_id, limit=LATEST)).data
    return render_template(
        "surveys/summary.html",
        found=found,
        charts={each.question.code: list(charts_of(each)) for each in found.questions},
        texts={each.question.code: _texts(each.question, latest) for each in found.questions},
        kinds=KINDS,
        text=text,
        measure=measure,
        may_write=may(Permission.CONTACTS_WRITE),
    )


@pages.post("/office/surveys/<uuid:survey_id>/segments", may=Permission.CONTACTS_WRITE)
def segment_of_answer(survey_id: UUID) -> ResponseReturnValue:
    """Save who gave an answer as a live segment, with the answer in its name."""
    given = typed("question", "value", "label")
    title = contacts.get_survey(ById(id=survey_id)).title.in_language(language())
    asked = {"survey_id": str(survey_id), "question": given["question"], "value": given["value"]}
    tests = [{"field": f"survey_answer.{name}", "op": "eq", "value": value} for name, value in asked.items()]
    wanted = {"name": f"{title}: {given['label']}"[:200], "filter": {"has": "survey_answer", "all": tests}}
    with form_command():
        made = contacts.create_segment(read(CreateSegment, wanted))
    flash(_("The segment is saved. It finds everybody who answers like this, also later."), "good")
    return redirect(f"/office/segments/{made.id}")


def charts_of(found: QuestionSummary) -> Iterator[Chart]:
    """What is drawn of a question: one chart, of a matrix one for each row, of texts none."""
    if found.counts:
        yield Chart(found.question.code, text(found.question), _lines(found.question, found.counts, found.answered))
    rows = {each.code: each.label.in_language(language()) for each in found.question.rows}
    for code, counts in found.rows.items():
        lines = _lines(found.question, counts, sum(counts.values()), f"{code}=")
        yield Chart(found.question.code, rows.get(code, code), lines)


def _lines(question: Question, counts: Mapping[str, int], of: int, row: str = "") -> list[Line]:
    return [
        Line(f"{row}{value}", value_in_words(question, value), count, round(count * 100 / of) if of else 0)
        for value, count in counts.items()
    ]


def _texts(question: Question, latest: Iterable[SurveyAnswer]) -> list[str]:
    if question.kind not in {QuestionKind.TEXT, QuestionKind.LONG_TEXT}:
        return []
    return [each.answers[question.code] for each in latest if question.code in each.answers][:MOST_TEXTS]


@pages.get("/office/surveys/<uuid:survey_id>/answers.csv", may=Permission.CONTACTS_READ)
def answers_as_csv(survey_id: UUID) -> Response:
    """All answers, a row for each person, the latest first."""
    found = contacts.summarise_survey(ById(id=survey_id))
    questions = [each.question for each in found.questions]
    columns = list(_columns(questions))
    headings = [_("Name"), _("Answered"), *(heading for heading, _question, _row in columns)]
    rows = ([each.person_name, date_time(each.changed_at), *_cells(columns, each)] for each in _all(survey_id))
    return download(as_csv(headings, rows), "answers.csv", "text/csv; charset=utf-8")


def _columns(questions: Iterable[Question]) -> Iterator[tuple[str, Question, str]]:
    """Heading, question, and the row of a matrix."""
    for each in questions:
        if each.kind is QuestionKind.MATRIX:
            for row in each.rows:
                yield f"{text(each)}: {row.label.in_language(language())}", each, row.code
        else:
            yield text(each), each, ""


def _cells(columns: Iterable[tuple[str, Question, str]], found: SurveyAnswer) -> Iterator[Any]:
    for _heading, question, row in columns:
        answer = found.answers.get(question.code)
        yield answer_in_words(question, answer.get(row) if row and isinstance(answer, dict) else answer)


def _all(survey_id: UUID) -> Iterator[SurveyAnswer]:
    cursor, count = None, 0
    while count < MOST_ANSWERS:
        page = contacts.list_survey_answers(ListSurveyAnswers(survey_id=survey_id, limit=200, cursor=cursor))
        yield from page.data
        cursor, count = page.next_cursor, count + len(page.data)
        if cursor is None:
            return
