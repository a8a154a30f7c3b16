"""What can be found by words in identity (A7)."""

from typing import Final

from chassis.searching import Searched
from contracts.access import Permission
from services.identity import models

SEARCHED: Final = (Searched("accounts", Permission.IDENTITY_READ, models.Account, "username", at="created_at"),)
