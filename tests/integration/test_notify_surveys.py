"""A mailing that asks to answer a survey: an own link for everybody, once, shown to nobody else (C16, I3, N3)."""

from collections import Counter
from collections.abc import Iterator

import pytest

from chassis.ids import new_id
from contracts.base import ById
from contracts.contacts.merges import MergePersons
from contracts.contacts.surveys import AnswerSurvey, CreateSurvey, ListSurveyAnswers, SurveyByVersion
from contracts.errors import Invalid
from contracts.notify import CreateMailing, ListMessages, PreviewMailing
from tests.integration.town import Town, opened_town

BODY = "Hei {{given_name}}!\n\n[[Vastaa|{{link}}]]"
QUESTION = {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}}


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def survey(town):
    wanted = CreateSurvey.model_validate({"title": {"fi": "Palaute"}, "questions": [QUESTION]})
    made = town.call("contacts", "create_survey", wanted)
    return town.call("contacts", "publish_survey", SurveyByVersion(id=made.id, version=1))


def prepared(town, survey_id, count=3, body=BODY):
    fields = {"name": "Kysely", "segment_id": town.crowd(count), "subject": "Kysely", "body": body}
    return town.call("notify", "create_mailing", CreateMailing(**fields, survey_id=survey_id))


def test_C16_everybody_gets_an_own_link_once_and_nobody_sees_another_s(town, survey):
    mailing = prepared(town, survey.id)
    town.launch(mailing)
    town.settle(twice=True)
    assert Counter(each["to"] for each in town.mailbox.messages(limit=100)) == {
        f"v{number}@example.org": 1 for number in range(1, 4)
    }
    persons = {row.email: row.id for row in town.rows("contacts", "SELECT id, email FROM persons")}
    links = {}
    for address in ("v1@example.org", "v2@example.org", "v3@example.org"):
        text = town.mailbox.wait_for(address)["text"]
        links[address] = town.link_principal(text, "/survey")
    assert {each: link.person_id for each, link in links.items()} == persons
    assert {link.link_object for link in links.values()} == {survey.id}
    answer = AnswerSurvey(id=survey.id, number=1, answers={"why": "Kiva"})
    town.call("contacts", "answer_survey", answer, links["v2@example.org"])
    (kept,) = town.call("contacts", "list_survey_answers", ListSurveyAnswers()).data
    assert kept.person_id == persons["v2@example.org"]
    shown = town.call("notify", "list_messages", ListMessages(person_id=persons["v1@example.org"])).data[0]
    message = town.call("notify", "get_message", ById(id=shown.id))
    preview = town.call("notify", "preview_mailing", PreviewMailing(id=mailing.id, person_id=kept.person_id))
    assert "/survey" not in message.body + preview.text + preview.html


def test_C16_a_link_of_a_merged_person_answers_for_the_survivor(town, survey):
    town.launch(prepared(town, survey.id, count=2))
    town.settle()
    first, second = (row.id for row in town.rows("contacts", "SELECT id FROM persons ORDER BY sort_key"))
    town.call("contacts", "merge_persons", MergePersons(survivor_id=first, merged_id=second))
    town.settle()
    link = town.link_principal(town.mailbox.wait_for("v2@example.org")["text"], "/survey")
    answer = AnswerSurvey(id=survey.id, number=1, answers={"why": "Kiva"})
    assert town.call("contacts", "answer_survey", answer, link).person_id == first


def test_C16_a_mailing_needs_an_open_survey_and_a_place_for_the_link(town, survey):
    for survey_id, body, expected in (
        (new_id(), BODY, ("/survey_id", "survey_closed")),
        (survey.id, "Hei!", ("/body", "link_missing")),
        (None, BODY, ("/body", "unknown_placeholder")),
    ):
        with pytest.raises(Invalid) as error:
            prepared(town, survey_id, body=body)
        assert [(each.pointer, each.code) for each in error.value.errors] == [expected]
    town.call("contacts", "close_survey", SurveyByVersion(id=survey.id, version=survey.version))
    with pytest.raises(Invalid):
        prepared(town, survey.id)
