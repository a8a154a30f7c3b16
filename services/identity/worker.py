"""What identity does in the background."""

from datetime import timedelta

from chassis.worker import Worker, periodic
from services.identity.commands import codes, limits, links, sessions
from services.identity.config import identity_settings

KEEP_CHALLENGES = timedelta(days=1)
KEEP_LINKS = timedelta(days=30)


@periodic("forget", every=300.0)
def forget(worker: Worker) -> bool:
    """Remove ended windows, sessions, codes and links."""
    settings, now = identity_settings(), worker.now()
    with worker.transaction() as session:
        limits.forget_ended(session, now)
        sessions.forget_ended(session, now - settings.session_idle, now - settings.session_life)
        codes.forget_old(session, now - KEEP_CHALLENGES)
        links.forget_expired(session, now - KEEP_LINKS)
    return False
