"""What lists and segments look for of contact points is what the view says, whatever happened (C19)."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from chassis.database import database_of
from contracts.base import ById
from contracts.contacts.addresses import Address, AddressPurpose
from contracts.contacts.affiliations import CreateAffiliation, EndAffiliation, UpdateAffiliation
from contracts.contacts.basics import OtherEmail, OtherPhone
from contracts.contacts.contact_points import ConfirmPoint, MarkPoint
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.merges import MergePersons
from contracts.contacts.organisations import CreateOrganisation, UpdateOrganisation
from contracts.contacts.persons import CreatePerson, DeleteContact, UpdatePerson
from contracts.errors import ServiceError
from services.contacts import models
from tests.integration.conftest import staff
from tests.integration.importing import Importing, wait_until_held_up

OFFICE = staff()
COLUMNS = ", ".join(f'"{column.name}"' for column in models.KeptPoint.__table__.c)
APART = text(
    f"""(SELECT 'kept', {COLUMNS} FROM kept_points EXCEPT SELECT 'kept', {COLUMNS} FROM contact_points) UNION ALL
        (SELECT 'view', {COLUMNS} FROM contact_points EXCEPT SELECT 'view', {COLUMNS} FROM kept_points)"""
)
STREETS = ["Kotikatu 1", "Rantatie 2", ""]


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request: call_service("contacts", method, request, principal=OFFICE)


def apart():
    with database_of("contacts").reader() as reader:
        return reader.execute(APART).all()


def kept():
    with database_of("contacts").reader() as reader:
        return reader.execute(text("SELECT count(*) FROM kept_points")).scalar_one()


def ways(chance):
    """By what somebody is reached."""
    lists = {
        "other_emails": [OtherEmail(address=f"{n}@example.com") for n in chance.sample(range(5), chance.randint(0, 2))],
        "other_phones": [OtherPhone(number=f"04012345{n}0") for n in chance.sample(range(5), chance.randint(0, 2))],
        "addresses": [
            Address(purpose=purpose, street=chance.choice(STREETS), city=chance.choice(["Turku", ""]))
            for purpose in chance.sample([AddressPurpose.POSTAL, AddressPurpose.VISITING], chance.randint(0, 2))
        ],
    }
    first = {"email": f"{chance.randint(0, 9)}@example.org", "phone": f"04012345{chance.randint(10, 99)}"}
    return {name: value for name, value in (first | lists).items() if chance.random() < 0.6}


ACTS = (
    "create", "create", "change", "say", "say", "found", "move", "merge", "part", "delete", "erase", "employ", "employ",
    "change_work", "leave",
)  # fmt: skip


class Office:
    """Does things to contacts, some of which are refused."""

    def __init__(self, call, chance):
        self.call, self.chance, self.persons, self.organisations, self.merges = call, chance, [], [], []
        self.places = []
        self.done = Counter()

    def act(self, name):
        with suppress(ServiceError, IndexError):
            getattr(self, name)()
            self.done[name] += 1

    def create(self):
        made = self.call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", **ways(self.chance)))
        self.persons.append(made.id)

    def change(self):
        who = self.call("get_person", ById(id=self.chance.choice(self.persons)))
        self.call("update_person", UpdatePerson(id=who.id, version=who.version, **ways(self.chance)))

    def say(self):
        who = self.chance.choice(self.persons + self.organisations)
        point = self.chance.choice(self.call("get_contact_points", ById(id=who)).data)
        if self.chance.random() < 0.2 and point.verification_id:
            self.call("undo_verification", ById(id=point.verification_id))
        elif self.chance.random() < 0.5:
            self.call("confirm_contact_point", ConfirmPoint(id=who, key=point.key))
        else:
            self.call("mark_contact_point", MarkPoint(id=who, key=point.key))

    def found(self):
        made = self.call("create_organisation", CreateOrganisation(name="Lumi Oy", **ways(self.chance)))
        self.organisations.append(made.id)

    def move(self):
        who = self.call("get_organisation", ById(id=self.chance.choice(self.organisations)))
        self.call("update_organisation", UpdateOrganisation(id=who.id, version=who.version, **ways(self.chance)))

    def employ(self):
        sides = {
            "person_id": self.chance.choice(self.persons),
            "organisation_id": self.chance.choice(self.organisations),
        }
        made = self.call("create_affiliation", CreateAffiliation(**sides, **self.at_work()))
        self.places.append(made.id)

    def at_work(self):
        ways = {"email": f"{self.chance.randint(0, 9)}@work.example", "phone": f"0950{self.chance.randint(100, 999)}"}
        return {name: value for name, value in ways.items() if self.chance.random() < 0.7}

    def change_work(self):
        place = self.call("get_affiliation", ById(id=self.chance.choice(self.places)))
        self.call("update_affiliation", UpdateAffiliation(id=place.id, version=place.version, **self.at_work()))

    def leave(self):
        ends = EndAffiliation(id=self.chance.choice(self.places), ends_on=date(2030, 1, 1))
        self.call("end_affiliation", ends)

    def merge(self):
        survivor, merged = self.chance.sample(self.persons, 2)
        made = self.call("merge_persons", MergePersons(survivor_id=survivor, merged_id=merged))
        self.merges.append((made.id, merged))
        self.persons.remove(merged)

    def part(self):
        merge_id, merged = self.merges.pop()
        self.call("undo_merge", ById(id=merge_id))
        self.persons.append(merged)

    def delete(self):
        who = self.call("get_person", ById(id=self.chance.choice(self.persons)))
        self.call("delete_person", DeleteContact(id=who.id, version=who.version))
        self.persons.remove(who.id)

    def erase(self):
        who = self.call("get_person", ById(id=self.chance.choice(self.persons)))
        self.call("erase_person", ErasePerson(id=who.id, version=who.version, reason="requested"))
        self.persons.remove(who.id)


def test_C19_what_is_kept_is_what_the_view_says_after_whatever_was_done(call):
    office = Office(call, random.Random(19))
    for name in ("create", "found", "employ") * 10:
        office.act(name)
    for name in office.chance.sample(ACTS * 4, 60):
        office.act(name)
        assert apart() == []
    assert kept() > 5
    assert office.done.keys() == {*ACTS}, office.done


def test_C19_what_is_kept_follows_imports_and_their_undoing(call, call_service):
    importing = Importing(call_service)
    try:
        made = importing.run("Etunimi;Sukunimi;Sähköposti;Puhelin\nAino;Aalto;aino@example.org;040 1234567\n")
        assert (kept(), apart()) == (2, [])
        importing.finish(importing.call("undo_import", ById(id=made.id)))
        assert (kept(), apart()) == (0, [])
    finally:
        importing.close()


def test_C19_two_who_say_something_of_one_contact_at_once_are_both_kept(call):
    who = call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", email="aino@example.org",
                                             phone="0401234567")).id  # fmt: skip
    key = next(each.key for each in call("get_contact_points", ById(id=who)).data if each.kind == "phone")
    told = text("UPDATE value_sources SET observed_at = observed_at - :age WHERE subject_id = :who")
    with ThreadPoolExecutor() as other, database_of("contacts").transaction() as session:
        session.execute(told, {"age": timedelta(days=1_000), "who": who})
        session.flush()
        marked = other.submit(call, "mark_contact_point", MarkPoint(id=who, key=key))
        wait_until_held_up(marked)
        session.commit()
        marked.result()
    assert apart() == []
