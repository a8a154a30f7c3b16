"""The form of one question: texts in three languages, choices and rows, and when it is asked."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request

from contracts.contacts.survey_questions import MOST_CHOICES, Question, QuestionKind
from contracts.errors import Invalid
from gateway.pages.field_forms import LANGUAGES, code_of
from gateway.pages.survey_words import text, value_in_words
from gateway.submitted import amount, needed, read, typed, without_empty

LISTS: Final = ("choices", "rows")
DECIDING: Final = {QuestionKind.CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.SCALE}
TEXTS: Final = ("text", "hint", "lowest_label", "highest_label")
OWN: Final = (
    "kind", "code", "required", "lowest", "highest", "version", "more_choices", "more_rows",
    *(f"{name}_{each}" for name in TEXTS for each in LANGUAGES),
)  # fmt: skip
PARTS: Final = ("code", *LANGUAGES)


def typed_question() -> dict[str, Any]:
    """The form as it was typed; entries of lists by `choices_<place>_<part>`, conditions as `code=value`."""
    values: dict[str, Any] = typed(*OWN)
    values["shown_when"] = request.form.getlist("shown_when")
    for name in LISTS:
        for place in range(MOST_CHOICES):
            if f"{name}_{place}_fi" not in request.form:
                break
            values |= typed(*(f"{name}_{place}_{part}" for part in PARTS))
    return values


def places_of(values: Mapping[str, Any], name: str) -> list[int]:
    """Places of the entries of a list."""
    return [place for place in range(MOST_CHOICES) if f"{name}_{place}_fi" in values]


def shown_question(question: Question) -> dict[str, Any]:
    """The form that shows a question."""
    values: dict[str, Any] = {"kind": question.kind.value, "code": question.code}
    values |= {f"{name}_{each}": getattr(getattr(question, name), each) for name in TEXTS for each in LANGUAGES}
    values |= {"required": "yes" if question.required else "", "lowest": question.lowest, "highest": question.highest}
    for name in LISTS:
        for place, each in enumerate(getattr(question, name)):
            values |= {f"{name}_{place}_{part}": getattr(each.label, part) for part in LANGUAGES}
            values[f"{name}_{place}_code"] = each.code
    condition = question.shown_when
    values["shown_when"] = [f"{condition.question}={each}" for each in condition.values] if condition else []
    return values


def question_of(values: dict[str, Any], taken: set[str], code: str = "") -> Question:
    """The question that the form says; a new one's code is made of its text when none is given. Raises Invalid."""
    needed(values, "kind", "text_fi")
    given = dict(values)
    for name in ("lowest", "highest"):
        amount(given, name)
    wanted = {
        "code": code or given["code"] or code_of(given["text_fi"], taken),
        "kind": given["kind"],
        "required": given["required"] == "yes",
        "lowest": given["lowest"],
        "highest": given["highest"],
        "shown_when": _condition(given["shown_when"]),
        **{name: _translated(given, name) for name in TEXTS},
        **{name: _entries(given, name) for name in LISTS},
    }
    return read(Question, wanted)


def _translated(values: Mapping[str, Any], name: str) -> dict[str, str]:
    return {each: values[f"{name}_{each}"] for each in LANGUAGES}


def _entries(values: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Those of the rows that have a Finnish text, and below them those typed one on a line."""
    found = [
        {"code": values[f"{name}_{place}_code"], "label": _translated(values, f"{name}_{place}")}
        for place in places_of(values, name)
        if values[f"{name}_{place}_fi"]
    ]
    codes = {each["code"] for each in found}
    for line in values[f"more_{name}"].splitlines():
        texts = [part.strip() for part in line.split("|")][: len(LANGUAGES)]
        if texts[0]:
            code = code_of(texts[0], codes)
            codes.add(code)
            found.append({"code": code, "label": without_empty(dict(zip(LANGUAGES, texts, strict=False)))})
    return found


def _condition(chosen: Sequence[str]) -> dict[str, Any] | None:
    pairs = [each.partition("=")[::2] for each in chosen]
    asked = {question for question, _value in pairs}
    if len(asked) > 1:
        message = "A condition looks at one earlier question; choose among its answers only."
        raise Invalid.field("/shown_when", "one_question", message)
    return {"question": asked.pop(), "values": [value for _question, value in pairs]} if pairs else None


def conditions(earlier: Sequence[Question]) -> list[tuple[str, str, str]]:
    """What a question can depend on: every answer of the earlier questions that can decide."""
    return [
        (f"{each.code}={value}", f"{text(each)}: {value_in_words(each, value)}", "")
        for each in earlier
        if each.kind in DECIDING
        for value in _values(each)
    ]


def _values(question: Question) -> list[str]:
    if question.kind is QuestionKind.SCALE and question.lowest is not None and question.highest is not None:
        return [str(each) for each in range(int(question.lowest), int(question.highest) + 1)]
    return [each.code for each in question.choices]


def names_in_form() -> dict[str, str]:
    """Where in the form what the request holds stands, for `submitted.state`."""
    return {"text": "text_fi", "choices": "more_choices", "rows": "more_rows", "label": "more_choices"}
