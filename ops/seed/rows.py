"""From invented people to rows of the contacts database, made by the service's own rules."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from contracts.base import Language
from contracts.contacts.addresses import Address
from contracts.contacts.organisations import CreateOrganisation, OrganisationDetails
from contracts.contacts.persons import CreatePerson, PersonDetails, PersonState
from ops import people
from ops.duplicates.register import Entry
from ops.seed import doubles, facts
from services.contacts import models
from services.contacts.rules.values import as_columns, normalise, organisation_keys, person_keys

Row = dict[str, Any]
Invented = people.InventedPerson | Entry
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
AUTHOR = {"changed_by": "system:worker", "channel": "system"}
AFFILIATED_EVERY = 3
TREE = 20
"""Of so many organisations one after the other, one is a group with three companies, one of which has a site."""
PARENTS = {5: 4, 6: 4, 7: 4, 8: 5}
"""The place of the organisation above by the place in the tree."""


@dataclass
class Rows:
    """Rows by table, in the order in which foreign keys want them.

    Origins come first: what triggers keep of contacts is then right at once.
    """

    origins: list[Row] = field(default_factory=list)
    organisations: list[Row] = field(default_factory=list)
    persons: list[Row] = field(default_factory=list)
    affiliations: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    activity_contacts: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    purchases: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)

    def by_model(self) -> list[tuple[type[models.Base], list[Row]]]:
        """Each mapped class with its rows."""
        return [
            (models.FieldOrigin, self.origins),
            (models.Organisation, self.organisations),
            (models.Person, self.persons),
            (models.Affiliation, self.affiliations),
            (models.Activity, self.activities),
            (models.ActivityContact, self.activity_contacts),
            (models.KnownMembership, self.memberships),
            (models.KnownPurchase, self.purchases),
            (models.Change, self.changes),
        ]


def chunks(persons: int, organisations: int, seed: int, size: int) -> Iterator[Rows]:
    """All rows of this seed, at most `size` contacts at a time; the same seed gives the same rows."""
    found = Rows()
    for organisation in people.organisations(organisations, seed):
        _add_organisation(found, organisation, seed)
        if len(found.organisations) == size:
            yield found
            found = Rows()
    chance = random.Random(f"seed {seed}")
    everybody = people.persons(persons, seed, domain=f"seed{seed}.example.org")
    for person, language, double_of in doubles.with_doubles(chance, everybody):
        person_id = _add_person(found, person, language, seed, chance, double_of)
        if organisations and person.number % AFFILIATED_EVERY == 0:
            _add_affiliation(found, person.number, person.number // AFFILIATED_EVERY % organisations + 1, seed)
        _add_facts(found, person, person_id, seed, chance)
        if len(found.persons) == size:
            yield found
            found = Rows()
    yield found


def _add_person(
    found: Rows, invented: Invented, language: str, seed: int, chance: random.Random, double_of: int | None
) -> UUID:
    fields = facts.fields(chance)
    if double_of is not None:
        fields[facts.DOUBLE_OF] = str(seeded_id("person", seed, double_of))
    address = Address(street=invented.street, postal_code=invented.postal_code, city=invented.city)
    wanted = CreatePerson(
        given_name=invented.given_name,
        family_name=invented.family_name,
        email=invented.email,
        phone=invented.phone,
        language=Language(language),
        birth_date=invented.birth_date,
        addresses=[address] if invented.street else [],
        tags=facts.tags(chance),
        fields=fields,
    )
    person_id = seeded_id("person", seed, invented.number)
    found.persons.append(person_row(wanted, person_id, made_at(invented.number)))
    _add_change(found, person_id, made_at(invented.number), "state", PersonState.ACTIVE.value)
    return person_id


def _add_facts(found: Rows, person: Invented, person_id: UUID, seed: int, chance: random.Random) -> None:
    def new_id(kind: str, place: int = 0) -> UUID:
        return seeded_id(f"{kind} {place}", seed, person.number)

    for activity in facts.activities(chance, new_id("activity"), AUTHOR["changed_by"]):
        found.activities.append(activity)
        found.activity_contacts.append({"activity_id": activity["id"], "person_id": person_id})
    found.memberships += facts.memberships(chance, person_id, new_id("membership"))
    found.purchases += facts.purchases(chance, person_id, lambda place: new_id("purchase", place))


def person_row(wanted: CreatePerson, person_id: UUID, at: datetime) -> Row:
    """The columns of a person, as the command `create_person` stores them."""
    stored, errors = normalise(as_columns(wanted, include=set(PersonDetails.model_fields)))
    assert not errors, errors
    own = {"id": person_id, "state": PersonState.ACTIVE, "linked_to": None, "banned_channels": []}
    row = {**own, "version": 1, "created_at": at, "updated_at": at, **stored}
    return row | person_keys(SimpleNamespace(**row))


def _add_organisation(found: Rows, invented: people.InventedOrganisation, seed: int) -> None:
    wanted = CreateOrganisation(
        name=invented.name,
        business_id=invented.business_id,
        parent_id=_parent(invented.number, seed),
        addresses=[Address(street=invented.street, postal_code=invented.postal_code, city=invented.city)],
    )
    organisation_id, at = seeded_id("organisation", seed, invented.number), made_at(invented.number)
    found.organisations.append(organisation_row(wanted, organisation_id, at))
    _add_change(found, organisation_id, at, "state", "active")


def _parent(number: int, seed: int) -> UUID | None:
    place = number % TREE
    return seeded_id("organisation", seed, number - place + PARENTS[place]) if place in PARENTS else None


def organisation_row(wanted: CreateOrganisation, organisation_id: UUID, at: datetime) -> Row:
    """The columns of an organisation, as the command `create_organisation` stores them."""
    stored, errors = normalise(as_columns(wanted, include=set(OrganisationDetails.model_fields)))
    assert not errors, errors
    own = {"id": organisation_id, "version": 1, "created_at": at, "updated_at": at, "deleted_at": None}
    row = own | stored
    return row | organisation_keys(SimpleNamespace(**row))


def _add_affiliation(found: Rows, person: int, organisation: int, seed: int) -> None:
    row = {
        "id": seeded_id("affiliation", seed, person),
        "person_id": seeded_id("person", seed, person),
        "organisation_id": seeded_id("organisation", seed, organisation),
        "title": people.TITLES[person % len(people.TITLES)],
        "email": None,
        "phone": None,
        "role": "",
        "decision_maker": person % 4 == 0,
        "starts_on": None,
        "ends_on": None,
        "fields": {},
        "version": 1,
    }
    found.affiliations.append(row)
    told = {name: str(row[name]) for name in ("person_id", "organisation_id", "title")}
    for subject_id in (row["person_id"], row["organisation_id"]):
        _add_change(found, subject_id, made_at(person), "affiliation.started", told)


def _add_change(found: Rows, subject_id: Any, at: datetime, name: str, new: Any) -> None:
    found.changes.append({"subject_id": subject_id, "changed_at": at, **AUTHOR, "field": name, "old": None, "new": new})
    if name == "state":
        origin = {"subject_id": subject_id, "field": "*", "source": "office", "observed_at": at, "rule": "first"}
        found.origins.append(origin)


def made_at(number: int) -> datetime:
    """When the contact of this number counts as made."""
    return EPOCH + timedelta(milliseconds=number)


def seeded_id(kind: str, seed: int, number: int) -> UUID:
    """A UUIDv7 that is always the same for the same seed, kind and number; ids lie in the order of the numbers."""
    milliseconds = int(made_at(number).timestamp() * 1000)
    rest = int.from_bytes(blake2b(f"{kind}:{seed}:{number}".encode(), digest_size=10).digest(), "big")
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (rest >> 62 & 0xFFF) << 64 | 0b10 << 62 | rest & (1 << 62) - 1)
