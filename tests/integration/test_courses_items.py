"""What a session sells, and what an enrolment chooses of it (K2, K4)."""

import importlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pymupdf
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from chassis import files
from chassis.ids import new_id
from contracts.base import Translated
from contracts.courses import Enrolment, EnrolmentState, SeatHeld, Session, SessionItemWanted, UpdateSession
from contracts.errors import Invalid
from services.courses.queries.catalogue import get_session
from services.courses.queries.enrolments import get_enrolment
from tests.integration.conftest import member, staff
from tests.integration.school import School, opened_school

pytestmark = pytest.mark.integration


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def congress(school: School, seats: int = 9, **changes) -> Session:
    """The congress itself, a dinner, and two talks that nobody can hear both."""
    day = school.new_session().starts_at + timedelta(days=1)
    talk = {"starts_at": day, "ends_at": day + timedelta(hours=2)}
    later = {"starts_at": day + timedelta(hours=1), "ends_at": day + timedelta(hours=3)}
    dinner, talks = school.neighbours.product("45.00"), school.neighbours.product("10.00")
    items = [
        SessionItemWanted(product_id=school.product_id, required=True),
        SessionItemWanted(product_id=dinner, name=Translated(fi="Illallinen", sv="Middag")),
        SessionItemWanted(product_id=talks, name=Translated(fi="Talous"), **talk),
        SessionItemWanted(product_id=talks, name=Translated(fi="Viestintä"), **later),
    ]
    return school.new_session(seats, product_id=None, items=items, starts_at=day, ends_at=day + timedelta(hours=8))


def wanted(session: Session) -> list[SessionItemWanted]:
    return [SessionItemWanted(**each.model_dump()) for each in session.items]


def update(school: School, session: Session, **changes) -> Session:
    current = school.session(session)
    return school.call("update_session", UpdateSession(id=session.id, version=current.version, **changes))


def refused(work, *args, **named) -> tuple[str, str]:
    with pytest.raises(Invalid) as error:
        work(*args, **named)
    [found] = error.value.errors
    return found.pointer, found.code


def asked_lines(school: School) -> list[dict]:
    return [payload["lines"] for method, payload in school.neighbours.asked if method == "make_quote"][-1]


def test_K2_a_session_with_a_product_has_one_required_item_which_every_enrolment_buys(school):
    session = school.new_session()
    [item] = session.items
    assert (item.product_id, item.required, item.name) == (session.product_id, True, None)
    enrolment = school.enrol(session)
    assert enrolment.items == [item]
    assert enrolment == school.get(enrolment)
    assert [line["product_id"] for line in asked_lines(school)] == [str(school.product_id)]


def test_K4_chosen_items_come_beside_the_required_ones_and_raise_the_total(school):
    session = congress(school)
    first, dinner, talk, _other = session.items
    enrolment = school.enrol(session, items=[talk.id, dinner.product_id])
    assert enrolment.items == [first, dinner, talk]
    assert enrolment.price.amount == Decimal("145.00")
    assert enrolment == school.get(enrolment) == school.listed(session_id=session.id).data[0]
    assert [line["product_id"] for line in asked_lines(school)] == [str(each.product_id) for each in enrolment.items]
    assert asked_lines(school)[1]["about"]["sv"].startswith("Middag, Ledarskap, ")
    assert [told["quote_id"] for told in school.events(SeatHeld)] == [str(enrolment.quote_id)]


def test_K2_naming_the_required_item_is_the_same_as_not_naming_it(school):
    session = congress(school)
    assert school.enrol(session, items=[session.items[0].id]).items == school.enrol(session).items == session.items[:1]


def test_K2_an_item_that_cannot_be_had_is_named_and_nothing_changes(school):
    session, other = congress(school, seats=2), school.new_session()
    _first, dinner, talk, _other = session.items
    nobodys = new_id()
    for items, expected in (
        ([dinner.id, nobodys], ("/items/1", "no_such_item")),
        ([other.items[0].id], ("/items/0", "no_such_item")),
        ([dinner.id, dinner.product_id], ("/items/1", "repeated_item")),
        ([talk.product_id], ("/items/0", "several_items")),
    ):
        assert refused(school.enrol, session, items=items) == expected
    with pytest.raises(Invalid) as error:
        school.enrol(session, items=[nobodys])
    assert str(nobodys) in error.value.errors[0].message
    assert school.session(session).seats_free == 2
    assert school.listed(session_id=session.id).data == []
    assert school.neighbours.times_asked("make_quote") == 0
    assert school.events(SeatHeld) == []


def test_K4_nobody_takes_two_items_that_overlap_in_time(school):
    session = congress(school)
    talks = [session.items[2].id, session.items[3].id]
    assert refused(school.enrol, session, items=talks) == ("/items", "items_overlap")
    assert school.session(session).seats_free == 9
    for talk in talks:
        assert school.enrol(session, items=[talk]).state is EnrolmentState.HELD


def test_K2_the_same_key_with_items_gives_the_same_enrolment_once(school):
    session, person = congress(school), school.neighbours.person()
    wish = {"items": [session.items[1].id], "key": "dinner", "principal": staff()}
    first = school.enrol(session, person, **wish)
    assert school.enrol(session, person, **wish) == first
    assert school.session(session).seats_free == 8
    assert school.rows("SELECT count(*) FROM enrolment_items")[0].count == 2


def test_K2_who_waits_keeps_the_choice_and_an_offer_costs_all_of_it(school):
    session = congress(school, seats=1)
    seated = school.enrol(session)
    waiting = school.enrol(session, items=[session.items[1].id])
    assert (waiting.state, waiting.items) == (EnrolmentState.WAITING, session.items[:2])
    assert waiting == school.get(waiting)
    school.cancel(seated)
    taken = school.take(waiting, member(waiting.person_id))
    assert (taken.price.amount, taken.items) == (Decimal("135.00"), session.items[:2])


def test_K4_K7_the_ticket_names_what_was_chosen(school):
    session = congress(school)
    _first, dinner, talk, _other = session.items
    plain, chosen = school.confirmed(session), school.confirmed(session, items=[dinner.id, talk.id])
    school.make_tickets()
    printed = printed_ticket(school, chosen)
    assert printed.index("Tuote") < printed.index("Illallinen") < printed.index("Talous, ")
    assert "Viestintä" not in printed
    assert "Tuote" not in printed_ticket(school, plain)


def printed_ticket(school: School, enrolment: Enrolment) -> str:
    with pymupdf.open(stream=files.load(school.ticket(enrolment).file_key), filetype="pdf") as pdf:
        return pdf[0].get_text()


def test_K4_the_office_changes_items_and_who_chose_one_keeps_it(school):
    session = congress(school)
    enrolment = school.enrol(session, items=[session.items[1].id])
    first, _dinner, talk, other = wanted(session)
    added = SessionItemWanted(product_id=school.free_id, name=Translated(fi="Kahvi"), required=True)
    changed = update(school, session, items=[first, added, other, talk])
    assert [each.id for each in changed.items if each.name != added.name] == [first.id, other.id, talk.id]
    assert changed.version == session.version + 1
    assert update(school, session, items=wanted(changed)).version == changed.version
    assert school.get(enrolment).items == session.items[:2]
    assert refused(school.enrol, session, items=[session.items[1].id]) == ("/items/0", "no_such_item")
    assert [each.product_id for each in school.enrol(session).items] == [school.product_id, school.free_id]


def test_K2_another_product_of_a_session_is_another_product_of_its_first_item(school):
    session = congress(school)
    changed = update(school, session, product_id=school.free_id)
    assert (changed.product_id, changed.items[0].id) == (school.free_id, session.items[0].id)
    assert changed.items[1:] == session.items[1:]
    assert school.enrol(session).state is EnrolmentState.CONFIRMED


def test_K4_items_that_nobody_could_choose_are_refused_with_their_place(school):
    session = congress(school)
    first, dinner, talk, other = wanted(session)
    optional = first.model_copy(update={"required": False})
    both = [each.model_copy(update={"required": True}) for each in (talk, other)]
    backwards = talk.model_copy(update={"ends_at": talk.starts_at})
    for items, expected in (
        ([optional], ("/items/0/required", "first_required")),
        ([first, *both], ("/items/2/starts_at", "items_overlap")),
        ([first, backwards], ("/items/1/ends_at", "before_start")),
        ([first, talk.model_copy(update={"ends_at": None})], ("/items/1/ends_at", "both_times")),
        ([first, dinner, dinner], ("/items/2/id", "repeated_item")),
        ([first, dinner.model_copy(update={"id": new_id()})], ("/items/1/id", "no_such_item")),
        ([first, dinner.model_copy(update={"product_id": new_id()})], ("/items/1/product_id", "no_such_product")),
    ):
        assert refused(update, school, session, items=items) == expected
    assert refused(update, school, session, items=[first], product_id=school.free_id)[1] == "product_or_items"
    assert refused(school.new_session, product_id=None) == ("/product_id", "product_or_items")
    assert school.session(session) == session


def test_K4_the_migration_makes_the_product_of_a_session_the_item_that_its_enrolments_chose(school, database_urls):
    session = school.new_session()
    enrolment = school.enrol(session)
    migration = importlib.import_module("services.courses.migrations.versions.0006_sell_items")
    engine = create_engine(database_urls["courses"])
    with engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        migration.downgrade()
        assert connection.scalar(text("SELECT product_id FROM sessions WHERE id = :id"), {"id": session.id}) == (
            session.product_id
        )
        migration.upgrade()
        made = get_session(connection, session.id, unpublished=True)
        assert [(each.product_id, each.required) for each in made.items] == [(session.product_id, True)]
        assert get_enrolment(connection, enrolment.id).items == made.items
        connection.rollback()
    engine.dispose()
    assert school.get(enrolment) == enrolment
