"""Every page there is, read off the gateway's table of addresses: axe-core finds nothing, it fits desktop and phone."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from gateway.pages import SECTIONS
from tests.browser.soundness import check_pages
from tests.browser.things import A_CODE, A_KEY, MONTH, a_member, ids_of_things

FILES = (".pdf", ".csv", ".ics", ".xlsx", ".svg", ".vcf", ".jpg", "/content")
BY_LINK = "<token>"
"""Pages behind a personal link are checked where a message brings the link."""
WORDS = {"<code>": A_CODE, "<kind>": "person", "<name>": "contacts", "<key>": A_KEY}
"""What words in addresses are; a role, a field, a question and a tag have the code, a contact point its key."""
ASKED = {
    "/office/affiliations/new": "?organisation=<uuid:organisation_id>",
    "/office/merges/new": "?survivor=<uuid:person_id>&merged=<uuid:twice_id>",
}
"""What an address has to ask to be a page."""
LEAD_ELSEWHERE = {"/welcome", "/payments/paytrail/return"}
VARIATIONS = (
    "/api/docs",
    "/calendar?view=list",
    f"/calendar?month={MONTH}",
    "/calendar/embed?view=list",
    f"/calendar/embed?month={MONTH}",
    "/courses?q=xyzzy",
    "/courses?view=month",
    "/my/invoices?state=credited",
    "/office/activities?kind=visit&from_on=1.1.2026",
    "/office/calendar?view=list&show=tasks",
    f"/office/calendar?month={MONTH}",
    "/office/contacts?q=xyzzy",
    "/office/invoices?state=overdue&q=1",
    "/office/mailings/new?check_details=yes",
    "/office/mailings/new?survey_id=<uuid:survey_id>",
    "/office/memberships?state=pending",
    "/office/merges/new?survivor=<uuid:organisation_id>&merged=<uuid:same_organisation_id>&kind=organisation",
    "/office/price-agreements/new?q=a",
    "/office/projects?state=all&who=mine",
    "/office/sessions?when=all",
    "/office/stale-addresses?of=organisations&months=60&kind=email",
    "/office/surveys/<uuid:survey_id>/questions/new?kind=matrix",
    "/office/surveys/<uuid:survey_id>/questions/new?kind=scale",
    "/office/surveys/<uuid:survey_id>/questions/why/edit",
    "/office/tasks?who=all",
    "/unsubscribe/abc",
)


def addresses() -> Iterator[str]:
    """The addresses of all pages to read."""
    for section in SECTIONS:
        for rule, methods in import_module(f"gateway.pages.{section}").pages.addresses:
            if "GET" in methods and not rule.endswith(FILES) and BY_LINK not in rule and rule not in LEAD_ELSEWHERE:
                yield rule


@pytest.fixture(scope="module")
def member(whole):
    return a_member(whole)


@pytest.fixture(scope="module")
def ids(whole, member) -> dict[str, str]:
    return ids_of_things(whole, member)


def filled(rule: str, ids: dict[str, str]) -> str:
    """The address with ids in it; a new kind of id has to be made among the things."""
    rule += ASKED.get(rule, "")
    for placeholder, value in (WORDS | {f"<uuid:{name}>": value for name, value in ids.items()}).items():
        rule = rule.replace(placeholder, value)
    assert "<" not in rule, f"{rule}: say in tests/browser/things.py what it is about"
    return rule


@pytest.mark.parametrize("side", ["/office", "/my", "/"])
def test_every_page_is_accessible_and_fits(visit, member, ids, side):
    user = {"/office": "admin", "/my": member.username, "/": ""}[side]
    paths = [filled(each, ids) for each in (*addresses(), *VARIATIONS) if side_of(each) == side]
    assert len(paths) > 5
    check_pages(visit, paths, user)


def side_of(rule: str) -> str:
    return next(side for side in ("/office", "/my", "/") if rule == side or rule.startswith(f"{side.rstrip('/')}/"))
