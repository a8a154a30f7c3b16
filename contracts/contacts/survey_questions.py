"""The questions of a survey and what may be answered (C16)."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from contracts.base import Code, Data, OptionalLine, Translated
from contracts.values import PLAIN

MOST_QUESTIONS = 500
MOST_CHOICES = 100
MOST_ROWS = 50
LONGEST_ANSWER = 10_000
WIDEST_SCALE = 20
"""Steps of a scale."""


class QuestionKind(StrEnum):
    """How a question is answered.

    `text`: one line; `long_text`: several; `number`: a decimal; `choice`: the code of one choice; `multiple_choice`:
    codes of some; `scale`: a whole number from `lowest` to `highest`; `matrix`: for each row's code that of a choice.
    """

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple_choice"
    SCALE = "scale"
    MATRIX = "matrix"


class TranslatedHint(Data):
    """A short text that may be missing, in the languages of the suite."""

    fi: OptionalLine = ""
    sv: OptionalLine = ""
    en: OptionalLine = ""

    def in_language(self, language: str) -> str:
        """The text in `language`, or in Finnish when it has none."""
        return getattr(self, language, "") or self.fi


class SurveyChoice(Data):
    """One of the choices, or one row of a matrix."""

    code: Code
    label: Translated


Bound = Annotated[Decimal, Field(max_digits=12, decimal_places=2), PLAIN]
Value = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ShownWhen(Data):
    """The question is asked when an earlier one is asked and its answer is, or holds, one of the values.

    Of choices the values are codes, of a scale its numbers.
    """

    question: Code
    values: Annotated[list[Value], Field(min_length=1, max_length=MOST_CHOICES)]


class Question(Data):
    """One question; what its kind does not use stays empty.

    `lowest` and `highest` bound a number, or are the ends of a scale; `lowest_label` and `highest_label` say what these
    mean.
    """

    code: Code
    kind: QuestionKind
    text: Translated
    hint: TranslatedHint = TranslatedHint()
    required: bool = False
    choices: Annotated[list[SurveyChoice], Field(max_length=MOST_CHOICES)] = []
    rows: Annotated[list[SurveyChoice], Field(max_length=MOST_ROWS)] = []
    lowest: Bound | None = None
    highest: Bound | None = None
    lowest_label: TranslatedHint = TranslatedHint()
    highest_label: TranslatedHint = TranslatedHint()
    shown_when: ShownWhen | None = None


Questions = Annotated[list[Question], Field(max_length=MOST_QUESTIONS)]
Answers = Annotated[dict[Code, Any], Field(max_length=MOST_QUESTIONS)]
"""Answers by the codes of their questions: a text, a number, a choice's code, a list of codes, or codes by row."""
