"""Sessions of signed-in browsers: a new token at each sign-in, ended at sign-out, password change and disabling."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from contracts.identity import PrincipalsChanged
from services.identity import secrets
from services.identity.models import Account, SessionRow


def open_session(session: Session, account_id: UUID, now: datetime) -> str:
    """Sign the account in; the session's token, which is not stored anywhere."""
    token = secrets.new_token()
    session.add(
        SessionRow(
            id=new_id(),
            token_hash=secrets.stored(token),
            account_id=account_id,
            created_at=now,
            last_seen_at=now,
        )
    )
    session.execute(update(Account).where(Account.id == account_id).values(last_signed_in_at=now))
    return token


def end_session(session: Session, token: str) -> UUID | None:
    """End one session; the account it was of, or None when it had ended before."""
    account_id = session.scalar(
        delete(SessionRow).where(SessionRow.token_hash == secrets.stored(token)).returning(SessionRow.account_id)
    )
    if account_id is not None:
        outbox.record(session, PrincipalsChanged(account_id=account_id))
    return account_id


def end_all(session: Session, account_id: UUID) -> None:
    """End every session of an account."""
    session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))


def forget_ended(session: Session, idle_since: datetime, since: datetime) -> None:
    """Remove sessions that are past their limits."""
    session.execute(delete(SessionRow).where((SessionRow.last_seen_at < idle_since) | (SessionRow.created_at < since)))
