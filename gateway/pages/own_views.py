"""What a user sees of a list or a card: what may be shown, what usually is, and what the user has chosen (C8)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask_babel import lazy_gettext as _

from chassis.rpc import client, or_nothing
from contracts.base import Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.views import View, ViewName
from gateway.field_definitions import Definitions
from gateway.listing import Column
from gateway.pages.field_words import label
from gateway.pages.history_words import FIELDS

contacts = client(ContactsApi)
T = TypeVar("T")
CONTACT_COLUMNS: Final = (
    Column("city", _("Town")),
    Column("email", _("E-mail"), "long"),
    Column("phone", _("Phone")),
    Column("tags", _("Tags")),
    *(Column(name, FIELDS[name]) for name in ("title", "gender")),
    Column("birth_date", _("Day of birth"), "date"),
    Column("organisations", _("Organisations")),
)
ORGANISATION_COLUMNS: Final = (
    Column("business_id", _("Business id")),
    Column("city", _("Town")),
    Column("email", _("E-mail"), "long"),
    Column("tags", _("Tags")),
    Column("phone", _("Phone")),
    Column("parent", _("Belongs to")),
)
SHARED_COLUMNS: Final = (
    Column("address", _("Address")),
    Column("postal_code", _("Postal code")),
    *(Column(name, FIELDS[name]) for name in ("other_phones", "other_emails", "fax", "language", "customer_number")),
    *(Column(name, FIELDS[name]) for name in ("customer_status", "payment_method", "delivery_method")),
    *(Column(name, FIELDS[name], "number") for name in ("payment_days", "credit_limit")),
    Column("created_at", _("Added"), "date"),
    Column("updated_at", _("Changed"), "date"),
)
PERSON_SECTIONS: Final[Mapping[str, Any]] = {
    "tasks": _("Tasks"),
    "activities": _("Activities"),
    "memberships": _("Memberships"),
    "invoices": _("Invoices"),
    "purchases": _("Purchases"),
    "enrolments": _("Enrolments"),
    "affiliations": _("Affiliations"),
    "contact_points": _("Addresses and when they were verified"),
    "surveys": _("Surveys"),
    "documents": _("Documents"),
    "messages": _("Messages"),
    "history": _("History"),
}
ORGANISATION_SECTIONS: Final[Mapping[str, Any]] = {
    "tasks": _("Tasks"),
    "activities": _("Activities"),
    "people": _("People"),
    "memberships": _("Memberships"),
    "enrolments": _("Enrolments"),
    "messages": _("Messages"),
    "hierarchy": _("Parts"),
    "contact_points": _("Addresses and when they were verified"),
    "invoices": _("Invoices"),
    "purchases": _("Purchases"),
    "documents": _("Documents"),
    "history": _("History"),
}
CUSTOMER: Final = (
    "customer_number", "customer_status", "payment_method", "payment_days", "delivery_method", "credit_limit",
)  # fmt: skip
REACHED: Final = ("email", "other_emails", "phone", "other_phones", "fax", "language")
PERSON_FACTS: Final = (*REACHED, "birth_date", "gender", "title", *CUSTOMER, "tags", "addresses")
ORGANISATION_FACTS: Final = ("business_id", "parent_id", *REACHED, *CUSTOMER, "tags", "addresses")


@dataclass(frozen=True)
class Offer:
    """What a view may show, in the usual order: labels by key. `usual`: what everybody sees; None: all of it."""

    title: Any
    labels: Callable[[Definitions], dict[str, Any]]
    page: str
    usual: tuple[str, ...] | None = None


def _columns(own: Iterable[Column], kind: str) -> Callable[[Definitions], dict[str, Any]]:
    columns = (*own, *SHARED_COLUMNS)
    return lambda known: {each.key: each.label for each in columns} | _additional(known, kind)


def _facts(own: Iterable[str], kind: str) -> Callable[[Definitions], dict[str, Any]]:
    names = tuple(own)
    return lambda known: {name: FIELDS[name] for name in names} | _additional(known, kind)


def _sections(own: Mapping[str, Any]) -> Callable[[Definitions], dict[str, Any]]:
    return lambda _known: dict(own)


def _additional(known: Definitions, kind: str) -> dict[str, Any]:
    fields = sorted(known.in_use(kind), key=lambda each: not each.classification)
    return {f"fields.{each.code}": label(each) for each in fields}


OFFERS: Final = {
    ViewName.CONTACTS: Offer(
        _("List of persons"),
        _columns(CONTACT_COLUMNS, "person"),
        "/office/contacts",
        ("city", "email", "phone", "tags"),
    ),
    ViewName.ORGANISATIONS: Offer(
        _("List of organisations"),
        _columns(ORGANISATION_COLUMNS, "organisation"),
        "/office/organisations",
        ("business_id", "city", "email", "tags"),
    ),
    ViewName.PERSON_FACTS: Offer(_("Facts about a person"), _facts(PERSON_FACTS, "person"), "/office/contacts"),
    ViewName.PERSON_SECTIONS: Offer(_("A person's card"), _sections(PERSON_SECTIONS), "/office/contacts"),
    ViewName.ORGANISATION_FACTS: Offer(
        _("Facts about an organisation"), _facts(ORGANISATION_FACTS, "organisation"), "/office/organisations"
    ),
    ViewName.ORGANISATION_SECTIONS: Offer(
        _("An organisation's card"), _sections(ORGANISATION_SECTIONS), "/office/organisations"
    ),
}


@dataclass(frozen=True)
class Arrangement:
    """What a user sees, in order, and what could be seen besides; `own`: chosen, not as for everybody."""

    shown: list[str]
    hidden: list[str]
    own: bool

    def arrange(self, things: Iterable[T], key: Callable[[T], str]) -> list[T]:
        """The things that are shown, in the user's order; of one key, in their own."""
        by_key: dict[str, list[T]] = {}
        for each in things:
            by_key.setdefault(key(each), []).append(each)
        return [each for name in self.shown for each in by_key.get(name, ())]


def own_views() -> dict[ViewName, View]:
    """The views that the user has chosen; none while contacts does not answer."""
    found = or_nothing(lambda: contacts.list_views(Nothing()))
    return {ViewName(each.name): each for each in found.data} if found else {}


def arrangement(name: ViewName, views: Mapping[ViewName, View], known: Definitions) -> Arrangement:
    """What the user sees of this list or card. What came up after the choice is shown where all is shown usually."""
    offer, view = OFFERS[name], views.get(name)
    labels = offer.labels(known)
    if view is None:
        shown = [key for key in labels if offer.usual is None or key in offer.usual]
    else:
        chosen = {*view.shown, *view.hidden}
        later = [key for key in labels if key not in chosen] if offer.usual is None else []
        shown = [key for key in view.shown if key in labels] + later
    return Arrangement(shown, [key for key in labels if key not in shown], own=view is not None)


def columns_of(name: ViewName, shown: Iterable[str], known: Definitions) -> list[Column]:
    """The columns behind the keys."""
    own = CONTACT_COLUMNS if name is ViewName.CONTACTS else ORGANISATION_COLUMNS
    columns = {each.key: each for each in (*own, *SHARED_COLUMNS)}
    labels = OFFERS[name].labels(known)
    return [columns.get(key) or Column(key, labels[key]) for key in shown]


@dataclass(frozen=True)
class Chooser:
    """The choice of columns below a list: what is shown, and what is offered besides without looking further."""

    name: str
    shown: list[tuple[str, Any]]
    hidden: list[tuple[str, Any]]
    own: bool


MOST_OFFERED: Final = 12


def chooser(name: ViewName, found: Arrangement, known: Definitions) -> Chooser:
    """The choice of columns of a list; the office may have a thousand fields, so the last ones are on another page."""
    labels = OFFERS[name].labels(known)
    shown, hidden = ([(key, labels[key]) for key in keys] for keys in (found.shown, found.hidden[:MOST_OFFERED]))
    return Chooser(name.value, shown, hidden, found.own)
