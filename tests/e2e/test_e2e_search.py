"""The search of the office's pages and of the API: one box over all services (A7)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from chassis import searching
from chassis.service import SERVICES
from contracts.access import Permission
from contracts.contacts.calendars import PUBLIC_CALENDAR
from gateway import found_things
from ops.demo.stage import text_of
from tests import members

WORD = "hakusanakoe"
NAMED = {"fi": f"{WORD} nimi"}
RIGHTS: Mapping[str, Permission] = {
    **{each.kind: each.may for service in SERVICES for each in searching.searched(service)},
    **{kind: each.may for kind, each in found_things.LISTS.items()},
}
"""Every kind of thing that is found, with the right to see it."""


@pytest.fixture(scope="module")
def things(whole):
    """One thing of every kind by kind: words that find it, and its id."""
    api = whole.api
    member = members.new_member(whole, WORD.title())
    members.join(whole, member)
    members.first_message(whole, member)
    bought = an_enrolment(whole, member)
    who = {"given_name": "Haku", "family_name": WORD.title(), "email": f"{WORD}@example.org"}
    kind = api.get("/membership-types")["data"][0]["id"]
    application = whole.visitor().post("/applications", who | {"membership_type_id": kind, "accepts_terms": True})
    question = {"code": "a", "kind": "scale", "text": NAMED, "lowest": 1, "highest": 5}
    document = api.upload(f"/persons/{member.person_id}/documents", f"{WORD}.pdf", b"%PDF-1.7")
    chosen = api.post("/segments", {"name": WORD, "filter": {"field": "city", "op": "eq", "value": "Turku"}})
    texts = {"name": WORD, "subject": "Aihe", "body": "Teksti"}
    a_day = {"title": WORD, "starts_on": "2027-01-01"}
    return {
        "persons": (WORD, member.person_id),
        "organisations": (WORD, api.post("/organisations", {"name": f"{WORD.title()} Oy"})["id"]),
        "activities": (WORD, api.post("/activities", {"kind": "note", "text": f"{WORD} muistio"})["id"]),
        "tasks": (WORD, api.post("/tasks", {"title": WORD})["id"]),
        "projects": (WORD, api.post("/projects", {"name": WORD})["id"]),
        "calendar_events": (WORD, api.post(f"/calendars/{PUBLIC_CALENDAR}/events", a_day)["id"]),
        "documents": (WORD, document["id"]),
        "surveys": (WORD, api.post("/surveys", {"title": NAMED, "questions": [question]})["id"]),
        "segments": (WORD, chosen["id"]),
        "memberships": by_number(api, "memberships", member.facts["memberships"]),
        "applications": by_number(api, "applications", application["id"]),
        "invoices": by_number(api, "invoices", member.facts["invoices"]),
        "messages": (api.get(f"/messages/{member.facts['messages']}")["subject"], member.facts["messages"]),
        "mailings": (WORD, api.post("/mailings", texts | {"segment_id": chosen["id"]})["id"]),
        "accounts": (WORD, api.post("/accounts", {"username": f"{WORD}-1", "roles": ["office"]})["id"]),
        "courses": (WORD, api.post("/courses", {"code": "hakukoe", "name": NAMED})["id"]),
        **bought,
    }


def an_enrolment(whole, member):
    """A product, a session that sells it, and somebody's order of it."""
    api = whole.api
    product = api.post("/products", {"code": "hakukoe", "name": NAMED, "category": "courses", "price": "5.00"})
    starts_at = datetime.now(UTC) + timedelta(days=30)
    times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
    course = api.post("/courses", {"code": "hakukoe-2", "name": NAMED})
    wanted = {"course_id": course["id"], "place": "Talo", "seats": 5, "product_id": product["id"]}
    session = api.post("/sessions", wanted | times)
    order = members.enrol(whole, member, session)["order_id"]
    return {"products": (WORD, product["id"]), "sessions": (WORD, session["id"]), "orders": (WORD, order)}


def by_number(api, kind, thing_id):
    return str(api.get(f"/{kind}/{thing_id}")["number"]), thing_id


def found(visitor, words):
    """What is found, as kinds and ids."""
    return {(each["kind"], each["id"]) for each in visitor.get("/search", q=words, limit=20)["data"]}


def test_A7_every_kind_is_tried_and_has_a_page():
    """A kind that a service or a list learns to find stops here until it is in `things` and has an address."""
    assert len(RIGHTS) == len(found_things.KINDS) + len(found_things.LISTS)
    assert set(RIGHTS) == set(found_things.KINDS) | set(found_things.LISTS)


def test_A7_the_api_finds_things_of_every_kind(whole, things):
    assert set(things) == set(RIGHTS)
    all_words = {words for words, _id in things.values()}
    hits = set().union(*(found(whole.api, words) for words in all_words))
    assert {(kind, thing_id) for kind, (_words, thing_id) in things.items()} <= hits
    by_beginning = {kind for kind, _id in found(whole.api, WORD[:9])}
    assert {kind for kind, (words, _id) in things.items() if words == WORD} <= by_beginning


def test_A7_the_page_leads_to_what_it_finds(whole, things):
    office = whole.staff("admin")
    page = office.page(f"/office/search?lang=fi&q={WORD}")
    assert f"{WORD} muistio" in text_of(page)
    page.make_links_absolute(whole.base_url)
    addresses = set(page.xpath("//main//td[contains(@class, 'main')]/a/@href"))
    of_words = [thing_id for kind, (words, thing_id) in things.items() if words == WORD and kind != "products"]
    assert [thing_id for thing_id in of_words if not any(thing_id in each for each in addresses)] == []
    assert {office.ask("GET", each).status_code for each in addresses} == {200}


@pytest.mark.parametrize("right", sorted({*RIGHTS.values()}))
def test_A7_nobody_finds_what_they_may_not_see(whole, things, right):
    """A key with every right but one finds every kind but those of this right."""
    rights = [each.value for each in Permission if each is not right]
    key = whole.visitor(whole.api.post("/api-keys", {"name": f"no {right}", "permissions": rights})["secret"])
    hits = set().union(*(found(key, words) for words in {words for words, _id in things.values()}))
    assert {kind for kind, _id in hits} == {kind for kind in RIGHTS if RIGHTS[kind] is not right}


def test_A7_visitors_find_nothing(whole):
    assert whole.visitor().ask("GET", f"/api/v1/search?q={WORD}").status_code == 401
