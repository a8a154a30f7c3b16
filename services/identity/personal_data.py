"""What identity holds about persons (C17). An account without a name stays: the audit log refers to its id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, literal, select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.personal_data import Holding, by
from chassis.striking import Written
from contracts.identity import AccountErased, PrincipalsChanged
from services.identity import models

ERASED = "erased-"
NOBODY = literal(ERASED) + cast(models.Account.id, String)


def _of_accounts(column: str) -> Any:
    def about(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
        own = select(models.Account.id).where(models.Account.person_id.in_(ids))
        found: ColumnElement[bool] = getattr(model, column).in_(own)
        return found

    return about


def _named(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Accounts of the person that still have a name."""
    found: ColumnElement[bool] = model.person_id.in_(ids) & ~model.username_key.startswith(ERASED)
    return found


def _audited(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Entries about the person's accounts, and what was done with them."""
    own = select(cast(models.Account.id, String)).where(models.Account.person_id.in_(ids))
    acting = select(literal("account:") + cast(models.Account.id, String)).where(models.Account.person_id.in_(ids))
    found: ColumnElement[bool] = model.subject.in_(own) | model.actor.in_(acting)
    return found


HOLDINGS = (
    Holding("sessions", models.SessionRow, _of_accounts("account_id"), gone=True),
    Holding("challenges", models.Challenge, _of_accounts("account_id"), gone=True, told=False),
    Holding("links", models.Link, by("person_id"), gone=True, withheld=("single_use",)),
    Holding("account_roles", models.AccountRole, _of_accounts("account_id"), gone=True),
    Holding("audit_entries", models.AuditEntry, _audited, emptied={"address": ""}),
    Holding(
        "accounts",
        models.Account,
        _named,
        emptied={
            "username": NOBODY,
            "username_key": NOBODY,
            "email": None,
            "email_key": None,
            "phone": None,
            "password_hash": None,
            "sms_code": False,
            "code_instead": False,
            "disabled": True,
            "version": models.Account.version + 1,
        },
    ),
)


WRITTEN = (Written(models.ApiKey, ("name",)), Written(models.Role, ("name",)))


def end(session: Session, ids: Sequence[UUID], _now: datetime) -> None:
    """Tell that the accounts open nothing any more, and that messages to them are to be emptied."""
    for account_id in session.scalars(select(models.Account.id).where(_named(models.Account, ids))):
        outbox.record(session, PrincipalsChanged(account_id=account_id))
        outbox.record(session, AccountErased(account_id=account_id))


def texts(session: Session, ids: Sequence[UUID]) -> list[str]:
    """The accounts' ids: replies about them name no person."""
    return [str(each) for each in session.scalars(select(models.Account.id).where(models.Account.person_id.in_(ids)))]
