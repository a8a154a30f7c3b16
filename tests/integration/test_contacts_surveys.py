"""Surveys: published in versions, answered once by a person or for one, counted, merged, erased (C16)."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError

from chassis import clock
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import LinkPurpose, Permission, Principal, PrincipalKind
from contracts.base import ById, ListRequest
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.merges import MergePersons
from contracts.contacts.persons import CreatePerson
from contracts.contacts.surveys import (
    AnswerSurvey,
    CreateSurvey,
    ListSurveyAnswers,
    OpenSurvey,
    RemoveSurveyAnswer,
    SurveyByVersion,
    UpdateSurvey,
    VersionByNumber,
)
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from services.contacts.commands import surveys
from tests.integration.conftest import staff

OFFICE = staff()
CHOICES = [{"code": "yes", "label": {"fi": "Kyllä"}}, {"code": "no", "label": {"fi": "Ei"}}]
CAME = {"code": "came", "kind": "choice", "text": {"fi": "Tulitko?", "sv": "Kom du?"}, "choices": CHOICES}
WHY = {"code": "why", "kind": "text", "text": {"fi": "Miksi?"}, "shown_when": {"question": "came", "values": ["no"]}}
MARK = {"code": "mark", "kind": "scale", "text": {"fi": "Arvosana"}, "lowest": 1, "highest": 5}
MANY = {"code": "many", "kind": "multiple_choice", "text": {"fi": "Mitä?"}, "choices": CHOICES}
GRID = {"code": "grid", "kind": "matrix", "text": {"fi": "Miten?"}, "choices": CHOICES,
        "rows": [{"code": "food", "label": {"fi": "Ruoka"}}]}  # fmt: skip
TITLE = {"fi": "Kurssipalaute"}


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, who=OFFICE: call_service("contacts", method, request, principal=who)


@pytest.fixture
def person(call):
    return call("create_person", CreatePerson(given_name="Helmi", family_name="Aalto")).id


def written(call, *questions, **more):
    return call("create_survey", CreateSurvey.model_validate({"title": TITLE, "questions": list(questions), **more}))


def published(call, *questions, **more):
    survey = written(call, *(questions or (CAME, WHY)), **more)
    return call("publish_survey", SurveyByVersion(id=survey.id, version=survey.version))


def answer(call, survey, person_id=None, who=OFFICE, number=1, **answers):
    request = AnswerSurvey(id=survey.id, person_id=person_id, number=number, answers=answers)
    return call("answer_survey", request, who)


def link(person_id, survey_id, purpose=LinkPurpose.ANSWER_SURVEY):
    return Principal(
        kind=PrincipalKind.LINK, id=str(new_id()), person_id=person_id, link_purpose=purpose, link_object=survey_id
    )


def answers(call, **asked):
    return [each.answers for each in call("list_survey_answers", ListSurveyAnswers(**asked)).data]


def change(call, survey, **given):
    return call("update_survey", UpdateSurvey.model_validate({"id": survey.id, "version": survey.version, **given}))


def test_C16_publishing_freezes_a_version_and_editing_makes_the_next(call):
    survey = written(call, CAME)
    assert (survey.published, survey.changed, survey.is_open) == (0, True, False)
    survey = call("publish_survey", SurveyByVersion(id=survey.id, version=1))
    assert (survey.published, survey.changed, survey.is_open, survey.version) == (1, False, True, 2)
    again = call("publish_survey", SurveyByVersion(id=survey.id, version=2))
    assert (again.published, again.version) == (1, 2)
    edited = change(call, survey, questions=[CAME, WHY])
    assert (edited.published, edited.changed) == (1, True)
    first = call("get_survey_version", VersionByNumber(id=survey.id, number=1))
    assert [each.code for each in first.questions] == ["came"]
    newest = call("publish_survey", SurveyByVersion(id=survey.id, version=edited.version))
    assert (newest.published, newest.changed) == (2, False)
    assert len(call("get_survey_version", VersionByNumber(id=survey.id, number=1)).questions) == 1
    with pytest.raises(NotFound):
        call("get_survey_version", VersionByNumber(id=survey.id, number=3))
    with pytest.raises(DBAPIError), database_of("contacts").transaction() as session:
        session.connection().exec_driver_sql("UPDATE survey_versions SET questions = '[]'")


def test_C16_what_cannot_be_asked_is_refused_with_its_place(call):
    with pytest.raises(Invalid) as error:
        written(call, WHY, CAME)
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/questions/0/shown_when", "not_earlier")]
    survey = published(call, CAME)
    with pytest.raises(Invalid) as error:
        change(call, survey, questions=[{"code": "came", "kind": "text", "text": {"fi": "Tulitko?"}}])
    assert [(each.pointer, each.code) for each in error.value.errors] == [("/questions/0/kind", "question_kind_fixed")]
    empty = written(call)
    with pytest.raises(Invalid):
        call("publish_survey", SurveyByVersion(id=empty.id, version=1))
    with pytest.raises(Stale):
        call("update_survey", UpdateSurvey(id=survey.id, version=1, closes_on=clock.today()))


def test_C16_the_office_answers_for_a_person_once_and_changes_it_until_it_is_closed(call, person):
    survey = published(call)
    made = answer(call, survey, person, came="yes")
    assert (made.person_name, made.survey_title.fi, made.answers) == ("Helmi Aalto", "Kurssipalaute", {"came": "yes"})
    changed = answer(call, survey, person, came="no", why="Satoi")
    assert (changed.id, changed.version) == (made.id, 2)
    assert answers(call, survey_id=survey.id) == [{"came": "no", "why": "Satoi"}] == answers(call, person_id=person)
    closed = call("close_survey", SurveyByVersion(id=survey.id, version=survey.version))
    with pytest.raises(Conflict) as error:
        answer(call, survey, person, came="yes")
    assert error.value.error_code == "survey_closed"
    call("reopen_survey", SurveyByVersion(id=survey.id, version=closed.version))
    assert answer(call, survey, person, came="yes", why="Satoi").left_out == ["why"]
    assert answers(call, survey_id=survey.id) == [{"came": "yes"}]


@pytest.mark.parametrize("by_link", [True, False])
def test_C16_who_answers_nothing_has_not_answered_and_can_go_on(call, person, by_link):
    survey = published(call)
    how = {"who": link(person, survey.id)} if by_link else {"person_id": person}
    for nothing in ({}, {"came": ""}, {"why": "Satoi"}):
        with pytest.raises(Invalid) as error:
            answer(call, survey, **how, **nothing)
        assert [(each.pointer, each.code) for each in error.value.errors] == [("/answers", "nothing_answered")]
    assert call("get_survey", ById(id=survey.id)).answers == 0
    assert call("open_survey", OpenSurvey(id=survey.id, person_id=person)).answered_at is None
    kept = answer(call, survey, **how, came="no", why="Satoi")
    with pytest.raises(Invalid):
        answer(call, survey, **how)
    (stays,) = call("list_survey_answers", ListSurveyAnswers(survey_id=survey.id)).data
    assert (stays.answers, stays.version) == (kept.answers, kept.version)


def test_C16_a_survey_closes_after_its_last_day(call, person):
    survey = published(call, closes_on=clock.today().isoformat())
    assert answer(call, survey, person, came="yes")
    over = change(call, survey, closes_on=(clock.today() - timedelta(days=1)).isoformat())
    assert not over.is_open
    with pytest.raises(Conflict):
        answer(call, survey, person, came="no")
    assert call("open_survey", OpenSurvey(id=survey.id, person_id=person)).answers == {"came": "yes"}
    opened = call("reopen_survey", SurveyByVersion(id=survey.id, version=over.version))
    assert (opened.is_open, opened.closes_on) == (True, None)


def test_C16_answers_to_older_questions_are_shown_again_with_the_newest(call, person):
    survey = published(call, CAME)
    answer(call, survey, person, came="no")
    edited = change(call, survey, questions=[CAME, {**WHY, "required": True}])
    call("publish_survey", SurveyByVersion(id=survey.id, version=edited.version))
    with pytest.raises(Conflict) as error:
        answer(call, survey, person, came="no")
    assert error.value.error_code == "survey_changed"
    sheet = call("open_survey", OpenSurvey(id=survey.id, person_id=person))
    assert (sheet.number, len(sheet.questions), sheet.answers) == (2, 2, {"came": "no"})
    with pytest.raises(Invalid) as error:
        answer(call, survey, person, number=2, came="no", colour="red")
    found = [(each.pointer, each.code) for each in error.value.errors]
    assert found == [("/answers/colour", "unknown_question"), ("/answers/why", "missing")]


def test_C16_a_link_answers_its_own_survey_for_its_own_person_alone(call, person):
    survey, other = published(call), published(call)
    neighbour = call("create_person", CreatePerson(given_name="Eino")).id
    mine = link(person, survey.id)
    assert call("open_survey", OpenSurvey(id=survey.id), mine).person_id == person
    assert answer(call, survey, who=mine, came="yes").answered_by.startswith("link:")
    for attempt, error in (
        (lambda: answer(call, other, who=mine, came="yes"), NotFound),
        (lambda: answer(call, survey, neighbour, mine, came="yes"), Invalid),
        (lambda: call("open_survey", OpenSurvey(id=survey.id, person_id=neighbour), mine), Invalid),
        (lambda: answer(call, survey, neighbour, link(None, survey.id), came="yes"), NotFound),
        (lambda: answer(call, survey, who=link(person, None), came="yes"), NotFound),
        (lambda: answer(call, survey, who=link(person, survey.id, LinkPurpose.PAY_INVOICE), came="yes"), NotAllowed),
        (lambda: call("list_survey_answers", ListSurveyAnswers(), mine), NotAllowed),
        (lambda: call("get_survey", ById(id=survey.id), mine), NotAllowed),
    ):
        with pytest.raises(error):
            attempt()
    assert answers(call) == [{"came": "yes"}]


def test_C16_readers_read_and_writers_write(call, person):
    survey, reader = published(call), staff(Permission.CONTACTS_READ)
    assert call("get_survey", ById(id=survey.id), reader)
    assert call("summarise_survey", ById(id=survey.id), reader)
    for attempt in (
        lambda: answer(call, survey, person, reader, came="yes"),
        lambda: call("close_survey", SurveyByVersion(id=survey.id, version=2), reader),
        lambda: call("get_survey", ById(id=survey.id), staff(Permission.ACTIVITIES_READ)),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_C16_the_summary_counts_every_kind_of_answer(call):
    survey = published(call, CAME, WHY, MARK, MANY, GRID)
    given = (
        {"came": "yes", "mark": 5, "many": ["yes", "no"], "grid": {"food": "no"}},
        {"came": "no", "why": "Satoi", "mark": 2, "many": ["no"]},
        {"came": "no"},
    )
    for name, each in zip("abc", given, strict=True):
        who = call("create_person", CreatePerson(given_name=name)).id
        answer(call, survey, who, **each)
    summary = call("summarise_survey", ById(id=survey.id))
    by_code = {each.question.code: each for each in summary.questions}
    assert (summary.answers, list(by_code)) == (3, ["came", "why", "mark", "many", "grid"])
    assert by_code["came"].counts == {"yes": 1, "no": 2}
    assert (by_code["why"].answered, by_code["why"].counts) == (1, {})
    mark = by_code["mark"]
    assert (mark.answered, mark.counts) == (2, {"1": 0, "2": 1, "3": 0, "4": 0, "5": 1})
    assert (mark.lowest, mark.highest, mark.mean) == (2, 5, 3.5)
    assert by_code["many"].counts == {"yes": 1, "no": 2}
    assert by_code["grid"].rows == {"food": {"yes": 0, "no": 1}}
    fewer = change(call, survey, questions=[MARK])
    call("publish_survey", SurveyByVersion(id=survey.id, version=fewer.version))
    codes = [each.question.code for each in call("summarise_survey", ById(id=survey.id)).questions]
    assert codes == ["mark", "came", "why", "many", "grid"]


def test_C16_choices_and_rows_that_were_dropped_keep_their_answers_and_names_in_the_summary(call, person):
    maybe, never = ({"code": code, "label": {"fi": code.title()}} for code in ("maybe", "never"))
    grid = {**GRID, "choices": [*GRID["choices"], maybe], "rows": [*GRID["rows"], {**maybe, "code": "bus"}, never]}
    survey = published(call, {**CAME, "choices": [*CAME["choices"], maybe, never]}, grid)
    answer(call, survey, person, came="maybe", grid={"food": "maybe", "bus": "yes"})
    edited = change(call, survey, questions=[CAME, GRID])
    call("publish_survey", SurveyByVersion(id=survey.id, version=edited.version))
    came, asked = call("summarise_survey", ById(id=survey.id)).questions
    assert came.counts == {"yes": 0, "no": 0, "maybe": 1}
    assert came.question.choices[-1].label.fi == "Maybe"
    assert asked.rows == {"food": {"yes": 0, "no": 0, "maybe": 1}, "bus": {"yes": 1, "no": 0, "maybe": 0}}
    assert [each.label.fi for each in asked.question.rows] == [GRID["rows"][0]["label"]["fi"], "Maybe"]


def test_C16_a_deleted_survey_is_brought_back_with_its_answers_for_thirty_days(call, person):
    survey = published(call)
    answer(call, survey, person, came="yes")
    call("delete_survey", SurveyByVersion(id=survey.id, version=survey.version))
    assert (call("list_surveys", ListRequest()).data, answers(call, person_id=person)) == ([], [])
    with pytest.raises(NotFound):
        answer(call, survey, person, came="no")
    assert forgotten(clock.now() + timedelta(days=29)) == 0
    restored = call("restore_survey", ById(id=survey.id))
    assert (restored.answers, answers(call, person_id=person)) == (1, [{"came": "yes"}])
    call("delete_survey", SurveyByVersion(id=survey.id, version=restored.version))
    assert forgotten(clock.now() + timedelta(days=31)) == 1
    with pytest.raises(NotFound):
        call("restore_survey", ById(id=survey.id))
    assert answers(call) == []


def forgotten(now):
    with database_of("contacts").transaction() as session:
        return surveys.forget_deleted(session, now, 100)


def test_C16_answers_follow_a_merge_and_its_undoing_exactly(call, person):
    survey, second = published(call), published(call)
    other = call("create_person", CreatePerson(given_name="Helmi", family_name="Aallto")).id
    answer(call, survey, person, came="yes")
    answer(call, survey, other, came="no", why="Satoi")
    answer(call, second, other, came="no")
    merged = call("merge_persons", MergePersons(survivor_id=person, merged_id=other))
    assert len(answers(call, person_id=person)) == 3
    assert call("open_survey", OpenSurvey(id=survey.id, person_id=other)).answers == {"came": "yes"}
    answer(call, survey, who=link(other, survey.id), came="no", why="Myöhässä")
    assert len(answers(call, person_id=person)) == 3
    call("undo_merge", ById(id=merged.id))
    assert answers(call, person_id=person) == [{"came": "no", "why": "Myöhässä"}]
    assert answers(call, person_id=other) == [{"came": "no"}, {"came": "no", "why": "Satoi"}]


def take_back(call, kept, who=OFFICE, **more):
    named = {"survey_id": kept.survey_id, "id": kept.id, "version": kept.version}
    return call("remove_survey_answer", RemoveSurveyAnswer(**{**named, **more}), who)


def test_C16_answers_are_taken_back_by_the_office_as_if_never_given_and_can_be_given_anew(call, person):
    survey, other = published(call), published(call)
    kept, of_other = answer(call, survey, person, came="yes"), answer(call, other, person, came="no")
    take_back(call, kept)
    assert answers(call, person_id=person) == [{"came": "no"}]
    assert call("summarise_survey", ById(id=survey.id)).answers == 0
    sheet = call("open_survey", OpenSurvey(id=survey.id, person_id=person))
    assert (sheet.answers, sheet.answered_at) == ({}, None)
    for attempt in (lambda: take_back(call, kept), lambda: take_back(call, of_other, survey_id=survey.id)):
        with pytest.raises(NotFound):
            attempt()
    anew = answer(call, survey, person, came="no")
    assert (anew.answers, anew.version) == ({"came": "no"}, 1)
    survey = call("close_survey", SurveyByVersion(id=survey.id, version=survey.version))
    take_back(call, anew)
    call("delete_survey", SurveyByVersion(id=other.id, version=other.version))
    with pytest.raises(NotFound):
        take_back(call, of_other)


def test_C16_answers_that_were_changed_meanwhile_are_not_taken_back_nor_by_who_may_not_write(call, person):
    survey = published(call)
    kept = answer(call, survey, person, came="yes")
    for who in (staff(Permission.CONTACTS_READ), link(person, survey.id)):
        with pytest.raises(NotAllowed):
            take_back(call, kept, who)
    answer(call, survey, who=link(person, survey.id), came="no")
    with pytest.raises(Stale):
        take_back(call, kept)
    assert answers(call) == [{"came": "no"}]


def test_C16_C13_of_merged_persons_each_set_of_answers_is_taken_back_by_itself(call, person):
    survey = published(call)
    other = call("create_person", CreatePerson(given_name="Helmi", family_name="Aallto")).id
    answer(call, survey, person, came="yes")
    came = answer(call, survey, other, came="no")
    merged = call("merge_persons", MergePersons(survivor_id=person, merged_id=other))
    take_back(call, came)
    assert answers(call, person_id=other) == [{"came": "yes"}]
    call("undo_merge", ById(id=merged.id))
    assert (answers(call, person_id=person), answers(call, person_id=other)) == ([{"came": "yes"}], [])


def test_C16_erasing_a_person_erases_the_answers(call, person):
    survey = published(call)
    answer(call, survey, person, came="no", why="Satoi")
    call("erase_person", ErasePerson(id=person, version=1, reason="requested"))
    assert answers(call, survey_id=survey.id) == []
    for attempt in (
        lambda: call("open_survey", OpenSurvey(id=survey.id, person_id=person)),
        lambda: answer(call, survey, who=link(person, survey.id), came="yes"),
    ):
        with pytest.raises((NotFound, Invalid)):
            attempt()


def test_C16_sent_by_many_at_once_it_is_kept_once(call, person):
    survey, outcomes = published(call), []

    def send(number):
        outcomes.append(answer(call, survey, who=link(person, survey.id), came="no", why=str(number)).id)

    threads = [Thread(target=send, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(outcomes), len(set(outcomes)), len(answers(call))) == (6, 1, 1)


def test_C16_pages_of_answers_do_not_overlap(call):
    survey = published(call)
    for number in range(7):
        who = call("create_person", CreatePerson(given_name=f"n{number}")).id
        answer(call, survey, who, came="yes")
    seen, cursor = [], None
    while True:
        page = call("list_survey_answers", ListSurveyAnswers(survey_id=survey.id, limit=3, cursor=cursor))
        seen += [each.person_name for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == [f"n{number}" for number in range(7)]
