"""One-time codes by SMS (I2): six digits, five minutes, one use, five tries, three codes in ten minutes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from contracts.errors import TooMany
from services.identity import secrets
from services.identity.config import identity_settings
from services.identity.models import Account, Challenge


@dataclass(frozen=True)
class SentCode:
    """A code that is to be sent."""

    challenge_id: UUID
    code: str


def new_code(session: Session, account_id: UUID, now: datetime) -> SentCode:
    """Make a code for the account; raises TooMany. The account's row is locked, so that twins count each other."""
    settings = identity_settings()
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    recent = session.scalar(
        select(func.count())
        .select_from(Challenge)
        .where(Challenge.account_id == account_id, Challenge.created_at > now - settings.code_window)
    )
    if (recent or 0) >= settings.codes_per_account:
        raise TooMany("Too many codes were sent to this account; wait ten minutes.", code="too_many_codes")
    sent = SentCode(uuid4(), secrets.new_code())
    session.add(
        Challenge(
            id=sent.challenge_id,
            account_id=account_id,
            code_hash=secrets.stored_code(sent.challenge_id, sent.code),
            created_at=now,
            expires_at=now + settings.code_life,
        )
    )
    return sent


def count_try(session: Session, challenge_id: UUID, now: datetime) -> Challenge | None:
    """Use up one try; the challenge, or None when it has none left, was used or has expired."""
    return session.scalar(
        update(Challenge)
        .where(
            Challenge.id == challenge_id,
            Challenge.tries < identity_settings().code_tries,
            Challenge.used_at.is_(None),
            Challenge.expires_at > now,
        )
        .values(tries=Challenge.tries + 1)
        .returning(Challenge)
    )


def use(session: Session, challenge_id: UUID, now: datetime) -> bool:
    """Use the code up; False when a twin was quicker."""
    used = session.scalar(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.used_at.is_(None))
        .values(used_at=now)
        .returning(Challenge.id)
    )
    return used is not None


def forget_old(session: Session, before: datetime) -> None:
    """Remove challenges that were made before a time."""
    session.execute(delete(Challenge).where(Challenge.created_at < before))
