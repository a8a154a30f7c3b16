"""What can be found by words in notify (A7)."""

from typing import Final

from chassis.searching import Searched
from contracts.access import Permission
from services.notify import models

SEARCHED: Final = (
    Searched("messages", Permission.NOTIFY_READ, models.Message, "subject", at="created_at"),
    Searched("mailings", Permission.NOTIFY_READ, models.Mailing, "name", at="created_at"),
)
