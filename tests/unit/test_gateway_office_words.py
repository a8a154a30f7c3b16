"""What the office's pages make of cells, reasons and filters: pure functions, no service behind them."""

import pytest
from flask import Flask

from contracts.contacts.segments import SegmentFilter
from contracts.errors import FieldError, Invalid
from gateway.i18n import init_i18n
from gateway.pages import segment_forms as forms
from gateway.pages.import_words import reason_text
from gateway.pages.spreadsheet_cells import as_csv, inert


@pytest.fixture
def finnish():
    app = Flask(__name__)
    init_i18n(app)
    with app.test_request_context("/?lang=fi"):
        yield app


@pytest.mark.parametrize("cell", ["=1+1", "@sum(a1)", "-2+3", "+cmd|calc", "\t=1", "\r=1"])
def test_C11_no_cell_of_a_report_is_taken_for_a_formula(cell):
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Öhman", "+358 40 1234567", "-5", "", "a=b"])
def test_other_cells_stay_as_they_are(cell):
    assert inert(cell) == cell


def test_a_report_opens_in_a_finnish_spreadsheet():
    assert as_csv(["Nimi", "Syy"], [["Öhman; Åsa", None]]) == '\ufeffNimi;Syy\r\n"Öhman; Åsa";\r\n'.encode()


def test_C11_reasons_are_told_in_finnish_with_their_value(finnish):
    assert reason_text("31.2.1980 is not a date: there is no such day.") == "Päivää 31.2.1980 ei ole."
    assert reason_text("Something new.") == "Something new."


def test_C10_rows_become_a_filter_with_values_of_the_fields_kind(finnish):
    values = {
        "join": "any",
        "field_0": "tag", "op_0": "in", "value_0": "board, expert",
        "field_1": "", "op_1": "eq", "value_1": "",
        "field_2": "birth_date", "op_2": "gte", "value_2": "31.12.1980",
        "field_3": "has_email", "op_3": "eq", "value_3": "ei",
    }  # fmt: skip
    assert forms.tree(values, []) == SegmentFilter.model_validate(
        {
            "any": [
                {"field": "tag", "op": "in", "value": ["board", "expert"]},
                {"field": "birth_date", "op": "gte", "value": "1980-12-31"},
                {"field": "has_email", "op": "eq", "value": False},
            ]
        }
    )


@pytest.mark.parametrize(
    ("field", "typed", "pointer"),
    [("birth_date", "31.2.1980", "/value_0"), ("has_email", "perhaps", "/value_0"), ("city", "", "/value_0")],
)
def test_C10_a_value_that_does_not_fit_is_refused_at_its_row(finnish, field, typed, pointer):
    with pytest.raises(Invalid) as caught:
        forms.tree({"join": "all", "field_0": field, "op_0": "eq", "value_0": typed}, [])
    assert caught.value.errors[0].pointer == pointer


def test_C10_what_the_register_refuses_stands_at_the_row_it_came_from():
    values = {"field_0": "", "field_1": "city"}
    refused = Invalid("x", errors=[FieldError(pointer="/filter/all/0/op", code="bad_operator", message="x")])
    assert forms.at_their_rows(refused, values).errors[0].pointer == "/op_1"
