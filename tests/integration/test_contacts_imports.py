"""Imports of contacts (C11), on a real database, worked off by the worker's own code."""

import pytest

from ops import people
from ops.demo import papers
from tests.integration.importing import Importing, counts

PEOPLE = list(people.persons(2_500, seed=5, domain="example.org"))


@pytest.fixture
def imports(call_service, clean_database):
    clean_database("contacts")
    importing = Importing(call_service)
    yield importing
    importing.close()


def test_C11_a_dry_run_foresees_the_real_one_and_the_same_file_again_changes_nothing(imports):
    content = papers.csv_file(PEOPLE)
    assert counts(imports.run(content, dry_run=True)) == {"created": 2_500}
    assert counts(imports.run(content)) == {"created": 2_500}
    assert counts(imports.run(content)) == {"unchanged": 2_500}


def test_C11_a_workbook_brings_persons_and_where_they_work(imports):
    content = papers.xlsx_file(PEOPLE[:500], list(people.organisations(20, seed=3)), "jäsen")
    assert counts(imports.run(content, "members.xlsx", dry_run=True)) == {"created": 500}
    assert counts(imports.run(content, "members.xlsx")) == {"created": 500}
    assert counts(imports.run(content, "members.xlsx")) == {"unchanged": 500}
