"""What outside companies tell us, over HTTP: forged, altered or unsigned it has no effect, repeated no second one.

Signatures are made by the simulators' own code with the suite's real secrets.
"""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from chassis.ids import new_id
from ops.simulators.paytrail.protocol import signature as paytrail_signature
from ops.simulators.twilio.statuses import signature as twilio_signature
from tests import members

CALLBACK, RETURN = "/api/v1/payments/providers/paytrail/callback", "/payments/paytrail/return"
STATUS = "/api/v1/messages/providers/twilio/status"
NO_EFFECT = {"forged_notice", "notice_mismatch", "unknown_payment"}


def buyer(whole, name):
    """A member with a held seat and an open payment of it."""
    member = members.new_member(whole, name)
    members.enrol(whole, member, members.new_session(whole))
    payment = member.visitor.post("/payments", {"order_id": member.facts["orders"]})
    member.facts["payments"] = payment["id"]
    member.transaction = payment["pay_url"].rstrip("/").rpartition("/")[2]
    return member


def notice_of(whole, member):
    """The provider takes the money and tells nobody; the signed notice that the payer's browser would carry."""
    return dict(parse_qsl(urlsplit(whole.payments.pay(member.transaction, deliver=0)).query))


@pytest.fixture(scope="module")
def secret(whole):
    return whole.suite.companies["payments"].variables["PAYTRAIL_SECRET"]


def signed(notice, secret, **changes):
    """The notice with other values, signed with a secret."""
    values = {name: value for name, value in notice.items() if name != "signature"}
    values |= {f"checkout-{name}": value for name, value in changes.items()}
    return values | {"signature": paytrail_signature(secret, values)}


def forgeries(notice, other, secret):
    """What is wrong with a notice, and the notice; `other` is one about another payment."""
    unsigned = {name: value for name, value in notice.items() if name != "signature"}
    yield "nothing at all", {}
    yield "not signed", unsigned
    yield "an empty signature", unsigned | {"signature": ""}
    yield "zeros", unsigned | {"signature": "0" * 64}
    yield "a secret of one's own", signed(notice, "guessed")
    yield "upper case", notice | {"signature": notice["signature"].upper()}
    yield "the signature of another", notice | {"signature": other["signature"]}
    yield "another algorithm", notice | {"checkout-algorithm": "md5"}
    yield "no algorithm", notice | {"checkout-algorithm": "none"}
    yield "a signed field more", notice | {"checkout-extra": "1"}
    for name in ("account", "amount", "stamp", "reference", "transaction-id", "status", "provider"):
        yield f"an altered {name}", notice | {f"checkout-{name}": f"{notice[f'checkout-{name}']}0"}
        yield f"no {name}", {field: value for field, value in notice.items() if field != f"checkout-{name}"}
    yield "lost among many", {f"checkout-a{number}": "x" for number in range(60)} | notice
    # what the provider itself would have to get wrong
    yield "less money", signed(notice, secret, amount="1")
    yield "more money", signed(notice, secret, amount="99999999")
    yield "negative money", signed(notice, secret, amount="-12000")
    yield "no money", signed(notice, secret, amount="")
    yield "the money of another", signed(notice, secret, **{"transaction-id": other["checkout-transaction-id"]})
    yield "a payment of nobody", signed(notice, secret, stamp=str(new_id()))
    yield "no payment", signed(notice, secret, stamp="x" * 300)
    yield "an unheard-of status", signed(notice, secret, status="paid")
    yield "another shop", signed(notice, secret, account="1")


def test_E4_notices_that_are_not_the_providers_have_no_effect(whole, secret):
    member, other = buyer(whole, "Ostaja"), buyer(whole, "Toinen")
    notice, other_notice = notice_of(whole, member), notice_of(whole, other)
    visitor, wrong = whole.visitor(), []
    for name, parameters in forgeries(notice, other_notice, secret):
        told = visitor.ask("GET", CALLBACK, params=parameters)
        shown = visitor.ask("GET", RETURN, params=parameters)
        if (told.status_code, shown.status_code) != (422, 422) or told.json()["code"] not in NO_EFFECT | {"invalid"}:
            wrong.append((name, told.status_code, shown.status_code, told.text[:200]))
    assert wrong == []
    twice = [("checkout-amount", "1"), *notice.items()]
    assert visitor.ask("GET", CALLBACK, params=twice).status_code == 422
    assert visitor.ask("POST", CALLBACK, params=notice).status_code == 405
    for each in (member, other):
        assert whole.api.get(f"/payments/{each.facts['payments']}")["state"] == "pending"
        assert whole.api.get(f"/orders/{each.facts['orders']}")["state"] == "open"
        assert whole.api.get("/invoices", customer_id=each.person_id)["data"] == []
    for each, true in ((member, notice), (other, other_notice)):
        assert visitor.ask("GET", CALLBACK, params=true).json()["fresh"] is True
        members.wait_until(lambda each=each: things(whole, each)["enrolment"]["ticket_key"], 180, "the ticket")


def things(whole, member):
    """All that came of the member's money."""
    return {
        "payment": whole.api.get(f"/payments/{member.facts['payments']}"),
        "order": whole.api.get(f"/orders/{member.facts['orders']}"),
        "enrolment": whole.api.get(f"/enrolments/{member.facts['enrolments']}"),
        "invoices": whole.api.get("/invoices", customer_id=member.person_id)["data"],
        "refunds": whole.api.get("/refunds", payment_id=member.facts["payments"])["data"],
    }


def test_E4_a_notice_counts_once_however_often_and_late_it_comes(whole, secret):
    member = buyer(whole, "Kertoja")
    notice = notice_of(whole, member)
    address = f"{whole.base_url}{CALLBACK}"
    with ThreadPoolExecutor(8) as pool:
        ask = lambda _: httpx.get(address, params=notice, trust_env=False, timeout=30)  # noqa: E731
        answers = list(pool.map(ask, range(8)))
    settled = [answer for answer in answers if answer.status_code == 200]
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {200, 409, 503}
    fresh = sum(answer.json()["fresh"] for answer in settled)
    assert fresh == 1 or (fresh == 0 and 503 in statuses), "the one that counts may be answered too late"
    state = lambda: things(whole, member)  # noqa: E731
    members.wait_until(lambda: state()["enrolment"]["ticket_key"], 180, "the ticket")
    members.wait_until(lambda: state()["invoices"] and state()["invoices"][0]["document_key"], 180, "the receipt")
    paid, visitor = state(), whole.visitor()
    assert (paid["payment"]["state"], paid["order"]["state"], paid["enrolment"]["state"]) == (
        "captured", "paid", "confirmed",
    )  # fmt: skip
    assert len(paid["invoices"]) == 1
    for parameters in (notice, signed(notice, secret, status="fail"), signed(notice, secret, status="pending"), notice):
        repeated = visitor.ask("GET", CALLBACK, params=parameters)
        assert (repeated.status_code, repeated.json()["fresh"], repeated.json()["state"]) == (200, False, "captured")
        assert visitor.ask("GET", RETURN, params=parameters).status_code == 200
    assert state() == paid


def test_E4_an_old_notice_does_not_undo_a_refund(whole, secret):
    member = buyer(whole, "Peruja")
    notice = notice_of(whole, member)
    assert whole.visitor().ask("GET", CALLBACK, params=notice).json()["fresh"] is True
    members.wait_until(lambda: things(whole, member)["enrolment"]["state"] == "confirmed" or None, 180, "the seat")
    member.visitor.post(f"/enrolments/{member.facts['enrolments']}/cancel", {"reason": "Sairastuin"})
    members.wait_until(lambda: things(whole, member)["payment"]["state"] == "refunded" or None, 180, "the refund")
    refund = things(whole, member)["refunds"][0]
    members.wait_until(lambda: len(things(whole, member)["invoices"]) == 2 or None, 180, "the credit note")
    documents = lambda: [each["document_key"] for each in things(whole, member)["invoices"]]  # noqa: E731
    members.wait_until(lambda: all(documents()) or None, 180, "both documents")
    before = things(whole, member)
    of_refund = {"stamp": refund["id"], "amount": notice["checkout-amount"]}
    for parameters in (
        notice,
        signed(notice, "guessed", **of_refund),
        signed(notice, secret, status="fail", **of_refund),
    ):
        whole.visitor().ask("GET", CALLBACK, params=parameters)
    assert things(whole, member) == before


class Sms:
    """The suite's account at the SMS provider."""

    def __init__(self, whole):
        variables = whole.suite.companies["sms"].variables
        self.base_url, self.account = whole.base_url, variables["TWILIO_ACCOUNT_SID"]
        self.secret = variables["TWILIO_AUTH_TOKEN"]

    def form(self, status, **changes):
        code = {"ErrorCode": "30003"} if status in {"failed", "undelivered"} else {}
        return {"AccountSid": self.account, "MessageSid": "SM" + "1" * 32, "MessageStatus": status} | code | changes

    def sign(self, path, form, secret=""):
        return {"X-Twilio-Signature": twilio_signature(secret or self.secret, self.base_url + path, form)}


def sent_code(whole):
    """The id of a text message that has arrived; its state is told by `GET /messages/{id}`."""
    number = f"+35840{int(new_id().hex[-7:], 16) % 10_000_000:07d}"
    account = {"username": f"sms-{new_id().hex[-8:]}", "password": members.PASSWORD, "phone": number, "sms_code": True}
    whole.api.post("/accounts", account)
    wanted = {"username": account["username"], "password": members.PASSWORD}
    challenge = whole.visitor().post("/sign-in", wanted)["challenge_id"]
    whole.sms.wait_for(number)
    arrived = lambda: whole.api.get(f"/messages/{challenge}")["state"] == "delivered"  # noqa: E731
    members.wait_until(lambda: arrived() or None, 180, "the provider's report")
    return challenge


def test_N5_reports_that_are_not_the_providers_have_no_effect_and_true_ones_have_one(whole):
    sms, message, another = Sms(whole), sent_code(whole), sent_code(whole)
    path, failed = f"{STATUS}?message={message}", sms.form("failed")
    good = sms.sign(path, failed)
    forged = {
        "not signed": (path, failed, {}),
        "an empty signature": (path, failed, {"X-Twilio-Signature": ""}),
        "garbage": (path, failed, {"X-Twilio-Signature": "é".encode()}),
        "a secret of one's own": (path, failed, sms.sign(path, failed, "guessed")),
        "an altered status": (path, failed, sms.sign(path, sms.form("delivered"))),
        "an altered field": (path, failed | {"MessageSid": "SM2"}, good),
        "a field more": (path, failed | {"More": "1"}, good),
        "another message": (f"{STATUS}?message={another}", failed, good),
        "an address more": (f"{path}&x=1", failed, good),
        "another account": (path, other := sms.form("failed", AccountSid="AC1"), sms.sign(path, other)),
        "no fields": (path, {}, good),
        "too many fields": (path, {f"A{number}": "x" for number in range(80)} | failed, good),
    }
    visitor = whole.visitor()
    answers = {
        name: visitor.ask("POST", address, data=form, headers=dict(headers)).status_code
        for name, (address, form, headers) in forged.items()
    }
    assert answers == dict.fromkeys(forged, 403)
    assert [whole.api.get(f"/messages/{each}")["state"] for each in (message, another)] == ["delivered"] * 2
    assert visitor.ask("POST", path, data=failed, headers=dict(good)).status_code == 204
    told = whole.api.get(f"/messages/{message}")
    assert (told["state"], told["error"]) == ("permanent-failure", "provider code 30003")
    for form in (failed, sms.form("delivered"), sms.form("sent"), sms.form("unheard-of")):
        assert visitor.ask("POST", path, data=form, headers=sms.sign(path, form)).status_code == 204
    assert whole.api.get(f"/messages/{message}") == told
    assert whole.api.get(f"/messages/{another}")["state"] == "delivered"


def test_N5_a_true_report_about_no_text_message_changes_nothing(whole):
    sms, member = Sms(whole), members.new_member(whole, "Postia")
    members.join(whole, member)
    mail = members.first_message(whole, member)
    before = whole.api.get(f"/messages/{mail}")
    form, visitor = sms.form("failed"), whole.visitor()
    for named, status in ((mail, 204), (new_id(), 204), ("nothing", 422), ("", 422)):
        path = f"{STATUS}?message={named}"
        assert visitor.ask("POST", path, data=form, headers=sms.sign(path, form)).status_code == status
    assert whole.api.get(f"/messages/{mail}") == before
