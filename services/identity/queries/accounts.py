"""Reads of accounts, roles, API keys and the audit log."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from chassis.paging import cursor_id, page
from contracts import identity
from contracts.base import ListRequest, Page
from contracts.errors import NotFound
from services.identity import answers
from services.identity.models import Account, AccountRole, ApiKey, AuditEntry, Role
from services.identity.rules.built_in_roles import BUILT_IN

ROLES = (
    select(func.array_agg(AccountRole.role_code)).where(AccountRole.account_id == Account.id).scalar_subquery()
).label("roles")


def get_account(reader: Connection, account_id: UUID) -> identity.Account:
    """One account; raises NotFound."""
    row = reader.execute(select(Account.__table__, ROLES).where(Account.id == account_id)).first()
    if row is None:
        raise NotFound(f"There is no account {account_id}.", id=account_id)
    return answers.account(row, row.roles or [])


def list_accounts(reader: Connection, request: ListRequest) -> Page[identity.Account]:
    """Accounts in the order in which they were made."""
    query = select(Account.__table__, ROLES).order_by(Account.id).limit(request.limit + 1)
    if after := cursor_id(request.cursor):
        query = query.where(Account.id > after)
    rows = [answers.account(row, row.roles or []) for row in reader.execute(query)]
    return page(rows, request.limit, lambda each: [each.id])


def list_roles(reader: Connection) -> identity.Roles:
    """Built-in roles, then the office's own by code."""
    own = [answers.role(row) for row in reader.execute(select(Role.__table__).order_by(Role.code))]
    return identity.Roles(data=[*BUILT_IN.values(), *own])


def list_api_keys(reader: Connection, request: ListRequest) -> Page[identity.ApiKey]:
    """Keys, newest first."""
    rows = [answers.api_key(row) for row in _newest_first(reader, ApiKey, request)]
    return page(rows, request.limit, lambda each: [each.id])


def list_audit(reader: Connection, request: ListRequest) -> Page[identity.AuditEntry]:
    """The audit log, newest first."""
    rows = [answers.audit_entry(row) for row in _newest_first(reader, AuditEntry, request)]
    return page(rows, request.limit, lambda each: [each.id])


def _newest_first(reader: Connection, model: Any, request: ListRequest) -> list[Any]:
    query = select(model.__table__).order_by(model.id.desc()).limit(request.limit + 1)
    if before := cursor_id(request.cursor):
        query = query.where(model.id < before)
    return list(reader.execute(query))
