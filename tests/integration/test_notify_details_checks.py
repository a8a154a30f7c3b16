"""A mailing that asks its receivers to check their own details: an own link that works once (C19, I3)."""

from collections.abc import Iterator

import pytest

from contracts.access import LinkPurpose
from contracts.base import ById, Nothing
from contracts.contacts.addresses import Address
from contracts.contacts.basics import CustomerStatus
from contracts.contacts.contact_points import MarkPoint
from contracts.contacts.details_checks import ConfirmDetails, CorrectDetails
from contracts.contacts.history import History
from contracts.contacts.masters import SetMasters, ValueSource
from contracts.contacts.merges import MergePersons
from contracts.contacts.persons import UpdatePerson
from contracts.contacts.surveys import CreateSurvey, SurveyByVersion
from contracts.errors import Gone, Invalid, NotAllowed, NotFound, NotSignedIn, Stale
from contracts.notify import CreateMailing, PreviewMailing
from tests.integration.conftest import ANONYMOUS, member, staff
from tests.integration.town import Town, opened_town

BODY = "Hei {{given_name}}!\n\n[[Tarkista|{{link}}]]"
NEW = Address(street="Uusikatu 5", postal_code="00200", city="Helsinki")


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def asked(town, count=2):
    """A mailing to so many persons, and who comes by the link that each of them got, in the order of their names."""
    fields = {"name": "Tiedot", "segment_id": town.crowd(count), "subject": "Tiedot", "body": BODY, "marketing": False}
    mailing = town.call("notify", "create_mailing", CreateMailing(**fields, check_details=True))
    town.launch(mailing)
    town.settle(twice=True)
    mails = [town.mailbox.wait_for(f"v{number}@example.org")["text"] for number in range(1, count + 1)]
    return mailing, [town.link_principal(text, "/details") for text in mails]


def opened(town, link):
    return town.call("contacts", "open_details", Nothing(), link)


def points(town, person_id):
    return {each.value: each for each in town.call("contacts", "get_contact_points", ById(id=person_id)).data}


def checks(town, mailing):
    found = town.call("contacts", "count_details_checks", ById(id=mailing.id))
    return found.checked, found.corrected


def test_C19_all_is_right_with_one_press_and_the_link_is_used_up(town):
    mailing, (first, second) = asked(town)
    assert {first.link_purpose, second.link_purpose} == {LinkPurpose.CHECK_DETAILS}
    for _ in range(2):  # a mail scanner follows links
        shown = opened(town, first)
    assert not any(each.confirmed for each in shown.points)
    assert checks(town, mailing) == (0, 0)
    town.call("contacts", "confirm_details", ConfirmDetails(keys=[each.key for each in shown.points]), first)
    assert all(each.confirmed for each in points(town, first.person_id).values())
    assert {each.verified_by for each in points(town, first.person_id).values()} == {ValueSource.SELF_SERVICE}
    assert not any(each.confirmed for each in points(town, second.person_id).values())
    for method, request in (
        ("open_details", Nothing()), ("confirm_details", ConfirmDetails()),
        ("correct_details", CorrectDetails(version=1, email="muu@example.org")),
    ):  # fmt: skip
        with pytest.raises(Gone):
            town.call("contacts", method, request, first)
    assert checks(town, mailing) == (1, 0)
    told = town.call("contacts", "list_history", History(id=first.person_id, channel="link")).data
    assert {each.field for each in told} == {"contact_point.confirmed"}
    preview = town.call("notify", "preview_mailing", PreviewMailing(id=mailing.id, person_id=first.person_id))
    assert "/details/" not in preview.text + preview.html


def test_C19_only_what_was_shown_is_confirmed(town):
    _mailing, (link,) = asked(town, count=1)
    shown = opened(town, link)
    town.call("contacts", "update_person", UpdatePerson(id=link.person_id, version=1, email="toimisto@example.org"))
    town.call("contacts", "confirm_details", ConfirmDetails(keys=[each.key for each in shown.points]), link)
    found = points(town, link.person_id)
    assert [each.confirmed for each in found.values()] == [False, True]


def test_C19_corrections_follow_the_rules_of_every_edit(town):
    mailing, (link,) = asked(town, count=1)
    version = town.call("contacts", "get_masters", Nothing()).version
    masters = {"phone": ValueSource.ACCOUNTING}
    town.call("contacts", "set_masters", SetMasters(version=version, persons=masters))
    change = UpdatePerson(id=link.person_id, version=1, customer_status=CustomerStatus.CUSTOMER)
    town.call("contacts", "update_person", change)
    assert opened(town, link).locked == masters
    for wrong, error in (
        ({"version": 1, "email": "uusi@example.org"}, Stale),
        ({"version": 2, "phone": "0409999999"}, Invalid),
        ({"version": 2, "email": "ei@osoite..fi"}, Invalid),
        ({"version": 2, "clear": ["given_name", "family_name"]}, Invalid),
    ):
        with pytest.raises(error):
            town.call("contacts", "correct_details", CorrectDetails.model_validate(wrong), link)
    marked = next(each for each in points(town, link.person_id).values() if each.kind == "address")
    town.call("contacts", "mark_contact_point", MarkPoint(id=link.person_id, key=marked.key))
    right = {"version": 2, "email": "uusi@example.org", "addresses": [NEW], "language": "sv"}
    town.call("contacts", "correct_details", CorrectDetails.model_validate(right), link)
    found = points(town, link.person_id)
    assert list(found) == ["uusi@example.org", "Uusikatu 5, 00200 Helsinki"]
    assert all(each.confirmed and not each.problem for each in found.values())
    person = town.call("contacts", "get_person", ById(id=link.person_id))
    assert (person.language, person.given_name) == ("sv", "Väinö1")
    assert checks(town, mailing) == (1, 1)


def test_C19_nobody_else_gets_in_and_a_merged_person_checks_the_survivor(town):
    _mailing, (first, second) = asked(town)
    for stranger in (staff(), member(first.person_id)):
        with pytest.raises(NotAllowed):
            opened(town, stranger)
    with pytest.raises(NotSignedIn):
        opened(town, ANONYMOUS)
    other = first.model_copy(update={"link_purpose": LinkPurpose.ANSWER_SURVEY})
    with pytest.raises(NotAllowed):
        opened(town, other)
    no_person = first.model_copy(update={"person_id": None})
    with pytest.raises(NotFound):
        opened(town, no_person)
    merge = MergePersons(survivor_id=first.person_id, merged_id=second.person_id)
    town.call("contacts", "merge_persons", merge)
    town.settle()
    shown = opened(town, second)
    assert {each.value for each in shown.points} == set(points(town, first.person_id))
    town.call("contacts", "confirm_details", ConfirmDetails(keys=[each.key for each in shown.points]), second)
    assert all(each.confirmed for each in points(town, first.person_id).values())


def test_C19_a_mailing_has_one_link_and_a_place_for_it(town):
    segment_id = town.crowd(1)
    question = {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}}
    wanted = CreateSurvey.model_validate({"title": {"fi": "Palaute"}, "questions": [question]})
    survey = town.call("contacts", "create_survey", wanted)
    town.call("contacts", "publish_survey", SurveyByVersion(id=survey.id, version=1))
    for fields, expected in (
        ({"body": "Hei!"}, ("/body", "link_missing")),
        ({"body": BODY, "survey_id": survey.id}, ("/check_details", "one_link")),
    ):
        wanted = {"name": "T", "segment_id": segment_id, "subject": "T", "check_details": True, **fields}
        with pytest.raises(Invalid) as error:
            town.call("notify", "create_mailing", CreateMailing(**wanted))
        assert [(each.pointer, each.code) for each in error.value.errors] == [expected]
