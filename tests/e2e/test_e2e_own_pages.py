"""The member's pages over HTTP: only one's own things, and what is missing when a service is away."""

import re

import httpx
import pytest

from chassis.ids import new_id
from gateway.pages import my, my_details, my_enrolments, my_invoices, my_memberships, my_messages, my_sign_in
from ops.demo.stage import text_of
from tests import members

SECTIONS = (my, my_details, my_enrolments, my_invoices, my_memberships, my_messages, my_sign_in)
NAMED = re.compile(r"(?<=/my/)(\w+)/<uuid:\w+>")


@pytest.fixture(scope="module")
def owner(whole):
    """A member with a paid membership, a confirmed seat paid by card, and messages."""
    return members.seated_member(whole, "Aino", paid=True)


def addresses(facts):
    """(verb, address) of every page of /my that names a thing, with the ids of `facts`."""
    for rule, verbs in (address for section in SECTIONS for address in section.pages.addresses):
        if NAMED.search(rule):
            address = NAMED.sub(lambda found: f"{found[1]}/{facts[found[1]]}", rule)
            yield from ((verb, address) for verb in verbs)


def ask(member, verb, address):
    return member.visitor.ask(verb, address) if verb == "GET" else member.send(address, confirmed="1")


def test_R6_another_members_ids_are_not_found_in_any_page(whole, owner):
    stranger = members.new_member(whole, "Vieras")
    wanted = list(addresses(owner.facts))
    assert len(wanted) >= 9
    answers = {(verb, address): ask(stranger, verb, address).status_code for verb, address in wanted}
    assert answers == dict.fromkeys(wanted, 404)
    assert whole.api.get(f"/enrolments/{owner.facts['enrolments']}")["state"] == "confirmed"


def test_R6_staff_who_are_members_do_not_see_others_among_their_own(whole, owner):
    """Their rights open other people's things in the office, not on their own pages."""
    secretary = members.new_member(whole, "Sihteeri")
    account = next(a for a in all_accounts(whole) if a["username"] == secretary.username)
    whole.api.ask(
        "PATCH", f"/api/v1/accounts/{account['id']}",
        json={"roles": ["administrator"]}, headers={"If-Match": f'"{account["version"]}"'},
    )  # fmt: skip
    answers = {address: ask(secretary, verb, address).status_code for verb, address in addresses(owner.facts)}
    assert set(answers.values()) == {404}, answers


def all_accounts(whole):
    found, cursor = [], None
    while True:
        page = whole.api.get("/accounts", limit=200, **({"cursor": cursor} if cursor else {}))
        found, cursor = found + page["data"], page["next_cursor"]
        if cursor is None:
            return found


def test_the_owner_sees_where_things_stand(owner):
    overview = text_of(owner.visitor.page("/my?lang=fi"))
    assert "Varsinainen jäsen vuodesta" in overview
    assert "asti" in overview
    assert "Puunhoito" in overview
    for verb, address in addresses(owner.facts):
        if verb == "GET":
            assert owner.visitor.ask("GET", address).status_code == 200, address
    pdf = owner.visitor.ask("GET", f"/my/enrolments/{owner.facts['enrolments']}/ticket.pdf")
    assert (pdf.content[:4], pdf.headers["Content-Type"]) == (b"%PDF", "application/pdf")


def test_K8_the_own_enrolments_come_as_icalendar(owner):
    from icalendar import Calendar

    answer = owner.visitor.ask("GET", "/my/enrolments.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.text).walk("VEVENT")
    enrolment = owner.visitor.get(f"/enrolments/{owner.facts['enrolments']}")
    assert [(str(e["SUMMARY"]), str(e["LOCATION"]), str(e["STATUS"])) for e in events] == [
        ("Puunhoito", "Järjestötalo, Helsinki", "CONFIRMED")
    ]
    assert events[0]["DTSTART"].dt.isoformat()[:16] == enrolment["session_starts_at"][:16]


def test_an_unpaid_invoice_is_the_next_step_and_shows_how_to_pay(whole):
    member = members.new_member(whole, "Velka")
    members.join(whole, member)
    invoice = whole.api.get(f"/invoices/{member.facts['invoices']}")
    overview = text_of(member.visitor.page("/my?lang=fi"))
    assert f"Laskun {invoice['number']}" in overview
    assert "voimassa heti kun ensimmäinen lasku on maksettu" in overview
    page = member.visitor.page(f"/my/invoices/{invoice['id']}?lang=fi")
    assert invoice["barcode"] in text_of(page)
    names = [each.findtext("title") for each in page.xpath("//svg[@role='img']")]
    assert names == ["Pankkiviivakoodi", "QR-koodi pankin sovellukseen"]
    led_on = member.send(f"/my/invoices/{invoice['id']}/pay")
    assert led_on.headers["Refresh"].startswith("0; url=http")
    assert whole.api.get("/payments", customer_id=member.person_id)["data"][0]["state"] == "pending"


def test_C17_consents_are_shown_and_changed(whole):
    member = members.new_member(whole, "Lupa")
    assert member.send("/my/details/consents", email="yes", post="yes", phone="yes").status_code == 302
    found = member.visitor.get(f"/persons/{member.person_id}/consents")["data"]
    consents = {each["channel"]: each["allowed"] for each in found}
    assert consents == {"email": True, "sms": False, "post": True, "phone": True}
    page = member.visitor.page("/my/details")
    assert page.xpath("//input[@type='checkbox'][@checked]/@name") == ["email", "post", "phone"]


def is_logged(whole, request_id):
    logged = [line for line in whole.suite.log.path.read_text().splitlines() if request_id in line]
    return any("request_not_served" in line and "status=503" in line for line in logged)


def test_with_a_service_away_the_rest_is_shown_and_the_gap_is_named(whole, owner):
    whole.suite.supervisor.hold("notify")
    try:
        overview = text_of(owner.visitor.page("/my?lang=fi"))
        ready, alive, refused = (once(whole, address) for address in ("/readyz", "/livez", "/api/v1/messages"))
    finally:
        whole.suite.supervisor.release("notify")
    away = [name for name, found in ready.json()["checks"].items() if found == "fail"]
    assert (ready.status_code, ready.json()["status"], away) == (503, "fail", ["notify"])
    assert (alive.status_code, alive.json()) == (200, {"status": "pass"})
    assert refused.status_code == 503
    members.wait_until(lambda: is_logged(whole, refused.json()["request_id"]) or None, 180, "the record of the failure")
    assert "Emme voi näyttää viestejäsi juuri nyt" in overview
    assert "Varsinainen jäsen" in overview
    members.wait_until(lambda: owner.visitor.ask("GET", "/readyz").status_code == 200 or None, 180, "notify again")


def once(whole, address):
    """A program's request that does not wait for what is away."""
    headers = {"Authorization": f"Bearer {whole.run['api_key']}"}
    return httpx.get(whole.base_url + address, headers=headers, trust_env=False, timeout=30)


def test_an_account_of_no_person_is_told_so(whole):
    page = whole.staff("toimisto").page("/my?lang=fi")
    assert "ei kuulu jäsenelle" in text_of(page)
    assert whole.staff("toimisto").ask("GET", "/my/sign-in").status_code == 200
    assert whole.staff("toimisto").ask("GET", f"/my/invoices/{new_id()}").status_code == 403


def test_whoever_has_not_signed_in_is_led_to_it_and_back(whole):
    answer = whole.visitor().ask("GET", "/my/invoices?state=open")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/my/invoices%3Fstate%3Dopen")
