"""When the card of an import offers to undo it (C11)."""

from datetime import UTC, datetime

import pytest

from contracts.base import Job, JobState
from contracts.contacts.imports import Import, ImportProfile
from gateway.pages.imports import may_undo

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ID = "0190b0c0-0000-7000-8000-000000000001"


def an_import(**said):
    return Import(
        id=ID, job_id=f"contacts-{ID}", file_key="", file_name="a.csv", profile=ImportProfile.CONTACTS, started_at=NOW,
        observed_at=NOW, **({"dry_run": False, "counts": {}} | said),
    )  # fmt: skip


def a_job(state, done, finished_at=NOW):
    return Job(
        id=f"contacts-{ID}", kind="import_contacts", state=state, done=done, created_at=NOW, finished_at=finished_at
    )


@pytest.mark.parametrize(
    ("counts", "state", "done", "offered"),
    [
        ({"created": 1}, JobState.SUCCEEDED, 9, True),
        ({"unchanged": 9}, JobState.SUCCEEDED, 9, False),
        ({}, JobState.CANCELLED, 5, True),  # organisations, or a chunk beside the one that failed
        ({}, JobState.FAILED, 5, True),
        ({}, JobState.FAILED, 0, False),  # a file that cannot be read
    ],
)
def test_C11_an_import_that_may_have_changed_something_can_be_undone(counts, state, done, offered):
    job = a_job(state, done)
    assert may_undo(an_import(counts=counts), job, None) is offered
    assert not may_undo(an_import(counts=counts, dry_run=True), job, None)
    assert not may_undo(an_import(counts=counts, undone_at=NOW), job, None)
    assert not may_undo(an_import(counts=counts), job, a_job(JobState.RUNNING, 0, None))
