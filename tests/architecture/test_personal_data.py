"""Every table is erased with a person, or says here why it holds nothing about one (C17)."""

import importlib
import re

import pytest
from sqlalchemy import Enum, String
from sqlalchemy.dialects.postgresql import JSONB

from chassis import disclosure, erased_texts, personal_data, striking
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
        "sought": "how an erased person was named, sealed, until no service has to look for that any more",
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

LABELS = re.compile(r"(_key|_by|_hash|^job_id|_job_id|^currency|^version|^fingerprint|^language)$")
"""Columns with keys of files and of comparisons, labels of principals, ids of jobs."""
OWN = "what the contact itself is called and reached by; whoever bears the same is somebody else"
CODE = "a code, which other things refer to"
ID = "a number or a code of another system"
SOURCES = "sources and times"
NO_TEXTS = {
    "chassis": {
        "outbox": "events carry no personal data",
        "inbox": "ids of events",
        "parked": "events carry no personal data",
        "handled_commands": "replies that name the person are emptied",
        "jobs.id jobs.kind jobs.state jobs.principal": CODE,
        "erasures": "the record of erasures names nobody",
        "untold.kind": CODE,
    },
    "contacts": {
        "persons.given_name persons.family_name organisations.name": OWN,
        "persons.search organisations.search name_words.word": OWN,
        "persons.email persons.phone persons.fax persons.other_emails persons.other_phones": OWN,
        "organisations.email organisations.phone organisations.fax": OWN,
        "organisations.other_emails organisations.other_phones affiliations.email affiliations.phone": OWN,
        "persons.customer_number organisations.customer_number organisations.business_id": ID,
        "persons.city persons.postal_code organisations.city organisations.postal_code": "of the first address",
        "persons.tags organisations.tags persons.banned_channels fields.code": CODE,
        "calendars.owner calendar_addresses.holder views.owner": "labels of principals",
        "views.shown views.hidden": CODE,
        "changes.channel changes.field value_sources.field import_confirmations.field": CODE,
        "changes.origin value_sources.parts import_confirmations.origin import_confirmations.contested": SOURCES,
        "merges.sources merges.choices merges.relinked": SOURCES,
        "master_settings.persons master_settings.organisations": SOURCES,
        "exports.parts imports.counts imports.undone import_rows.kept": "keys of files, numbers, names of fields",
        "import_rows.state import_rows.code import_rows.organisation_change import_rows.undone": CODE,
        "kept_points.of kept_points.kind kept_points.problem verifications.point": CODE,
        "known_memberships.type_code known_enrolments.course_code known_enrolments.topic": CODE,
        "known_purchases.product_code known_purchases.category known_messages.template": CODE,
        "duplicate_candidates.reasons": CODE,
        "documents.content_type": CODE,
    },
    "membership": {
        "membership_types.code discount_rules.category membership_changes.kind": CODE,
    },
    "courses": {"courses.code courses.topic enrolments.ticket_code": CODE},
    "commerce": {
        "bank_files.sha256 bank_files.format number_series.series products.code products.category": CODE,
        "deliveries.source deliveries.document_number deliveries.document_line deliveries.product_code": ID,
        "deliveries.unit deliveries.period deliveries.changed": ID,
        "orders.subject_kind invoices.subject_kind": CODE,
        "postings.occasion postings.text ledger_entries.account": "codes and numbers of documents",
        "products.vat_code order_lines.category order_lines.vat_code order_lines.price_kind": CODE,
        "seller.details": "the association's own; the office changes it itself",
        "invoices.seller": "the association's own, as it was when issued",
        "invoices.series invoices.number invoices.reference invoices.rf_reference invoices.barcode invoices.iban": ID,
        "price_agreements.category invoice_lines.vat_code invoice_lines.account invoice_lines.price_kind": CODE,
        "bank_entries.iban bank_entries.bank_reference bank_entries.reference": ID,
        "payments.provider payments.reference payments.transaction_id refunds.provider_id": ID,
        "payments.pay_url payments.return_path": "addresses of the provider and of our own pages",
    },
    "notify": {
        "messages.key messages.template label_sheets.rights": CODE,
        "messages.address suppressions.address": "where the receiver is reached, or was; others are somebody else's",
        "messages.provider_id": ID,
        "suppressions.reason": CODE,
    },
    "identity": {
        "accounts.username accounts.email accounts.phone": "what the account itself is called and reached by",
        "api_keys.prefix api_keys.permissions roles.code roles.permissions account_roles.role_code": CODE,
        "audit_entries.action audit_entries.actor audit_entries.subject audit_entries.outcome": "codes, ids, labels",
        "audit_entries.address": "the network's",
        "links.purpose": CODE,
        "rate_limits.key": "hashed",
    },
}
"""Texts in which nobody looks for the name of somebody else, and why: a column, or all of a table."""


def _texts(service: str) -> set[str]:
    """Columns of a service's tables, and of the chassis' in it, that may hold texts."""
    metadata = importlib.import_module(f"services.{service}.models").Base.metadata
    return {
        f"{table.name}.{column.name}"
        for table in (*metadata.tables.values(), *chassis_metadata.tables.values())
        for column in table.c
        if isinstance(column.type, String | JSONB) and not isinstance(column.type, Enum)
        if not LABELS.search(column.name)
    }


def _explained(service: str, texts: set[str]) -> list[str]:
    named = [each for part in ("chassis", service) for said in NO_TEXTS[part] for each in said.split()]
    return [text for each in named for text in texts if each in {text, text.partition(".")[0]}]


@pytest.mark.parametrize("service", SERVICES)
def test_C17_every_text_is_searched_for_the_erased_or_says_why_not(service):
    texts = _texts(service)
    searched = {f"{each.table.name}.{name}" for each in striking.written(service) for name in each.columns}
    explained = _explained(service, texts)
    assert texts - searched - {*explained} == set(), "declare it in WRITTEN, or say here why nobody is named there"
    assert searched <= texts, "there is no such text"
    assert not searched & {*explained}
    named = [each for part in ("chassis", service) for said in NO_TEXTS[part] for each in said.split()]
    assert len(named) == len(set(named))
    known = texts | {each.partition(".")[0] for each in texts}
    assert {each for each in named if each not in known} == set(), "explained, but not there"


@pytest.mark.parametrize("service", SERVICES)
def test_C17_what_the_law_keeps_is_listed_and_all_else_can_be_changed(service):
    for each in striking.written(service):
        kept = {holding.model for holding in personal_data.holdings(service) if holding.kept}
        assert each.kept is None or each.model in kept, each.table.name
        assert not each.linked or "id" in each.table.c, each.table.name


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
    assert {erased_texts.TEXTS, *(each.name for each in holdings if not each.kept)} <= set(words.KINDS)
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
