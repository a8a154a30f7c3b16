"""Words about surveys: kinds of questions, where a survey stands, answers and conditions as people read them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.survey_questions import Question, QuestionKind
from contracts.contacts.surveys import Survey, SurveyRow
from gateway.i18n import language, local_date, number

KINDS: Final[Mapping[QuestionKind, Any]] = {
    QuestionKind.TEXT: _p("question", "One line of text"),
    QuestionKind.LONG_TEXT: _p("question", "Longer text"),
    QuestionKind.NUMBER: _p("question", "Number"),
    QuestionKind.CHOICE: _p("question", "One of the choices"),
    QuestionKind.MULTIPLE_CHOICE: _p("question", "Several choices"),
    QuestionKind.SCALE: _p("question", "Scale"),
    QuestionKind.MATRIX: _p("question", "Matrix: the same choices for each row"),
}


def standing(survey: Survey | SurveyRow) -> tuple[str, str]:
    """In one sentence whether it takes answers, and its kind for `page.state`."""
    if not survey.published:
        return _("Draft, nobody can answer yet"), ""
    if not survey.is_open:
        return _("Closed"), ""
    if survey.closes_on:
        return _("Takes answers until %(day)s", day=local_date(survey.closes_on)), "good"
    return _("Takes answers"), "good"


def choices(question: Question, *, optional: bool = False) -> list[tuple[str, str, str]]:
    """What can be chosen, for the macros of forms; steps of a scale with what its ends mean."""
    found = [(each.code, each.label.in_language(language()), "") for each in question.choices]
    if question.kind is QuestionKind.SCALE and question.lowest is not None and question.highest is not None:
        steps = range(int(question.lowest), int(question.highest) + 1)
        ends = {steps[0]: question.lowest_label, steps[-1]: question.highest_label}
        meant = {step: hint.in_language(language()) for step, hint in ends.items()}
        found = [(str(each), " – ".join(filter(None, (number(each), meant.get(each)))), "") for each in steps]
    return [*found, ("", str(_("No answer")), "")] if optional else found


def measure(value: float) -> str:
    """A number with two decimals at most."""
    return number(Decimal(str(round(value, 2))))


def condition(question: Question, questions: Sequence[Question]) -> str:
    """When a question is asked; empty when always."""
    if question.shown_when is None:
        return ""
    asked = next((each for each in questions if each.code == question.shown_when.question), None)
    if asked is None:
        return ""
    values = _(" or ").join(f"“{value_in_words(asked, each)}”" for each in question.shown_when.values)
    return str(_("Only if the answer to “%(question)s” is %(values)s", question=text(asked), values=values))


def text(question: Question) -> str:
    """The question in the user's language."""
    return question.text.in_language(language())


def value_in_words(question: Question, value: Any) -> str:
    """One choice, step or other single answer."""
    labels = {each.code: each.label.in_language(language()) for each in question.choices}
    if str(value) in labels:
        return labels[str(value)]
    return measure(value) if isinstance(value, int | float) else str(value)


def answer_in_words(question: Question, answer: Any) -> str:
    """An answer on one line."""
    if isinstance(answer, dict):
        rows = {each.code: each.label.in_language(language()) for each in question.rows}
        return "; ".join(f"{rows.get(row, row)}: {value_in_words(question, each)}" for row, each in answer.items())
    if isinstance(answer, list):
        return ", ".join(value_in_words(question, each) for each in answer)
    return "" if answer is None else value_in_words(question, answer)
