"""Accounts of staff and members (I4)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import phonenumbers
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import outbox, redirects
from chassis.ids import new_id
from contracts import identity
from contracts.access import Principal
from contracts.base import Language
from contracts.errors import Conflict, Invalid, NotFound, Stale
from services.identity import answers
from services.identity.commands import audit, roles, sessions
from services.identity.models import Account, AccountRole
from services.identity.rules.built_in_roles import ADMINISTRATOR
from services.identity.rules.names import key_of

ADMINISTRATORS_LOCK = text("SELECT pg_advisory_xact_lock(7201101)")


def create(
    session: Session, request: identity.CreateAccount, password_hash: str | None, by: Principal, now: datetime
) -> identity.Account:
    """A new account; raises Conflict when its user name, e-mail address or person has one already."""
    roles.refuse_beyond(by, roles.permissions_of(session, request.roles))
    account = add(
        session,
        username=request.username,
        email=request.email,
        person_id=redirects.known_as(session, request.person_id) if request.person_id else None,
        phone=request.phone,
        password_hash=password_hash,
        language=request.language,
        now=now,
    )
    account.sms_code, account.code_instead = request.sms_code, request.code_instead
    _refuse_code_without_phone(account)
    _set_roles(session, account.id, request.roles)
    session.flush()
    audit.note(session, now, "account.created", actor=by.label, subject=account.id)
    return answers.account(account, request.roles)


def add(
    session: Session,
    *,
    username: str,
    email: str | None,
    person_id: UUID | None,
    phone: str | None,
    password_hash: str | None,
    language: Language,
    now: datetime,
) -> Account:
    """A row without roles. A user name that looks like an e-mail address must be the account's own."""
    own_names = {key_of(username), key_of(email or username)}
    account = Account(
        id=new_id(),
        username=username,
        username_key=key_of(username),
        email=email,
        email_key=key_of(email) if email else None,
        person_id=person_id,
        phone=e164(phone) if phone else None,
        password_hash=password_hash,
        sms_code=False,
        code_instead=False,
        disabled=False,
        language=language,
        created_at=now,
    )
    same_name = Account.username_key.in_(own_names) | Account.email_key.in_(own_names)
    same_person = Account.person_id == func.known_as(person_id)
    taken = session.scalar(select(Account.id).where(same_name | same_person).limit(1))
    if taken is not None:
        raise _name_taken()
    session.add(account)
    try:
        session.flush()
    except IntegrityError:
        raise _name_taken() from None
    return account


def _name_taken() -> Conflict:
    return Conflict("This user name or person has an account already; choose another name.", code="account_exists")


def update(session: Session, request: identity.UpdateAccount, by: Principal, now: datetime) -> identity.Account:
    """Change rights and state; at once for everybody. Raises NotFound, Stale, NotAllowed, Conflict."""
    session.execute(ADMINISTRATORS_LOCK)
    account = session.get(Account, request.id, with_for_update=True)
    if account is None:
        raise NotFound(f"There is no account {request.id}.", id=request.id)
    if account.version != request.version:
        raise Stale("The account was changed meanwhile; read it again.")
    held = list(session.scalars(select(AccountRole.role_code).where(AccountRole.account_id == account.id)))
    was_administrator = ADMINISTRATOR in held
    roles.refuse_beyond(by, roles.permissions_of(session, held))
    if request.roles is not None:
        roles.refuse_beyond(by, roles.permissions_of(session, request.roles))
        _set_roles(session, account.id, request.roles)
        held = request.roles
    _change(account, request)
    account.version = request.version + 1
    session.flush()
    if account.disabled:
        sessions.end_all(session, account.id)
    if was_administrator:
        _refuse_without_administrator(session)
    audit.note(session, now, "account.updated", actor=by.label, subject=account.id)
    outbox.record(session, identity.PrincipalsChanged(account_id=account.id))
    return answers.account(account, held)


def _change(account: Account, request: identity.UpdateAccount) -> None:
    for name in ("sms_code", "code_instead", "disabled"):
        if (value := getattr(request, name)) is not None:
            setattr(account, name, value)
    if request.phone is not None:
        account.phone = e164(request.phone)
    _refuse_code_without_phone(account)


def _refuse_code_without_phone(account: Account) -> None:
    if (account.sms_code or account.code_instead) and account.phone is None:
        raise Invalid.field("/phone", "phone_missing", "A code by SMS needs a mobile number; give one.")


def _refuse_without_administrator(session: Session) -> None:
    left = session.scalar(
        select(func.count())
        .select_from(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role_code == ADMINISTRATOR, ~Account.disabled)
    )
    if not left:
        raise Conflict("This is the last administrator; make another one first.", code="last_administrator")


def _set_roles(session: Session, account_id: UUID, codes: Sequence[str]) -> None:
    session.execute(delete(AccountRole).where(AccountRole.account_id == account_id))
    session.add_all(AccountRole(account_id=account_id, role_code=code) for code in sorted(set(codes)))


def find_by_name(session: Session, name: str) -> Account | None:
    """The account of a user name or e-mail address."""
    key = key_of(name)
    return session.scalar(
        select(Account)
        .where((Account.username_key == key) | (Account.email_key == key))
        .order_by(Account.username_key == key)
        .limit(1)
    )


def e164(phone: str) -> str:
    """A mobile number as E.164, Finnish unless it begins with `+`; raises Invalid."""
    try:
        number = phonenumbers.parse(phone, "FI")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Invalid.field("/phone", "bad_phone", "This is not a phone number; write it as +358 40 1234567.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
