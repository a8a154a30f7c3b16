"""What can be found by words in membership: members and applications by number (A7)."""

from typing import Final

from chassis.searching import Searched
from contracts.access import Permission
from services.membership import models

SEARCHED: Final = (
    Searched("memberships", Permission.MEMBERSHIP_READ, models.Membership, "number", at="joined_on"),
    Searched("applications", Permission.MEMBERSHIP_READ, models.Application, "number", at="submitted_at"),
)
