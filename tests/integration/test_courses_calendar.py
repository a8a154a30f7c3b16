"""The course calendar (K1)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from chassis.ids import new_id
from contracts.access import ANONYMOUS, Permission
from contracts.base import ById, ListRequest, Translated, TranslatedText
from contracts.courses import CreateCourse, CreateSession, ListSessions
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.integration.conftest import member, staff
from tests.integration.school import School, opened_school

pytestmark = pytest.mark.integration


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def calendar(school, principal=ANONYMOUS, **named):
    return school.call("list_sessions", ListSessions(**named), principal=principal)


def found(school, **named):
    """Ids of the sessions in the public calendar."""
    return [each.id for each in calendar(school, **named).data]


@pytest.fixture
def year(school):
    """Sessions in a shuffled order of creation; their ids by name."""
    baking = school.new_course(
        code="baking",
        name=Translated(fi="Leivonta 100 %", sv="Bakning", en="Baking"),
        description=TranslatedText(fi="Ruisleipää\nalusta asti"),
        topic="food",
    )
    made = {
        "late": school.new_session(days=90, city="Turku", place="Aurasali"),
        "soon": school.new_session(days=1),
        "bread": school.new_session(days=20, course_id=baking.id, city="TURKU"),
        "hidden": school.new_session(days=5, published=False),
        "past": school.new_session(days=-3),
    }
    return {name: session.id for name, session in made.items()}


def test_K1_the_public_sees_what_is_published_and_to_come_by_start(school, year):
    assert found(school) == [year["soon"], year["bread"], year["late"]]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"topic": "food"}, ["bread"]),
        ({"city": "turku"}, ["bread", "late"]),
        ({"city": "turku", "topic": "board"}, ["late"]),
        ({"q": "bakning"}, ["bread"]),
        ({"q": "  turku   LEIVONTA "}, ["bread"]),
        ({"q": "ruisleipää"}, ["bread"]),
        ({"q": "100 %"}, ["bread"]),
        ({"q": "%"}, ["bread"]),
        ({"q": "aura_"}, []),
        ({"q": "\\"}, []),
        ({"q": "   "}, ["soon", "bread", "late"]),
        ({"city": "Nowhere"}, []),
    ],
)
def test_K1_filters_find_by_topic_place_and_words(school, year, wanted, names):
    assert found(school, **wanted) == [year[name] for name in names]


def test_K1_a_time_range_includes_its_start_and_not_its_end(school, year):
    start = school.call("get_session", ById(id=year["bread"])).starts_at
    assert found(school, starts_after=start, starts_before=start + timedelta(seconds=1)) == [year["bread"]]
    assert found(school, starts_before=start) == [year["soon"]]
    other_zone = start.astimezone(timezone(timedelta(hours=9)))
    assert found(school, starts_after=other_zone) == [year["bread"], year["late"]]
    assert found(school, starts_before=datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_K1_what_a_list_does_not_understand_is_refused():
    for bad in ({"starts_after": datetime(2027, 1, 1)}, {"q": "a\0b"}, {"city": "a\nb"}, {"topic": "A B"}):  # noqa: DTZ001
        with pytest.raises(ValidationError):
            ListSessions(**bad)


def test_K1_the_office_sees_all_and_nobody_else(school, year):
    everything = calendar(school, staff(Permission.COURSES_READ), all=True).data
    assert {each.id for each in everything} == set(year.values())
    for principal in (ANONYMOUS, member(new_id())):
        with pytest.raises(NotAllowed):
            calendar(school, principal, all=True)


def test_K1_an_unpublished_session_does_not_exist_for_the_public(school, year):
    with pytest.raises(NotFound):
        school.call("get_session", ById(id=year["hidden"]), principal=ANONYMOUS)
    assert school.call("get_session", ById(id=year["hidden"]), principal=staff(Permission.COURSES_READ))


def test_K1_pages_are_stable_while_sessions_come_and_go(school):
    same = datetime.now(UTC) + timedelta(days=10)
    made = [school.new_session(starts_at=same, ends_at=same + timedelta(hours=1)) for _ in range(7)]
    order = sorted(each.id for each in made)
    first = calendar(school, limit=3)
    school.new_session(days=1)
    school.alter("UPDATE sessions SET published = false WHERE id = ANY(:ids)", first.data[2])
    second = calendar(school, limit=3, cursor=first.next_cursor)
    third = calendar(school, limit=3, cursor=second.next_cursor)
    assert [each.id for page in (first, second, third) for each in page.data] == order
    assert (third.has_more, third.next_cursor) == (False, None)
    for bad in ("Pw", "WzFd", "WyJhIiwiYiJd", "WyIyMDI3LTAxLTAxVDAwOjAwOjAwIiwieCJd"):
        with pytest.raises(Invalid):
            calendar(school, cursor=bad)


def test_K1_courses_by_code_in_pages(school):
    for code in ("zz", "aa", "mm"):
        school.new_course(code=code)
    first = school.call("list_courses", ListRequest(limit=2), principal=ANONYMOUS)
    rest = school.call("list_courses", ListRequest(limit=2, cursor=first.next_cursor), principal=ANONYMOUS)
    codes = [each.code for each in [*first.data, *rest.data]]
    assert codes == sorted([school.course.code, "aa", "mm", "zz"])
    with pytest.raises(Invalid):
        school.call("list_courses", ListRequest(cursor="WyJhXHUwMDAwYiJd"))
    with pytest.raises(Conflict) as taken:
        school.new_course(code="aa")
    assert taken.value.error_code == "code_taken"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_at": datetime(2026, 1, 1, tzinfo=UTC)}, "/ends_at"),
        ({"ends_at": datetime(2199, 12, 31, tzinfo=UTC)}, "/ends_at"),
        ({"course_id": new_id()}, "/course_id"),
        ({"product_id": new_id()}, "/product_id"),
    ],
)
def test_K1_a_session_that_makes_no_sense_is_refused(school, changes, pointer):
    with pytest.raises(Invalid) as refused:
        school.new_session(**changes)
    assert refused.value.errors[0].pointer == pointer


def test_K1_only_the_office_makes_courses_and_sessions(school):
    for principal in (member(new_id()), staff(Permission.COURSES_READ)):
        with pytest.raises(NotAllowed):
            school.call("create_course", CreateCourse(code="x", name=Translated(fi="x")), principal=principal)
        session = school.new_session()
        request = CreateSession(**session.model_dump(include=set(CreateSession.model_fields)))
        with pytest.raises(NotAllowed):
            school.call("create_session", request, principal=principal)
