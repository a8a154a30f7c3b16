"""Files of several sources about the same companies end the same in whatever order they come (C12), on a real
database through the real worker."""

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from contracts.base import ById, Nothing, Translated
from contracts.contacts.addresses import Address
from contracts.contacts.basics import CustomerStatus
from contracts.contacts.fields import Choice, ContactKind, DefineField, FieldType
from contracts.contacts.imports import ImportProfile
from contracts.contacts.masters import SetMasters, ValueSource
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from tests.integration.conftest import staff

OFFICE = staff()
PROFILES = (ImportProfile.CONTACTS, ImportProfile.ADDRESS_PROVIDER, ImportProfile.ACCOUNTING_CUSTOMERS)
ORDERS = tuple(permutations(PROFILES))
COMPANIES = 20
"""In each of the orders."""
MASTERS = {
    "phone": ValueSource.ACCOUNTING,
    "email": ValueSource.ADDRESS_PROVIDER,
    "addresses": ValueSource.IMPORT,
    "credit_limit": ValueSource.OFFICE,
    "other_emails": ValueSource.ADDRESS_PROVIDER,
    "other_phones": ValueSource.ACCOUNTING,
    "fields.groups": ValueSource.IMPORT,
    "fields.class": ValueSource.ADDRESS_PROVIDER,
}
COLUMNS = {
    "Puhelin": ["", "09 111111", "09 222222", "09 333333"],
    "Matkapuhelin": ["", "", "040 1111111", "040 2222222"],
    "Sähköposti": ["", "a@example.org", "b@example.org"],
    "Työsähköposti": ["", "", "c@example.org", "d@example.org ::: a@example.org"],
    "Laskutussähköposti": ["", "", "c@example.org", "b@example.org"],
    "Katuosoite": ["", "Rantatie 1", "Kotikatu 2"],
    "Postinumero": ["", "00100", "33100"],
    "Postitoimipaikka": ["", "Helsinki", "Tampere"],
    "Maa": ["", "", "FI", "SE"],
    "Luottoraja": ["", "100", "200"],
    "Maksuehto": ["", "14", "30"],
    "Koko": ["", "S", "L"],
    "Piirit": ["", "", "etelä", "länsi, itä", "etelä, itä", "pohjoinen", "pohjoinen, itä"],
    "Luokka": ["", "", "uusi", "uudempi", "vanha"],
    "Tunnisteet": ["", "fair", "vip"],
    "Asiakkuus": ["", "", "prospekti", "asiakas"],
}
"""What a file says of a company: of each value one of few, or nothing."""
HEADING = ";".join(["Asiakasnumero", "Organisaatio", *COLUMNS]) + "\n"
BY_HAND = {
    "customer_status": [None, CustomerStatus.CUSTOMER, CustomerStatus.PROSPECT],
    "email": [None, "x@example.org"],
    "phone": [None, "09 999999"],
    "other_emails": [[], [], [{"kind": "work", "address": "c@example.org"}]],
    "addresses": [[], [], [Address(city="Helsinki")], [Address(street="Kotikatu 2", city="Helsinki")]],
    "other_phones": [[], [], [{"kind": "mobile", "number": "+358401111111"}]],
    "tags": [[], [], ["vip"]],
    "fields": [{}, {"class": "uusi"}, {"class": "vanha", "groups": ["pohjoinen"]}, {"groups": ["etela", "pohjoinen"]}],
}
"""What the office has written of it."""
FIELDS = {
    "size": ("Koko", FieldType.TEXT, {}),
    "groups": ("Piirit", FieldType.MULTI_CHOICE, {"etela": "etelä", "lansi": "länsi", "ita": "itä"}),
    "class": ("Luokka", FieldType.CHOICE, {"uusi": "uusi", "uudempi": "uudempi"}),
}
RETIRED = {"groups": "pohjoinen", "class": "vanha"}
"""Choices of before."""


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def any_of(chance, choices):
    return {name: chance.choice(each) for name, each in choices.items()}


def define_fields(call, retired):
    for code, (named, kind, labels) in FIELDS.items():
        all_labels = labels | ({retired[code]: retired[code]} if code in retired else {})
        choices = [Choice(code=each, label=Translated(fi=name)) for each, name in all_labels.items()]
        call("define_field", DefineField(code=code, label=Translated(fi=named), type=kind, choices=choices,
                                         applies_to=ContactKind.ORGANISATION))  # fmt: skip


def prepare(call, chance, masters):
    """The companies as the office has written them: customers, prospects, and of no known status."""
    define_fields(call, RETIRED)
    call("set_masters", SetMasters(version=call("get_masters", Nothing()).version, organisations=masters))
    written = [any_of(chance, BY_HAND) for _ in range(COMPANIES)]
    for order in range(len(ORDERS)):
        for each in range(COMPANIES):
            made = CreateOrganisation(name=f"Yritys {order}-{each} Oy", customer_number=f"{order}-{each}",
                                      **written[each])  # fmt: skip
            call("create_organisation", made)
    define_fields(call, {})


def as_it_ends(call):
    """Values with source, time and rule of the companies, by order; what is as it was made has no time."""
    ends = {order: {} for order in range(len(ORDERS))}
    for each in call("list_organisations", ListOrganisations(limit=200)).data:
        card = call("get_organisation", ById(id=each.id))
        told = {
            f"source of {said.field}": (
                said.source,
                said.rule,
                said.observed_at if said.source is not ValueSource.OFFICE else None,
            )
            for said in call("list_sources", ById(id=each.id)).data
        }
        out = {"id", "name", "customer_number", "version", "created_at", "updated_at"}
        order, _, company = card.customer_number.partition("-")
        ends[int(order)][company] = card.model_dump(exclude=out) | told
    return ends


def differing(first, others):
    """What ends otherwise than in the first order: company, field, both values or sources."""
    return [
        (company, field, first[company].get(field), card.get(field))
        for each in others
        for company, card in each.items()
        for field in card | first[company]
        if first[company].get(field) != card.get(field)
    ]


@pytest.mark.parametrize("masters", [MASTERS, {}], ids=["mastered", "free"])
@pytest.mark.parametrize("ages", [(2, 3, 1), (-1, 2, 1), (1, -1, -2)], ids=str)
def test_C12_files_of_three_sources_end_the_same_in_every_order_and_on_replay(call, imports, masters, ages):
    """Of each order there are companies of which the files say the same: what comes first for one comes last for
    another. Files of a negative age were true before the office wrote."""
    chance = random.Random(str(ages))
    before = datetime.now(UTC) - timedelta(hours=1)
    prepare(call, chance, masters)
    now = datetime.now(UTC)
    times = {
        each: (now if age > 0 else before) + timedelta(microseconds=age)
        for each, age in zip(PROFILES, ages, strict=True)
    }
    said = {
        (profile, each): ";".join(any_of(chance, COLUMNS).values()) for profile in PROFILES for each in range(COMPANIES)
    }

    def run(profile, orders):
        lines = [
            f"{order}-{each};Yritys {order}-{each} Oy;{said[profile, each]}"
            for order in orders
            for each in range(COMPANIES)
        ]
        return imports.run_said(HEADING + "\n".join(lines) + "\n", times[profile], profile)

    for turn in range(len(PROFILES)):
        for profile in PROFILES:
            run(profile, [number for number, order in enumerate(ORDERS) if order[turn] is profile])
    first, *others = as_it_ends(call).values()
    assert differing(first, others) == []
    for profile in chance.sample(PROFILES, len(PROFILES)):
        again = imports.rows(run(profile, range(len(ORDERS))))
        assert {row.state for row in again} == {"unchanged"}
        remarks = [row.remarks for row in again]
        assert any(remarks) or not masters
        assert remarks == remarks[:COMPANIES] * len(ORDERS)
    assert differing(first, as_it_ends(call).values()) == []


def test_C12_files_of_one_source_that_make_the_companies_end_the_same_in_every_order_and_on_replay(call, imports):
    """Whichever comes first makes them."""
    chance = random.Random(15)
    define_fields(call, RETIRED)
    define_fields(call, {})
    days = range(3)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    said = {(day, each): ";".join(any_of(chance, COLUMNS).values()) for day in days for each in range(COMPANIES)}
    orders = list(permutations(days))

    def run(day, numbers):
        lines = [f"{order}-{each};Yritys {order}-{each} Oy;{said[day, each]}\n"
                 for order in numbers for each in range(COMPANIES)]  # fmt: skip
        return imports.run_said(HEADING + "".join(lines), start + timedelta(days=day))

    for turn in days:
        for day in days:
            run(day, [number for number, order in enumerate(orders) if order[turn] == day])
    first, *others = as_it_ends(call).values()
    assert differing(first, others) == []
    for day in chance.sample(days, len(days)):
        assert {row.state for row in imports.rows(run(day, range(len(orders))))} == {"unchanged"}
    assert differing(first, as_it_ends(call).values()) == []
