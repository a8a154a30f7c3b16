"""What contacts of the small register in memory have once; tests/segment_model.py adds what they have several of."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from contracts.base import Language
from contracts.contacts.basics import CustomerStatus, DeliveryMethod, Gender, PaymentMethod
from contracts.contacts.fields import FieldType

TODAY = date(2026, 6, 15)
CITIES = ["Helsinki", "Espoo", "Åbo", "", "100 % Kylä", "Under_score"]
TAGS = ["board", "choir", "vip"]
ADDITIONAL = {
    "note": FieldType.TEXT, "size": FieldType.CHOICE, "age": FieldType.NUMBER, "since": FieldType.DATE,
    "areas": FieldType.MULTI_CHOICE, "vegan": FieldType.YES_NO,
}  # fmt: skip
"""Additional fields of persons, organisations and affiliations."""


def some_days(chance: random.Random) -> date:
    return TODAY + timedelta(days=chance.choice([-400, -31, -30, -1, 0, 1, 30]))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), UTC)


def address(chance: random.Random) -> dict[str, Any]:
    return {"purpose": chance.choice(["postal", "billing"]), "street": chance.choice(["Rantatie 1", "rantatie 2"]),
            "postal_code": chance.choice(["", "15100"]), "city": chance.choice(CITIES),
            "country": chance.choice(["FI", "SE"])}  # fmt: skip


def additional(chance: random.Random) -> dict[str, Any]:
    """Values of some additional fields, named as tests name them."""
    values: dict[str, Any] = {
        "note": chance.choice(["Hyvä", "hyvä asia"]), "size": chance.choice(["s", "l"]), "age": chance.choice([9, 18]),
        "since": some_days(chance), "areas": chance.sample(["it", "hr"], chance.randint(0, 2)),
        "vegan": chance.random() < 0.5,
    }  # fmt: skip
    return {f"fields.{code}": value if chance.random() < 0.6 else None for code, value in values.items()}


def basics(chance: random.Random, number: int, first: dict[str, Any] | None) -> dict[str, Any]:
    """What persons and organisations have alike; `first` is the first address."""
    email, phone = (chance.choice([None, each]) for each in (f"a{number}@example.org", f"+35850{number:05}"))
    return {
        "email": email, "phone": phone, "fax": chance.choice([None, "+35891234"]),
        "customer_number": chance.choice([None, f"C{number}"]),
        "customer_status": chance.choice([None, *CustomerStatus]),
        "payment_method": chance.choice([None, *PaymentMethod]), "payment_days": chance.choice([None, 0, 14]),
        "delivery_method": chance.choice([None, *DeliveryMethod]), "credit_limit": chance.choice([None, 0, 100, 250.5]),
        "language": chance.choice(list(Language)), "city": first["city"] if first else "",
        "postal_code": first["postal_code"] if first else "", "created_at": noon(some_days(chance)),
        "updated_at": noon(some_days(chance)), "tag": chance.sample(TAGS, chance.randint(0, 3)),
        "other_email": chance.sample(["b@example.org", "c@example.org"], chance.choice([0, 0, 1, 2])),
        "has_email": email is not None, "has_phone": phone is not None, "has_address": first is not None,
        **additional(chance),
    }  # fmt: skip


def of_person(chance: random.Random, number: int, first: dict[str, Any] | None) -> dict[str, Any]:
    given, family = chance.choice(["", "Aino", "aatu"]), chance.choice(["Åberg", "Aho", "Öhman", f"Nro{number}"])
    return basics(chance, number, first) | {
        "given_name": given, "family_name": family, "name": f"{given} {family}".strip(),
        "title": chance.choice(["", "FT", "ft, dosentti"]), "gender": chance.choice([None, *Gender]),
        "birth_date": chance.choice([None, date(1950, 5, 5), date(1990, 1, 1)]),
        "banned": chance.sample(["email", "phone"], chance.choice([0, 0, 1, 2])),
    }  # fmt: skip


def of_organisation(chance: random.Random, number: int, first: dict[str, Any] | None) -> dict[str, Any]:
    own = basics(chance, 1_000 + number, first) | {"name": f"Lumi {number} Oy", "customer_number": f"c{number}"}
    if number == 1:
        own["tag"] = ["partner"]
    return own | {"business_id": chance.choice([None, f"100000{number}-1"]), "parent_id": None}
