"""What a segment may test (C10): fields of persons and organisations, and of the things that they have several of.

Another kind of thing is one more relation here; docs/segments.md says what else it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.access import Permission
from contracts.contacts.fields import FieldType
from contracts.contacts.segments import SegmentKind


class Kind(StrEnum):
    """What a field holds, which decides the operators it takes."""

    TEXT = "text"
    CHOICE = "choice"
    """A code; takes the same operators as a text."""
    STATE = "state"
    """One of some codes, told from facts and the day."""
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"
    MANY = "many"
    ID = "id"


EMPTINESS = frozenset({"empty", "not_empty"})
OPERATORS: dict[Kind, frozenset[str]] = {
    Kind.TEXT: frozenset({"eq", "ne", "in", "contains", "starts"}) | EMPTINESS,
    Kind.CHOICE: frozenset({"eq", "ne", "in", "contains", "starts"}) | EMPTINESS,
    Kind.STATE: frozenset({"eq", "ne", "in"}),
    Kind.NUMBER: frozenset({"eq", "ne", "in", "gte", "lte"}) | EMPTINESS,
    Kind.DATE: frozenset({"eq", "ne", "in", "gte", "lte"}) | EMPTINESS,
    Kind.TIME: frozenset({"gte", "lte"}),
    Kind.FLAG: frozenset({"eq", "ne"}),
    Kind.MANY: frozenset({"eq", "ne", "in", "contains"}) | EMPTINESS,
    Kind.ID: frozenset({"eq", "ne", "in"}) | EMPTINESS,
}
ADDITIONAL: dict[FieldType, Kind] = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.CHOICE: Kind.CHOICE,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.MULTI_CHOICE: Kind.MANY,
    FieldType.YES_NO: Kind.FLAG,
}
OF_BOTH: dict[str, Kind] = {
    "name": Kind.TEXT,
    "email": Kind.TEXT,
    "phone": Kind.TEXT,
    "fax": Kind.TEXT,
    "customer_number": Kind.TEXT,
    "customer_status": Kind.TEXT,
    "payment_method": Kind.TEXT,
    "payment_days": Kind.NUMBER,
    "delivery_method": Kind.TEXT,
    "credit_limit": Kind.NUMBER,
    "language": Kind.TEXT,
    "city": Kind.TEXT,
    "postal_code": Kind.TEXT,
    "created_at": Kind.TIME,
    "updated_at": Kind.TIME,
    "tag": Kind.MANY,
    "other_email": Kind.MANY,
    "other_phone": Kind.MANY,
    "has_email": Kind.FLAG,
    "has_phone": Kind.FLAG,
    "has_address": Kind.FLAG,
}
OWN: dict[SegmentKind, dict[str, Kind]] = {
    SegmentKind.PERSONS: {
        **OF_BOTH,
        "given_name": Kind.TEXT,
        "family_name": Kind.TEXT,
        "title": Kind.TEXT,
        "gender": Kind.TEXT,
        "birth_date": Kind.DATE,
        "banned": Kind.MANY,
    },
    SegmentKind.ORGANISATIONS: {**OF_BOTH, "business_id": Kind.TEXT, "parent_id": Kind.ID},
}
"""What contacts have once."""


@dataclass(frozen=True)
class Relation:
    """Things that a contact may have several of; `right` is what it takes to ask for them."""

    fields: Mapping[str, Kind]
    right: Permission = Permission.CONTACTS_READ
    of: tuple[SegmentKind, ...] = (SegmentKind.PERSONS,)


BOTH = (SegmentKind.PERSONS, SegmentKind.ORGANISATIONS)
OF_AFFILIATIONS: dict[str, Kind] = {
    "organisation_id": Kind.ID,
    "title": Kind.TEXT,
    "role": Kind.TEXT,
    "email": Kind.TEXT,
    "phone": Kind.TEXT,
    "decision_maker": Kind.FLAG,
    "starts_on": Kind.DATE,
    "ends_on": Kind.DATE,
}
"""What running affiliations and past ones are asked for."""
RELATIONS: dict[str, Relation] = {
    "address": Relation(
        {
            "address.purpose": Kind.CHOICE,
            "address.street": Kind.TEXT,
            "address.postal_code": Kind.TEXT,
            "address.city": Kind.TEXT,
            "address.country": Kind.TEXT,
        },
        of=BOTH,
    ),
    "affiliation": Relation(
        {
            **{f"affiliation.{name}": kind for name, kind in OF_AFFILIATIONS.items()},
            "organisation.name": Kind.TEXT,
            "organisation.business_id": Kind.TEXT,
            "organisation.city": Kind.TEXT,
            "organisation.customer_number": Kind.TEXT,
            "organisation.customer_status": Kind.TEXT,
            "organisation.tag": Kind.MANY,
        },
        of=BOTH,
    ),
    "past_affiliation": Relation(
        {f"past_affiliation.{name}": kind for name, kind in OF_AFFILIATIONS.items()},
        of=BOTH,
    ),
    "membership": Relation(
        {
            "membership.type": Kind.CHOICE,
            "membership.state": Kind.STATE,
            "membership.joined_on": Kind.DATE,
            "membership.ended_on": Kind.DATE,
            "membership.paid_until": Kind.DATE,
        },
        Permission.MEMBERSHIP_READ,
        of=BOTH,
    ),
    "purchase": Relation(
        {
            "purchase.product": Kind.CHOICE,
            "purchase.product_name": Kind.TEXT,
            "purchase.source": Kind.CHOICE,
            "purchase.category": Kind.CHOICE,
            "purchase.quantity": Kind.NUMBER,
            "purchase.amount": Kind.NUMBER,
            "purchase.bought_on": Kind.DATE,
            "purchase.paid": Kind.FLAG,
        },
        Permission.COMMERCE_READ,
        of=BOTH,
    ),
    "enrolment": Relation(
        {
            "enrolment.course": Kind.CHOICE,
            "enrolment.topic": Kind.CHOICE,
            "enrolment.session_id": Kind.ID,
            "enrolment.state": Kind.CHOICE,
            "enrolment.enrolled_on": Kind.DATE,
            "enrolment.starts_on": Kind.DATE,
            "enrolment.attended": Kind.FLAG,
        },
        Permission.COURSES_READ,
    ),
    "message": Relation(
        {
            "message.mailing_id": Kind.ID,
            "message.template": Kind.CHOICE,
            "message.channel": Kind.CHOICE,
            "message.state": Kind.CHOICE,
            "message.sent_on": Kind.DATE,
        },
        Permission.NOTIFY_READ,
    ),
    "survey_answer": Relation(
        {
            "survey_answer.survey_id": Kind.ID,
            "survey_answer.question": Kind.CHOICE,
            "survey_answer.value": Kind.TEXT,
            "survey_answer.number": Kind.NUMBER,
            "survey_answer.answered_on": Kind.DATE,
        },
    ),
    "contact_point": Relation(
        {
            "contact_point.kind": Kind.CHOICE,
            "contact_point.verified_on": Kind.DATE,
            "contact_point.problem": Kind.CHOICE,
        },
        of=BOTH,
    ),
    "activity": Relation(
        {"activity.kind": Kind.CHOICE, "activity.happened_on": Kind.DATE, "activity.project_id": Kind.ID},
        Permission.ACTIVITIES_READ,
        of=BOTH,
    ),
}
"""By the name that `has` takes. Fields of an organisation a person belongs to are those of the running affiliation."""
OWNERS: dict[SegmentKind, dict[str, str]] = {
    SegmentKind.PERSONS: {
        "fields.": "person",
        "affiliation.fields.": "affiliation",
        "past_affiliation.fields.": "affiliation",
        "organisation.fields.": "organisation",
    },
    SegmentKind.ORGANISATIONS: {
        "fields.": "organisation",
        "affiliation.fields.": "affiliation",
        "past_affiliation.fields.": "affiliation",
    },
}
"""How tests name additional fields: the contact's own, of affiliations, of the organisation that one leads to."""


def owner_and_code(of: SegmentKind, field: str) -> tuple[str, str] | None:
    """The kind of contact and code of the additional field that a test names; None for other fields."""
    named = ((owner, prefix) for prefix, owner in OWNERS[of].items() if field.startswith(prefix))
    return next(((owner, field.removeprefix(prefix)) for owner, prefix in named), None)


def relation_of(of: SegmentKind, field: str) -> str | None:
    """The relation to which a field belongs; None for what a contact has once, or for no field."""
    start = field.partition(".")[0]
    name = "affiliation" if start == "organisation" and of is SegmentKind.PERSONS else start
    return name if "." in field and name in RELATIONS and of in RELATIONS[name].of else None
