"""The services in words, where people meet them as parts of the suite."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_pgettext as _p

SERVICES: Final[Mapping[str, Any]] = {
    "contacts": _p("part of the suite", "Contacts"),
    "membership": _p("part of the suite", "Membership"),
    "courses": _p("part of the suite", "Courses"),
    "commerce": _p("part of the suite", "Money"),
    "notify": _p("part of the suite", "Messages"),
    "identity": _p("part of the suite", "Sign-ins"),
}
