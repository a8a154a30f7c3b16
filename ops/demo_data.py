"""Demo data of a first start: settings, products, membership types, courses, people, sign-ins.

    python -m ops.demo_data           fills an empty suite; the last line is JSON with sign-ins and an API key
    python -m ops.demo_data --empty   prints a one-time link for the first administrator instead

Everything is made through the services' own commands, under fixed keys: a second run repeats nothing, and makes up for
a first one that was cut short.
"""

import json
import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

from chassis import rpc
from chassis.ids import new_id
from chassis.rpc import client, with_key
from contracts.access import Permission
from contracts.base import ListRequest, Nothing, Translated, TranslatedText
from contracts.commerce import CommerceApi
from contracts.commerce.products import CreateProduct
from contracts.commerce.seller import UpdateSellerDetails
from contracts.contacts import ContactsApi
from contracts.contacts.addresses import Address
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.organisations import CreateOrganisation, Organisation
from contracts.contacts.persons import CreatePerson, Person
from contracts.contacts.segments import CreateSegment, SegmentFilter
from contracts.courses import CoursesApi, CreateCourse, CreateSession
from contracts.errors import KeyReused
from contracts.identity import CreateAccount, CreateApiKey, IdentityApi
from contracts.membership import (
    CreateMembershipType,
    DiscountRule,
    MembershipApi,
    MembershipType,
    PeriodRule,
    SubmitApplication,
)
from ops import demo_member, first_administrator, people
from ops.demo_tables import COURSES, PLACES, PRODUCTS, STAFF
from ops.patience import patiently

NAMESPACE = UUID("7a1b0c52-6c1e-4f0e-9d55-3b8a6f0c9d10")
contacts = client(ContactsApi)
membership = client(MembershipApi)
courses = client(CoursesApi)
commerce = client(CommerceApi)
identity = client(IdentityApi)


def known_id(name: str) -> UUID:
    """The id of something in the demo data, the same in every suite."""
    return uuid5(NAMESPACE, name)


def seller() -> None:
    """The association's own details, which invoices need."""
    current = commerce.get_seller(Nothing())
    with with_key("demo:seller"), suppress(KeyReused):  # what the office has changed since stays
        commerce.update_seller(
            UpdateSellerDetails(
                version=current.version,
                name="Suomen Talkooväki ry",
                business_id="1234567-1",
                street="Kansankatu 12 B",
                postal_code="00510",
                city="Helsinki",
                email="toimisto@talkoovaki.example",
                phone="+358 9 555 0100",
                website="talkoovaki.example",
                iban="FI2112345600000785",
                bic="NDEAFIHH",
            )
        )


def products() -> dict[str, UUID]:
    """Fees and course products; their ids by code."""
    for code, fi, sv, en, category, price, vat in PRODUCTS:
        with with_key(f"demo:product:{code}"):
            commerce.create_product(
                CreateProduct(
                    id=known_id(code),
                    code=code,
                    name=Translated(fi=fi, sv=sv, en=en),
                    category=category,
                    price=price,
                    vat_code=vat,
                )
            )
    return {code: known_id(code) for code, *_ in PRODUCTS}


def membership_types(product: dict[str, UUID]) -> list[MembershipType]:
    """Three types, with a discount on courses."""
    types = (
        ("member", "Varsinainen jäsen", "Ordinarie medlem", "Member", "member-fee", "joining-fee", 25),
        ("student", "Opiskelijajäsen", "Studerandemedlem", "Student member", "student-fee", None, 50),
        ("supporter", "Kannatusjäsen", "Stödmedlem", "Supporting member", "supporter-fee", None, 10),
    )
    made = []
    for code, fi, sv, en, fee, joining, percent in types:
        with with_key(f"demo:type:{code}"):
            made.append(
                membership.create_membership_type(
                    CreateMembershipType(
                        code=code,
                        name=Translated(fi=fi, sv=sv, en=en),
                        description=TranslatedText(
                            fi=f"Kurssit {percent} % edullisemmin, jäsenlehti ja äänioikeus kokouksissa.",
                            sv=f"Kurser {percent} % billigare, medlemstidningen och rösträtt på mötena.",
                            en=f"Courses {percent} % cheaper, the members' magazine and a vote at meetings.",
                        ),
                        period=PeriodRule.CALENDAR_YEAR if code != "supporter" else PeriodRule.ROLLING_YEAR,
                        fee_product_id=product[fee],
                        joining_fee_product_id=product[joining] if joining else None,
                        discounts=[DiscountRule(category="courses", percent=percent)],
                    )
                )
            )
    return made


def course_calendar(product: dict[str, UUID]) -> None:
    """Six courses with two or three sessions each in the coming months."""
    first = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=14)
    for number, (code, fi, sv, en, topic, product_code) in enumerate(COURSES):
        with with_key(f"demo:course:{code}"):
            course = courses.create_course(
                CreateCourse(
                    code=code,
                    name=Translated(fi=fi, sv=sv, en=en),
                    topic=topic,
                    description=TranslatedText(
                        fi=f"{fi}: käytännönläheinen kurssi, jossa harjoitellaan yhdessä. Materiaali sisältyy hintaan.",
                        sv=f"{sv}: en praktisk kurs där vi övar tillsammans. Materialet ingår i priset.",
                        en=f"{en}: a hands-on course where we practise together. Material is included.",
                    ),
                )
            )
        for repeat in range(2 + number % 2):
            place, city = PLACES[(number + repeat) % len(PLACES)]
            starts_at = first + timedelta(days=9 * number + 30 * repeat, hours=0 if "day" in product_code else 8)
            with with_key(f"demo:session:{code}:{repeat}"), suppress(KeyReused):  # made on an earlier day
                courses.create_session(
                    CreateSession(
                        course_id=course.id,
                        starts_at=starts_at,
                        ends_at=starts_at + timedelta(hours=7 if "day" in product_code else 3),
                        place=place,
                        city=city,
                        seats=(12, 20, 30)[(number + repeat) % 3],
                        product_id=product[product_code],
                    )
                )


def register() -> None:
    """Sixty persons, eight organisations, who works where, and a segment."""
    made = [_person(each) for each in people.persons(60, seed=11)]
    employers = [_organisation(each) for each in people.organisations(8, seed=11)]
    for number, person in enumerate(made[:24]):
        with with_key(f"demo:affiliation:{number}"):
            contacts.create_affiliation(
                CreateAffiliation(
                    person_id=person.id,
                    organisation_id=employers[number % 8].id,
                    title=people.TITLES[number % len(people.TITLES)],
                    decision_maker=number % 4 == 0,
                )
            )
    with with_key("demo:segment:helsinki"):
        contacts.create_segment(
            CreateSegment(name="Helsinkiläiset", filter=SegmentFilter(field="city", op="eq", value="Helsinki"))
        )


def _person(each: people.InventedPerson) -> Person:
    with with_key(f"demo:person:{each.number}"):
        return contacts.create_person(
            CreatePerson(
                given_name=each.given_name,
                family_name=each.family_name,
                email=each.email,
                phone=each.phone,
                language=each.language,
                birth_date=each.birth_date,
                addresses=[Address(street=each.street, postal_code=each.postal_code, city=each.city)],
                tags=["volunteer"] if each.number % 5 == 0 else [],
            )
        )


def _organisation(each: people.InventedOrganisation) -> Organisation:
    with with_key(f"demo:organisation:{each.number}"):
        return contacts.create_organisation(
            CreateOrganisation(
                name=each.name,
                business_id=each.business_id,
                addresses=[Address(street=each.street, postal_code=each.postal_code, city=each.city)],
            )
        )


def applications(types: list[MembershipType]) -> None:
    """Three applications in the inbox; one from somebody who is in the register already."""
    known = next(people.persons(1, seed=11))
    new = list(people.persons(2, seed=12))
    for number, each in enumerate([known, *new]):
        with with_key(f"demo:application:{number}"):
            membership.submit_application(
                SubmitApplication(
                    id=known_id(f"application:{number}"),
                    membership_type_id=types[number % len(types)].id,
                    given_name=each.given_name,
                    family_name=each.family_name,
                    email=each.email,
                    phone=each.phone,
                    language=each.language,
                    address=Address(street=each.street, postal_code=each.postal_code, city=each.city),
                    message="Haluan mukaan talkoisiin!" if number == 0 else "",
                    accepts_terms=True,
                )
            )


def sign_ins() -> list[dict[str, str]]:
    """Accounts of staff with password and SMS code."""
    existing = {account.username for account in identity.list_accounts(ListRequest(limit=200)).data}
    made = []
    for username, role, label, phone in STAFF:
        if username in existing:
            continue
        password = f"talkoo-{secrets.token_urlsafe(9)}"
        email = f"{username}@talkoovaki.example"
        request = CreateAccount(
            username=username, email=email, password=password, phone=phone, roles=[role], sms_code=True
        )
        with with_key(f"demo:account:{new_id()}"):
            patiently(partial(identity.create_account, request))
        made.append({"role": label, "username": username, "password": password, "phone": phone})
    return made


def api_key() -> str:
    """A key with all rights, for scripts on this machine."""
    made = identity.create_api_key(CreateApiKey(name="Demo data", permissions=list(Permission)))
    return made.secret or ""


def fill() -> None:
    """Make everything and print how to get in."""
    seller()
    product = products()
    types = membership_types(product)
    course_calendar(product)
    register()
    applications(types)
    member = demo_member.make(types[0].id)
    print(json.dumps({"api_key": api_key(), "sign_ins": sign_ins() + member}))


def main(arguments: list[str]) -> None:
    """Fill the suite, or prepare an empty one."""
    rpc.act_as("worker")
    if arguments == ["--empty"]:
        first_administrator.link_and_key()
    else:
        patiently(fill)
    rpc.close()


if __name__ == "__main__":
    main(sys.argv[1:])
