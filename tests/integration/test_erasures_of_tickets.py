"""Tickets repeat what is written of their session, also whom it names who is erased (C17, K7)."""

import pymupdf
import pytest

from chassis import files
from chassis.database import database_of
from chassis.mentions import MARK
from contracts.base import ById
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.courses import CancelEnrolment, EnrolmentState, PaymentMethod
from contracts.errors import NotFound
from services.courses import tickets as documents
from services.courses.commands import tickets
from services.courses.commands.tickets import file_key
from tests.integration.town import opened_town


@pytest.fixture
def town(call_service, clean_database, monkeypatch):
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def teacher(town):
    return town.person("Åsa-Maija", family_name="Öhman")


def seat(town, session, name):
    return town.enrol(session, town.person(name), payment=PaymentMethod.INVOICE)


def erase(town, person):
    version = town.call("contacts", "get_person", ById(id=person.id)).version
    town.call("contacts", "erase_person", ErasePerson(id=person.id, version=version, reason=ErasureReason.REQUESTED))
    town.settle()


def printed(enrolment):
    with pymupdf.open(stream=files.load(file_key(enrolment.id)), filetype="pdf") as pdf:
        return pdf[0].get_text()


def is_there(enrolment):
    try:
        return bool(files.size(file_key(enrolment.id)))
    except NotFound:
        return False


def test_C17_tickets_of_others_that_name_the_erased_go_and_who_is_to_come_gets_a_new_one(town, teacher):
    session = town.session(seats=3, place="Åsa-Maija Öhmanin sali")
    coming, gone = seat(town, session, "Elli"), seat(town, session, "Eino")
    other = seat(town, town.session(), "Eeva")
    town.settle()
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=gone.id, reason="Este"))
    assert "Öhman" in printed(coming)
    assert "Öhman" in printed(gone)
    before = town.enrolment(other).version
    erase(town, teacher)
    assert MARK in printed(coming)
    assert "Öhman" not in printed(coming)
    assert not is_there(gone)
    assert is_there(other)
    assert town.enrolment(other).version == before
    told = [subject for subject in town.subjects(town.call("contacts", "get_person", ById(id=coming.person_id)))
            if subject.startswith("Lippusi")]  # fmt: skip
    assert len(told) == 1


def test_C17_tickets_of_a_day_that_is_over_go_for_good(town, teacher):
    session = town.session(place="Åsa-Maija Öhmanin sali")
    came = seat(town, session, "Elli")
    town.settle()
    over = "UPDATE sessions SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 day'"
    town.alter("courses", over)
    erase(town, teacher)
    assert not is_there(came)
    left = town.enrolment(came)
    assert (left.state, left.ticket_key) == (EnrolmentState.CONFIRMED, None)


def test_K7_a_ticket_that_is_made_while_its_seat_is_given_back_does_not_stay(town, monkeypatch):
    seated = seat(town, town.session(), "Elli")
    made = documents.store_ticket

    def and_cancelled_meanwhile(*about):
        key = made(*about)
        town.call("courses", "cancel_enrolment", CancelEnrolment(id=seated.id, reason="Este"))
        return key

    monkeypatch.setattr(documents, "store_ticket", and_cancelled_meanwhile)
    town.settle()
    assert town.enrolment(seated).state is EnrolmentState.CANCELLED
    assert not is_there(seated)


def test_C17_a_ticket_that_is_made_while_it_must_lose_a_name_does_not_stay_of_a_day_just_over(town, monkeypatch):
    session = town.session(place="Åsa-Maija Öhmanin sali")
    seated, made = seat(town, session, "Elli"), documents.store_ticket

    def once_it_was_struck(*about):
        town.alter("courses", "UPDATE sessions SET starts_at = now() - interval '2 days', ends_at = now()")
        with database_of("courses").transaction() as transaction:
            tickets.remove(transaction, [session.id])
        return made(*about)

    monkeypatch.setattr(documents, "store_ticket", once_it_was_struck)
    town.settle()
    assert town.enrolment(seated).ticket_key is None
    assert not is_there(seated)


def test_C17_a_ticket_left_by_a_worker_that_died_goes_with_its_owner(town, teacher, monkeypatch):
    seated = town.enrol(town.session(), teacher, payment=PaymentMethod.INVOICE)
    made = documents.store_ticket

    def and_dies(*about):
        made(*about)
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(documents, "store_ticket", and_dies)
        town.settle()
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=seated.id, reason="Este"))
    assert "Öhman" in printed(seated)
    erase(town, teacher)
    assert not is_there(seated)
