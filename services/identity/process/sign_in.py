"""Signing in (I1, I2): password, then a code by SMS where the account or a role asks for it; or the code alone.

Unknown names, wrong passwords and disabled accounts get the same answer after the same time. Every try is counted
before it is looked at, and given back when it was right, so that parallel guesses count too.
"""

from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.call import Call
from chassis.rpc import client
from contracts.errors import Conflict, NotSignedIn, TooMany
from contracts.identity import EnterCode, SessionToken, SignIn, SignInResult, SignInState
from contracts.notify import NotifyApi, SendCode
from services.identity import hashing, secrets
from services.identity.commands import audit, codes, limits, sessions
from services.identity.commands.accounts import find_by_name
from services.identity.config import identity_settings
from services.identity.models import Account, AccountRole, Role
from services.identity.rules.names import key_of, phone_hint

notify = client(NotifyApi)


def sign_in(call: Call, request: SignIn) -> SignInResult:
    """A session, or a challenge; raises NotSignedIn, TooMany."""
    tries = _count_try(call, request.username, request.address)
    if request.password is None:
        return _code_instead(call, request)
    account = find_by_name(call.session, request.username)
    call.checkpoint()
    right = hashing.is_right(account.password_hash if account else None, request.password)
    if account is None or not right or account.disabled:
        _note(call, account, audit.REFUSED, request.address)
        call.checkpoint()
        raise NotSignedIn("User name or password is wrong.", code="wrong_credentials")
    _give_back(call.session, call, tries)
    if account.password_hash and hashing.is_outdated(account.password_hash):
        _rehash(call, account.id, request)
    if request.previous_session:
        sessions.end_session(call.session, request.previous_session)
    if not _needs_code(call.session, account):
        return _signed_in(call, account.id, request.address)
    challenge_id = _send_code(call, account)
    return SignInResult(
        state=SignInState.CODE_REQUIRED, challenge_id=challenge_id, phone_hint=phone_hint(account.phone or "")
    )


def enter_code(call: Call, request: EnterCode) -> SignInResult:
    """A session for the right code; raises NotSignedIn otherwise, and whatever code after five wrong ones."""
    _limit_address(call.session, call, request.address)
    challenge = codes.count_try(call.session, request.challenge_id, call.now)
    call.checkpoint()
    given = secrets.stored_code(request.challenge_id, request.code)
    right = challenge is not None and secrets.same(challenge.code_hash, given)
    if challenge is None or not right or not codes.use(call.session, challenge.id, call.now):
        audit.note(
            call.session,
            call.now,
            "sign_in.code",
            actor="anonymous",
            subject=challenge.account_id if challenge else "",
            outcome=audit.REFUSED,
            address=request.address,
        )
        call.checkpoint()
        raise NotSignedIn("This code is wrong or too old; sign in again for a new one.", code="wrong_code")
    limits.give_back(call.session, _address_key(request.address), call.now)
    account = call.session.get_one(Account, challenge.account_id)
    if account.disabled:
        raise NotSignedIn("User name or password is wrong.", code="wrong_credentials")
    return _signed_in(call, account.id, request.address)


def sign_out(call: Call, request: SessionToken) -> None:
    """End the session; ending it twice is fine."""
    account_id = sessions.end_session(call.session, request.token)
    if account_id is not None:
        audit.note(call.session, call.now, "sign_out", actor=f"account:{account_id}")


def _signed_in(call: Call, account_id: UUID, address: str) -> SignInResult:
    token = sessions.open_session(call.session, account_id, call.now)
    audit.note(call.session, call.now, "sign_in", actor=f"account:{account_id}", subject=account_id, address=address)
    return SignInResult(state=SignInState.SIGNED_IN, session_token=token)


def _code_instead(call: Call, request: SignIn) -> SignInResult:
    """Always a challenge, so that the answer does not tell which names exist."""
    account = find_by_name(call.session, request.username)
    call.checkpoint()
    if account is None or account.disabled or not account.code_instead or account.phone is None:
        return SignInResult(state=SignInState.CODE_REQUIRED, challenge_id=uuid4())
    try:
        challenge_id = _send_code(call, account)
    except TooMany:
        challenge_id = uuid4()
    return SignInResult(state=SignInState.CODE_REQUIRED, challenge_id=challenge_id)


def _send_code(call: Call, account: Account) -> UUID:
    if account.phone is None:
        raise Conflict("A code is needed, but no mobile number is known; ask the office.", code="phone_missing")
    sent = codes.new_code(call.session, account.id, call.now)
    _note(call, account, audit.ASKED_FOR_CODE, "")
    call.checkpoint()
    notify.send_code(SendCode(id=sent.challenge_id, phone=account.phone, code=sent.code, language=account.language))
    return sent.challenge_id


def _needs_code(session: Session, account: Account) -> bool:
    by_role = (
        select(func.count())
        .select_from(AccountRole)
        .join(Role, Role.code == AccountRole.role_code)
        .where(AccountRole.account_id == account.id, Role.sms_code)
    )
    return account.sms_code or bool(session.scalar(by_role))


def _rehash(call: Call, account_id: UUID, request: SignIn) -> None:
    """Store the password's hash anew, with today's parameters."""
    assert request.password is not None
    call.checkpoint()
    new_hash = hashing.hash_password(request.password)
    call.session.get_one(Account, account_id).password_hash = new_hash


def _note(call: Call, account: Account | None, outcome: str, address: str) -> None:
    subject = account.id if account else ""
    audit.note(call.session, call.now, "sign_in", actor="anonymous", subject=subject, outcome=outcome, address=address)


def _account_key(username: str) -> str:
    return f"sign-in:name:{secrets.keyed('limit', key_of(username)).hex()[:32]}"


def _address_key(address: str) -> str:
    return f"sign-in:address:{address}"


def _count_try(call: Call, username: str, address: str) -> list[str]:
    settings = identity_settings()
    key = _account_key(username)
    _limit_address(call.session, call, address)
    limits.take_or_refuse(call.session, key, settings.failures_per_account, settings.failure_window, call.now)
    call.checkpoint()
    return [_address_key(address), key]


def _limit_address(session: Session, call: Call, address: str) -> None:
    settings = identity_settings()
    limits.take_or_refuse(
        session, _address_key(address), settings.failures_per_address, settings.failure_window, call.now
    )


def _give_back(session: Session, call: Call, keys: list[str]) -> None:
    """In the order in which they were taken: another order is a deadlock with who takes them now."""
    for key in keys:
        limits.give_back(session, key, call.now)
