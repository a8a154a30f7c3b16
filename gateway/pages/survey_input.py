"""Answers as a form sends them: fields `a:<question>`, of a matrix `a:<question>:<row>`."""

from collections.abc import Sequence
from typing import Any, Final

from flask import request

from contracts.contacts.survey_questions import Answers, Question, QuestionKind
from gateway.local_input import NotUnderstood, parse_decimal
from gateway.pages.survey_words import measure

PREFIX: Final = "a:"


def name_of(question: Question, row: str = "") -> str:
    """The form's field."""
    return f"{PREFIX}{question.code}" + (f":{row}" if row else "")


def typed_answers(questions: Sequence[Question]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The form as it was sent, and the answers in it; what cannot be understood goes along as it was typed."""
    values: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    for each in questions:
        if each.kind is QuestionKind.MATRIX:
            rows = {row.code: request.form.get(name_of(each, row.code), "") for row in each.rows}
            values |= {name_of(each, row): chosen for row, chosen in rows.items()}
            answers[each.code] = {row: chosen for row, chosen in rows.items() if chosen}
            values[name_of(each)] = ""
        elif each.kind is QuestionKind.MULTIPLE_CHOICE:
            values[name_of(each)] = answers[each.code] = request.form.getlist(name_of(each))
        else:
            values[name_of(each)] = typed = request.form.get(name_of(each), "")
            answers[each.code] = _number(typed) if each.kind is QuestionKind.NUMBER else typed
    return values, {code: answer for code, answer in answers.items() if answer not in ("", [], {})}


def _number(typed: str) -> str:
    """The number as the wire has it; other texts as they are, for the service to refuse by name."""
    try:
        found = parse_decimal(typed)
    except NotUnderstood:
        return typed
    return "" if found is None else str(found)


def shown_answers(questions: Sequence[Question], answers: Answers) -> dict[str, Any]:
    """The form's values of kept answers."""
    values: dict[str, Any] = {}
    for each in questions:
        kept = answers.get(each.code)
        if isinstance(kept, dict):
            values |= {name_of(each, row): chosen for row, chosen in kept.items()}
        elif each.kind is QuestionKind.NUMBER and isinstance(kept, int | float):
            values[name_of(each)] = measure(kept)
        else:
            values[name_of(each)] = kept
    return values


def names_in_form(questions: Sequence[Question]) -> dict[str, str]:
    """Where in the form the answers of a request stand, for `submitted.state`."""
    return {each.code: name_of(each) for each in questions}
