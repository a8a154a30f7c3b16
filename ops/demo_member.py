"""A demo member: a person with a paid membership, an enrolment, and a sign-in, made as the office would make them."""

import secrets
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis import files
from chassis.ids import derived_id
from chassis.rpc import client, with_key
from chassis.settings import settings
from contracts.base import ById, ListRequest
from contracts.commerce import CommerceApi
from contracts.commerce.bank_files import ImportBankFile
from contracts.commerce.invoices import Invoice, ListInvoices
from contracts.contacts import ContactsApi
from contracts.contacts.addresses import Address
from contracts.contacts.persons import CreatePerson, Person
from contracts.courses import CoursesApi, Enrol, ListSessions, PaymentMethod
from contracts.errors import Unavailable
from contracts.identity import CreateAccount, IdentityApi
from contracts.membership import Membership, MembershipApi, MembershipState, OpenMembership
from ops.demo.papers import camt_054

contacts, membership, courses = client(ContactsApi), client(MembershipApi), client(CoursesApi)
commerce, identity = client(CommerceApi), client(IdentityApi)
T = TypeVar("T")
PATIENCE, SAY_EVERY = 300.0, 10.0
"""Seconds: a busy machine may need minutes for what takes a second on another."""
USERNAME, PHONE = "jasen", "+358401000005"


class NotYet(Exception):
    """The services did not do their part in time."""


def make(membership_type_id: UUID) -> list[dict[str, str]]:
    """The member; the sign-in when its account was made now, else nothing."""
    person = _person()
    found = _membership(person, membership_type_id)
    _pay(soon("the member's invoice", lambda: _invoice(person)))
    soon("the paid membership", lambda: _active(found))
    _enrol(person)
    return _sign_in(person)


def _person() -> Person:
    with with_key("demo:member:person"):
        return contacts.create_person(
            CreatePerson(
                given_name="Jaana",
                family_name="Talkoolainen",
                email="jaana.talkoolainen@example.org",
                phone=PHONE,
                addresses=[Address(street="Talkootie 7 A 2", postal_code="00510", city="Helsinki")],
            )
        )


def _membership(person: Person, membership_type_id: UUID) -> Membership:
    with with_key("demo:member:membership"):
        return membership.open_membership(OpenMembership(person_id=person.id, membership_type_id=membership_type_id))


def _invoice(person: Person) -> Invoice | None:
    return next(iter(commerce.list_invoices(ListInvoices(customer_id=person.id)).data), None)


def _pay(invoice: Invoice) -> None:
    """By a bank's file with one payment, as members pay; the same file twice books nothing."""
    payments = [(f"{invoice.gross:.2f}", invoice.reference, "Talkoolainen Jaana")]
    content = camt_054(invoice.iban, datetime.now(ZoneInfo(settings().talkoo_time_zone)).date(), "DEMOMEMBER", payments)
    key = f"commerce/{derived_id('demo', 'member', 'bank-file')}"
    files.store(key, content)
    with with_key("demo:member:payment"):
        commerce.import_bank_file(ImportBankFile(file_key=key, file_name="demo-tapahtumat.xml"))


def _active(found: Membership) -> bool | None:
    state = membership.get_membership(ById(id=found.id)).state
    return True if state is MembershipState.ACTIVE else None


def _enrol(person: Person) -> None:
    """On the first course of the calendar, paid by invoice."""
    session = courses.list_sessions(ListSessions(limit=1)).data[0]
    with with_key("demo:member:enrolment"):
        courses.enrol(Enrol(session_id=session.id, person_id=person.id, payment=PaymentMethod.INVOICE))


def _sign_in(person: Person) -> list[dict[str, str]]:
    if any(account.username == USERNAME for account in identity.list_accounts(ListRequest(limit=200)).data):
        return []
    password = f"talkoo-{secrets.token_urlsafe(9)}"
    identity.create_account(
        CreateAccount(username=USERNAME, password=password, person_id=person.id, phone=PHONE, roles=["member"])
    )
    return [{"role": "Member", "username": USERNAME, "password": password, "phone": PHONE}]


def soon(
    what: str,
    find: Callable[[], T | None],
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> T:
    """What the services make in the background; says now and then on stderr what it waits for, raises NotYet."""
    began = clock()
    next_word = SAY_EVERY
    while True:
        with suppress(Unavailable):  # too busy to answer in time
            if (found := find()) is not None:
                return found
        waited = clock() - began
        if waited >= PATIENCE:
            raise NotYet(f"{what} did not come within {PATIENCE:.0f} s")
        if waited >= next_word:
            print(f"Still waiting for {what}, {waited:.0f} s by now.", file=sys.stderr, flush=True)
            next_word += SAY_EVERY
        pause(0.1)
