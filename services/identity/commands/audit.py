"""The audit log (I6): who did what, from where, and how it ended. No names, no passwords, nothing typed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.ids import new_id
from services.identity.models import AuditEntry

OK, REFUSED, ASKED_FOR_CODE = "ok", "refused", "code_required"


def note(
    session: Session, now: datetime, action: str, *, actor: str, subject: Any = "", outcome: str = OK, address: str = ""
) -> None:
    """Add an entry in this transaction. `actor` is a principal's label; `subject` an id or code."""
    session.add(
        AuditEntry(
            id=new_id(), at=now, action=action, actor=actor, subject=str(subject), address=address, outcome=outcome
        )
    )
