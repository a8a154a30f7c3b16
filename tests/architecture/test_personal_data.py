"""Every table is erased with a person, or says here why it holds nothing about one (C17)."""

import importlib

import pytest

from chassis.service import SERVICES
from chassis.tables import chassis_metadata

NOTHING_PERSONAL = {
    "contacts": {
        "fields": "definitions",
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
        "imports": "counts; the files that name an erased person are removed",
        "person_erasures": "the record of erasures names nobody",
    },
    "membership": {"membership_types": "definitions", "discount_rules": "definitions"},
    "courses": {"courses": "what is taught", "sessions": "when and where"},
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
def test_C17_whatever_is_erased_has_words(service):
    words = importlib.import_module("gateway.pages.erasure_words")
    holdings = importlib.import_module(f"services.{service}.personal_data").HOLDINGS
    assert {each.name for each in holdings if not each.kept} <= set(words.KINDS)
    for each in holdings:
        assert each.gone + each.kept + bool(each.emptied) == 1, each.name
        columns = set(each.model.__table__.c.keys())
        assert set(each.emptied) <= columns
        assert set(each.files) <= columns
