"""Accounts as colleagues see them: who works here, under which name, and where a reminder reaches them (A3, A4)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, select

from contracts.access import Permission
from contracts.identity import Colleague, Colleagues
from services.identity.models import Account, AccountRole, Role
from services.identity.rules.built_in_roles import BUILT_IN

RIGHT = Permission.ACTIVITIES_READ
COLUMNS = (Account.id, Account.username, Account.person_id, Account.email, Account.language)


def list_all(reader: Connection) -> Colleagues:
    """Those who work here, by name."""
    return _found(reader, _accounts().where(_works_here()))


def get_many(reader: Connection, ids: list[UUID]) -> Colleagues:
    """Accounts under these ids, former colleagues too."""
    return _found(reader, _accounts().where(Account.id.in_(ids))) if ids else Colleagues(data=[])


def _accounts() -> Any:
    return select(*COLUMNS, _works_here().label("works_here")).order_by(Account.username_key)


def _works_here() -> ColumnElement[bool]:
    """May sign in and has a role, built-in or the office's own, with the right to activities."""
    built_in = [role.code for role in BUILT_IN.values() if RIGHT in role.permissions]
    own = select(Role.code).where(Role.permissions.contains([RIGHT.value]))
    role = AccountRole.role_code
    held = exists().where(AccountRole.account_id == Account.id, role.in_(built_in) | role.in_(own))
    return ~Account.disabled & held


def _found(reader: Connection, query: Any) -> Colleagues:
    return Colleagues(
        data=[
            Colleague(
                id=row.id,
                name=row.username,
                person_id=row.person_id,
                email=row.email,
                language=row.language,
                works_here=row.works_here,
            )
            for row in reader.execute(query)
        ]
    )
