"""Label sheets of a segment (N2)."""

import re
from collections.abc import Iterator

import pymupdf
import pytest
from sqlalchemy import text

from chassis import files
from chassis.database import database_of
from chassis.ids import new_id
from chassis.typesetting import TypstRefused
from contracts.access import Permission
from contracts.base import ById, JobById, JobState
from contracts.contacts.consents import SetConsent
from contracts.contacts.segments import CreateSegment, DeleteSegment, SegmentFilter, UpdateSegment
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from contracts.notify import (
    CreateLabelSheet,
)
from services.notify.documents import labels
from tests.integration.conftest import staff
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def test_N2_labels_of_a_segment(town):
    segment_id = town.crowd(100)
    town.person("Koditon", tags=["crowd"])
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=segment_id, start_at=5))
    assert sheet.file_key is None
    town.settle()
    made = town.call("notify", "get_label_sheet", ById(id=sheet.id))
    assert (made.labels, made.without_address) == (100, 1)
    assert town.call("notify", "get_job", JobById(id=made.job_id), staff(Permission.NOTIFY_SEND)).state == "succeeded"
    with pymupdf.open(stream=files.load(made.file_key), filetype="pdf") as pdf:
        printed = "".join(page.get_text() for page in pdf)
        assert len(pdf) == 5
    assert printed.count("Mannerheimintie 1 A 2") == printed.count("00100 Helsinki".upper()) == 100
    assert len(set(re.findall(r"Väinö\d+ Väki", printed))) == 100


def test_N2_a_sheet_that_cannot_be_printed_says_why(town):
    with pytest.raises(Invalid):
        town.call(
            "notify",
            "create_label_sheet",
            CreateLabelSheet(segment_id=town.crowd(1), start_at=22, format="a4-3x7-63.5x38.1"),
        )
    with pytest.raises(NotFound):
        town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=new_id()))
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=town.crowd(0, "nobody")))
    town.settle()
    failed = town.call("notify", "get_job", JobById(id=sheet.job_id))
    assert failed.state is JobState.FAILED
    assert failed.result["code"] == "no_labels"


def test_N2_labels_of_a_segment_that_was_deleted_say_so(town):
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=town.crowd(1)))
    segment = town.call("contacts", "get_segment", ById(id=sheet.segment_id))
    town.call("contacts", "delete_segment", DeleteSegment(id=segment.id, version=segment.version))
    town.settle()
    failed = town.call("notify", "get_job", JobById(id=sheet.job_id))
    assert (failed.state, failed.result["code"]) == (JobState.FAILED, "segment_gone")


READING = (Permission.NOTIFY_READ, Permission.CONTACTS_READ)
BUYERS = SegmentFilter(field="purchase.product", op="eq", value="kahvi")


def test_C10_labels_are_seen_by_who_may_know_why_their_people_are_in_the_segment(town):
    segment_id = town.crowd(1)
    people = town.call("contacts", "get_segment", ById(id=segment_id)).filter
    either = SegmentFilter(any=[people, BUYERS])
    create = CreateSegment(name="Ostajat", filter=either)
    sheets = []
    for each in (segment_id, town.call("contacts", "create_segment", create).id):
        sheets.append(town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=each)))
        town.settle()
    plain, of_buyers = (ById(id=each.id) for each in sheets)
    assert town.call("notify", "get_label_sheet", plain, staff(*READING)).file_key
    with pytest.raises(NotAllowed):
        town.call("notify", "get_label_sheet", of_buyers, staff(*READING))
    assert town.call("notify", "get_label_sheet", of_buyers, staff(*READING, Permission.COMMERCE_READ)).file_key


@pytest.mark.parametrize("gone", [False, True])
def test_C10_a_sheet_takes_what_its_segment_took_whatever_became_of_that(town, gone):
    segment_id = town.crowd(1)
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=segment_id))
    segment = town.call("contacts", "get_segment", ById(id=segment_id))
    plain = segment.filter
    change = {"id": segment_id, "name": segment.name}
    either = SegmentFilter(any=[plain, BUYERS])
    segment = town.call("contacts", "update_segment", UpdateSegment(**change, version=segment.version, filter=either))
    town.settle()
    if gone:
        town.call("contacts", "delete_segment", DeleteSegment(id=segment_id, version=segment.version))
    else:
        town.call("contacts", "update_segment", UpdateSegment(**change, version=segment.version, filter=plain))
    with pytest.raises(NotAllowed):
        town.call("notify", "get_label_sheet", ById(id=sheet.id), staff(*READING))
    assert town.call("notify", "get_label_sheet", ById(id=sheet.id)).file_key


def test_C10_the_segment_of_a_sheet_of_before_says_who_may_see_it(town):
    created = town.call("contacts", "create_segment", CreateSegment(name="Ostajat", filter=BUYERS))
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=created.id))
    town.settle()
    with database_of("notify").transaction() as session:
        session.execute(text("UPDATE label_sheets SET rights = NULL"))
    with pytest.raises(NotAllowed):
        town.call("notify", "get_label_sheet", ById(id=sheet.id), staff(*READING))
    assert town.call("notify", "get_label_sheet", ById(id=sheet.id)).id == sheet.id
    town.call("contacts", "delete_segment", DeleteSegment(id=created.id, version=created.version))
    with pytest.raises(Conflict):
        town.call("notify", "get_label_sheet", ById(id=sheet.id))


def test_N2_labels_that_typst_refuses_are_tried_once(town, monkeypatch):
    tried = []

    def refuse(*asked):
        tried.append(asked)
        raise TypstRefused("unknown variable: x")

    monkeypatch.setattr(labels, "render_pdf", refuse)
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=town.crowd(1)))
    town.settle()
    failed = town.call("notify", "get_job", JobById(id=sheet.job_id))
    assert (failed.state, failed.result["code"], len(tried)) == (JobState.FAILED, "labels_refused", 1)


def test_C17_labels_leave_out_who_has_banned_post_and_count_them(town):
    segment_id = town.crowd(2)
    first, second = town.rows("contacts", "SELECT id, given_name FROM persons ORDER BY sort_key")
    for channel, person in (("post", first), ("email", second)):
        town.call("contacts", "set_consent", SetConsent(person_id=person.id, channel=channel, allowed=False))
    sheet = town.call("notify", "create_label_sheet", CreateLabelSheet(segment_id=segment_id))
    town.settle()
    made = town.call("notify", "get_label_sheet", ById(id=sheet.id))
    assert (made.labels, made.banned, made.without_address, made.returned) == (1, 1, 0, 0)
    with pymupdf.open(stream=files.load(made.file_key), filetype="pdf") as pdf:
        printed = "".join(page.get_text() for page in pdf)
    assert second.given_name in printed
    assert first.given_name not in printed
