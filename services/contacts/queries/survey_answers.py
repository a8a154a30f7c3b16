"""Who answered what: by survey, by person (C16)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, tuple_

from contracts.base import Page
from contracts.contacts.surveys import ListSurveyAnswers, SurveyAnswer
from services.contacts import models
from services.contacts.queries import contact_names
from services.contacts.queries.belonging import same_person
from services.contacts.queries.pages import moment, page_of, position

TABLE = models.SurveyAnswer.__table__
ROWS, SURVEYS = TABLE.c, models.Survey.__table__.c
QUERY = (
    select(TABLE, SURVEYS.title.label("survey_title"))
    .join(models.Survey, SURVEYS.id == ROWS.survey_id)
    .where(SURVEYS.deleted_at.is_(None))
)


def get(connection: Any, answer_id: UUID, left_out: list[str]) -> SurveyAnswer:
    """The answers that were just kept; `left_out` is told along."""
    row = connection.execute(QUERY.where(ROWS.id == answer_id)).one()
    return _replies(connection, [row])[row.id].model_copy(update={"left_out": left_out})


def list_page(reader: Connection, request: ListSurveyAnswers) -> Page[SurveyAnswer]:
    """Answers, the latest first."""
    conditions: list[ColumnElement[bool]] = []
    if request.survey_id:
        conditions.append(ROWS.survey_id == request.survey_id)
    if request.person_id:
        conditions.append(ROWS.person_id.in_(same_person(request.person_id)))
    after = position(request.cursor, moment, UUID)
    if after:
        conditions.append(tuple_(ROWS.changed_at, ROWS.id) < tuple_(*after))
    query = QUERY.where(*conditions).order_by(ROWS.changed_at.desc(), ROWS.id.desc()).limit(request.limit + 1)
    rows = reader.execute(query).all()
    shown = _replies(reader, rows[: request.limit])
    return page_of(rows, request.limit, lambda row: [row.changed_at, row.id], lambda row: shown[row.id])


def _replies(connection: Any, rows: Any) -> dict[UUID, SurveyAnswer]:
    names = contact_names.of_persons(connection, {row.person_id for row in rows})
    return {row.id: _reply(row, names.get(row.person_id, "")) for row in rows}


def _reply(row: Any, person_name: str) -> SurveyAnswer:
    return SurveyAnswer(
        id=row.id,
        survey_id=row.survey_id,
        survey_title=row.survey_title,
        person_id=row.person_id,
        person_name=person_name,
        number=row.number,
        answers=row.answers,
        answered_at=row.answered_at,
        changed_at=row.changed_at,
        answered_by=row.answered_by,
        version=row.version,
    )
