"""What can be found by words in courses (A7); sessions are found by their course too, see their list."""

from typing import Final

from chassis.searching import Searched
from contracts.access import Permission
from services.courses import models

SEARCHED: Final = (Searched("courses", Permission.COURSES_READ, models.Course, "name"),)
