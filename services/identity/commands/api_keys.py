"""API keys for other systems (I6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts import identity
from contracts.access import Principal
from contracts.errors import Invalid, NotFound
from services.identity import answers, secrets
from services.identity.commands import audit, roles
from services.identity.models import ApiKey


def create(session: Session, request: identity.CreateApiKey, by: Principal, now: datetime) -> identity.ApiKey:
    """A new key; the answer is the only place that ever shows it. Raises NotAllowed beyond one's own rights."""
    roles.refuse_beyond(by, request.permissions)
    if request.expires_at is not None and request.expires_at <= now:
        raise Invalid.field("/expires_at", "in_the_past", "This time has passed; choose a later one.")
    prefix, token = secrets.new_api_key()
    row = ApiKey(
        id=new_id(),
        name=request.name,
        prefix=prefix,
        token_hash=secrets.stored(token),
        permissions=sorted({permission.value for permission in request.permissions}),
        created_at=now,
        created_by=by.label,
        expires_at=request.expires_at,
    )
    session.add(row)
    session.flush()
    audit.note(session, now, "api_key.created", actor=by.label, subject=row.id)
    return answers.api_key(row, token)


def revoke(session: Session, key_id: UUID, by: Principal, now: datetime) -> identity.ApiKey:
    """The key opens nothing any more; raises NotFound."""
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no API key {key_id}.", id=key_id)
    row.revoked_at = row.revoked_at or now
    session.flush()
    audit.note(session, now, "api_key.revoked", actor=by.label, subject=key_id)
    return answers.api_key(row)
