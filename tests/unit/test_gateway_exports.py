"""What pages export, imports read again (C10, C11): headings and words in every language."""

from datetime import date

import pytest
from flask import Flask

from contracts.contacts.segments import SegmentKind
from gateway.field_definitions import Definitions
from gateway.i18n import LANGUAGES, init_i18n
from gateway.pages.contact_words import CHOICES
from gateway.pages.exports import headings
from services.contacts.rules.columns import targets
from services.contacts.rules.import_columns import RULES
from services.contacts.rules.import_rows import RowReader

NAMED_OTHERWISE = {
    "name": {"organisation"}, "title": {"title"}, "organisations": {"", "organisation"}, "parent": {""},
    "address": {""},
}  # fmt: skip
"""Columns that imports know by another name, or do not take."""


@pytest.fixture(params=list(LANGUAGES))
def _speaking(request):
    app = Flask("gateway")
    init_i18n(app)
    with app.test_request_context(f"/?lang={request.param}"):
        yield


@pytest.mark.usefixtures("_speaking")
def test_C11_words_of_choices_that_pages_export_are_read_again():
    words = {name: CHOICES[name] for name in ("gender", "customer_status", "payment_method", "delivery_method")}
    for name, labels in {**words, "language": LANGUAGES}.items():
        for code, label in labels.items():
            assert RULES[name](str(label)) == str(getattr(code, "value", code)), (name, str(label))


@pytest.mark.usefixtures("_speaking")
@pytest.mark.parametrize("of", list(SegmentKind))
def test_C11_no_heading_that_pages_export_means_something_else_when_read(of):
    for column, heading in headings(of, Definitions()).items():
        meant = set(targets([heading], {}, {}).values()) or {""}
        assert meant <= NAMED_OTHERWISE.get(column, {column, ""}), (column, heading, meant)


@pytest.mark.usefixtures("_speaking")
def test_C11_an_organisation_that_went_out_comes_in_as_one():
    columns = ("name", "business_id", "city", "email", "tags", "phone")
    named = headings(SegmentKind.ORGANISATIONS, Definitions())
    reader = RowReader([named[each] for each in columns], (), date(2026, 11, 28))
    found = reader.read(2, ["Kierros ry", "", "Espoo", "kierros@example.org", "vip", "+358401234567"])
    assert (found.person, found.code) == (None, "")
    assert found.organisation["name"] == "Kierros ry"
    assert found.organisation["email"] == "kierros@example.org"
