"""Personal links over HTTP (I3): one opens one thing for one purpose, until it is used, withdrawn or too old."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.principals import system_principal
from contracts.access import LinkPurpose
from ops.demo.stage import link_in, text_of
from tests import members
from tests.e2e.broker import Ask, Stranger, token
from tests.gateway_pages import page_rules

LEAVING = "/unsubscribe/<token>"
COMING_BACK = f"{LEAVING}/undo"
OPENS = {
    "/join/follow/<token>": {LinkPurpose.FOLLOW_APPLICATION},
    "/my/password/<token>": {LinkPurpose.SET_PASSWORD, LinkPurpose.FIRST_ADMINISTRATOR},
    "/offer/<token>": {LinkPurpose.TAKE_OFFER},
    "/offer/<token>/pay": {LinkPurpose.TAKE_OFFER},
    "/pay/<token>": {LinkPurpose.PAY_INVOICE},
    "/pay/<token>/invoice.pdf": {LinkPurpose.PAY_INVOICE},
    "/details/<token>/thanks": {LinkPurpose.CHECK_DETAILS},
    "/details/<token>/correct": {LinkPurpose.CHECK_DETAILS},
    "/details/<token>": {LinkPurpose.CHECK_DETAILS},
    "/survey/<token>/thanks": {LinkPurpose.ANSWER_SURVEY},
    "/survey/<token>": {LinkPurpose.ANSWER_SURVEY},
}
"""What each page of a link is for. Unsubscribing has tokens of its own."""
SHOWN = {purpose: rule for rule, purposes in OPENS.items() for purpose in purposes if not rule.endswith("/pay")}
NEW_PASSWORD = "neljä erilaista sanaa"


class Links:
    """Makes links as the suite's services do: by a call of their own to identity."""

    def __init__(self, whole):
        self._suite = whole.suite
        self._as_notify = Stranger(whole.suite, "notify")

    def issue(self, purpose, person=None, thing=None, lives=timedelta(days=1)):
        """(id, token) of a new link."""
        link_id = str(new_id())
        wanted = {
            "id": link_id,
            "purpose": purpose,
            "person_id": person,
            "object_id": thing,
            "expires_at": (datetime.now(UTC) + lives).isoformat(),
        }
        signed = token(system_principal("notify"), self._suite.wiring.signing_keys["notify"], "notify")
        (reply,) = self._as_notify.ask([Ask("identity", "issue_link", signed, wanted)])
        assert reply["error"] is None, reply
        return link_id, reply["result"]["token"]

    def close(self):
        self._as_notify.close()


@pytest.fixture(scope="module")
def links(whole):
    made = Links(whole)
    yield made
    made.close()


@pytest.fixture(scope="module")
def owner(whole):
    """A member with an unpaid invoice and a held seat."""
    member = members.new_member(whole, "Linkkila")
    members.join(whole, member)
    members.enrol(whole, member, members.new_session(whole))
    members.first_message(whole, member)
    return member


@pytest.fixture(scope="module")
def opened(whole, owner):
    """Person and thing that a link of each purpose names."""
    kind = whole.api.get("/membership-types")["data"][0]["id"]
    applicant = {"given_name": "Hakija", "family_name": "Linkkinen", "email": f"{new_id()}@example.org"}
    application = whole.visitor().post("/applications", {"membership_type_id": kind, "accepts_terms": True} | applicant)
    seat, invoice = owner.facts["enrolments"], owner.facts["invoices"]
    return {
        LinkPurpose.FOLLOW_APPLICATION: (application["person_id"], application["id"]),
        LinkPurpose.SET_PASSWORD: (owner.person_id, None),
        LinkPurpose.FIRST_ADMINISTRATOR: (None, None),
        LinkPurpose.TAKE_OFFER: (owner.person_id, seat),
        LinkPurpose.SHOW_TICKET: (owner.person_id, seat),
        LinkPurpose.PAY_INVOICE: (owner.person_id, invoice),
        LinkPurpose.ANSWER_SURVEY: (owner.person_id, a_survey(whole)),
        LinkPurpose.CHECK_DETAILS: (owner.person_id, str(new_id())),
        LinkPurpose.UNSUBSCRIBE: (owner.person_id, owner.facts["messages"]),
    }


def a_survey(whole):
    question = {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}}
    survey = whole.api.post("/surveys", {"title": {"fi": "Kysely"}, "questions": [question]})
    return whole.api.post(f"/surveys/{survey['id']}/publish", {"version": 1})["id"]


def browser(whole):
    """A visitor who has seen a form of ours."""
    visitor = whole.visitor()
    visitor.csrf = visitor.page("/sign-in").xpath("//input[@name='csrf_token']/@value")[0]
    return visitor


def test_I3_a_link_made_for_one_thing_opens_no_other(whole, links, owner, opened):
    rules = [each for each in page_rules() if each.arguments == ["token"]]
    assert {each.rule for each in rules} == OPENS.keys() | {LEAVING, COMING_BACK}
    visitor, wrong = browser(whole), []
    for purpose in LinkPurpose:
        _, secret = links.issue(purpose, *opened[purpose])
        for page in rules:
            is_for_it = purpose in OPENS.get(page.rule, ())
            if (is_for_it and page.verb == "POST") or (page.rule, page.verb) == (LEAVING, "GET"):
                continue
            expected = 200 if is_for_it else 410
            answer = visitor.ask(page.verb, page.rule.replace("<token>", secret))
            if answer.status_code != expected or (expected == 410 and owner.username in answer.text):
                wrong.append((purpose, page.verb, page.rule, answer.status_code))
    assert wrong == []


def test_I3_links_that_are_forged_expired_or_withdrawn_open_nothing(whole, links, opened):
    visitor, found, expected = whole.visitor(), {}, {}
    for purpose, rule in SHOWN.items():
        link_id, secret = links.issue(purpose, *opened[purpose])
        _, expired = links.issue(purpose, *opened[purpose], lives=timedelta(seconds=-1))
        altered = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        address = lambda given, rule=rule: rule.replace("<token>", given)  # noqa: E731
        states = [visitor.ask("GET", address(each)).status_code for each in (secret, expired, altered, secret + "=")]
        assert whole.api.ask("DELETE", f"/api/v1/personal-links/{link_id}").status_code == 204
        found[purpose] = [*states, visitor.ask("GET", address(secret)).status_code]
        expected[purpose] = [200, 410, 410, 410, 410]
    assert found == expected


def offered_seat(whole):
    """Somebody to whom the only seat of a session is offered, and the session."""
    session = members.new_session(whole, seats=1)
    first, second = members.new_member(whole, "Eka"), members.new_member(whole, "Toka")
    taken = members.enrol(whole, first, session, payment="invoice")
    waiting = members.enrol(whole, second, session)
    first.visitor.post(f"/enrolments/{taken['id']}/cancel", {"reason": "Este"})
    address = f"/enrolments/{waiting['id']}"
    members.wait_until(lambda: whole.api.get(address)["state"] == "offered" or None, 180, "the offer")
    return second, session


def test_I3_K2_an_offer_is_taken_once_however_often_its_link_is_used(whole, links):
    member, session = offered_seat(whole)
    address = f"/enrolments/{member.facts['enrolments']}"
    _, secret = links.issue(LinkPurpose.TAKE_OFFER, member.person_id, member.facts["enrolments"])
    visitor = browser(whole)
    answers = [visitor.ask("POST", f"/offer/{secret}", data={"form_key": str(new_id())}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    held = whole.api.get(address)
    assert held["state"] == "held"
    assert whole.api.get(f"/sessions/{session['id']}")["seats_free"] == 0
    members.wait_until(lambda: whole.api.get("/orders", customer_id=member.person_id)["data"] or None, 180, "the order")
    paying = [visitor.ask("POST", f"/offer/{secret}/pay", data={"form_key": str(new_id())}) for _ in range(2)]
    assert [answer.status_code for answer in paying] == [200, 200]
    assert paying[0].headers["Refresh"] == paying[1].headers["Refresh"]
    assert whole.api.get(address) == held
    orders = whole.api.get("/orders", customer_id=member.person_id)["data"]
    payments = whole.api.get("/payments", customer_id=member.person_id)["data"]
    assert (len(orders), len(payments), payments[0]["state"]) == (1, 1, "pending")


def test_I3_E4_an_invoice_paid_by_link_is_paid_once(whole, links):
    member = members.new_member(whole, "Maksaja")
    members.join(whole, member)
    _, secret = links.issue(LinkPurpose.PAY_INVOICE, member.person_id, member.facts["invoices"])
    visitor, address = browser(whole), f"/invoices/{member.facts['invoices']}"
    pay = lambda: visitor.ask("POST", f"/pay/{secret}", data={"form_key": str(new_id())})  # noqa: E731
    leads = [pay().headers["Refresh"] for _ in range(2)]
    assert leads[0] == leads[1]
    whole.payments.pay(leads[0].rstrip("/").rpartition("/")[2])
    members.wait_until(lambda: whole.api.get(address)["open_amount"] == "0.00" or None, 180, "the paid invoice")
    assert pay().status_code == 409
    payments = whole.api.get("/payments", customer_id=member.person_id)["data"]
    assert [each["state"] for each in payments] == ["captured"]


def test_I1_I3_a_password_is_reset_once_by_link_and_ends_all_sessions(whole):
    member = members.new_member(whole, "Unohtaja")
    visitor = browser(whole)
    for _ in range(2):
        asked = visitor.ask("POST", "/sign-in/forgotten", data={"username": member.username, "form_key": str(new_id())})
        assert asked.status_code == 200
    mails = members.wait_until(lambda: two_mails(whole, member), 180, "two links")
    first, second = (
        link_in(whole.mailbox.message(each["id"]), "/my/password").removeprefix(whole.base_url) for each in mails
    )
    assert first != second
    easy = visitor.ask("POST", first, data={"password": "password12"})
    short = visitor.ask("POST", first, data={"password": "x"})
    assert (easy.status_code, short.status_code) == (422, 422)
    assert member.visitor.ask("GET", "/api/v1/me").status_code == 200
    assert visitor.ask("POST", first, data={"password": NEW_PASSWORD}).status_code == 302
    repeated = [
        visitor.ask("POST", each, data={"password": f"{NEW_PASSWORD} 2"}).status_code for each in (first, second)
    ]
    assert repeated == [410, 410]
    assert [visitor.ask("GET", each).status_code for each in (first, second)] == [410, 410]
    me = lambda: member.visitor.ask("GET", "/api/v1/me")  # noqa: E731
    members.wait_until(lambda: me().status_code == 401 or None, 180, "the end of the session")
    assert me().json()["code"] == "session_ended"
    for password, status in ((members.PASSWORD, 401), (f"{NEW_PASSWORD} 2", 401), (NEW_PASSWORD, 200)):
        wanted = {"username": member.username, "password": password}
        assert whole.visitor().ask("POST", "/api/v1/sign-in", json=wanted).status_code == status


def two_mails(whole, member):
    found = [each for each in whole.mailbox.messages(f"{member.username}@example.org") if "alasana" in each["subject"]]
    return found if len(found) == 2 else None


def leaving_token(whole, message_id):
    key = whole.suite.wiring.secret.encode()
    message = UUID(message_id)
    return f"{message.hex}.{hmac.new(key, b'unsubscribe:' + message.bytes, sha256).hexdigest()[:40]}"


def test_N8_unsubscribing_takes_a_token_of_ours_and_counts_once(whole, links, owner, opened):
    true = leaving_token(whole, owner.facts["messages"])
    _, of_another_kind = links.issue(LinkPurpose.UNSUBSCRIBE, *opened[LinkPurpose.UNSUBSCRIBE])
    head, signature = true.split(".")
    forged = [
        of_another_kind, f"{head}.{'0' * 40}", f"{new_id().hex}.{signature}", f"{head.upper()}.{signature}", f"{true}0",
        head, f"{head}.{signature[:-1]}", "x" * 300,
    ]  # fmt: skip
    visitor, address = whole.visitor(), f"{owner.username}@example.org"

    def suppressed():
        return [each for each in whole.api.get("/suppressions", limit=200)["data"] if each["address"] == address]

    assert [visitor.ask("POST", f"/unsubscribe/{each}").status_code for each in forged] == [410] * len(forged)
    unknown = leaving_token(whole, str(new_id()))
    assert visitor.ask("POST", f"/unsubscribe/{unknown}").status_code == 404
    assert visitor.ask("GET", f"/unsubscribe/{true}").status_code == 200  # mail scanners look at links
    assert suppressed() == []
    assert [visitor.ask("POST", f"/unsubscribe/{true}").status_code for _ in range(2)] == [200, 200]
    assert [each["reason"] for each in suppressed()] == ["unsubscribed"]
    assert visitor.ask("POST", f"/unsubscribe/{true}/undo").status_code == 403  # only a form of ours takes it back
    assert visitor.ask("GET", f"/unsubscribe/{true}/undo").status_code in {404, 405}
    visitor = browser(whole)
    assert [visitor.ask("POST", f"/unsubscribe/{each}/undo").status_code for each in forged] == [410] * len(forged)
    assert visitor.ask("POST", f"/unsubscribe/{unknown}/undo").status_code == 404
    assert [each["reason"] for each in suppressed()] == ["unsubscribed"]
    assert [visitor.ask("POST", f"/unsubscribe/{true}/undo").status_code for _ in range(2)] == [200, 200]
    assert suppressed() == []


def test_I3_what_a_link_shows_is_its_own_thing_alone(whole, links, owner, opened):
    """The page of a link says nothing about the person's other things, nor lets one in to them."""
    visitor = whole.visitor()
    _, secret = links.issue(LinkPurpose.PAY_INVOICE, *opened[LinkPurpose.PAY_INVOICE])
    page = text_of(visitor.page(f"/pay/{secret}?lang=fi"))
    assert whole.api.get(f"/invoices/{owner.facts['invoices']}")["number"] in page
    for path in ("/my", f"/my/invoices/{owner.facts['invoices']}", "/office"):
        assert visitor.ask("GET", path).status_code == 302
    assert visitor.ask("GET", "/api/v1/me").status_code == 401
