"""What there is about seeded persons besides their names and addresses: tags, additional fields, activities, and what
membership and commerce would have told of them.

The rows of the other services' facts have the shapes of the service's own handlers; those services hold nothing of it.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from contracts.base import Translated
from contracts.commerce.orders import OrderState, PurchaseFact
from contracts.contacts.activities import ActivityKind
from contracts.contacts.fields import Choice, DefineField, FieldType
from contracts.membership import MembershipFact, PaidTerm
from services.contacts.commands.known import membership_row, purchase_row

Row = dict[str, Any]
One = TypeVar("One")
TODAY = date(2026, 1, 1)
DOUBLE_OF = "seed_double_of"
CLASSES = ("a", "b", "c")
INTERESTS = ("training", "wages", "safety", "travel", "reading", "fishing", "gardening", "music")
FIELDS = (
    DefineField(
        code="seed_class",
        label=Translated(fi="Asiakasluokka", sv="Kundklass", en="Customer class"),
        type=FieldType.CHOICE,
        choices=[Choice.model_validate(each) for each in CLASSES],
        classification=True,
    ),
    DefineField(
        code="seed_interests",
        label=Translated(fi="Kiinnostukset", sv="Intressen", en="Interests"),
        type=FieldType.MULTI_CHOICE,
        choices=[Choice.model_validate(each) for each in INTERESTS],
    ),
    DefineField(
        code=DOUBLE_OF,
        label=Translated(fi="Kaksoiskappale", sv="Dubblett av", en="Double of"),
        type=FieldType.TEXT,
    ),
)
TAGS = {"volunteer": 0.2, "newsletter": 0.3, "donor": 0.05, "board": 0.02, "press": 0.01}
TYPES, TYPE_SHARES = ("personal", "senior", "student", "family"), (70, 15, 10, 5)
MEMBERS, PAID_UP, ENDED = 0.3, 0.75, 0.1
GRACE_DAYS = 60
BUYERS = 0.25
PRODUCTS = (
    ("course-day", "courses", "150.00"), ("handbook", "publications", "39.00"), ("magazine", "publications", "62.00"),
    ("congress", "courses", "420.00"), ("pin", "goods", "9.50"),
)  # fmt: skip
STATES, STATE_SHARES = (OrderState.PAID, OrderState.BILLED, OrderState.CANCELLED), (85, 10, 5)
TALKS = 0.12
KINDS = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING, ActivityKind.NOTE)
TEXTS = (
    "Kysyi jäsenmaksusta.", "Soitettiin kurssista, palataan asiaan.", "Ringde om fakturan.", "Sovittu tapaaminen.",
    "Toivoo yhteydenottoa syksyllä.", "Asked about the congress.", "Osoite muuttunut, tarkistettu.", "Vill bli medlem.",
)  # fmt: skip


def tags(chance: random.Random) -> list[str]:
    """Some of the tags."""
    return [tag for tag, share in TAGS.items() if chance.random() < share]


def fields(chance: random.Random) -> Row:
    """Values of some of the additional fields."""
    found: Row = {}
    if chance.random() < 0.6:
        found["seed_class"] = chance.choices(CLASSES, (10, 30, 60))[0]
    if chance.random() < 0.3:
        found["seed_interests"] = sorted({_one(chance, INTERESTS) for _ in range(3)})
    return found


def activities(chance: random.Random, activity_id: UUID, recorded_by: str) -> Iterator[Row]:
    """Rows of what was done with a person, if anything was."""
    if chance.random() < TALKS:
        happened = datetime.combine(_day(chance, 3), datetime.min.time(), UTC) + timedelta(
            hours=8 + 8 * chance.random()
        )
        yield {
            "id": activity_id,
            "kind": _one(chance, KINDS),
            "text": _one(chance, TEXTS),
            "happened_at": happened,
            "private": False,
            "recorded_at": happened,
            "recorded_by": recorded_by,
            "version": 1,
        }


def memberships(chance: random.Random, person_id: UUID, membership_id: UUID) -> Iterator[Row]:
    """Rows of the membership of a person, if it is a member."""
    if chance.random() < MEMBERS:
        joined, year = _day(chance, 12), TODAY.year if chance.random() < PAID_UP else TODAY.year - 1
        ended = chance.random() < ENDED
        fact = MembershipFact(
            id=membership_id,
            person_id=person_id,
            type_code=chance.choices(TYPES, TYPE_SHARES)[0],
            joined_on=joined,
            ended_on=max(joined, _day(chance, 2)) if ended else None,
            grace_days=GRACE_DAYS,
            paid=[PaidTerm(starts_on=max(joined, date(year, 1, 1)), ends_on=max(joined, date(year, 12, 31)))],
        )
        yield membership_row(fact) | {"told": 0}


def purchases(chance: random.Random, customer_id: UUID, new_id: Callable[[int], UUID]) -> Iterator[Row]:
    """Rows of what a person has bought, if anything; `new_id` takes the place of the line."""
    if chance.random() < BUYERS:
        for place in range(chance.choices((1, 2, 3), (60, 25, 15))[0]):
            code, category, price = _one(chance, PRODUCTS)
            quantity, day = chance.choices((1, 2, 5), (85, 12, 3))[0], _day(chance, 5)
            fact = PurchaseFact(
                id=new_id(place),
                order_id=new_id(place),
                customer_id=customer_id,
                product_code=code,
                category=category,
                quantity=quantity,
                amount=Decimal(price) * quantity,
                ordered_at=datetime.combine(day, datetime.min.time(), UTC),
                state=chance.choices(STATES, STATE_SHARES)[0],
            )
            yield purchase_row(fact, day) | {"told": 0}


def _day(chance: random.Random, years: int) -> date:
    """A day of the last years before the seed's own day."""
    return TODAY - timedelta(days=chance.randrange(years * 365))


def _one(chance: random.Random, among: tuple[One, ...]) -> One:
    return among[int(chance.random() * len(among))]
