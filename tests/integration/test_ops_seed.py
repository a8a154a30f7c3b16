"""Contacts written by `./talkoo seed` are the same as those made through the service."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from chassis.database import database_of
from chassis.ids import new_id
from contracts.base import ById
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson, ListPersons, PersonsChanged
from contracts.contacts.segments import PreviewSegment
from ops.bench.million.segments import mixed_filters
from ops.seed import __main__ as seed_command
from ops.seed import copying
from ops.seed.__main__ import fill
from ops.seed.rows import person_row
from services.contacts import models

OF_THEIR_OWN = {
    "persons": {"id", "created_at", "updated_at", "email", "email_key"},
    "organisations": {"id", "created_at", "updated_at", "business_id"},
    "affiliations": {"id", "person_id", "organisation_id"},
    "changes": {"id", "subject_id", "changed_at"},
}
"""Columns that differ between any two contacts."""
DEPTH = text(
    """
    WITH RECURSIVE lines AS (
        SELECT id, 1 AS depth FROM organisations WHERE parent_id IS NULL
        UNION ALL SELECT o.id, l.depth + 1 FROM organisations o JOIN lines l ON o.parent_id = l.id)
    SELECT max(depth) FROM lines
    """
)


@pytest.fixture
def seeded(clean_database, database_urls):
    clean_database("contacts")
    fill(database_urls["contacts"], persons=40, organisations=3, seed=5)


def rows_of(model, *conditions):
    with database_of("contacts").reader() as connection:
        found = connection.execute(select(model.__table__).where(*conditions)).all()
    return [
        {name: value for name, value in row._asdict().items() if name not in OF_THEIR_OWN[model.__tablename__]}
        for row in found
    ]


def history_of(subject_id):
    told = [
        row | {"new": sorted(row["new"]) if isinstance(row["new"], dict) else row["new"]}
        for row in rows_of(models.Change, models.Change.subject_id == subject_id)
    ]
    return sorted(told, key=lambda row: row["field"])


def test_C5_a_seeded_person_equals_one_made_through_the_service(seeded, call_service):
    with database_of("contacts").reader() as connection:
        persons = connection.execute(select(models.Person.__table__).order_by(models.Person.id)).all()
    for row in (persons[14], persons[16]):
        seen = call_service("contacts", "get_person", ById(id=row.id))
        given = seen.model_dump(include=set(CreatePerson.model_fields)) | {"email": f"x{seen.email}"}
        made = call_service("contacts", "create_person", CreatePerson(**given))
        ours, theirs = (rows_of(models.Person, models.Person.id == each) for each in (row.id, made.id))
        assert ours == theirs
        assert row.email_key == row.email.lower()
    assert {tag for each in persons for tag in each.tags} > {"volunteer", "newsletter"}
    assert any(each.fields.get("seed_interests") for each in persons)


def test_C18_seeded_contacts_have_the_history_of_contacts_made_through_the_service(seeded, call_service):
    with database_of("contacts").reader() as connection:
        affiliation = connection.execute(select(models.Affiliation.__table__).order_by(models.Affiliation.id)).first()
        organisation = connection.execute(
            select(models.Organisation.__table__).where(models.Organisation.id == affiliation.organisation_id)
        ).one()
    person = call_service("contacts", "create_person", CreatePerson(family_name="Aho"))
    employer = call_service(
        "contacts", "create_organisation",
        CreateOrganisation(name=organisation.name, addresses=organisation.addresses),
    )  # fmt: skip
    joined = CreateAffiliation(
        person_id=person.id, organisation_id=employer.id, title=affiliation.title,
        decision_maker=affiliation.decision_maker,
    )  # fmt: skip
    made = call_service("contacts", "create_affiliation", joined)
    pairs = ((models.Organisation, organisation.id, employer.id), (models.Affiliation, affiliation.id, made.id))
    for model, ours, theirs in pairs:
        assert rows_of(model, model.id == ours) == rows_of(model, model.id == theirs)
    assert history_of(affiliation.person_id) == history_of(person.id)


def test_C10_seeded_persons_are_found_and_told_to_the_others(seeded, call_service, recorded):
    page = call_service("contacts", "list_persons", ListPersons(limit=200))
    assert len(page.data) == 40
    found = call_service("contacts", "list_persons", ListPersons(q=page.data[7].name))
    assert page.data[7].id in {each.id for each in found.data}
    told = [person_id for event in recorded("contacts", PersonsChanged) for person_id in event["data"]["person_ids"]]
    assert sorted(told) == sorted(str(each.id) for each in page.data)


def test_C13_a_share_are_doubles_that_name_whom_they_double(clean_database, database_urls):
    clean_database("contacts")
    fill(database_urls["contacts"], persons=400, organisations=0, seed=5)
    with database_of("contacts").reader() as connection:
        persons = {row.id: row for row in connection.execute(select(models.Person.__table__))}
    doubles = [each for each in persons.values() if "seed_double_of" in each.fields]
    assert 1 <= len(doubles) <= 4
    for each in doubles:
        first = persons[UUID(each.fields["seed_double_of"])]
        shared = [name for name in ("email", "phone", "birth_date", "addresses") if getattr(each, name)]
        assert any(getattr(each, name) == getattr(first, name) for name in shared)


def test_C10_segments_find_seeded_persons_by_what_the_other_services_know(seeded, call_service):
    each_city = mixed_filters()
    criteria = [{"any": [tree["all"][0] for tree in each_city]}, *each_city[0]["all"][1:]]
    for each in criteria:
        assert call_service("contacts", "preview_segment", PreviewSegment(filter=each)).count > 0
    paid = {"has": "purchase", "all": [{"field": "purchase.paid", "op": "eq", "value": True}]}
    member = {"field": "membership.state", "op": "in", "value": ["active", "lapsed", "grace", "ended"]}
    for each in (paid, member, {"has": "activity"}):
        assert 0 < call_service("contacts", "preview_segment", PreviewSegment(filter=each)).count < 40


def test_C4_seeded_organisations_have_sites_and_business_ids_of_their_own(clean_database, database_urls):
    clean_database("contacts")
    for seed in (5, 6):
        fill(database_urls["contacts"], persons=0, organisations=45, seed=seed)
    with database_of("contacts").reader() as connection:
        depth = connection.execute(DEPTH).scalar_one()
        assert connection.execute(text("SELECT count(DISTINCT business_id) FROM organisations")).scalar_one() == 90
    assert depth == 3


@pytest.mark.parametrize("fails", [False, True])
def test_indexes_that_seeding_takes_away_are_there_again(clean_database, database_urls, monkeypatch, fails):
    clean_database("contacts")
    before = indexes()
    monkeypatch.setattr(seed_command, "MANY", 10)
    taken, take_away = [], copying._take_away_indexes
    monkeypatch.setattr(copying, "_take_away_indexes", lambda session: taken.append(take_away(session)) or taken[-1])
    if fails:
        monkeypatch.setattr(copying, "_tell", lambda *_arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fill(database_urls["contacts"], persons=40, organisations=3, seed=5)
    else:
        fill(database_urls["contacts"], persons=40, organisations=3, seed=5)
    assert len(taken) == 1
    assert taken[0]
    assert indexes() == before
    assert len(rows_of(models.Person)) == (0 if fails else 40)


def indexes():
    with database_of("contacts").reader() as connection:
        return set(connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")).scalars())


def test_whatever_a_cell_holds_survives_copy(clean_database, database_urls):
    clean_database("contacts")
    odd = "a\\tb\tc\nd\"e'\\N"
    row = person_row(CreatePerson(family_name="Aho", fields={"note": odd}), new_id(), datetime.now(UTC))
    with database_of("contacts").transaction() as session:
        copying.copy(session, models.Person, [row | {"title": odd, "tags": [odd]}])
    stored = rows_of(models.Person)[0]
    assert (stored["title"], stored["tags"], stored["fields"]) == (odd, [odd], {"note": odd})


def test_seeding_again_with_the_same_seed_is_refused_and_changes_nothing(seeded, database_urls):
    before = rows_of(models.Person)
    with pytest.raises(copying.SeededBefore, match="choose another --seed"):
        fill(database_urls["contacts"], persons=60, organisations=0, seed=5)
    assert rows_of(models.Person) == before
    fill(database_urls["contacts"], persons=10, organisations=0, seed=6)
    assert len(rows_of(models.Person)) == 50
