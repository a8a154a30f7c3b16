"""Rows of identity as its contract shows them."""

from typing import Any

from contracts import identity
from contracts.access import Permission
from services.identity import models

KNOWN_PERMISSIONS = frozenset(permission.value for permission in Permission)


def account(row: models.Account | Any, roles: list[str]) -> identity.Account:
    """An account with its roles."""
    return identity.Account(
        id=row.id,
        username=row.username,
        email=row.email,
        person_id=row.person_id,
        phone=row.phone,
        roles=sorted(roles),
        sms_code=row.sms_code,
        code_instead=row.code_instead,
        disabled=row.disabled,
        language=row.language,
        last_signed_in_at=row.last_signed_in_at,
        version=row.version,
    )


def role(row: models.Role | Any) -> identity.Role:
    """A role of the office; permissions that no longer exist are left out."""
    permissions = [Permission(each) for each in row.permissions if each in KNOWN_PERMISSIONS]
    return identity.Role(code=row.code, name=row.name, permissions=permissions, sms_code=row.sms_code)


def api_key(row: models.ApiKey | Any, secret: str | None = None) -> identity.ApiKey:
    """A key; `secret` only when it was made just now."""
    return identity.ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        permissions=row.permissions,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        secret=secret,
    )


def audit_entry(row: models.AuditEntry | Any) -> identity.AuditEntry:
    """An entry of the audit log."""
    return identity.AuditEntry(
        id=row.id,
        at=row.at,
        action=row.action,
        actor=row.actor,
        subject=row.subject,
        address=row.address,
        outcome=row.outcome,
    )
