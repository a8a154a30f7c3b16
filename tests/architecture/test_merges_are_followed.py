"""Whatever names a person or an organisation follows when two are merged, or says here why not (C13)."""

import importlib

import pytest

from chassis.redirects import MERGED, followed
from chassis.service import SERVICES, service_class, subscriptions_of
from contracts.contacts.merges import OrganisationMerged, OrganisationUnmerged, PersonMerged, PersonUnmerged

NAMES_OF_CONTACTS = (
    "person_id", "payer_id", "customer_id", "contact_id", "first_id", "second_id", "survivor_id", "proposed_id",
    "organisation_id", "parent_id",
)  # fmt: skip
STAY = {
    "contacts.import_rows.person_id": "the report of an import says what it found then; contacts leads the id on",
    "contacts.import_rows.organisation_id": "the report of an import says what it found then",
    "contacts.duplicate_candidates.first_id": "the pair itself; it counts while both are in the register",
    "contacts.duplicate_candidates.second_id": "the pair itself; it counts while both are in the register",
    "contacts.person_erasures.person_id": "an erased person is merged with nobody",
    "contacts.sought.person_id": "an erased person is merged with nobody",
    "contacts.duplicate_keys.contact_id": "made anew by every scan",
    "contacts.kept_points.contact_id": "triggers keep what persons and verifications say, and these follow",
    "contacts.merges.survivor_id": "what was merged with what",
    "membership.applications.proposed_id": "the id under which the application proposed the person; person_id follows",
    "commerce.quotes.customer_id": "a price that holds for an hour",
    "commerce.postings.customer_id": "the books stay as they were booked",
}


@pytest.mark.parametrize("service", SERVICES)
def test_C13_every_column_that_names_a_contact_follows_or_says_why_not(service):
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    following = {f"{service}.{column.table.name}.{column.name}" for column, _merged in followed(service)}
    naming = {
        f"{service}.{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name in NAMES_OF_CONTACTS
    }
    assert naming - following == {each for each in STAY if each.startswith(f"{service}.")}
    assert following <= naming


@pytest.mark.parametrize("service", [each for each in SERVICES if each != "contacts"])
def test_C13_who_holds_nothing_about_organisations_does_not_listen_to_their_merges(service):
    heard = {each.event for each in subscriptions_of(service_class(service))}
    of_organisations = any(column.name != "person_id" for column, _merged in followed(service))
    wanted = {PersonMerged, PersonUnmerged} | (
        {OrganisationMerged, OrganisationUnmerged} if of_organisations else set()
    )
    assert heard & {PersonMerged, PersonUnmerged, OrganisationMerged, OrganisationUnmerged} == wanted


@pytest.mark.parametrize("service", SERVICES)
def test_C13_what_remembers_is_indexed_where_it_holds_something(service):
    for column, merged in followed(service):
        assert merged.name == f"{MERGED}{column.name}"
        assert any([each.name for each in index.columns] == [merged.name] for index in column.table.indexes), merged
