"""Signing in with password and code, sessions, brute force."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis import clock, rpc
from chassis.access import authorise
from chassis.database import database_of
from chassis.ids import new_id
from chassis.principals import verify
from contracts.base import ById, methods_of
from contracts.errors import NotSignedIn, TooMany
from contracts.identity import (
    ChangePassword,
    CreateAccount,
    EnterCode,
    IdentityApi,
    SessionToken,
    SignIn,
    UpdateAccount,
)
from contracts.notify import SendCode
from services.identity import hashing
from services.identity.config import identity_settings
from services.identity.process import sign_in as process

PASSWORD = "kaksi kuusta kolme kantoa"


@pytest.fixture(autouse=True)
def empty(clean_database):
    clean_database("identity")


@pytest.fixture
def sent(monkeypatch):
    """Codes that went to notify, by phone number."""
    found: list[SendCode] = []

    class Notify:
        def send_code(self, request):
            assert rpc.CURRENT.get().in_transaction is False
            found.append(request)

    monkeypatch.setattr(process, "notify", Notify())
    return found


@pytest.fixture
def make(call_service):
    def account(username="aino", **details):
        request = CreateAccount(username=username, password=details.pop("password", PASSWORD), **details)
        return call_service("identity", "create_account", request)

    return account


@pytest.fixture
def enter(call_service):
    def sign_in(username="aino", password=PASSWORD, **more):
        return call_service("identity", "sign_in", SignIn(username=username, password=password, **more))

    return sign_in


def principal_of(call_service, token):
    return call_service("identity", "get_session_principal", SessionToken(token=token))


def test_I1_password_opens_a_session_with_the_accounts_rights(call_service, make, enter):
    account = make(roles=["treasurer"])
    result = enter()
    assert result.state == "signed_in"
    found = principal_of(call_service, result.session_token)
    assert found.account_id == account.id
    assert "payments.write" in found.permissions
    principal = verify(found.token, clock.now())
    assert principal.id == str(account.id)
    assert principal.expires_at - clock.now() <= timedelta(seconds=60)


def test_I1_names_are_compared_without_case_and_the_e_mail_address_works_too(make, enter):
    make("Väinö", email="Vaino@example.org")
    assert enter("VÄINÖ").state == "signed_in"
    assert enter("vaino@EXAMPLE.org").state == "signed_in"


@pytest.mark.parametrize("username", ["aino", "nobody", "disabled"])
def test_I1_wrong_passwords_unknown_names_and_disabled_accounts_get_one_answer(call_service, make, enter, username):
    make()
    off = make("disabled")
    call_service("identity", "update_account", UpdateAccount(id=off.id, version=1, disabled=True))
    with pytest.raises(NotSignedIn) as refused:
        enter(username, PASSWORD if username == "disabled" else "wrong password")
    assert (refused.value.error_code, refused.value.message) == ("wrong_credentials", "User name or password is wrong.")


def test_I1_only_the_hash_of_a_session_is_stored_and_it_changes_at_each_sign_in(make, enter):
    make()
    first, second = enter().session_token, enter().session_token
    assert first != second
    with database_of("identity").reader() as reader:
        rows = reader.execute(text("SELECT to_jsonb(s)::text FROM sessions s")).scalars().all()
    assert len(rows) == 2
    assert not any(first in row or second in row for row in rows)


def test_I1_a_session_is_dead_after_sign_out_sign_in_anew_password_change_and_disabling(call_service, make, enter):
    account = make()
    dead = []
    token = enter().session_token
    call_service("identity", "sign_out", SessionToken(token=token))
    dead.append(token)
    dead.append(enter().session_token)
    enter(previous_session=dead[-1])
    token = enter().session_token
    owner = verify(principal_of(call_service, token).token, clock.now())
    change = ChangePassword(old_password=PASSWORD, new_password="neljä vuodenaikaa ja kevät")
    call_service("identity", "change_password", change, principal=owner)
    dead.append(token)
    token = enter(password="neljä vuodenaikaa ja kevät").session_token
    call_service("identity", "update_account", UpdateAccount(id=account.id, version=1, disabled=True))
    dead.append(token)
    for each in dead:
        with pytest.raises(NotSignedIn):
            principal_of(call_service, each)


def test_a_session_ends_when_it_was_idle_too_long(call_service, make, enter):
    make()
    token = enter().session_token
    with database_of("identity").transaction() as session:
        session.execute(
            text("UPDATE sessions SET last_seen_at = now() - :idle"),
            {"idle": identity_settings().session_idle + timedelta(minutes=1)},
        )
    with pytest.raises(NotSignedIn):
        principal_of(call_service, token)


def test_I2_a_code_follows_the_password_and_works_once(call_service, make, enter, sent):
    make(phone="040 123 4567", sms_code=True)
    asked = enter()
    assert asked.state == "code_required"
    assert asked.session_token is None
    assert asked.phone_hint == "•••567"
    assert sent[0].phone == "+358401234567"
    assert re.fullmatch(r"[0-9]{6}", sent[0].code)
    request = EnterCode(challenge_id=asked.challenge_id, code=sent[0].code)
    done = call_service("identity", "enter_code", request)
    assert principal_of(call_service, done.session_token).username == "aino"
    with pytest.raises(NotSignedIn):
        call_service("identity", "enter_code", request)


def test_I2_a_role_can_ask_for_the_code(call_service, make, enter, sent):
    from contracts.identity import SaveRole

    call_service("identity", "save_role", SaveRole(code="board", name="Board", permissions=[], sms_code=True))
    make(phone="+358401234567", roles=["board"])
    assert enter().state == "code_required"


def test_I2_five_wrong_codes_end_the_challenge_even_for_the_right_one(call_service, make, enter, sent):
    make(phone="+358401234567", sms_code=True)
    asked = enter()
    wrong = f"{(int(sent[0].code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            call_service("identity", "enter_code", EnterCode(challenge_id=asked.challenge_id, code=wrong))
    with pytest.raises(NotSignedIn):
        call_service("identity", "enter_code", EnterCode(challenge_id=asked.challenge_id, code=sent[0].code))


def test_I2_parallel_guesses_never_get_more_than_five_tries(call_service, make, enter, sent):
    make(phone="+358401234567", sms_code=True)
    asked = enter()
    outcomes: list[str] = []

    def guess(number):
        code = f"{(int(sent[0].code) + 1 + number) % 1_000_000:06d}"
        try:
            call_service("identity", "enter_code", EnterCode(challenge_id=asked.challenge_id, code=code))
        except (NotSignedIn, TooMany) as error:
            outcomes.append(error.error_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert outcomes == ["wrong_code"] * 16
    with database_of("identity").reader() as reader:
        assert reader.execute(text("SELECT tries FROM challenges")).scalar() == 5


def test_I2_a_code_is_too_old_after_five_minutes_and_belongs_to_one_challenge(call_service, make, enter, sent):
    make(phone="+358401234567", sms_code=True)
    make("eila", phone="+358401234568", sms_code=True)
    first, second = enter(), enter("eila")
    with pytest.raises(NotSignedIn):
        call_service("identity", "enter_code", EnterCode(challenge_id=second.challenge_id, code=sent[0].code))
    with database_of("identity").transaction() as session:
        session.execute(text("UPDATE challenges SET expires_at = now() - interval '1 second'"))
    with pytest.raises(NotSignedIn):
        call_service("identity", "enter_code", EnterCode(challenge_id=first.challenge_id, code=sent[0].code))


def test_I2_at_most_three_codes_in_ten_minutes_also_when_asked_for_in_parallel(make, enter, sent):
    make(phone="+358401234567", sms_code=True)
    refused: list[str] = []

    def ask():
        try:
            enter()
        except TooMany as error:
            refused.append(error.error_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(sent) == 3
    assert refused == ["too_many_codes"] * 5


def test_I2_codes_are_stored_hashed(make, enter, sent):
    make(phone="+358401234567", sms_code=True)
    enter()
    with database_of("identity").reader() as reader:
        for table in ("challenges", "audit_entries", "handled_commands", "outbox"):
            rows = reader.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars().all()
            assert not any(sent[0].code in re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|T[0-9:.]+", "", row) for row in rows)


def test_I2_the_code_can_stand_in_for_the_password_and_tells_nobody_which_names_exist(call_service, make, enter, sent):
    make(phone="+358401234567", code_instead=True)
    make("only-password")
    unknown, other = enter("nobody", None), enter("only-password", None)
    right = enter("aino", None)
    assert {each.state for each in (unknown, other, right)} == {"code_required"}
    assert {each.phone_hint for each in (unknown, other, right)} == {""}
    assert len(sent) == 1
    done = call_service("identity", "enter_code", EnterCode(challenge_id=right.challenge_id, code=sent[0].code))
    assert done.state == "signed_in"


def test_wrong_passwords_are_limited_per_name_known_or_not(make, enter):
    make()
    for name in ("aino", "nobody"):
        for _ in range(identity_settings().failures_per_account):
            with pytest.raises(NotSignedIn):
                enter(name, "wrong password")
        with pytest.raises(TooMany):
            enter(name, PASSWORD)


def test_right_passwords_do_not_use_up_the_limit(make, enter):
    make()
    for _ in range(identity_settings().failures_per_account + 3):
        enter()


@pytest.mark.parametrize("name", ["aino", "nobody", "without-password"])
def test_an_unknown_name_costs_a_guesser_the_same_work(make, enter, monkeypatch, name):
    """One check of a hash with the same parameters, which is what takes the time."""
    make()
    make("without-password", password=None)
    checked = []

    def run(work, stored, *more):
        checked.append(stored.rpartition("$")[0].rpartition("$")[0])
        return work(stored, *more)

    with pytest.raises(NotSignedIn):
        enter("nobody", "wrong password")
    monkeypatch.setattr(hashing.native, "run", run)
    with pytest.raises(NotSignedIn):
        enter(name, "wrong password")
    parameters = f"m={identity_settings().hash_memory_kib},t={identity_settings().hash_rounds},p=1"
    assert checked == [f"$argon2id$v=19${parameters}"]


def test_the_audit_log_tells_sign_ins_without_what_was_typed(call_service, make, enter):
    from contracts.base import ListRequest

    account = make()
    enter(address="192.0.2.7")
    with pytest.raises(NotSignedIn):
        enter("aino", "my secret by mistake")
    log = call_service("identity", "list_audit", ListRequest()).data
    assert [(each.action, each.outcome) for each in log[:2]] == [("sign_in", "refused"), ("sign_in", "ok")]
    assert log[1].address == "192.0.2.7"
    assert log[0].subject == str(account.id)
    assert "mistake" not in str(log)


def test_only_the_gateway_takes_rate_limits():
    from contracts.access import Principal, PrincipalKind
    from contracts.errors import NotAllowed

    method = methods_of(IdentityApi)["take_rate_limit"]
    authorise(method, Principal(kind=PrincipalKind.SYSTEM, id="gateway"))
    with pytest.raises(NotAllowed):
        authorise(method, Principal(kind=PrincipalKind.API_KEY, id=str(new_id())))


def test_reading_a_foreign_account_needs_a_right(call_service, make):
    from contracts.errors import NotAllowed
    from tests.integration.conftest import member

    account = make()
    with pytest.raises(NotAllowed):
        call_service("identity", "get_account", ById(id=account.id), principal=member(new_id()))
