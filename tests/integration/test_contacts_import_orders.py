"""Files of several sources about the same companies end the same in whatever order they come (C12), on a real
database through the real worker."""

import random
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from contracts.base import ById, Nothing, Translated
from contracts.contacts.basics import CustomerStatus
from contracts.contacts.fields import ContactKind, DefineField, FieldType
from contracts.contacts.imports import ImportProfile
from contracts.contacts.masters import SetMasters, ValueSource
from contracts.contacts.organisations import CreateOrganisation, ListOrganisations
from tests.integration.conftest import staff

OFFICE = staff()
PROFILES = (ImportProfile.CONTACTS, ImportProfile.ADDRESS_PROVIDER, ImportProfile.ACCOUNTING_CUSTOMERS)
ORDERS = tuple(permutations(PROFILES))
COMPANIES = 7
"""In each of the orders."""
MASTERS = {
    "phone": ValueSource.ACCOUNTING,
    "email": ValueSource.ADDRESS_PROVIDER,
    "addresses": ValueSource.IMPORT,
    "credit_limit": ValueSource.OFFICE,
}
HEADING = "Asiakasnumero;Organisaatio;Puhelin;Sähköposti;Katuosoite;Luottoraja;Maksuehto;Koko;Tunnisteet;Asiakkuus\n"


@pytest.fixture
def call(call_service, clean_contacts):
    return lambda method, request, principal=OFFICE: call_service("contacts", method, request, principal=principal)


def a_line(chance):
    """What a file says of a company: of each value one of few, or nothing."""
    return ";".join(chance.choice(each) for each in (
        ["", "09 111111", "09 222222", "09 333333"],
        ["", "a@example.org", "b@example.org"],
        ["", "Rantatie 1", "Kotikatu 2"],
        ["", "100", "200"],
        ["", "14", "30"],
        ["", "S", "L"],
        ["", "fair", "vip"],
        ["", "", "prospekti", "asiakas"],
    ))  # fmt: skip


def prepare(call):
    """The companies as the office has written them: customers, prospects, and of no known status."""
    call("define_field", DefineField(code="size", label=Translated(fi="Koko"), type=FieldType.TEXT,
                                     applies_to=ContactKind.ORGANISATION))  # fmt: skip
    call("set_masters", SetMasters(version=call("get_masters", Nothing()).version, organisations=MASTERS))
    for order in range(len(ORDERS)):
        for each in range(COMPANIES):
            status = [None, CustomerStatus.CUSTOMER, CustomerStatus.PROSPECT][each % 3]
            made = CreateOrganisation(name=f"Yritys {order}{each} Oy", customer_number=f"{order}{each}",
                                      email=["x@example.org", None, None][each % 3],
                                      customer_status=status)  # fmt: skip
            call("create_organisation", made)


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
        ends[int(card.customer_number[0])][card.customer_number[1]] = card.model_dump(exclude=out) | told
    return ends


def differing(first, others):
    """What ends otherwise than in the first order: company, field, both values or sources."""
    return [
        (company, field, first[company][field], value)
        for each in others
        for company, card in each.items()
        for field, value in card.items()
        if first[company].get(field) != value
    ]


def test_C12_files_of_three_sources_end_the_same_in_every_order_and_on_replay(call, imports):
    """Of each order there are companies of which the files say the same: what comes first for one comes last for
    another."""
    prepare(call)
    chance = random.Random(12)
    now = datetime.now(UTC)
    times = {each: now + timedelta(microseconds=later) for each, later in zip(PROFILES, (2, 3, 1), strict=True)}
    said = {(profile, each): a_line(chance) for profile in PROFILES for each in range(COMPANIES)}

    def run(profile, orders):
        lines = [
            f"{order}{each};Yritys {order}{each} Oy;{said[profile, each]}"
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
        assert any(remarks)
        assert remarks == remarks[:COMPANIES] * len(ORDERS)
    assert differing(first, as_it_ends(call).values()) == []
