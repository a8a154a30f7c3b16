"""The texts of the suite's own messages (N7): complete in three languages."""

import pytest

from contracts.base import Language
from contracts.courses import EnrolmentState
from services.notify.facts import COLLECTORS, TRUE_IN
from services.notify.rules.rendering import LINK, PLACEHOLDER, fill_line
from services.notify.rules.texts import LEAVE, TEXTS, words

pytestmark = pytest.mark.unit
PROMISED = {
    "application_received": "vastaanotettu",
    "application_rejected": "Päätös",
    "welcome": "Tervetuloa",
    "invoice": "Lasku",
    "receipt": "Kuitti",
    "credit_note": "Hyvityslasku",
    "ticket": "Lippusi",
    "refund": "Maksu on palautettu",
    "seat_offered": "Paikka vapautui",
    "waitlisted": "Olet jonossa",
    "hold_expired": "Varauksesi raukesi",
}
LINKED = {"application_received", "invoice", "welcome", "password_link", "seat_offered"}


@pytest.mark.parametrize("template", TEXTS)
def test_N7_every_language_says_the_same_things(template: str) -> None:
    versions = TEXTS[template]
    assert set(versions) == {language.value for language in Language}
    asked = {frozenset(PLACEHOLDER.findall(each.subject + each.body)) for each in versions.values()}
    assert len(asked) == 1
    assert len({each.body for each in versions.values()}) == 3
    assert all(bool(each.subject) != template.endswith("_sms") for each in versions.values())


@pytest.mark.parametrize(("template", "part"), PROMISED.items())
def test_N7_subjects_by_which_people_know_the_messages(template: str, part: str) -> None:
    assert part in words(template, "fi").subject


@pytest.mark.parametrize("template", LINKED)
def test_N7_what_can_be_done_is_a_link_of_its_own_paragraph(template: str) -> None:
    for version in TEXTS[template].values():
        links = [LINK.fullmatch(part) for part in version.body.split("\n\n")]
        assert [link.group(2) for link in links if link] == ["{{link}}"]


def test_N7_every_message_has_facts_and_every_fact_a_message() -> None:
    assert set(COLLECTORS) == set(TEXTS) - {"code_sms"}
    assert set(TRUE_IN) <= set(TEXTS)
    assert all(states < set(EnrolmentState) for states in TRUE_IN.values())


def test_N7_an_unknown_language_falls_back_to_finnish() -> None:
    assert words("ticket", "de") == words("ticket", "fi")
    assert set(LEAVE) == {language.value for language in Language}


@pytest.mark.parametrize("template", TEXTS)
@pytest.mark.parametrize("language", Language)
def test_N7_no_text_is_left_open_and_an_sms_has_no_letter_that_halves_its_length(template: str, language: str) -> None:
    values = dict.fromkeys(PLACEHOLDER.findall("".join(TEXTS[template][language].__dict__.values())), "x")
    body = fill_line(TEXTS[template][language].body, values | {"expires_at": "12.3.2027 klo\N{NO-BREAK SPACE}9.00"})
    assert "{{" not in body
    if template.endswith("_sms"):
        assert set(body) - set("äöåÄÖÅ") <= set(map(chr, range(32, 127)))
