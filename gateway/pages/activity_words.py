"""Words for kinds of activities, and what a card needs for its section of them."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_pgettext as _p

from contracts.access import Permission
from contracts.contacts.activities import ActivityKind
from gateway.form_state import FormState
from gateway.pages.person_names import may

KIND: Final[Mapping[ActivityKind, Any]] = {
    ActivityKind.CALL: _p("activity", "Call"),
    ActivityKind.MEETING: _p("activity", "Meeting"),
    ActivityKind.VISIT: _p("activity", "Visit"),
    ActivityKind.EMAIL: _p("activity", "E-mail"),
    ActivityKind.MAILING: _p("activity", "Mailing"),
    ActivityKind.NOTE: _p("activity", "Note"),
    ActivityKind.OTHER: _p("activity", "Other"),
}


def kinds() -> list[tuple[str, Any]]:
    """The kinds as choices, the commonest first."""
    return [(kind.value, label) for kind, label in KIND.items()]


def activity_section() -> dict[str, Any]:
    """Whether a card shows activities and takes new ones, and the empty form for them."""
    return {
        "sees_activities": may(Permission.ACTIVITIES_READ),
        "records_activities": may(Permission.ACTIVITIES_WRITE),
        "quick_form": FormState({"kind": ActivityKind.CALL.value}),
        "kinds": kinds(),
    }
