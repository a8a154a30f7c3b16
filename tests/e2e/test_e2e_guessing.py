"""Guessing at the door: wrong passwords and codes to the limit, codes of others, sessions that have ended (I1, I2)."""

import re

import httpx
import pytest

from chassis.ids import new_id
from services.identity.config import IdentitySettings
from tests import members

LIMITS = IdentitySettings()


def once(whole, path, body=None, **options):
    """One request by somebody new, and never a second when the door says wait."""
    address = f"{whole.base_url}{path}"
    if body is not None:
        options["json"] = body
    return httpx.request("POST", address, trust_env=False, timeout=30, **options)


def account(whole, **details):
    """(user name, phone) of a new account with a code by SMS after the password."""
    username, phone = f"arvaus-{new_id().hex[-8:]}", f"+35841{int(new_id().hex[-7:], 16) % 10_000_000:07d}"
    wanted = {"username": username, "password": members.PASSWORD, "phone": phone, "sms_code": True}
    whole.api.post("/accounts", wanted | details)
    return username, phone


def challenge(whole, username, phone):
    """The challenge after the right password, and the code that came."""
    answer = once(whole, "/api/v1/sign-in", {"username": username, "password": members.PASSWORD}).json()
    assert (answer["state"], answer["phone_hint"]) == ("code_required", f"•••{phone[-3:]}")
    message = whole.sms.wait_for(phone)
    return answer["challenge_id"], re.findall(r"\b[0-9]{6}\b", message["body"])[0]


def enter(whole, challenge_id, code):
    return once(whole, "/api/v1/sign-in/code", {"challenge_id": challenge_id, "code": code})


def other(code, step=1):
    return f"{(int(code) + step) % 1_000_000:06d}"


def test_I2_after_five_wrong_codes_the_right_one_opens_nothing(whole):
    username, phone = account(whole)
    challenge_id, code = challenge(whole, username, phone)
    answers = [enter(whole, challenge_id, other(code, step)) for step in range(1, LIMITS.code_tries + 1)]
    answers.append(enter(whole, challenge_id, code))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "wrong_code")}
    assert "Sign in again" in answers[-1].json()["detail"]
    assert "set-cookie" not in answers[-1].headers
    again = challenge_after(whole, username, phone, code)
    assert enter(whole, *again).status_code == 200


def challenge_after(whole, username, phone, old):
    """A new challenge whose code came after the old one."""
    challenge_id = once(whole, "/api/v1/sign-in", {"username": username, "password": members.PASSWORD}).json()[
        "challenge_id"
    ]
    codes = lambda: [re.findall(r"\b[0-9]{6}\b", each["body"])[0] for each in whole.sms.messages(phone)]  # noqa: E731
    newest = members.wait_until(lambda: codes()[0] if len(codes()) > 1 else None, 180, "a second code")
    return challenge_id, newest


def test_I2_a_code_opens_its_own_challenge_once(whole):
    one, another = (challenge(whole, *account(whole)) for _ in range(2))
    crossed = [enter(whole, one[0], another[1]), enter(whole, another[0], one[1])]
    assert one[1] == another[1] or [each.status_code for each in crossed] == [401, 401]
    shapes = [
        ("12345", 422), ("1234567", 422), ("１２３４５６", 422), ("12345a", 422), ("", 422), (one[1] + "\n", 422),
        (int(one[1]), 422), (None, 422),
    ]  # fmt: skip
    assert [enter(whole, one[0], code).status_code for code, _ in shapes] == [status for _, status in shapes]
    assert enter(whole, str(new_id()), one[1]).status_code == 401
    assert enter(whole, "x", one[1]).status_code == 422
    right = enter(whole, *one)
    assert (right.status_code, right.json()["state"]) == (200, "signed_in")
    assert enter(whole, *one).status_code == 401


def test_I1_after_ten_wrong_passwords_the_right_one_waits(whole):
    username, _ = account(whole, sms_code=False)
    tries = [
        once(whole, "/api/v1/sign-in", {"username": username, "password": f"wrong {number}"})
        for number in range(LIMITS.failures_per_account)
    ]
    assert {(each.status_code, each.json()["code"]) for each in tries} == {(401, "wrong_credentials")}
    right = {"username": username.upper(), "password": members.PASSWORD}
    refused = once(whole, "/api/v1/sign-in", right)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert 0 < int(refused.headers["Retry-After"]) <= LIMITS.failure_window.total_seconds()
    assert "set-cookie" not in refused.headers
    visitor = whole.visitor()
    csrf = visitor.page("/sign-in").xpath("//input[@name='csrf_token']/@value")[0]
    form = right | {"csrf_token": csrf}
    page = once(whole, "/sign-in", data=form, cookies=visitor.cookies())
    assert (page.status_code, "talkoo_session" in page.headers.get("set-cookie", "")) == (429, False)
    nobody = [once(whole, "/api/v1/sign-in", {"username": f"{username}-x", "password": "wrong"}) for _ in range(2)]
    assert [each.status_code for each in nobody] == [401, 401]  # others are not held up


@pytest.mark.parametrize("username", ["\0", "a\0b", "x" * 255, "", "\u202e", None, 5, ["a"]])
def test_names_that_cannot_be_are_refused(whole, username):
    answer = once(whole, "/api/v1/sign-in", {"username": username, "password": "wrong"})
    assert answer.status_code in {401, 422}, answer.text


def test_I1_a_session_cookie_is_dead_after_sign_out_on_pages_and_in_the_api(whole):
    member = members.new_member(whole, "Poistuja")
    cookies = member.visitor.cookies()
    assert member.send("/sign-out").status_code == 302
    for _ in range(4):  # whichever worker answers
        api = httpx.get(f"{whole.base_url}/api/v1/me", cookies=cookies, trust_env=False)
        page = httpx.get(f"{whole.base_url}/my", cookies=cookies, trust_env=False)
        assert (api.status_code, api.json()["code"]) == (401, "session_ended")
        assert (page.status_code, page.headers["Location"]) == (302, "/sign-in?next=/my")
