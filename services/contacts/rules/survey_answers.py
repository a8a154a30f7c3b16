"""What may be answered to the questions of a survey (C16): checked, in one form, without what was not asked."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.base import one_line
from contracts.contacts.survey_questions import LONGEST_ANSWER, Question, QuestionKind
from contracts.errors import FieldError, Invalid
from services.contacts.rules.surveys import steps_of

EMPTY: tuple[Any, ...] = (None, "", [], {})
UNPRINTABLE = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), 0x7F, 0x202D, 0x202E, 0x2028, 0x2029, 0xFEFF)))
LARGEST = Decimal(10) ** 12
NOTHING = FieldError(pointer="/answers", code="nothing_answered", message="Answer one question at least.")


class Refused(ValueError):
    """An answer that cannot be; `code` and message of the field's error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def checked(questions: Sequence[Question], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The answers as they are stored, and the questions whose answers were left out as they are not asked.

    Raises Invalid with the pointer `/answers/<code>` for every answer that is missing, wrong, or to no question; and
    with `/answers` when nothing is answered, or only what is not asked. The first question is always asked, so that
    there is something to answer in every survey.
    """
    known = {each.code for each in questions}
    errors = [_error(code, "unknown_question", "there is no such question.") for code in given if code not in known]
    stored: dict[str, Any] = {}
    left_out: list[str] = []
    for question in questions:
        answer = given.get(question.code)
        if not is_asked(question, stored):
            left_out += [question.code] if answer not in EMPTY else []
            continue
        try:
            if (kept := _answer(question, answer)) is not None:
                stored[question.code] = kept
        except Refused as refused:
            errors.append(_error(question.code, refused.code, str(refused)))
    if not (stored or errors):
        errors.append(NOTHING)
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    return stored, left_out


def _error(code: str, reason: str, message: str) -> FieldError:
    return FieldError(pointer=f"/answers/{code}", code=reason, message=f"Question {code}: {message}")


def is_asked(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether the question is shown, by the answers to the ones before it."""
    if question.shown_when is None:
        return True
    answer = answers.get(question.shown_when.question)
    held = answer if isinstance(answer, list) else [answer]
    return any(str(each) in question.shown_when.values for each in held if each is not None)


def _answer(question: Question, answer: Any) -> Any:
    """The answer as it is stored; None when there is none. Raises Refused."""
    if isinstance(answer, str):
        answer = answer.strip()
    if answer in EMPTY:
        if question.required:
            raise Refused("missing", "this is needed.")
        return None
    kept = READERS[question.kind](question, answer)
    return None if kept in EMPTY else kept


def _text(question: Question, answer: Any) -> str:
    if not isinstance(answer, str) or len(answer) > LONGEST_ANSWER:
        raise Refused("not_text", f"write a text of at most {LONGEST_ANSWER} characters.")
    if UNPRINTABLE & set(answer):
        raise Refused("value_error", "this holds characters that do not belong here.")
    if question.kind is QuestionKind.TEXT:
        try:
            one_line(answer)
        except ValueError:
            raise Refused("value_error", "write one line.") from None
    return answer


def _number(question: Question, answer: Any) -> int | float:
    value = _decimal(answer)
    if question.lowest is not None and value < question.lowest:
        raise Refused("greater_than_equal", f"the lowest number is {question.lowest}.")
    if question.highest is not None and value > question.highest:
        raise Refused("less_than_equal", f"the highest number is {question.highest}.")
    return int(value) if value == int(value) else float(value)


def _decimal(answer: Any) -> Decimal:
    if isinstance(answer, bool) or not isinstance(answer, str | int | float) or len(str(answer)) > 30:
        raise Refused("not_a_number", "write a number.")
    try:
        value = Decimal(str(answer))
    except InvalidOperation:
        raise Refused("not_a_number", "write a number.") from None
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Refused("not_a_number", "write a number.")
    return value


def _step(question: Question, answer: Any) -> int:
    value = _decimal(answer)
    if value not in steps_of(question):
        raise Refused("not_a_choice", f"{answer} is no step of this scale.")
    return int(value)


def _choice(question: Question, answer: Any) -> str:
    if answer not in [each.code for each in question.choices]:
        raise Refused("not_a_choice", "choose one of the choices.")
    return str(answer)


def _choices(question: Question, answer: Any) -> list[str]:
    """In the order of the question, each once."""
    codes = [each.code for each in question.choices]
    if not isinstance(answer, list) or any(each not in codes for each in answer):
        raise Refused("not_a_choice", "choose among the choices.")
    return [code for code in codes if code in answer]


def _matrix(question: Question, answer: Any) -> dict[str, str]:
    rows = [each.code for each in question.rows]
    if not isinstance(answer, dict) or any(row not in rows for row in answer):
        raise Refused("not_a_choice", "answer by the rows of the question.")
    chosen = {row: _choice(question, answer[row]) for row in rows if answer.get(row) not in EMPTY}
    if question.required and len(chosen) < len(rows):
        raise Refused("missing", "every row needs an answer.")
    return chosen


READERS: dict[QuestionKind, Callable[[Question, Any], Any]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.SCALE: _step,
    QuestionKind.CHOICE: _choice,
    QuestionKind.MULTIPLE_CHOICE: _choices,
    QuestionKind.MATRIX: _matrix,
}
