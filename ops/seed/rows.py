"""From invented people to rows of the contacts database, made by the service's own rules."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from contracts.contacts.addresses import Address
from contracts.contacts.organisations import CreateOrganisation, OrganisationDetails
from contracts.contacts.persons import CreatePerson, PersonDetails, PersonState
from ops import people
from services.contacts import models
from services.contacts.rules.values import as_columns, normalise, organisation_keys, person_keys

Row = dict[str, Any]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
AUTHOR = {"changed_by": "system:worker", "channel": "system"}
VOLUNTEER_EVERY = 5
AFFILIATED_EVERY = 3


@dataclass
class Rows:
    """Rows by table, in the order in which foreign keys want them."""

    organisations: list[Row] = field(default_factory=list)
    persons: list[Row] = field(default_factory=list)
    affiliations: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    origins: list[Row] = field(default_factory=list)

    def by_model(self) -> list[tuple[type[models.Base], list[Row]]]:
        """Each mapped class with its rows."""
        return [
            (models.Organisation, self.organisations),
            (models.Person, self.persons),
            (models.Affiliation, self.affiliations),
            (models.Change, self.changes),
            (models.FieldOrigin, self.origins),
        ]


def chunks(persons: int, organisations: int, seed: int, size: int) -> Iterator[Rows]:
    """All rows of this seed, at most `size` contacts at a time; the same seed gives the same rows."""
    found = Rows()
    for organisation in people.organisations(organisations, seed):
        _add_organisation(found, organisation, seed)
        if len(found.organisations) == size:
            yield found
            found = Rows()
    for person in people.persons(persons, seed, domain=f"seed{seed}.example.org"):
        _add_person(found, person, seed)
        if organisations and person.number % AFFILIATED_EVERY == 0:
            _add_affiliation(found, person.number, person.number // AFFILIATED_EVERY % organisations + 1, seed)
        if len(found.persons) == size:
            yield found
            found = Rows()
    yield found


def _add_person(found: Rows, invented: people.InventedPerson, seed: int) -> None:
    wanted = CreatePerson(
        given_name=invented.given_name,
        family_name=invented.family_name,
        email=invented.email,
        phone=invented.phone,
        language=invented.language,
        birth_date=invented.birth_date,
        addresses=[Address(street=invented.street, postal_code=invented.postal_code, city=invented.city)],
        tags=["volunteer"] if invented.number % VOLUNTEER_EVERY == 0 else [],
    )
    found.persons.append(person_row(wanted, seeded_id("person", seed, invented.number), made_at(invented.number)))
    _add_change(found, found.persons[-1]["id"], made_at(invented.number), "state", PersonState.ACTIVE.value)


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
        addresses=[Address(street=invented.street, postal_code=invented.postal_code, city=invented.city)],
    )
    organisation_id, at = seeded_id("organisation", seed, invented.number), made_at(invented.number)
    found.organisations.append(organisation_row(wanted, organisation_id, at))
    _add_change(found, organisation_id, at, "state", "active")


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
