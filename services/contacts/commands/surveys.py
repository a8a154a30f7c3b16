"""Surveys: written, published in versions, closed and opened again, taken away and brought back (C16)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.survey_questions import Question, QuestionKind
from contracts.contacts.surveys import CreateSurvey, SurveyByVersion, UpdateSurvey
from contracts.errors import Invalid, NotFound
from services.contacts import models
from services.contacts.commands import deletions, details, history
from services.contacts.commands.history import Author
from services.contacts.rules import surveys as rules

CLEARED = {"closes_on": None}
TEXTS = ("title", "intro")


def create(session: Session, request: CreateSurvey, author: Author) -> UUID:
    """A survey that nobody can answer yet; raises Invalid for questions that cannot be."""
    details.refuse(rules.errors_in(request.questions, {}))
    survey = models.Survey(
        id=new_id(),
        **{name: getattr(request, name).model_dump(mode="json") for name in TEXTS},
        questions=_stored(request.questions),
        closes_on=request.closes_on,
        published=0,
        created_at=author.at,
        created_by=author.label,
        version=1,
    )
    session.add(survey)
    session.flush()
    return survey.id


def _stored(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json", exclude_defaults=True) for each in questions]


def change(session: Session, request: UpdateSurvey) -> UUID:
    """Change what is given; what is published stays as it is. Raises NotFound, Stale, Invalid."""
    survey = locked(session, request.id)
    details.refuse_stale(survey.version, request.version)
    wanted: dict[str, Any] = details.cleared(request.clear, CLEARED)
    wanted |= {name: given.model_dump(mode="json") for name in TEXTS if (given := getattr(request, name)) is not None}
    if request.questions is not None:
        details.refuse(rules.errors_in(request.questions, _kinds(session, survey.id)))
        wanted["questions"] = _stored(request.questions)
    if request.closes_on is not None:
        wanted["closes_on"] = request.closes_on
    if history.assign(survey, wanted):
        survey.version += 1
        session.flush()
    return survey.id


def _kinds(session: Session, survey_id: UUID) -> dict[str, QuestionKind]:
    """The kinds of all questions that were ever published: answers to them are kept under their codes."""
    published = select(models.SurveyVersion.questions).where(models.SurveyVersion.survey_id == survey_id)
    return {each["code"]: QuestionKind(each["kind"]) for row in session.scalars(published) for each in row}


def publish(session: Session, request: SurveyByVersion, author: Author) -> UUID:
    """Freeze texts and questions as the next version; nothing happens when they are those of the newest one.

    Raises NotFound, Stale, and Invalid without questions.
    """
    survey = locked(session, request.id)
    details.refuse_stale(survey.version, request.version)
    if not survey.questions:
        raise Invalid.field("/questions", "questions_missing", "Write a question first.")
    content = {"title": survey.title, "intro": survey.intro, "questions": survey.questions}
    newest = session.get(models.SurveyVersion, (survey.id, survey.published))
    if newest is None or {name: getattr(newest, name) for name in content} != content:
        survey.published += 1
        survey.version += 1
        session.add(
            models.SurveyVersion(
                survey_id=survey.id,
                number=survey.published,
                **content,
                published_at=author.at,
                published_by=author.label,
            )
        )
        session.flush()
    return survey.id


def close(session: Session, request: SurveyByVersion, author: Author) -> UUID:
    """Take no more answers; closing twice is fine. Raises NotFound, Stale."""
    survey = locked(session, request.id)
    details.refuse_stale(survey.version, request.version)
    if survey.closed_at is None:
        survey.closed_at = author.at
        survey.version += 1
        session.flush()
    return survey.id


def reopen(session: Session, request: SurveyByVersion, today: date) -> UUID:
    """Take answers again, and forget a last day that has passed. Raises NotFound, Stale."""
    survey = locked(session, request.id)
    details.refuse_stale(survey.version, request.version)
    is_over = survey.closes_on is not None and survey.closes_on < today
    if history.assign(survey, {"closed_at": None, "closes_on": None if is_over else survey.closes_on}):
        survey.version += 1
        session.flush()
    return survey.id


def delete(session: Session, request: SurveyByVersion, author: Author) -> None:
    """Take it away with its answers; raises NotFound and Stale."""
    survey = locked(session, request.id)
    details.refuse_stale(survey.version, request.version)
    deletions.take_away(survey, author)


def restore(session: Session, survey_id: UUID) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    deletions.bring_back(session, locked(session, survey_id, deleted=True))
    return survey_id


def locked(session: Session, survey_id: UUID, *, deleted: bool = False, share: bool = False) -> models.Survey:
    """The survey, locked against changes; `share`: others may answer it at the same time. Raises NotFound."""
    found = session.get(models.Survey, survey_id, with_for_update={"read": share}, populate_existing=True)
    if found is None or (found.deleted_at is not None and not deleted):
        raise NotFound(f"There is no survey {survey_id}.", id=survey_id)
    return found


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, with its versions and answers, at most `limit`; how many."""
    return deletions.forget(session, models.Survey, now, limit)
