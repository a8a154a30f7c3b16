"""What the office's pages make of cells, reasons and filters: pure functions, no service behind them."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, g

from chassis.formulas import inert
from contracts.access import Permission, Principal, PrincipalKind
from contracts.base import Job, JobState, Translated
from contracts.contacts.fields import FieldDefinition
from contracts.contacts.imports import ImportProfile, ImportRow, Remark
from contracts.contacts.segments import SegmentFilter, SegmentKind
from contracts.errors import FieldError, Invalid
from contracts.notify import MailingState
from contracts.system import SystemStatus
from gateway.field_definitions import Definitions
from gateway.field_sentences import FIELDS
from gateway.i18n import init_i18n, number
from gateway.pages import mailings, operations
from gateway.pages import segment_drafts as drafts
from gateway.pages.import_words import REASONS, file_reason, row_reason, what_for, without_room
from gateway.pages.segment_fields import OWN, RELATIONS, Fields
from gateway.pages.segment_forms import Reader, draft_of
from gateway.pages.segment_values import KINDS
from gateway.pages.segment_words import SAME, in_words
from gateway.pages.spreadsheet_cells import as_csv
from gateway.sentences import SENTENCES
from services.contacts.rules import segment_fields

SERVICE = Path(__file__).resolve().parents[2] / "services" / "contacts"

AN_ID = "019a0000-0000-7000-8000-00000000000f"
OFFICE = Principal(kind=PrincipalKind.ACCOUNT, id="x", permissions=frozenset(each.value for each in Permission))


@contextmanager
def speaking(language):
    app = Flask(__name__)
    init_i18n(app)
    with app.test_request_context(f"/?lang={language}"):
        g.principal = OFFICE
        yield app


@pytest.fixture
def finnish():
    with speaking("fi") as app:
        yield app


@pytest.mark.parametrize("cell", ["=1+1", "@sum(a1)", "-2+3", "+cmd|calc", "\t=1", "\r=1", "\n=1", "＝1", "＠x"])
def test_C11_no_cell_of_a_report_is_taken_for_a_formula(cell):
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Öhman", "+358 40 1234567", "-5", "", "a=b"])
def test_other_cells_stay_as_they_are(cell):
    assert inert(cell) == cell


def test_a_report_opens_in_a_finnish_spreadsheet():
    assert as_csv(["Nimi", "Syy"], [["Öhman; Åsa", None]]) == '\ufeffNimi;Syy\r\n"Öhman; Åsa";\r\n'.encode()


def test_C11_reasons_are_told_in_finnish_with_their_value(finnish):
    no_day = ImportRow(
        number=3, state="rejected", code="no_such_day", params={"value": "31.2.1980"}, reason="In English"
    )
    assert row_reason(no_day) == "Päivää 31.2.1980 ei ole."
    assert row_reason(no_day.model_copy(update={"params": {}})) == "In English"
    assert row_reason(ImportRow(number=3, state="rejected", code="new", reason="Something new.")) == "Something new."


def test_C11_a_file_that_cannot_be_read_says_why_in_finnish(finnish):
    told = {"code": "too_many_columns", "params": {"count": "300", "most": "200"}, "reason": "In English"}
    job = Job(
        id="contacts-1", kind="x", state=JobState.FAILED, created_at=datetime(2026, 1, 1, tzinfo=UTC), result=told
    )
    assert file_reason(job) == "Sarakkeita on 300; enintään 200 otetaan."
    assert file_reason(job.model_copy(update={"result": None})) == ""


def test_C11_every_reason_of_an_import_has_its_sentence():
    """The codes are read from the source, so that a new one without words fails here."""
    files = [*(SERVICE / "spreadsheets").glob("*.py"), SERVICE / "worker.py"]
    for folder, names in (
        ("rules", "import_* cells"),
        ("commands", "import*"),
    ):
        files += [path for name in names.split() for path in (SERVICE / folder).glob(f"{name}.py")]
    source = "\n".join(path.read_text() for path in files)
    raised = r'(?:Rejected|Unreadable|DoesNotFit|Misses|_bad)\(\s*"(\w+)"|return "(\w+)", "|code="(\w+)"'
    raised += r'|code: str = "(\w+)"|_of_two\("\w+", "\w+", "(\w+)"'
    in_sql = r"code = ?'(\w+)'|'duplicate' THEN '(\w+)' "
    codes = {code for found in re.findall(f"{raised}|{in_sql}", source) for code in found if code}
    assert {"no_such_day", "quotation_open", "number_twice", "same_as", "file_gone"} <= codes
    assert codes - REASONS.keys() - FIELDS.keys() - SENTENCES.keys() == set()


def test_C17_the_report_of_an_old_import_still_says_which_list_was_full(finnish):
    said = [Remark(field="tags", values=["vip", "uusi"], column="Tunnisteet"), Remark(field="tags", column="Ryhmä")]
    said.append(Remark(field="phone", master="office", column="Puhelin"))
    row = ImportRow(number=2, state="updated", remarks=said)
    assert without_room(Definitions(), row) == "Tunnisteet: vip, uusi (luettelo on täynnä); Ryhmä: luettelo on täynnä"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Koko: Pieni (ei enää käytössä)"),
        ("sv", "Koko: Liten (används inte längre)"),
        ("en", "Koko: Pieni (no longer in use)"),
    ],
)
def test_C7_C11_the_report_of_an_import_says_which_choice_is_retired(language, words):
    small = {"code": "s", "label": Translated(fi="Pieni", sv="Liten"), "retired": True}
    field = a_field("size", "choice", "organisation", [small])
    row = ImportRow(number=2, state="created",
                    remarks=[Remark(field="fields.size", values=["s"], retired=True, column="Koko")])  # fmt: skip
    with speaking(language):
        assert without_room(Definitions(by_code={("organisation", "size"): field}), row) == words


def test_C11_an_import_is_told_by_what_was_read_and_whether_it_was_only_checked(finnish):
    assert what_for(ImportProfile.CONTACTS, dry_run=True) == "Kontaktit: vain tarkistus"
    assert what_for(ImportProfile.PURCHASES, dry_run=False) == "Toimitetut tuotteet: tuonti"


def a_field(code, of_type, kind="person", choices=()):
    label = Translated(fi=code.title())
    details = {"code": code, "label": label, "type": of_type, "applies_to": kind, "choices": choices, "version": 1}
    return FieldDefinition(**details)


SIZE = a_field("size", "choice", choices=[{"code": "s", "label": {"fi": "Pieni"}}, "l"])
AREA = a_field("area", "multi_choice", "affiliation", choices=[{"code": "it", "label": {"fi": "Atk"}}])
VEGAN = a_field("vegan", "yes_no", "organisation")
SHOE = a_field("shoe", "number").model_copy(update={"retired": True})
KNOWN = Definitions(1, {each.applies_to.value: [each] for each in (AREA, VEGAN)} | {"person": [SIZE, SHOE]})
BUILDER = Fields({"": dict.fromkeys(("tag", "birth_date", "has_email", "city"), "")})
OF_PERSONS = (SegmentKind.PERSONS, KNOWN, {"membership.type": {"m1": "Varsinainen jäsen"}})


@pytest.mark.parametrize(
    ("field", "op", "typed", "value"),
    [
        ("fields.size", "eq", "pieni", "s"), ("fields.size", "in", "PIENI, l", ["s", "l"]),
        ("fields.size", "starts", "pie", "pie"), ("affiliation.fields.area", "ne", "it", "it"),
        ("organisation.fields.vegan", "eq", "kyllä", True), ("gender", "eq", "nainen", "woman"),
        ("payment_days", "gte", "14", 14), ("customer_status", "eq", "customer", "customer"),
    ],
)  # fmt: skip
def test_C10_choices_are_typed_or_chosen_by_their_words(finnish, field, op, typed, value):
    whole = drafts.group(drafts.row(field, op, typed))
    (test,) = Reader(Fields.of(*OF_PERSONS)).filter(whole).all
    assert (test.field, test.op, test.value) == (field, op, value)


def test_C10_a_row_of_a_field_with_choices_offers_them(finnish):
    fields = Fields.of(*OF_PERSONS)
    asked = (("fields.size", "eq"), ("fields.size", "in"), ("city", "eq"))
    assert [fields.options(*each) for each in asked] == [[("s", "Pieni"), ("l", "l")], [], []]
    tree = SegmentFilter(all=[{"field": "fields.size", "op": "in", "value": ["s", "gone"]}])
    assert in_words(tree, fields)[1] == (1, "Size on jokin näistä (pilkut väliin) Pieni, gone")


def test_C10_rows_become_a_filter_with_values_of_the_fields_kind(finnish):
    whole = drafts.group(
        drafts.row("tag", "in", "board, expert"),
        drafts.row(),
        drafts.row("birth_date", "gte", "31.12.1980"),
        drafts.row("has_email", "eq", "ei"),
        join="any",
    )
    assert Reader(BUILDER).filter(whole) == SegmentFilter.model_validate(
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
    [
        ("birth_date", "31.2.1980", "/value_0"), ("has_email", "perhaps", "/value_0"), ("city", "", "/value_0"),
        ("parent_id", "Lumi Oy", "/value_0"),
    ],
)  # fmt: skip
def test_C10_a_value_that_does_not_fit_is_refused_at_its_row(finnish, field, typed, pointer):
    with pytest.raises(Invalid) as caught:
        Reader(BUILDER).filter(drafts.group(drafts.row(field, "eq", typed)))
    assert caught.value.errors[0].pointer == pointer


def test_C10_what_the_register_refuses_stands_at_the_row_it_came_from(finnish):
    reader = Reader(BUILDER)
    inner = drafts.group(drafts.row(), drafts.row("city", "eq", "x"), join="none")
    reader.filter(drafts.group(drafts.row(), drafts.row("tag", "eq", "x"), inner))
    pointers = {"/filter/all/0/op": "/op_1", "/filter/all/1/none/0/value": "/value_2-1", "/filter/x": "/filter/x"}
    for pointer, place in pointers.items():
        refused = Invalid("x", errors=[FieldError(pointer=pointer, code="bad_operator", message="x")])
        assert reader.at_their_rows(refused).errors[0].pointer == place


TREE = {
    "all": [
        {"field": "city", "op": "eq", "value": "Lahti"},
        {"none": [{"field": "birth_date", "op": "gte", "value": "today-30"}, {"field": "tag", "op": "empty"}]},
        {"any": [{"field": "fields.size", "op": "in", "value": ["s", "l"]}], "has": "purchase", "at_least": 2},
        {"all": [{"any": [{"field": "credit_limit", "op": "lte", "value": 1234.5}]}]},
    ]
}


def test_C10_a_saved_filter_comes_back_as_it_was_from_the_builder(finnish):
    fields, tree = Fields.of(*OF_PERSONS), SegmentFilter.model_validate(TREE)
    assert Reader(fields).filter(draft_of(tree, fields)) == tree
    single = SegmentFilter(field="city", op="eq", value="Lahti")
    assert Reader(fields).filter(draft_of(single, fields)) == SegmentFilter(all=[single])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0,1234", 0.1234), ("0.1234", 0.1234), ("-1234,56789", -1234.56789), ("1 000,5", 1000.5), ("1000", 1000),
        ("0,12345678901234567890", "0.1234567890123456789"), ("123456789012345,0001", "123456789012345.0001"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_C10_numbers_keep_all_their_decimals_in_the_builder(language, typed, value):
    with speaking(language):
        fields = Fields.of(*OF_PERSONS)
        tree = Reader(fields).filter(drafts.group(drafts.row("purchase.quantity", "in", f'"{typed}", 1')))
        assert tree.all[0].value == [value, 1]
        assert Reader(fields).filter(draft_of(tree, fields)) == tree
        assert in_words(tree, fields)[1][1].endswith(f" {number(Decimal(str(value)))}, 1")


def test_C7_C10_rows_of_retired_fields_and_values_that_are_gone_stay_in_a_saved_filter(finnish):
    tests = [
        {"field": "fields.shoe", "op": "gte", "value": 40},
        {"field": "fields.size", "op": "eq", "value": "gone"},
        {"has": "purchase", "all": [{"field": "purchase.product", "op": "in", "value": ["first-aid", "gone"]}]},
    ]
    tree = SegmentFilter.model_validate({"all": tests})
    fields = Fields.of(*OF_PERSONS, tree)
    assert Reader(fields).filter(draft_of(tree, fields)) == tree
    assert in_words(tree, fields)[1] == (1, "Shoe on vähintään, tai päivästä alkaen 40")
    offered = {name for _group, names in fields.offered("") for name, _words in names}
    assert {"fields.shoe", "purchase.product"} <= offered
    assert "fields.shoe" not in Fields.of(*OF_PERSONS).names
    assert ("gone", "gone") in fields.options("fields.size", "eq")


def test_C10_a_filter_that_a_program_made_deep_or_long_comes_back_from_the_form_whole(finnish):
    deep = drafts.row("city", "eq", "Lahti")
    for _level in range(9):
        deep = drafts.group(deep, join="none")
    long = drafts.group(*(drafts.row("city", "eq", str(number)) for number in range(50)))
    others = drafts.group(*(drafts.group(drafts.row("city"), join="none") for _number in range(50)))
    for whole in (drafts.group(deep, *[long] * 3), drafts.group(*[others] * 4)):
        with Flask(__name__).test_request_context("/", method="POST", data=drafts.values(whole)):
            assert drafts.values(drafts.typed()) == drafts.values(whole)


@pytest.mark.parametrize(
    ("field", "values"),
    [("city", ["Lahti, Finland", "Turku", 'a "b", c', '"Oulu"']), ("credit_limit", [1.5, 2])],
)
def test_C10_values_that_hold_commas_stay_whole_among_several(finnish, field, values):
    fields, tree = Fields.of(*OF_PERSONS), SegmentFilter(all=[SegmentFilter(field=field, op="in", value=values)])
    assert Reader(fields).filter(draft_of(tree, fields)) == tree


def test_C10_a_value_without_its_field_is_no_empty_row(finnish):
    with pytest.raises(Invalid) as caught:
        Reader(BUILDER).filter(drafts.group(drafts.row("tag", "eq", "x"), drafts.row("", "gte", "40")))
    assert caught.value.errors[0].pointer == "/field_1"


def test_C10_a_filter_is_told_in_words(finnish):
    told = in_words(SegmentFilter.model_validate(TREE), Fields.of(*OF_PERSONS))
    assert told[2:4] == [
        (1, "Mikään näistä ei pidä paikkaansa"),
        (2, "Syntymäpäivä on vähintään, tai päivästä alkaen tänään-30"),
    ]
    assert (1, "Sama osto, vähintään 2 kertaa: Jokin näistä pitää paikkansa") in told
    assert told[-1] == (3, "Luottoraja on enintään, tai päivään asti 1\xa0234,5")


def pressed(values, **button):
    with Flask(__name__).test_request_context("/", method="POST", data=values | button):
        return drafts.after_button(drafts.typed(), "membership")


def test_C10_every_relation_that_segments_know_has_its_words_in_the_builder():
    assert set(RELATIONS) == set(SAME) == set(segment_fields.RELATIONS)
    for name, known in segment_fields.RELATIONS.items():
        assert set(RELATIONS[name].fields) == set(known.fields)
        assert set(RELATIONS[name].of) == set(known.of)
        assert RELATIONS[name].right is known.right


@pytest.mark.parametrize("of", SegmentKind)
def test_C10_the_builder_offers_every_field_that_segments_know_with_values_of_its_kind(of):
    assert set(OWN[of]) == set(segment_fields.OWN[of])
    known = segment_fields.OWN[of] | {
        n: k for each in segment_fields.RELATIONS.values() for n, k in each.fields.items()
    }
    as_typed = {"date": "date", "time": "date", "number": "number", "flag": "flag", "id": "id"}
    wrong = {
        name for name, kind in known.items()
        if as_typed.get(kind, "text") != KINDS.get(name, "text") and not (kind == "id" and name in CHOSEN)
    }  # fmt: skip
    assert wrong == set()


CHOSEN = {
    "enrolment.session_id", "message.mailing_id", "survey_answer.survey_id", "activity.project_id",
}  # fmt: skip
"""Ids that are chosen by name."""


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("created_at", "31.12.2025", "2025-12-31"), ("updated_at", "tänään - 7", "today-7"),
        ("created_at", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
        ("affiliation.organisation_id", f"https://x.example/organisations/{AN_ID.upper()}#a", AN_ID),
    ],
)  # fmt: skip
def test_C10_days_of_entry_and_organisations_are_typed_and_come_back(finnish, field, typed, value):
    fields = Fields.of(*OF_PERSONS)
    tree = Reader(fields).filter(drafts.group(drafts.row(field, "gte" if "_at" in field else "eq", typed)))
    assert tree.all[0].value == value
    assert Reader(fields).filter(draft_of(tree, fields)) == tree


def test_C10_buttons_add_and_take_away_rows_and_groups():
    values = drafts.values(drafts.group(drafts.row("city"), drafts.group(drafts.row("tag"), join="any")))
    assert drafts.values(pressed(values)) == values
    more = drafts.values(pressed(values, add="1"))
    assert (more["field_1-0"], more["field_1-1"]) == ("tag", "")
    assert drafts.values(pressed(values, add_has="whole"))["has_2"] == "membership"
    assert drafts.values(pressed(values, add_group="1"))["join_1-1"] == "any"
    fewer = drafts.values(pressed(values, take_away="0"))
    assert (fewer["join_0"], fewer["field_0-0"]) == ("any", "tag")
    assert "join_1" not in drafts.values(pressed(values, take_away="1"))
    many = drafts.values(drafts.group(*(drafts.row() for _ in range(drafts.MOST_ROWS))))
    assert drafts.values(pressed(many, add="whole")) == many
    orphans = {"join": "all", "field_5-3": "city", "join_0-0": "any", "field_99": "tag", "field_x": "y"}
    assert [part["field"] for part in pressed(orphans)["parts"]] == ["tag"]


def test_only_queues_in_which_something_waits_are_listed_and_in_words(finnish):
    queues = {"rpc-courses": 2, "dlq.rpc-courses": 0, "courses.open": 0, "dlq.courses.open": 1}
    counts = {"outbox_unsent": 0, "outbox_oldest_seconds": 0.0, "parked": 0, "dead": 0, "jobs_open": 0}
    found = operations.waiting([SystemStatus(service="courses", queues=queues, **counts)])
    assert [(each.words, each.queue, each.messages) for each in found] == [
        ("Viestit, joita courses ei pystynyt lukemaan", "dlq.courses.open", 1),
        ("Pyynnöt palvelulle courses", "rpc-courses", 2),
    ]


def test_N3_every_state_of_a_mailing_has_its_words():
    assert mailings.STATES.keys() == {*MailingState}
