"""What each user wants to see of lists and cards, remembered for the account (C8)."""

import pytest
from pydantic import ValidationError

from contracts.access import Permission
from contracts.base import Nothing, Translated
from contracts.contacts.addresses import Address
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.fields import DefineField, FieldType
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from contracts.contacts.persons import CreatePerson, ListPersons
from contracts.contacts.views import SaveView, View, ViewByName, ViewName
from contracts.errors import Invalid, NotAllowed
from tests.integration.conftest import staff

OFFICE = staff(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.SETTINGS_WRITE)
COLLEAGUE = staff(Permission.CONTACTS_READ)
CITY_FIRST = SaveView(name=ViewName.CONTACTS, shown=["city", "fields.size"], hidden=["tags"])


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def test_C8_a_choice_is_remembered_for_its_account_alone_until_it_is_reset(call):
    saved = call("save_view", CITY_FIRST)
    call("save_view", SaveView(name=ViewName.PERSON_FACTS, shown=["email"]))
    assert call("list_views", Nothing()).data == [saved, View(name=ViewName.PERSON_FACTS, shown=["email"])]
    assert call("list_views", Nothing(), COLLEAGUE).data == []
    changed = call("save_view", SaveView(name=ViewName.CONTACTS, shown=["phone"]))
    assert call("list_views", Nothing()).data[0] == changed
    for _ in range(2):
        call("reset_view", ViewByName(name=ViewName.CONTACTS))
    assert [each.name for each in call("list_views", Nothing()).data] == [ViewName.PERSON_FACTS]


def test_C8_what_stands_twice_is_refused(call):
    for wrong, pointer in (({"shown": ["a", "a"]}, "/shown"), ({"shown": ["a"], "hidden": ["b", "a"]}, "/hidden")):
        with pytest.raises(Invalid) as caught:
            call("save_view", SaveView(name=ViewName.CONTACTS, **wrong))
        assert caught.value.errors[0].pointer == pointer
    with pytest.raises(ValidationError):
        SaveView(name=ViewName.CONTACTS, shown=["<script>"])
    with pytest.raises(NotAllowed):
        call("save_view", CITY_FIRST, staff(Permission.COURSES_READ))


@pytest.fixture
def register(call):
    """Aho belongs to two organisations; one belongs to the other."""
    call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.NUMBER))
    basics = {"title": "Dr", "gender": "woman", "fields": {"size": 4}, "credit_limit": {"amount": "10.00"}}
    place = Address(street="Rantatie 1", postal_code="00100", city="Espoo")
    person = call("create_person", CreatePerson(family_name="Aho", addresses=[place], **basics))
    call("create_person", CreatePerson(family_name="Berg"))
    above = call("create_organisation", CreateOrganisation(name="Öljy Oy", payment_days=30))
    below = call("create_organisation", CreateOrganisation(name="Akku Oy", parent_id=above.id))
    for each in (above, below):
        call("create_affiliation", CreateAffiliation(person_id=person.id, organisation_id=each.id))


@pytest.mark.parametrize("q", [None, "aho"])
def test_C8_a_list_brings_the_columns_that_are_asked_for(call, register, q):
    show = "title,gender,birth_date,credit_limit,address,organisations,fields.size,fields.gone"
    rows = call("list_persons", ListPersons(show=show, q=q)).data
    assert rows[0].more == {
        "title": "Dr", "gender": "woman", "credit_limit": {"amount": "10.00", "currency": "EUR"},
        "address": "Rantatie 1, 00100 ESPOO", "organisations": ["Akku Oy", "Öljy Oy"], "fields.size": 4,
    }  # fmt: skip
    assert [each.more for each in rows[1:]] == [{}] * (len(rows) - 1)
    assert call("list_persons", ListPersons(q=q)).data[0].more == {}


def test_C8_organisations_have_columns_of_their_own(call, register):
    rows = call("list_organisations", ListOrganisations(show="parent,payment_days")).data
    assert [(each.name, each.more) for each in rows] == [
        ("Akku Oy", {"parent": "Öljy Oy"}), ("Öljy Oy", {"payment_days": 30}),
    ]  # fmt: skip


@pytest.mark.parametrize("show", ["search", "title,linked_to", "parent", ",".join(["title"] * 51)])
def test_C8_other_columns_are_refused(call, show):
    with pytest.raises(Invalid) as caught:
        call("list_persons", ListPersons(show=show))
    assert caught.value.errors[0].code == "unknown_column"
