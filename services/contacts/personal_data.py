"""What contacts holds about persons (C17). What is about others too stays with those."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, null, or_, select
from sqlalchemy.orm import Session

from chassis.personal_data import Holding, by
from contracts.contacts.persons import PersonState
from services.contacts import models
from services.contacts.commands import exports, mentions, traces
from services.contacts.commands.written import WRITTEN

__all__ = ["HOLDINGS", "WRITTEN", "end", "linked_ids", "texts"]

NOBODY: dict[str, Any] = {
    "state": PersonState.ERASED,
    "linked_to": None,
    "given_name": "",
    "family_name": "",
    "email": None,
    "email_key": None,
    "phone": None,
    "fax": None,
    "other_emails": [],
    "other_phones": [],
    "gender": None,
    "birth_date": None,
    "title": "",
    "customer_number": None,
    "customer_status": None,
    "payment_method": None,
    "payment_days": None,
    "delivery_method": None,
    "credit_limit": None,
    "addresses": [],
    "city": "",
    "postal_code": "",
    "photo_key": None,
    "tags": [],
    "fields": {},
    "sort_key": "",
    "search": "",
    "version": models.Person.version + 1,
}
ROW_EMPTIED: dict[str, Any] = {
    "raw": {},
    "params": {},
    "remarks": [],
    "person": null(),
    "organisation": null(),
    "affiliation": null(),
    "purchase": null(),
    "fingerprint": None,
    "reason": "",
}
OF_KINDS = ("kind", "survivor_person", "merged_person", "survivor_organisation", "merged_organisation")
OF_IMPORTING = (
    *("code", "reason", "params", "column", "remarks", "person", "organisation", "affiliation", "purchase"),
    *("same_as", "organisation_as", "person_known", "organisation_known"),
    *("leads", "organisation_change", "undone", "kept"),
)


def _not_erased(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = model.id.in_(ids) & (model.state != PersonState.ERASED)
    return found


def _alone(link: Any, owner: str) -> Any:
    """Things that are about these persons and nobody else."""

    def about(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
        owner_id = getattr(link, owner)
        others = or_(link.person_id.is_(None), link.person_id.not_in(ids))
        of_them = select(owner_id).where(link.person_id.in_(ids))
        found: ColumnElement[bool] = model.id.in_(of_them) & ~exists().where(owner_id == model.id, others)
        return found

    return about


def _of_affiliations(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """What is kept under the ids of the persons' affiliations."""
    place = models.Affiliation
    found: ColumnElement[bool] = model.subject_id.in_(select(place.id).where(place.person_id.in_(ids)))
    return found


HOLDINGS = (
    Holding("kept_points", models.KeptPoint, by("contact_id"), gone=True, told=False),
    Holding("persons", models.Person, _not_erased, emptied=NOBODY, files=("photo_key",), withheld=("linked_to",)),
    Holding("affiliation_sources", models.FieldOrigin, _of_affiliations, gone=True),
    Holding("affiliations", models.Affiliation, by("person_id"), gone=True),
    Holding("consents", models.Consent, by("person_id"), emptied={"evidence": ""}),
    Holding(
        "activities",
        models.Activity,
        _alone(models.ActivityContact, "activity_id"),
        gone=True,
        notes=True,
        author="recorded_by",
    ),
    Holding("activity_links", models.ActivityContact, by("person_id"), gone=True, notes=True),
    Holding("tasks", models.Task, _alone(models.TaskContact, "task_id"), gone=True, notes=True),
    Holding("task_links", models.TaskContact, by("person_id"), gone=True, notes=True),
    Holding(
        "documents",
        models.Document,
        by("person_id"),
        gone=True,
        files=("file_key", "preview_key"),
        notes=True,
        author="recorded_by",
    ),
    Holding("survey_answers", models.SurveyAnswer, by("person_id"), gone=True),
    Holding("project_members", models.ProjectMember, by("person_id"), gone=True),
    Holding("project_hours", models.ProjectHours, by("person_id"), emptied={"note": ""}),
    Holding(
        "changes",
        models.Change,
        by("subject_id"),
        emptied={"old": null(), "new": null()},
        withheld=("origin", "affiliation_id"),
    ),
    Holding("value_sources", models.FieldOrigin, by("subject_id"), gone=True),
    Holding("verifications", models.Verification, by("contact_id"), gone=True, withheld=("point",)),
    Holding("details_checks", models.DetailsCheck, by("person_id"), gone=True),
    Holding("bounces", models.Bounce, by("person_id"), gone=True, told=False),
    Holding("import_confirmations", models.ImportConfirmation, by("subject_id"), gone=True, told=False),
    Holding("import_rows", models.ImportRow, by("person_id"), emptied=ROW_EMPTIED, withheld=OF_IMPORTING),
    Holding(
        "merges",
        models.Merge,
        by("survivor_id", "merged_id"),
        emptied={"before": {}, "after": {}, "sources": {}},
        withheld=("choices", "relinked", "sources", *OF_KINDS),
    ),
    Holding("duplicates", models.DuplicateCandidate, by("first_id", "second_id"), gone=True, told=False),
    Holding("duplicate_keys", models.DuplicateKey, by("contact_id"), gone=True, told=False),
    Holding("known_memberships", models.KnownMembership, by("person_id"), gone=True, told=False),
    Holding("known_purchases", models.KnownPurchase, by("customer_id"), gone=True, told=False),
    Holding("known_enrolments", models.KnownEnrolment, by("person_id"), gone=True, told=False),
    Holding("known_messages", models.KnownMessage, by("person_id"), gone=True, told=False),
)


def end(session: Session, ids: Sequence[UUID], now: datetime) -> None:
    """Take the person out of texts, imported files and what others' histories tell; no exported file stays."""
    traces.forget_in_imports(session, ids, mentions.strike(session, ids))
    traces.forget_in_histories(session, ids)
    exports.forget_files(session, now, made=True)


def linked_ids(connection: Connection, person_id: UUID) -> list[UUID]:
    """Ids of cards that were merged into this one."""
    row = models.Person.__table__.c
    return list(connection.scalars(select(row.id).where(row.linked_to == person_id).order_by(row.id)))


def texts(session: Session, ids: Sequence[UUID]) -> list[str]:
    """E-mail addresses, numbers and names by which replies name the person."""
    rows = session.scalars(select(models.Person).where(models.Person.id.in_(ids)))
    told = {text for each in rows for text in (each.email_key, each.phone, each.customer_number) if text}
    return sorted(told | {*mentions.in_replies(session, ids)})
