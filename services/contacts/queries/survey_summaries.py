"""How a survey was answered, counted by the database (C16)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from contracts.base import Translated
from contracts.contacts.survey_questions import Question, QuestionKind
from contracts.contacts.surveys import QuestionSummary, SurveySummary
from services.contacts import models
from services.contacts.queries import surveys
from services.contacts.rules.surveys import as_answered, of_all_versions, values_of

VERSIONS = models.SurveyVersion.__table__.c
EACH = "FROM survey_answers AS row, jsonb_each(row.answers) AS answer WHERE row.survey_id = :id"
ANSWERED = text(f"SELECT answer.key, count(*) AS rows {EACH} GROUP BY 1")
SINGLE = text(
    f"SELECT answer.key, answer.value #>> '{{}}' AS value, count(*) AS rows {EACH} AND answer.key = ANY(:codes) "
    "GROUP BY 1, 2"
)
SEVERAL = text(
    "SELECT answer.key, item.value, count(*) AS rows FROM survey_answers AS row, jsonb_each(row.answers) AS answer, "
    "jsonb_array_elements_text(answer.value) AS item WHERE row.survey_id = :id AND answer.key = ANY(:codes) "
    "GROUP BY 1, 2"
)
BY_ROW = text(
    "SELECT answer.key, item.key AS line, item.value, count(*) AS rows FROM survey_answers AS row, "
    "jsonb_each(row.answers) AS answer, jsonb_each_text(answer.value) AS item "
    "WHERE row.survey_id = :id AND answer.key = ANY(:codes) GROUP BY 1, 2, 3"
)
MEASURED = text(
    "SELECT key, min(number), max(number), avg(number) FROM ("
    "SELECT answer.key, (answer.value #>> '{}')::numeric AS number FROM survey_answers AS row, "
    "jsonb_each(row.answers) AS answer WHERE row.survey_id = :id AND answer.key = ANY(:codes)) AS measured GROUP BY 1"
)
MEASURABLE = {QuestionKind.NUMBER, QuestionKind.SCALE}
COUNTED = {QuestionKind.CHOICE, QuestionKind.SCALE}
Counts = dict[str, dict[str, int]]


def summarise(reader: Connection, survey_id: UUID) -> SurveySummary:
    """Each question of any version with its counts; raises NotFound."""
    row = surveys.row_of(reader, survey_id)
    versions = _versions(reader, survey_id)
    questions, earlier = of_all_versions(versions), [each for questions in versions for each in questions]
    asked = {"id": survey_id}
    answered = {each.key: each.rows for each in reader.execute(ANSWERED, asked)}
    single = _counts(reader, SINGLE, survey_id, questions, COUNTED)
    several = _counts(reader, SEVERAL, survey_id, questions, {QuestionKind.MULTIPLE_CHOICE})
    by_row: dict[str, Counts] = defaultdict(lambda: defaultdict(dict))
    for each in reader.execute(BY_ROW, asked | {"codes": _codes(questions, {QuestionKind.MATRIX})}):
        by_row[each.key][each.line][each.value] = each.rows
    measured = {
        each[0]: tuple(map(float, each[1:]))
        for each in reader.execute(MEASURED, asked | {"codes": _codes(questions, MEASURABLE)})
    }
    return SurveySummary(
        id=survey_id,
        title=Translated.model_validate(row.title),
        answers=row.answer_count,
        questions=[
            _summary(each, earlier, answered, single | several, by_row[each.code], measured.get(each.code))
            for each in questions
        ],
    )


def _versions(reader: Connection, survey_id: UUID) -> list[list[Question]]:
    """The questions of each version, the newest first."""
    query = select(VERSIONS.questions).where(VERSIONS.survey_id == survey_id).order_by(VERSIONS.number.desc())
    return [[Question.model_validate(each) for each in row] for row in reader.execute(query).scalars()]


def _codes(questions: Sequence[Question], kinds: set[QuestionKind]) -> list[str]:
    return [each.code for each in questions if each.kind in kinds]


def _counts(
    reader: Connection, statement: Any, survey_id: UUID, questions: Sequence[Question], kinds: set[QuestionKind]
) -> Counts:
    found: Counts = defaultdict(dict)
    for each in reader.execute(statement, {"id": survey_id, "codes": _codes(questions, kinds)}):
        found[each.key][each.value] = each.rows
    return found


def _summary(
    last: Question,
    earlier: Sequence[Question],
    answered: dict[str, int],
    counts: Counts,
    lines: Counts,
    measured: tuple[float, ...] | None,
) -> QuestionSummary:
    lowest, highest, mean = measured or (None, None, None)
    given = {*counts.get(last.code, {}), *lines, *(value for line in lines.values() for value in line)}
    question = as_answered(last, earlier, given)
    return QuestionSummary(
        question=question,
        answered=answered.get(question.code, 0),
        counts=_ordered(question, counts.get(question.code, {})) if question.kind in _CHOSEN else {},
        rows={each.code: _ordered(question, lines.get(each.code, {})) for each in question.rows},
        lowest=lowest,
        highest=highest,
        mean=mean,
    )


_CHOSEN = COUNTED | {QuestionKind.MULTIPLE_CHOICE}


def _ordered(question: Question, counts: dict[str, int]) -> dict[str, int]:
    """All answers that the question can have, in its order, then those of earlier versions."""
    known = values_of(question)
    return {value: counts.get(value, 0) for value in [*known, *(each for each in counts if each not in known)]}
