"""Surveys for the office, their published versions, and the sheet that one person answers (C16)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from contracts.base import ListRequest, Page
from contracts.contacts.surveys import AnswerSheet, OpenSurvey, Survey, SurveyRow, SurveyVersion, VersionByNumber
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.queries.belonging import same_person
from services.contacts.queries.pages import moment, page_of, position
from services.contacts.rules.survey_times import takes_answers

TABLE, VERSIONS = models.Survey.__table__, models.SurveyVersion.__table__
SURVEYS, ANSWERS = TABLE.c, models.SurveyAnswer.__table__.c
COUNT = select(func.count()).where(ANSWERS.survey_id == SURVEYS.id).scalar_subquery().label("answer_count")
ROW = (
    *(SURVEYS[name] for name in ("id", "title", "published", "closes_on", "closed_at", "created_at")),
    func.jsonb_array_length(SURVEYS.questions).label("question_count"),
    COUNT,
)
CONTENT = ("title", "intro", "questions")


def get(connection: Any, survey_id: UUID, today: date) -> Survey:
    """One survey as the office works on it; raises NotFound."""
    row = row_of(connection, survey_id)
    newest = _version(connection, survey_id, row.published)
    changed = newest is None or any(getattr(newest, name) != getattr(row, name) for name in CONTENT)
    return Survey(
        id=row.id,
        title=row.title,
        intro=row.intro,
        questions=row.questions,
        published=row.published,
        changed=changed,
        closes_on=row.closes_on,
        closed_at=row.closed_at,
        is_open=takes_answers(row, today),
        answers=row.answer_count,
        created_at=row.created_at,
        version=row.version,
    )


def row_of(connection: Any, survey_id: UUID) -> Any:
    """The row with the number of answers; raises NotFound."""
    found = select(TABLE, COUNT).where(SURVEYS.id == survey_id, SURVEYS.deleted_at.is_(None))
    row = connection.execute(found).first()
    if row is None:
        raise NotFound(f"There is no survey {survey_id}.", id=survey_id)
    return row


def _version(connection: Any, survey_id: UUID, number: int) -> Any:
    found = select(VERSIONS).where(VERSIONS.c.survey_id == survey_id, VERSIONS.c.number == number)
    return connection.execute(found).first()


def list_page(reader: Connection, request: ListRequest, today: date) -> Page[SurveyRow]:
    """Surveys, newest first."""
    conditions: list[ColumnElement[bool]] = [SURVEYS.deleted_at.is_(None)]
    after = position(request.cursor, moment, UUID)
    if after:
        conditions.append(tuple_(SURVEYS.created_at, SURVEYS.id) < tuple_(*after))
    query = select(*ROW).where(*conditions).order_by(SURVEYS.created_at.desc(), SURVEYS.id.desc())
    rows = reader.execute(query.limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.created_at, row.id], lambda row: _listed(row, today))


def _listed(row: Any, today: date) -> SurveyRow:
    return SurveyRow(
        id=row.id,
        title=row.title,
        published=row.published,
        is_open=takes_answers(row, today),
        closes_on=row.closes_on,
        questions=row.question_count,
        answers=row.answer_count,
        created_at=row.created_at,
    )


def get_version(connection: Any, request: VersionByNumber) -> SurveyVersion:
    """What was published under this number; raises NotFound."""
    row_of(connection, request.id)
    found = _version(connection, request.id, request.number)
    if found is None:
        raise NotFound(f"There is no version {request.number} of the survey {request.id}.", id=request.id)
    return SurveyVersion.model_validate(found, from_attributes=True)


def open_sheet(connection: Any, request: OpenSurvey, person_id: UUID, today: date) -> AnswerSheet:
    """The newest questions with what the person has answered; raises NotFound, Conflict before it is published."""
    row = row_of(connection, request.id)
    if not row.published:
        raise Conflict("This survey is not published yet.", code="survey_closed")
    version = _version(connection, request.id, row.published)
    known_as = connection.execute(_known_as(person_id)).scalar()
    if known_as is None:
        raise NotFound(f"There is no person {person_id}.", id=person_id)
    answered = connection.execute(_answers_of(request.id, person_id)).first()
    return AnswerSheet(
        id=row.id,
        person_id=known_as,
        title=version.title,
        intro=version.intro,
        number=version.number,
        questions=version.questions,
        answers=answered.answers if answered else {},
        answered_at=answered.changed_at if answered else None,
        is_open=takes_answers(row, today),
        closes_on=row.closes_on,
    )


def _known_as(person_id: UUID) -> Any:
    person = models.Person
    known = func.coalesce(person.linked_to, person.id)
    return select(known).where(person.id == person_id, person.state != "erased")


def _answers_of(survey_id: UUID, person_id: UUID) -> Any:
    """The person's own answers first, else those that came by a merge."""
    own_first = (ANSWERS.merged_person_id.is_not(None), ANSWERS.changed_at.desc())
    mine = (ANSWERS.survey_id == survey_id, ANSWERS.person_id.in_(same_person(person_id)))
    return select(ANSWERS.answers, ANSWERS.changed_at).where(*mine).order_by(*own_first).limit(1)
