"""Rate limits that hold across processes: one row per key and window, changed by one statement."""

from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from contracts.errors import TooMany
from contracts.identity import RateLimitState, TakeRateLimit
from services.identity.models import RateLimit

TAKE = text(
    """INSERT INTO rate_limits AS held (key, used, ends_at) VALUES (:key, :cost, :ends_at)
       ON CONFLICT (key) DO UPDATE SET
         used = CASE WHEN held.ends_at <= :now THEN :cost ELSE least(held.used, :limit) + :cost END,
         ends_at = CASE WHEN held.ends_at <= :now THEN :ends_at ELSE held.ends_at END
       RETURNING used, ends_at"""
)
GIVE_BACK = text("UPDATE rate_limits SET used = greatest(used - :cost, 0) WHERE key = :key AND ends_at > :now")


def take(session: Session, request: TakeRateLimit, now: datetime) -> RateLimitState:
    """Count `cost` against the limit of the window that is open, or open a new one."""
    values = {
        "key": request.key,
        "cost": request.cost,
        "limit": request.limit,
        "now": now,
        "ends_at": now + timedelta(seconds=request.seconds),
    }
    row = session.execute(TAKE, values).one()
    before = row.used - request.cost
    return RateLimitState(
        allowed=row.used <= request.limit,
        granted=max(min(request.cost, request.limit - before), 0),
        remaining=max(request.limit - row.used, 0),
        reset_seconds=max(int((row.ends_at - now).total_seconds() + 0.999), 1),
    )


def take_or_refuse(session: Session, key: str, limit: int, window: timedelta, now: datetime) -> None:
    """Take one; raises TooMany when nothing is left."""
    request = TakeRateLimit(key=key, limit=limit, seconds=int(window.total_seconds()))
    state = take(session, request, now)
    if not state.allowed:
        raise TooMany(f"Too many tries; wait {state.reset_seconds} seconds.", seconds=state.reset_seconds)


def give_back(session: Session, key: str, now: datetime, cost: int = 1) -> None:
    """Undo a `take` that turned out not to count."""
    session.execute(GIVE_BACK, {"key": key, "cost": cost, "now": now})


def forget_ended(session: Session, now: datetime) -> None:
    """Remove windows that are over."""
    session.execute(delete(RateLimit).where(RateLimit.ends_at < now))
