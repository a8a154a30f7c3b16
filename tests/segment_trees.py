"""Filters of segments as Hypothesis draws them, over every field that segments know."""

from hypothesis import strategies as st

from contracts.contacts.segments import SegmentKind
from tests import segment_model as world
from tests.segment_own import CITIES, TAGS

DAYS = ["today", "today-30", "today+1", "today-31", "2026-06-14", "2025-05-11"]
DATE, FLAG, EMAIL = ("date", DAYS), ("flag", [True, False]), ("text", ["a1@example.org", "a"])
TIME = ("time", [*DAYS, "2026-06-14T09:30:00+00:00", "2026-06-14T12:00:00+03:00"])
PLACE = ("id", [str(each) for each in world.PLACES])
CITY = ("text", [*CITIES[:3], "%", "_", "s"])
ADDITIONAL = {
    "fields.note": ("text", ["hyvä", "HYVÄ ASIA"]), "fields.size": ("text", ["S", "l"]), "fields.since": DATE,
    "fields.age": ("number", [9, 10.5, 18]), "fields.areas": ("many", ["it", "hr"]), "fields.vegan": FLAG,
}  # fmt: skip
OF_BOTH = {
    "name": ("text", ["aino aho", "lumi", "ö"]), "email": EMAIL, "phone": ("text", ["+35850", "1"]),
    "fax": ("text", ["+35891234"]), "customer_number": ("text", ["c1", "C"]), "city": CITY,
    "customer_status": ("text", ["customer", "pros"]), "payment_method": ("text", ["card", "e_invoice", "_"]),
    "payment_days": ("number", [0, 14, 10]), "delivery_method": ("text", ["post", "courier"]),
    "credit_limit": ("number", [0, 100, 99.5]), "language": ("text", ["fi", "SV"]), "postal_code": ("text", ["151"]),
    "created_at": TIME, "updated_at": TIME, "tag": ("many", TAGS), "other_email": ("many", ["b@example.org"]),
    "other_phone": ("many", ["+35840123450", "+35840123451"]), "has_email": FLAG, "has_phone": FLAG,
    "has_address": FLAG, **ADDITIONAL,
}  # fmt: skip
OWN = {
    SegmentKind.PERSONS: {
        **OF_BOTH, "given_name": ("text", ["aino", "A"]), "family_name": ("text", ["Åberg", "åb", "nro1", "%", "_"]),
        "title": ("text", ["ft", "dos"]), "gender": ("text", ["woman", "man"]),
        "birth_date": ("date", ["1950-05-05", "1990-01-01", "today"]), "banned": ("many", ["email", "phone"]),
    },
    SegmentKind.ORGANISATIONS: {**OF_BOTH, "business_id": ("text", ["1000001-1", "1000"]), "parent_id": PLACE},
}  # fmt: skip
AFFILIATION = {
    "organisation_id": PLACE, "title": ("text", ["johtaja", "siht"]), "role": ("text", ["hall"]),
    "email": ("text", ["a@lumi.example"]), "phone": ("text", ["+358451"]), "decision_maker": FLAG,
    "starts_on": DATE, "ends_on": DATE, **ADDITIONAL,
}  # fmt: skip
OF_THEIR_ORGANISATION = ("name", "business_id", "city", "customer_number", "customer_status", "tag", *ADDITIONAL)
THINGS = {
    "address": {
        "purpose": ("text", ["postal"]), "street": ("text", ["RANTATIE"]), "postal_code": ("text", ["15100"]),
        "city": CITY, "country": ("text", ["se"]),
    },
    "affiliation": AFFILIATION,
    "past_affiliation": AFFILIATION,
    "membership": {
        "type": ("text", world.TYPES), "state": ("state", ["pending", "active", "grace", "lapsed", "ended"]),
        "joined_on": DATE, "ended_on": DATE, "paid_until": DATE,
    },
    "purchase": {
        "product": ("text", world.PRODUCTS), "quantity": ("number", [1, 2]), "amount": ("number", [0, 12.5, 50]),
        "product_name": ("text", ["Kahvi", "TUMMA"]), "source": ("text", ["order", "accounting"]),
        "category": ("text", ["fees"]), "bought_on": DATE, "paid": FLAG,
    },
    "enrolment": {
        "course": ("text", world.COURSES), "state": ("text", world.STATES), "starts_on": DATE, "enrolled_on": DATE,
        "topic": ("text", ["general"]), "session_id": PLACE, "attended": FLAG,
    },
    "message": {
        "mailing_id": PLACE, "template": ("text", ["mailing", "ticket"]), "channel": ("text", ["email"]),
        "state": ("text", ["delivered"]), "sent_on": DATE,
    },
    "survey_answer": {
        "survey_id": PLACE, "question": ("text", ["came", "mark", "many"]), "value": ("text", ["yes", "A", "3"]),
        "number": ("number", [1, 3]), "answered_on": DATE,
    },
    "contact_point": {
        "kind": ("text", ["email", "phone", "address"]), "verified_on": DATE, "problem": ("text", ["bounced"]),
    },
    "activity": {"kind": ("text", world.KINDS), "happened_on": DATE, "project_id": PLACE},
}  # fmt: skip
OF_PERSONS_ALONE = {"enrolment", "message", "survey_answer"}
OPERATORS = {
    "text": ["eq", "ne", "in", "contains", "starts", "empty", "not_empty"],
    "state": ["eq", "ne", "in"],
    "number": ["eq", "ne", "in", "gte", "lte", "empty", "not_empty"],
    "date": ["eq", "ne", "in", "gte", "lte", "empty", "not_empty"],
    "time": ["gte", "lte"],
    "flag": ["eq", "ne"],
    "many": ["eq", "ne", "in", "contains", "empty", "not_empty"],
    "id": ["eq", "ne", "in", "empty", "not_empty"],
}


def things(of):
    """The fields of each relation, by their whole names."""
    found = {
        relation: {f"{relation}.{name}": each for name, each in fields.items()}
        for relation, fields in THINGS.items()
        if of is SegmentKind.PERSONS or relation not in OF_PERSONS_ALONE
    }
    if of is SegmentKind.PERSONS:
        known = OWN[SegmentKind.ORGANISATIONS]
        found["affiliation"] |= {f"organisation.{name}": known[name] for name in OF_THEIR_ORGANISATION}
    return found


@st.composite
def leaf(draw, fields):
    name = draw(st.sampled_from(sorted(fields)))
    kind, values = fields[name]
    op = draw(st.sampled_from(OPERATORS[kind]))
    one = st.sampled_from(values)
    value = draw(st.lists(one, max_size=3)) if op == "in" else None if op.endswith("empty") else draw(one)
    return {"field": name, "op": op, "value": value}


def groups(leaves, most=3):
    quantifier = st.sampled_from(["all", "any", "none"])

    def joined(parts):
        return st.builds(lambda name, below: {name: below}, quantifier, st.lists(parts, max_size=3))

    return st.recursive(leaves, joined, max_leaves=most)


@st.composite
def having(draw, of):
    relations = things(of)
    relation = draw(st.sampled_from(sorted(relations)))
    tests = draw(groups(leaf(relations[relation])))
    tree = {"has": relation} | (tests if "field" not in tests else {"all": [tests]})
    return tree | ({"at_least": draw(st.integers(1, 3))} if draw(st.booleans()) else {})


def trees(of):
    """Filters of persons or of organisations."""
    relations = things(of)
    any_thing = st.sampled_from(sorted(relations)).flatmap(lambda relation: leaf(relations[relation]))
    return groups(st.one_of(leaf(OWN[of]), any_thing, having(of)), most=6)
