"""A person's answers to a survey: kept once, changed until it closes, taken back by the office (C16)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.survey_questions import Question
from contracts.contacts.surveys import AnswerSurvey, RemoveSurveyAnswer
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.commands import contact_links, details, surveys
from services.contacts.commands.history import Author
from services.contacts.rules.survey_answers import checked
from services.contacts.rules.survey_times import takes_answers

ROWS = models.SurveyAnswer


def answer(
    session: Session, request: AnswerSurvey, person_id: UUID, today: date, author: Author
) -> tuple[UUID, list[str]]:
    """Keep the answers in place of the person's earlier ones; their id, and the questions that were left out.

    Raises NotFound, Invalid with each question named or when nothing is answered (earlier answers then stay), Conflict
    when the survey is closed or has newer questions.
    """
    survey = surveys.locked(session, request.id, share=True)
    if not takes_answers(survey, today):
        raise Conflict("This survey takes no answers now.", code="survey_closed")
    if request.number != survey.published:
        message = f"The questions have changed (version {survey.published}, you answered {request.number})."
        raise Conflict(message, code="survey_changed", number=survey.published)
    version = session.get_one(models.SurveyVersion, (survey.id, request.number))
    stored, left_out = checked([Question.model_validate(each) for each in version.questions], request.answers)
    (known_as,) = contact_links.known_persons(session, [("/person_id", person_id)])
    kept = {"number": request.number, "answers": stored, "changed_at": author.at, "answered_by": author.label}
    return _kept(session, survey.id, known_as, kept, author), left_out


def _kept(session: Session, survey_id: UUID, person_id: UUID, kept: dict[str, Any], author: Author) -> UUID:
    earlier = _earlier(session, survey_id, person_id)
    if earlier is not None:
        for name, value in kept.items():
            setattr(earlier, name, value)
        earlier.version += 1
        session.flush()
        return earlier.id
    new = insert(ROWS).values(
        id=new_id(), survey_id=survey_id, person_id=person_id, answered_at=author.at, version=1, **kept
    )
    twice = new.on_conflict_do_update(
        index_elements=["survey_id", "person_id"],
        index_where=ROWS.merged_person_id.is_(None),
        set_={**{name: new.excluded[name] for name in kept}, "version": ROWS.version + 1},
    )
    found: UUID = session.execute(twice.returning(ROWS.id)).scalar_one()
    return found


def remove(session: Session, request: RemoveSurveyAnswer) -> None:
    """Forget a person's answers for good; raises NotFound, and Stale when they were changed meanwhile."""
    survey = surveys.locked(session, request.survey_id, share=True)
    found = session.get(ROWS, request.id, with_for_update=True, populate_existing=True)
    if found is None or found.survey_id != survey.id:
        raise NotFound(f"There are no answers {request.id} to this survey.", id=request.id)
    details.refuse_stale(found.version, request.version)
    session.delete(found)
    session.flush()


def _earlier(session: Session, survey_id: UUID, person_id: UUID) -> models.SurveyAnswer | None:
    """The person's own answers, or else those that came by a merge."""
    found = select(ROWS).where(ROWS.survey_id == survey_id, ROWS.person_id == person_id)
    own_first = found.order_by(ROWS.merged_person_id.is_not(None), ROWS.changed_at.desc()).limit(1)
    return session.scalar(own_first.with_for_update())
