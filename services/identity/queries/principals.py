"""Who a session, an API key or a personal link stands for, as a principal signed for one minute."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from chassis.principals import sign
from contracts.access import LinkPurpose, Principal, PrincipalKind
from contracts.errors import Gone, NotSignedIn
from contracts.identity import SignedPrincipal
from services.identity import secrets
from services.identity.answers import KNOWN_PERMISSIONS
from services.identity.config import identity_settings
from services.identity.rules.built_in_roles import BUILT_IN

LIFETIME = timedelta(seconds=60)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session or key is known."""

SESSION = text(
    """SELECT s.id AS session_id, s.last_seen_at, a.id, a.person_id, a.username, a.language,
              (SELECT coalesce(jsonb_agg(jsonb_build_array(ar.role_code, r.permissions)), '[]'::jsonb)
               FROM account_roles ar LEFT JOIN roles r ON r.code = ar.role_code WHERE ar.account_id = a.id) AS roles
       FROM sessions s JOIN accounts a ON a.id = s.account_id
       WHERE s.token_hash = :hash AND NOT a.disabled AND s.last_seen_at > :idle_since AND s.created_at > :since"""
)
SESSION_SEEN = text("UPDATE sessions SET last_seen_at = :now WHERE id = :id AND last_seen_at < :before")
API_KEY = text(
    """SELECT id, token_hash, permissions, last_used_at FROM api_keys
       WHERE prefix = :prefix AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)"""
)
API_KEY_USED = text(
    "UPDATE api_keys SET last_used_at = :now WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :before)"
)
LINK = text(
    """SELECT id, purpose, person_id, object_id FROM links
       WHERE token_hash = :hash AND used_at IS NULL AND revoked_at IS NULL AND expires_at > :now"""
)


def of_session(reader: Connection, token: str, now: datetime) -> SignedPrincipal:
    """The account behind a session cookie; raises NotSignedIn when the session has ended."""
    settings = identity_settings()
    idle_since, since = now - settings.session_idle, now - settings.session_life
    row = reader.execute(SESSION, {"hash": secrets.stored(token), "idle_since": idle_since, "since": since}).first()
    if row is None:
        raise NotSignedIn("Your session has ended; sign in again.", code="session_ended")
    if row.last_seen_at < now - SEEN_EVERY:
        reader.execute(SESSION_SEEN, {"id": row.session_id, "now": now, "before": now - SEEN_EVERY})
    permissions = permissions_of(row.roles)
    principal = Principal(
        kind=PrincipalKind.ACCOUNT, id=str(row.id), person_id=row.person_id, permissions=frozenset(permissions)
    )
    return SignedPrincipal(
        token=_signed(principal, now),
        kind=PrincipalKind.ACCOUNT,
        account_id=row.id,
        person_id=row.person_id,
        username=row.username,
        language=row.language,
        permissions=permissions,
        csrf=secrets.csrf_secret(row.session_id),
    )


def permissions_of(roles: list[list[Any]]) -> list[str]:
    """The rights that roles grant together: `[[code, permissions of the office's role or None], ...]`."""
    granted: set[str] = set()
    for code, permissions in roles:
        if code in BUILT_IN:
            granted.update(permission.value for permission in BUILT_IN[code].permissions)
        else:
            granted.update(KNOWN_PERMISSIONS.intersection(permissions or ()))
    return sorted(granted)


def of_api_key(reader: Connection, token: str, now: datetime) -> SignedPrincipal:
    """The key behind a bearer token; raises NotSignedIn."""
    parts = token.split("_", 2)
    row = None
    if len(parts) == 3 and parts[0] == "talkoo" and "\0" not in parts[1]:
        row = reader.execute(API_KEY, {"prefix": parts[1], "now": now}).first()
    if row is None or not secrets.same(row.token_hash, secrets.stored(token)):
        raise NotSignedIn("This API key does not exist, was revoked or has expired.", code="bad_api_key")
    if row.last_used_at is None or row.last_used_at < now - SEEN_EVERY:
        reader.execute(API_KEY_USED, {"id": row.id, "now": now, "before": now - SEEN_EVERY})
    permissions = sorted(KNOWN_PERMISSIONS.intersection(row.permissions))
    principal = Principal(kind=PrincipalKind.API_KEY, id=str(row.id), permissions=frozenset(permissions))
    return SignedPrincipal(token=_signed(principal, now), kind=PrincipalKind.API_KEY, permissions=permissions)


def of_link(reader: Connection, token: str, now: datetime) -> SignedPrincipal:
    """What a personal link opens, for whom; reading it uses nothing up. Raises Gone."""
    row = reader.execute(LINK, {"hash": secrets.stored(token), "now": now}).first()
    if row is None:
        raise Gone("This link was used, was withdrawn or has expired. Ask for a new one.", code="link_gone")
    purpose = LinkPurpose(row.purpose)
    principal = Principal(
        kind=PrincipalKind.LINK,
        id=str(row.id),
        person_id=row.person_id,
        link_purpose=purpose,
        link_object=row.object_id,
    )
    return SignedPrincipal(
        token=_signed(principal, now),
        kind=PrincipalKind.LINK,
        person_id=row.person_id,
        link_purpose=purpose,
        link_object=row.object_id,
    )


def _signed(principal: Principal, now: datetime) -> str:
    return sign(principal.model_copy(update={"expires_at": now + LIFETIME}), "identity")
