"""Judging a pair of contacts: not the same, or after all perhaps (C13). Merging is in `merges`."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts.contacts.duplicates import DuplicateState
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.commands import duplicate_facts
from services.contacts.commands.history import Author

CANDIDATE = models.DuplicateCandidate


def dismiss(session: Session, candidate_id: UUID, author: Author) -> None:
    """These are two; holds until one of them changes in what is compared. Raises NotFound, Conflict."""
    candidate = _open_to_judgement(session, candidate_id)
    facts = duplicate_facts.by_id(session, {candidate.first_id, candidate.second_id})
    if len(facts) == 2:
        candidate.fingerprint = duplicate_facts.fingerprint(facts[candidate.first_id], facts[candidate.second_id])
    if candidate.state is DuplicateState.OPEN:
        candidate.state = DuplicateState.DISMISSED
        candidate.decided_at, candidate.decided_by = author.at, author.label
    session.flush()


def reopen(session: Session, candidate_id: UUID) -> None:
    """The pair is to be judged again. Raises NotFound, Conflict."""
    candidate = _open_to_judgement(session, candidate_id)
    candidate.state, candidate.decided_at, candidate.decided_by = DuplicateState.OPEN, None, ""
    session.flush()


def _open_to_judgement(session: Session, candidate_id: UUID) -> models.DuplicateCandidate:
    candidate = session.get(CANDIDATE, candidate_id, with_for_update=True)
    if candidate is None:
        raise NotFound(f"There is no pair {candidate_id}.", id=candidate_id)
    if candidate.state is DuplicateState.MERGED:
        raise Conflict("These two were merged; undo the merge first.", code="already_merged")
    return candidate


def judge(session: Session, one: UUID, other: UUID, state: DuplicateState, author: Author) -> None:
    """The pair of two contacts, if it is known, is merged now, or open again."""
    merged = state is DuplicateState.MERGED
    session.execute(
        update(CANDIDATE)
        .where(CANDIDATE.first_id == min(one, other), CANDIDATE.second_id == max(one, other))
        .values(state=state, decided_at=author.at if merged else None, decided_by=author.label if merged else "")
    )
