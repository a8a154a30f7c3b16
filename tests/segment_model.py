"""A small register in memory, and what a segment's filter means on it: written from the description, without SQL."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from contracts.membership import MembershipState
from tests.segment_own import TODAY, additional, address, of_organisation, of_person, some_days

TYPES = ["ordinary", "student"]
PRODUCTS = ["p1", "p2", "book"]
COURSES = ["lead", "first-aid"]
STATES = ["held", "waiting", "confirmed", "cancelled"]
ENTERED = TODAY - timedelta(days=31)
"""When the contacts were entered."""
KINDS = ["call", "meeting", "visit"]
ORGANISATIONS = [new_id() for _ in range(8)]
PLACES = ORGANISATIONS[:2]
"""Ids of two organisations, and of two mailings, sessions, projects and surveys."""


@dataclass
class Contact:
    """Somebody or something of the register, with all that belongs to it."""

    id: UUID = field(default_factory=new_id)
    own: dict[str, Any] = field(default_factory=dict)
    things: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class Register(list[Contact]):
    """Contacts that do not fill the page when a test fails."""

    def __repr__(self) -> str:
        return f"<{len(self)} contacts>"


def persons(seed: int, count: int = 40) -> Register:
    """Persons with a few things each."""
    chance = random.Random(seed)
    return Register(person(chance, number) for number in range(count))


def person(chance: random.Random, number: int) -> Contact:
    made = contact(chance, number, of_person)
    makers = {
        "membership": membership, "purchase": purchase, "enrolment": enrolment, "message": message,
        "activity": activity, "affiliation": affiliation,
    }  # fmt: skip
    made.things |= several(chance, makers)
    made.things["past_affiliation"] = made.things["affiliation"]
    made.things["contact_point"] += [
        {"kind": kind, "verified_on": ENTERED, "problem": None}
        for one in made.things["affiliation"]
        for kind in ("email", "phone")
        if one[kind] and one["ends_on"] is None
    ]
    made.things["survey_answer"] = [row for each in PLACES if chance.random() < 0.5 for row in answers(chance, each)]
    return made


def several(chance: random.Random, makers: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {name: [make(chance) for _ in range(chance.choice([0, 0, 1, 2, 3]))] for name, make in makers.items()}


def contact(chance: random.Random, number: int, own_of: Any) -> Contact:
    """What it has once, its addresses, and how it is reached."""
    addresses = [address(chance) for _ in range(chance.choice([0, 1, 1, 2]))]
    own = own_of(chance, number, addresses[0] if addresses else None)
    further = [contact_point(chance, each) for each in range(chance.choice([0, 0, 1, 2]))]
    own["other_phone"] = [each["number"] for each in further]
    kinds = ["email"] * len([each for each in (own["email"], *own["other_email"]) if each])
    kinds += ["phone"] * own["has_phone"] + ["address"] * len(addresses)
    points = [{"kind": kind, "verified_on": ENTERED, "problem": None} for kind in kinds]
    return Contact(own=own, things={"address": addresses, "contact_point": points + further})


def organisations(seed: int, people: Register) -> Register:
    """Those in which the persons are, whose affiliations come to know them."""
    chance, found = random.Random(seed), Register()
    for number, place in enumerate(ORGANISATIONS):
        made = contact(chance, number, of_organisation)
        made.id, made.own["parent_id"] = place, chance.choice([None, *ORGANISATIONS[:number]])
        made.things |= several(chance, {"membership": membership, "purchase": purchase, "activity": activity})
        if number == 1:
            made.things["purchase"].append(purchase(chance) | {"amount": 500, "state": "paid"})
        there = [one for each in people for one in each.things["affiliation"] if one["organisation_id"] == place]
        made.things["affiliation"] = made.things["past_affiliation"] = there
        for one in there:
            one.update({f"organisation.{name}": value for name, value in made.own.items()})
        found.append(made)
    return found


def answers(chance: random.Random, survey: UUID) -> list[dict[str, Any]]:
    """Values of one person's answers to a survey: a row each, and one of what was chosen among several."""
    day, mark = some_days(chance), chance.randint(1, 5)
    told = [("came", chance.choice(["yes", "no"]), None), ("mark", str(mark), mark)]
    told += [("many", each, None) for each in chance.sample(["a", "b"], chance.randint(0, 2))]
    names = ("question", "value", "number")
    return [{"survey_id": survey, "answered_on": day} | dict(zip(names, each, strict=True)) for each in told]


def contact_point(chance: random.Random, place: int) -> dict[str, Any]:
    """A further phone number, perhaps confirmed since it was entered, perhaps dead since then."""
    confirmed = chance.choice([None, some_days(chance)])
    return {"kind": "phone", "number": f"+3584012345{place}", "confirmed_on": confirmed,
            "verified_on": max(ENTERED, confirmed or ENTERED), "problem": chance.choice([None, "bounced"])}  # fmt: skip


def membership(chance: random.Random) -> dict[str, Any]:
    joined = some_days(chance) - timedelta(days=100)
    ended = chance.choice([None, None, TODAY, TODAY + timedelta(days=5), TODAY - timedelta(days=5)])
    terms, start = [], joined
    for _ in range(chance.randint(0, 2)):
        last = chance.choice([None, start + timedelta(days=chance.choice([30, 99, 200]))])
        terms.append((start, last))
        if last is None:
            break
        start = last + timedelta(days=chance.choice([1, 20, 300]))
    ended = max(ended, joined) if ended else None
    return {"type": chance.choice(TYPES), "joined_on": joined, "ended_on": ended, "terms": terms,
            "grace_days": chance.choice([0, 14, 30])}  # fmt: skip


def state_of(one: dict[str, Any], day: date) -> str:
    """As membership's rule tells it."""
    if one["ended_on"] and one["ended_on"] <= day:
        return MembershipState.ENDED
    begun = [(first, last) for first, last in one["terms"] if first <= day]
    if not begun:
        return MembershipState.PENDING
    if any(last is None or day <= last for _first, last in begun):
        return MembershipState.ACTIVE
    in_grace = any(last and day <= last + timedelta(days=one["grace_days"]) for _first, last in begun)
    return MembershipState.GRACE if in_grace else MembershipState.LAPSED


def paid_until(one: dict[str, Any]) -> date | None:
    ends = [last for _first, last in one["terms"]]
    return max(ends) if ends and None not in ends else None


def purchase(chance: random.Random) -> dict[str, Any]:
    return {"product": chance.choice(PRODUCTS), "category": "fees", "quantity": chance.randint(1, 3),
            "amount": chance.choice([None, 0, 12.5, 90]), "bought_on": some_days(chance),
            "product_name": chance.choice(["", "Kahvi", "kahvi, tumma"]),
            "source": chance.choice(["order", "accounting"]),
            "state": chance.choice(["open", "billed", "paid", "cancelled"])}  # fmt: skip


def enrolment(chance: random.Random) -> dict[str, Any]:
    return {"course": chance.choice(COURSES), "topic": "general", "session_id": chance.choice(PLACES),
            "state": chance.choice(STATES), "enrolled_on": some_days(chance), "starts_on": some_days(chance),
            "attended": chance.random() < 0.5}  # fmt: skip


def message(chance: random.Random) -> dict[str, Any]:
    return {"mailing_id": chance.choice([None, *PLACES]), "template": chance.choice(["mailing", "ticket"]),
            "channel": "email", "state": "delivered", "sent_on": some_days(chance)}  # fmt: skip


def activity(chance: random.Random) -> dict[str, Any]:
    return {
        "kind": chance.choice(KINDS),
        "happened_on": some_days(chance),
        "private": chance.random() < 0.2,
        "project_id": None,
    }


def affiliation(chance: random.Random) -> dict[str, Any]:
    starts_on, ends_on = chance.choice(
        [(None, None), (None, TODAY), (TODAY, None), (TODAY + timedelta(days=1), None)]
        + [(start, TODAY - timedelta(days=1)) for start in (None, TODAY - timedelta(days=400))]
    )
    return {"organisation_id": chance.choice(ORGANISATIONS), "starts_on": starts_on, "ends_on": ends_on,
            "title": chance.choice(["", "Johtaja", "johtaja", "Sihteeri"]), "role": chance.choice(["", "Hallitus"]),
            "email": chance.choice([None, "A@lumi.example"]), "phone": chance.choice([None, "+358451"]),
            "decision_maker": chance.random() < 0.5, **additional(chance)}  # fmt: skip


COUNTED = {
    "purchase": lambda one: one["state"] in {"billed", "paid"},
    "affiliation": lambda one: (one["starts_on"] or TODAY) <= TODAY <= (one["ends_on"] or TODAY),
    "past_affiliation": lambda one: (
        one["ends_on"] is not None and one["ends_on"] < TODAY and (one["starts_on"] or one["ends_on"]) <= one["ends_on"]
    ),
    "activity": lambda one: not one["private"],
}


def finds(tree: dict[str, Any], contact: Contact) -> bool:
    """Whether the filter finds the contact on `TODAY`."""
    if "has" in tree:
        rest = {name: part for name, part in tree.items() if name in {"all", "any", "none"}} or {"all": []}
        passing = [one for one in things(contact, tree["has"]) if of_one(rest, one)]
        return len(passing) >= tree.get("at_least", 1)
    for quantifier, joined in QUANTIFIERS.items():
        if quantifier in tree:
            return joined(finds(part, contact) for part in tree[quantifier])
    relation, name = split(tree["field"])
    if tree["field"] in contact.own:
        return passes(contact.own[tree["field"]], tree)
    opposite = {"ne": "eq", "empty": "not_empty"}.get(tree["op"])
    if isinstance(tree["value"], bool) and (tree["value"] is False) == (tree["op"] == "eq"):
        return not any(one_value(one, name) is True for one in things(contact, relation))
    if isinstance(tree["value"], bool):
        return any(one_value(one, name) is True for one in things(contact, relation))
    if opposite:
        return not finds({**tree, "op": opposite}, contact)
    return any(passes(one_value(one, name), tree) for one in things(contact, relation))


def split(field: str) -> tuple[str, str]:
    """The relation and the name in one of its things; what an affiliation knows of its organisation keeps its own."""
    start, _dot, rest = field.partition(".")
    return ("affiliation", field) if start == "organisation" else (start, rest)


QUANTIFIERS = {"all": all, "any": any, "none": lambda parts: not any(parts)}


def things(contact: Contact, relation: str) -> list[dict[str, Any]]:
    return [one for one in contact.things[relation] if COUNTED.get(relation, lambda _one: True)(one)]


def of_one(tree: dict[str, Any], one: dict[str, Any]) -> bool:
    for quantifier, joined in QUANTIFIERS.items():
        if quantifier in tree:
            return joined(of_one(part, one) for part in tree[quantifier])
    return passes(one_value(one, split(tree["field"])[1]), tree)


def one_value(one: dict[str, Any], name: str) -> Any:
    if name == "paid":
        return one["state"] == "paid"
    if "terms" in one and name in {"state", "paid_until"}:
        return state_of(one, TODAY) if name == "state" else paid_until(one)
    return one.get(name)


def passes(value: Any, tree: dict[str, Any]) -> bool:
    op, wanted = tree["op"], tree["value"]
    if op in {"ne", "not_empty"}:
        return not passes(value, {**tree, "op": {"ne": "eq", "not_empty": "empty"}[op]})
    if op == "empty":
        return value is None or value in ("", [])
    if op == "in":
        return any(passes(value, {**tree, "op": "eq", "value": each}) for each in wanted)
    if isinstance(wanted, bool):
        return (value is True) == wanted
    if isinstance(value, list):
        return wanted in value
    if value is None:
        return False
    if isinstance(value, datetime):
        value, wanted = (value, datetime.fromisoformat(wanted)) if "T" in wanted else (value.date(), day_of(wanted))
    elif isinstance(value, date):
        wanted = day_of(wanted)
    elif isinstance(value, UUID):
        wanted = UUID(wanted)
    elif isinstance(value, str):
        value, wanted = value.lower(), wanted.lower()
    return {
        "eq": lambda: value == wanted, "contains": lambda: wanted in value, "starts": lambda: value.startswith(wanted),
        "gte": lambda: value >= wanted, "lte": lambda: value <= wanted,
    }[op]()  # fmt: skip


def day_of(text: str) -> date:
    return TODAY + timedelta(days=int(text[5:] or 0)) if text.startswith("today") else date.fromisoformat(text)
