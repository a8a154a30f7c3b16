"""Answers to surveys in segments (C10, C16): every kind of answer, one question at a time, as it stands now."""

import pytest

from chassis import clock
from contracts.access import Permission
from contracts.contacts.persons import CreatePerson
from contracts.contacts.segments import PreviewSegment, SegmentFilter
from contracts.contacts.surveys import (
    AnswerSurvey,
    CreateSurvey,
    ListSurveyAnswers,
    RemoveSurveyAnswer,
    SurveyByVersion,
)
from contracts.errors import Invalid
from tests.integration.conftest import staff

OFFICE = staff()
CHOICES = [{"code": "yes", "label": {"fi": "Kyllä"}}, {"code": "no", "label": {"fi": "Ei"}}]
QUESTIONS = [
    {"code": "came", "kind": "choice", "text": {"fi": "Tulitko?"}, "choices": CHOICES},
    {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}},
    {"code": "mark", "kind": "scale", "text": {"fi": "Arvosana"}, "lowest": 1, "highest": 5},
    {"code": "hours", "kind": "number", "text": {"fi": "Tunnit"}},
    {"code": "many", "kind": "multiple_choice", "text": {"fi": "Mitä?"}, "choices": CHOICES},
    {"code": "grid", "kind": "matrix", "text": {"fi": "Miten?"}, "choices": CHOICES,
     "rows": [{"code": "food", "label": {"fi": "Ruoka"}}]},
]  # fmt: skip
GIVEN = {
    "Aino": {"came": "yes", "mark": 5, "hours": 2.5, "many": ["yes", "no"], "why": "Hyvä Kurssi"},
    "Eino": {"came": "no", "mark": 2, "many": ["no"], "grid": {"food": "no"}},
}


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, who=OFFICE: call_service("contacts", method, request, principal=who)


@pytest.fixture
def survey(call):
    """A survey that two of four persons have answered."""
    made = call("create_survey", CreateSurvey.model_validate({"title": {"fi": "Palaute"}, "questions": QUESTIONS}))
    call("publish_survey", SurveyByVersion(id=made.id, version=1))
    for name, answers in GIVEN.items():
        person = call("create_person", CreatePerson(given_name=name)).id
        call("answer_survey", AnswerSurvey(id=made.id, person_id=person, number=1, answers=answers))
    for name in ("Helmi", "Ilona"):
        call("create_person", CreatePerson(given_name=name))
    return made.id


def count(call, *tests, who=OFFICE):
    parts = [SegmentFilter(field=f"survey_answer.{name}", op=op, value=value) for name, op, value in tests]
    return call("preview_segment", PreviewSegment(filter=SegmentFilter(has="survey_answer", all=parts)), who).count


@pytest.mark.parametrize(
    ("question", "test", "expected"),
    [
        ("came", ("value", "eq", "yes"), 1), ("came", ("value", "in", ["yes", "no"]), 2),
        ("mark", ("number", "gte", 4), 1), ("mark", ("number", "lte", 5), 2), ("mark", ("value", "eq", "5"), 1),
        ("hours", ("number", "eq", 2.5), 1), ("many", ("value", "eq", "no"), 2), ("many", ("value", "eq", "yes"), 1),
        ("grid", ("value", "eq", "food=no"), 1), ("grid", ("value", "eq", "food=yes"), 0),
        ("why", ("value", "contains", "kurssi"), 1), ("why", ("value", "starts", "HYVÄ"), 1),
        ("came", ("number", "gte", 0), 0),
    ],
)  # fmt: skip
def test_C16_C10_a_segment_finds_who_answered_what(call, survey, question, test, expected):
    asked = [("survey_id", "eq", str(survey)), ("question", "eq", question)]
    assert count(call, *asked, test) == expected


def test_C16_C10_who_took_the_answers_back_is_not_found_by_them(call, survey):
    (aino,) = (each for each in call("list_survey_answers", ListSurveyAnswers()).data if each.answers["came"] == "yes")
    call("remove_survey_answer", RemoveSurveyAnswer(survey_id=survey, id=aino.id, version=aino.version))
    assert [count(call, ("value", "in", each)) for each in (["yes"], ["no"])] == [0, 1]


def test_C16_C10_who_has_not_answered_is_found_too(call, survey):
    answered = SegmentFilter(has="survey_answer", all=[
        SegmentFilter(field="survey_answer.survey_id", op="eq", value=str(survey))])  # fmt: skip
    others = SegmentFilter(none=[answered])
    assert call("preview_segment", PreviewSegment(filter=others)).count == 2
    today = clock.today().isoformat()
    assert count(call, ("answered_on", "eq", today)) == 2
    assert count(call, ("answered_on", "lte", "2020-01-01")) == 0


def test_C16_C10_answers_of_a_deleted_survey_are_not_found_and_hostile_values_are_values(call, survey):
    assert count(call, ("value", "eq", "'; DROP TABLE persons; --")) == 0
    with pytest.raises(Invalid):
        count(call, ("colour", "eq", "red"))
    with pytest.raises(Invalid):
        count(call, ("survey_id", "eq", "x"))
    assert count(call, ("question", "eq", "came")) == 2
    call("delete_survey", SurveyByVersion(id=survey, version=2))
    assert count(call, ("question", "eq", "came")) == 0
    assert count(call, ("question", "eq", "came"), who=staff(Permission.CONTACTS_READ)) == 0
