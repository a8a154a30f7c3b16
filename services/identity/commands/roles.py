"""Roles of the office (I4), and the rule that nobody grants more than they have."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from contracts import identity
from contracts.access import Principal, PrincipalKind
from contracts.errors import Conflict, Invalid, NotAllowed
from services.identity import answers
from services.identity.commands import audit
from services.identity.models import AccountRole, Role
from services.identity.rules.built_in_roles import BUILT_IN


def save(session: Session, request: identity.SaveRole, by: Principal, now: datetime) -> identity.Role:
    """Make or change a role; raises Conflict for a built-in one, NotAllowed beyond one's own rights."""
    if request.code in BUILT_IN:
        raise Conflict(f"The role {request.code} is built in; make another one.", code="role_built_in")
    refuse_beyond(by, request.permissions)
    role = session.get(Role, request.code, with_for_update=True)
    if role is None:
        role = Role(code=request.code, name="", permissions=[], sms_code=False)
        session.add(role)
    role.name, role.sms_code = request.name, request.sms_code
    role.permissions = sorted(permission.value for permission in request.permissions)
    session.flush()
    audit.note(session, now, "role.saved", actor=by.label, subject=request.code)
    for account_id in session.scalars(select(AccountRole.account_id).where(AccountRole.role_code == request.code)):
        outbox.record(session, identity.PrincipalsChanged(account_id=account_id))
    return answers.role(role)


def refuse_beyond(by: Principal, permissions: Iterable[str]) -> None:
    """Raises NotAllowed when somebody would grant a right that is not their own."""
    if by.kind is PrincipalKind.SYSTEM:
        return
    beyond = sorted({str(permission) for permission in permissions} - by.permissions)
    if beyond:
        raise NotAllowed(f"You cannot grant rights you do not have: {', '.join(beyond)}.", code="beyond_own_rights")


def permissions_of(session: Session, codes: Iterable[str]) -> set[str]:
    """The rights of roles together; raises Invalid for a role that does not exist."""
    wanted = set(codes)
    granted = {p.value for code in wanted & BUILT_IN.keys() for p in BUILT_IN[code].permissions}
    own = {role.code: role for role in session.scalars(select(Role).where(Role.code.in_(wanted)))}
    if missing := sorted(wanted - BUILT_IN.keys() - own.keys()):
        raise Invalid.field("/roles", "no_such_role", f"There is no role {', '.join(missing)}.")
    return granted.union(*(role.permissions for role in own.values()))
