"""What a series of questions may be (C16): complete, without doubles, in an order that conditions can follow."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from contracts.contacts.survey_questions import (
    MOST_CHOICES,
    MOST_ROWS,
    WIDEST_SCALE,
    Question,
    QuestionKind,
    SurveyChoice,
)
from contracts.errors import FieldError

CHOOSING = frozenset({QuestionKind.CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.MATRIX})
DECIDING = frozenset({QuestionKind.CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.SCALE})
"""Kinds on whose answers others can depend."""


def errors_in(questions: Sequence[Question], fixed: Mapping[str, QuestionKind]) -> list[FieldError]:
    """What is wrong with the questions. `fixed`: kinds of questions published before, which stay."""
    found: list[FieldError] = []
    for place, question in enumerate(questions):
        earlier = {each.code: each for each in questions[:place]}
        wrong = [*_doubled(question, earlier, fixed), *_incomplete(question), *_unfollowable(question, earlier)]
        found += [
            FieldError(pointer=f"/questions/{place}/{name}", code=code, message=f"Question {question.code}: {message}")
            for name, code, message in wrong
        ]
    return found


Wrong = Iterator[tuple[str, str, str]]
"""Field of the question, code, message."""


def _doubled(question: Question, earlier: Mapping[str, Question], fixed: Mapping[str, QuestionKind]) -> Wrong:
    if question.code in earlier:
        yield "code", "code_taken", "another question has this code."
    if fixed.get(question.code, question.kind) is not question.kind:
        yield "kind", "question_kind_fixed", "it was published as another kind; give the new question another code."
    for name in ("choices", "rows"):
        codes = [each.code for each in getattr(question, name)]
        if len(set(codes)) < len(codes):
            yield name, "choice_twice", "a code is there twice."


def _incomplete(question: Question) -> Wrong:
    if (question.kind in CHOOSING) != bool(question.choices):
        yield "choices", "choices", "choices belong to questions that choose, and to no others."
    if (question.kind is QuestionKind.MATRIX) != bool(question.rows):
        yield "rows", "rows", "rows belong to a matrix, and to no other question."
    if question.kind is QuestionKind.SCALE:
        yield from _scale(question)
    elif question.kind is not QuestionKind.NUMBER and (question.lowest, question.highest) != (None, None):
        yield "lowest", "bounds", "bounds belong to numbers and scales."
    elif None not in (question.lowest, question.highest) and _decimal(question.lowest) > _decimal(question.highest):
        yield "highest", "ends_before_start", "the highest number lies below the lowest."


def _decimal(value: Decimal | None) -> Decimal:
    return value if value is not None else Decimal(0)


def _scale(question: Question) -> Wrong:
    steps = steps_of(question)
    if not 2 <= len(steps) <= WIDEST_SCALE:
        yield "highest", "scale", f"a scale has whole numbers at its ends and 2 to {WIDEST_SCALE} steps."


def steps_of(question: Question) -> list[int]:
    """The steps of a scale; none when its ends are not whole numbers in order."""
    ends = (question.lowest, question.highest)
    if None in ends or any(_decimal(each) != int(_decimal(each)) for each in ends):
        return []
    lowest, highest = (int(_decimal(each)) for each in ends)
    return list(range(lowest, highest + 1)) if highest - lowest <= WIDEST_SCALE else []


def _unfollowable(question: Question, earlier: Mapping[str, Question]) -> Wrong:
    """A condition looks at an earlier question only, so that there is never a circle."""
    if question.shown_when is None:
        return
    asked = earlier.get(question.shown_when.question)
    if asked is None:
        yield "shown_when", "not_earlier", f"no earlier question has the code {question.shown_when.question}."
    elif asked.kind not in DECIDING:
        yield "shown_when", "condition_kind", "only a choice, several choices or a scale can decide what is asked."
    elif unknown := [each for each in question.shown_when.values if each not in values_of(asked)]:
        yield "shown_when", "not_a_choice", f"{unknown[0]} is no answer to {asked.code}."


def values_of(question: Question) -> list[str]:
    """The answers that a question can have, as conditions name them."""
    if question.kind is QuestionKind.SCALE:
        return [str(each) for each in steps_of(question)]
    return [each.code for each in question.choices]


def of_all_versions(newest_first: Sequence[Sequence[Question]]) -> list[Question]:
    """The questions of all versions, each as it was last: the newest version's in their order, then those left out."""
    found: dict[str, Question] = {}
    for questions in newest_first:
        for each in questions:
            found.setdefault(each.code, each)
    return list(found.values())


def as_answered(question: Question, earlier: Iterable[Question], answers: Collection[str]) -> Question:
    """The question, and after its own choices and rows those of earlier versions that somebody has answered."""
    before = [each for each in earlier if each.code == question.code]

    def followed(own: list[SurveyChoice], dropped: Iterable[SurveyChoice], most: int) -> list[SurveyChoice]:
        found = {each.code: each for each in own}
        for each in dropped:
            if each.code in answers:
                found.setdefault(each.code, each)
        return list(found.values())[:most]

    choices = followed(question.choices, (each for asked in before for each in asked.choices), MOST_CHOICES)
    rows = followed(question.rows, (each for asked in before for each in asked.rows), MOST_ROWS)
    return question.model_copy(update={"choices": choices, "rows": rows})
