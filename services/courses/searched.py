"""What can be found by words in courses (A7): sessions are found by their course, see their list."""

from typing import Final

from chassis.searching import Searched

SEARCHED: Final[tuple[Searched, ...]] = ()
