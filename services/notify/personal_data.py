"""What notify holds about persons (C17)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from chassis import files
from chassis.personal_data import Holding, by
from chassis.striking import Written
from contracts.notify import MessageState
from services.notify import models
from services.notify.commands.suppressions import normal

EMPTIED: dict[str, Any] = {"subject": "", "body": "", "address": "", "facts": {}, "provider_id": None}
WAITING = models.Message.state.in_(models.OPEN)


def _of_addresses(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Addresses that messages to the person were sent to, and no message to anybody else."""
    mine, others = aliased(models.Message), aliased(models.Message)
    own = exists().where(mine.person_id.in_(ids), mine.address != "", _same(model, mine))
    shared = exists().where(others.person_id.not_in(ids), others.address != "", _same(model, others))
    return own & ~shared


def _same(model: Any, message: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = func.lower(message.address) == model.address
    return found


HOLDINGS = (
    Holding("suppressions", models.Suppression, _of_addresses, gone=True),
    Holding(
        "messages",
        models.Message,
        by("person_id"),
        withheld=("template", "facts"),
        emptied={
            **EMPTIED,
            "error": case((WAITING, "erased"), else_=models.Message.error),
            "state": case((WAITING, MessageState.SUPPRESSED.value), else_=models.Message.state),
        },
    ),
)


WRITTEN = (
    Written(models.Mailing, ("name", "subject", "body")),
    Written(models.Message, ("subject", "body", "facts", "error")),
)


def texts(session: Session, ids: Sequence[UUID]) -> list[str]:
    """The addresses that messages went to, as they are compared."""
    found = select(models.Message.channel, models.Message.address).where(
        models.Message.person_id.in_(ids), models.Message.address != ""
    )
    return sorted({normal(row.channel, row.address) for row in session.execute(found)})


def end(session: Session, _ids: Sequence[UUID], now: datetime) -> None:
    """Remove the label sheets made so far: nobody knows whose addresses they show, and they are made again."""
    sheets = models.LabelSheet
    made = sheets.file_key.is_not(None) & (sheets.created_at <= now)
    for key in session.scalars(select(sheets.file_key).where(made)):
        if key:
            files.delete(key)
    session.execute(update(sheets).where(made).values(file_key=None))


def forget_account(session: Session, account_id: UUID) -> None:
    """Empty the messages to an account of somebody who was erased."""
    session.execute(update(models.Message).where(models.Message.account_id == account_id).values(**EMPTIED))
