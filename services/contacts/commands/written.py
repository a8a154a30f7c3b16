"""Which texts of contacts may name anybody besides whom they are about (C17, ADR 8)."""

import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from chassis import files
from chassis.mentions import Mentions, struck
from chassis.striking import Written
from services.contacts import models
from services.contacts.rules.struck_filters import struck_filter

CODES: Final = ("code", "question", "values", "kind")
"""Parts of a question that answers, conditions and segments refer to."""
PLACE: Final = ("id", "purpose", "postal_code", "country")
"""Parts of values that are codes."""


def _links(link: Any, owner: str) -> Any:
    return lambda ids: select(getattr(link, owner)).where(link.person_id.in_(ids))


def _of_their_places(ids: Sequence[UUID]) -> Select[Any]:
    belonging = models.Affiliation
    places = select(belonging.organisation_id).where(belonging.person_id.in_(ids))
    return select(models.Document.id).where(models.Document.organisation_id.in_(places))


def _forget_files(session: Session, import_ids: Sequence[UUID]) -> None:
    """The files themselves say it as well; nobody needs them once their rows are stored."""
    imports = models.Import
    these = imports.id.in_({*import_ids}) & (imports.file_key != "")
    for key in session.scalars(select(imports.file_key).where(these)):
        files.delete(key)
    session.execute(update(imports).where(these).values(file_key=""))


def _given_back(value: Any, mentions: Mentions) -> Any:
    """What an import or an undoing may write: an address or a number goes wholly, as with the mark in it, it would be
    none."""
    reached = Mentions(frozenset(), mentions.emails, mentions.phones).pattern
    return struck(_without(value, reached), mentions.pattern, coded=PLACE)


def _without(value: Any, reached: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return None if reached.fullmatch(value) else value
    if isinstance(value, list):
        kept = [(each, _without(each, reached)) for each in value]
        return [left for each, left in kept if left == each or not (left is None or isinstance(left, dict))]
    if isinstance(value, dict):
        return {name: each if name in PLACE else _without(each, reached) for name, each in value.items()}
    return value


def _gone(value: str | None, mentions: Mentions) -> str | None:
    """Of an address on the web nothing stays: with the mark in it, it would be none."""
    return None if value and mentions.pattern.search(value) else value


SHARED: Final = (
    Written(models.Activity, ("text",), _links(models.ActivityContact, "activity_id")),
    Written(models.Task, ("title", "text"), _links(models.TaskContact, "task_id")),
    Written(models.Document, ("title", "file_name", "author"), _of_their_places),
    Written(models.Project, ("name", "text"), _links(models.ProjectMember, "project_id")),
    Written(models.Segment, ("name",)),
)
"""What is linked to persons, or found by an index of words: an erasure strikes it at once, before links are gone."""

WRITTEN: Final = (
    *SHARED,
    Written(models.CalendarEvent, ("title", "text", "place")),
    Written(models.CalendarEvent, ("url",), how=_gone),
    Written(models.Segment, ("filter",), how=struck_filter),
    Written(models.Calendar, ("name",)),
    Written(models.ProjectMember, ("role",)),
    Written(models.ProjectHours, ("note",)),
    Written(models.Field, ("label", "choices"), coded=CODES),
    Written(models.Survey, ("title", "intro", "questions"), coded=CODES),
    Written(models.SurveyVersion, ("title", "intro", "questions"), coded=CODES),
    Written(models.SurveyAnswer, ("answers",)),
    Written(models.Export, ("asked",)),
    Written(models.ImportMapping, ("name", "columns"), keys=True, unique="name"),
    Written(models.Import, ("file_name", "columns", "mapping"), keys=True, then=_forget_files, dated=True),
    Written(
        models.ImportRow, ("raw", "params", "reason", "remarks", "column"), keys=True, then=_forget_files, dated=True
    ),
    Written(
        models.ImportRow,
        ("person", "organisation", "affiliation", "purchase"),
        how=_given_back,
        then=_forget_files,
        dated=True,
    ),
    Written(models.Person, ("title", "addresses", "fields"), coded=PLACE),
    Written(models.Organisation, ("addresses", "fields"), coded=PLACE),
    Written(models.Affiliation, ("title", "role", "fields")),
    Written(models.Consent, ("evidence",)),
    Written(models.Verification, ("reason",)),
    Written(models.Change, ("old", "new"), how=_given_back),
    Written(models.Merge, ("before", "after"), how=_given_back),
    Written(models.KnownPurchase, ("product_name",)),
)
