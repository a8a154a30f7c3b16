"""Every table is erased with a person, or says here why it holds nothing about one (C17)."""

import importlib
import re

import pytest

from chassis import disclosure, personal_data
from chassis.service import SERVICES
from chassis.tables import chassis_metadata
from gateway import held_words

SECRET = re.compile(r"hash|secret|token|password")

NOTHING_PERSONAL = {
    "contacts": {
        "fields": "definitions",
        "name_words": "words of names, each while anybody bears it; erasing takes those that nobody else has",
        "master_settings": "which source is believed about which field",
        "organisations": "companies and associations; their histories forget who came and went",
        "calendars": "of the office; private ones go with the account they belong to",
        "calendar_events": "in a calendar",
        "calendar_addresses": "of a calendar",
        "views": "columns that an account chose; they go with the account",
        "projects": "what is done, not who",
        "segments": "filters of the office",
        "surveys": "questions of the office",
        "survey_versions": "questions as they were published",
        "exports": "what was asked for; the files go with every erasure",
        "imports": "counts; the files that name an erased person are removed",
        "import_mappings": "headings of columns",
        "person_erasures": "the record of erasures names nobody",
    },
    "membership": {"membership_types": "definitions", "discount_rules": "definitions"},
    "courses": {
        "courses": "what is taught",
        "sessions": "when and where",
        "session_items": "what is sold",
        "enrolment_items": "what was chosen; the enrolment says by whom",
    },
    "commerce": {
        "products": "what is sold",
        "order_lines": "what was ordered; the order says by whom",
        "ended_orders": "ids",
        "number_series": "numbers",
        "postings": "the books: sums and numbers of documents",
        "ledger_entries": "the books",
        "refunds": "sums; the payment says whose",
        "bank_files": "vouchers of the books, kept with their entries",
        "seller": "the association itself",
    },
    "notify": {
        "mailings": "texts with placeholders",
        "label_sheets": "their files are removed with every erasure",
    },
    "identity": {
        "roles": "definitions",
        "api_keys": "of other systems",
        "rate_limits": "hashed names and addresses, for some minutes",
    },
}


@pytest.mark.parametrize("service", SERVICES)
def test_C17_every_table_is_held_about_persons_or_says_why_not(service):
    own = set(importlib.import_module(f"services.{service}.models").Base.metadata.tables) - set(chassis_metadata.tables)
    holdings = importlib.import_module(f"services.{service}.personal_data").HOLDINGS
    held = {each.model.__tablename__ for each in holdings}
    assert own - held == set(NOTHING_PERSONAL[service])
    assert not held & set(NOTHING_PERSONAL[service])


@pytest.mark.parametrize("service", SERVICES)
def test_C17_whatever_a_person_is_told_has_words_and_no_secrets(service):
    told = [each for each in personal_data.holdings(service) if each.told]
    assert {each.name for each in told} <= set(held_words.KINDS)
    for each in told:
        assert set(each.withheld) <= set(each.model.__table__.c.keys()), each.name
        names = {column.name for column in disclosure.columns(each)}
        assert not {name for name in names if SECRET.search(name)}, each.name
        assert {name for name in names if not held_words.is_id(name)} <= set(held_words.COLUMNS), each.name


def test_C17_no_words_are_left_of_what_is_not_told_any_more():
    told = [each for service in SERVICES for each in personal_data.holdings(service) if each.told]
    assert set(held_words.KINDS) == {each.name for each in told}
    assert set(held_words.COLUMNS) == {
        column.name for each in told for column in disclosure.columns(each) if not held_words.is_id(column.name)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_C17_whatever_is_erased_has_words(service):
    words = importlib.import_module("gateway.pages.erasure_words")
    holdings = importlib.import_module(f"services.{service}.personal_data").HOLDINGS
    assert {each.name for each in holdings if not each.kept} <= set(words.KINDS)
    for each in holdings:
        assert each.gone + each.kept + bool(each.emptied) == 1, each.name
        columns = set(each.model.__table__.c.keys())
        assert set(each.emptied) <= columns
        assert set(each.files) <= columns


def test_C15_every_column_that_names_a_file_keeps_it_from_being_swept():
    metadata = importlib.import_module("services.contacts.models").Base.metadata
    naming = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if column.name.endswith(("file_key", "preview_key", "photo_key"))
    }
    swept = importlib.import_module("services.contacts.commands.stored_files").NAMED_BY
    assert naming == {f"{each.table.name}.{each.name}" for each in swept}
