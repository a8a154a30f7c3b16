"""Contact points in words: kinds, uses, when and by whom they were verified, what came back (C19)."""

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.contact_points import ContactPoint, ListContactPoints, Outcome, PointKind, PointState
from gateway.i18n import local_date
from gateway.pages import contact_words
from gateway.pages.source_words import SOURCES

KINDS: Final[dict[PointKind, Any]] = {
    PointKind.EMAIL: _("E-mail"),
    PointKind.PHONE: _("Phone"),
    PointKind.ADDRESS: _("Postal address"),
}
USES: Final[dict[PointKind, dict[str, Any]]] = {
    PointKind.EMAIL: contact_words.EMAIL_KINDS,
    PointKind.PHONE: contact_words.PHONE_KINDS,
    PointKind.ADDRESS: contact_words.PURPOSES,
}
PROBLEMS: Final[dict[Outcome, Any]] = {
    Outcome.RETURNED: _p("contact point", "Letters are returned"),
    Outcome.BOUNCED: _p("contact point", "Messages come back"),
}
MARKS: Final[dict[PointKind, Any]] = {
    PointKind.EMAIL: _p("contact point", "Mark that messages come back"),
    PointKind.PHONE: _p("contact point", "Mark that messages come back"),
    PointKind.ADDRESS: _p("contact point", "Mark as returned"),
}


def label(point: ContactPoint) -> str:
    """What the value is: `Phone`, `Phone (Work)`, `Visiting address`."""
    if point.use == "first":
        return str(KINDS[point.kind])
    use = str(USES[point.kind].get(point.use, point.use))
    return use if point.kind is PointKind.ADDRESS else f"{KINDS[point.kind]} ({use})"


def verified(point: ContactPoint) -> str:
    """When the value was verified last, and how."""
    source = SOURCES[point.verified_by] if point.verified_by else ""
    told = {"day": local_date(point.verified_at), "source": source}
    if point.confirmed:
        return str(gettext("Confirmed %(day)s: %(source)s", **told))
    return str(gettext("Entered %(day)s: %(source)s", **told)) if source else str(gettext("Entered %(day)s", **told))


def problem(point: ContactPoint) -> str:
    """What came back, since when and why; empty when nothing did."""
    if point.problem is None or point.problem_at is None:
        return ""
    told = f"{PROBLEMS[point.problem]}, {local_date(point.problem_at)}"
    return f"{told}: {point.problem_reason}" if point.problem_reason else told


def problem_to_owner(point: ContactPoint) -> str:
    """What came back, for the person whose it is."""
    return str(gettext("A letter to this address came back") if point.kind is PointKind.ADDRESS else
               gettext("A message to this came back"))  # fmt: skip


def as_filter(wanted: ListContactPoints) -> dict[str, Any]:
    """The filter of a segment that finds whose contact points a list shows; months are taken as 30.44 days each."""
    old = {"field": "contact_point.verified_on", "op": "lte", "value": f"today-{round(wanted.months * 365.25 / 12)}"}
    sound = {"field": "contact_point.problem", "op": "empty"}
    tests: list[dict[str, Any]] = (
        [{"field": "contact_point.kind", "op": "eq", "value": wanted.kind.value}] if wanted.kind else []
    )
    if wanted.state is PointState.OLD:
        tests += [old, sound]
    elif wanted.state:
        tests += [{"field": "contact_point.problem", "op": "eq", "value": wanted.state.value}]
    else:
        tests += [{"any": [old, {"field": "contact_point.problem", "op": "not_empty"}]}]
    return {"has": "contact_point", "all": tests}
