"""Sessions as pages show them: rows of an agenda with the price of who looks, and how many seats are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext, to_user_timezone

from chassis.rpc import client, or_nothing
from contracts.commerce import CommerceApi
from contracts.commerce.prices import AskQuote, QuoteLine, QuoteLineRequest
from contracts.courses import Session, SessionItem
from gateway import i18n
from gateway.i18n import language, money

commerce = client(CommerceApi)
FEW: Final = 5
MOST_LINES: Final = 200
TOPICS: Final[Mapping[str, Any]] = {
    "board": lazy_gettext("Running an association"),
    "general": lazy_gettext("General"),
    "health": lazy_gettext("Health"),
    "hobby": lazy_gettext("Hobbies"),
}
"""Names of the topics known; others are shown by their code."""


@dataclass(frozen=True, slots=True)
class Row:
    """A session in an agenda (`components/page.html`); `at` is in the association's time zone."""

    at: datetime
    title: str
    url: str
    text: str
    price: str
    state: tuple[str, str]


def own_person() -> UUID | None:
    """The person who looks, when signed in."""
    return g.principal.person_id if g.principal else None


def prices_of(sessions: Sequence[Session]) -> dict[UUID, QuoteLine]:
    """What the sessions' required items cost who looks, by product; empty while commerce is away."""
    return item_prices([item for each in sessions for item in each.items if item.required])


def item_prices(items: Sequence[SessionItem]) -> dict[UUID, QuoteLine]:
    """What items cost who looks, by product; empty while commerce is away."""
    wanted = [QuoteLineRequest(product_id=product_id) for product_id in {item.product_id for item in items}]
    if not wanted:
        return {}
    asked = AskQuote(customer_id=own_person(), lines=wanted[:MOST_LINES])
    found = or_nothing(partial(commerce.list_prices, asked))
    return {line.product_id: line for line in found.data} if found else {}


def rows_of(sessions: Sequence[Session]) -> list[Row]:
    """The sessions with their prices."""
    prices = prices_of(sessions)
    return [_row(each, total_text(each.items, prices)) for each in sessions]


def _row(session: Session, price: str) -> Row:
    return Row(
        at=to_user_timezone(session.starts_at),
        title=session.course.name.in_language(language()),
        url=f"/courses/{session.id}",
        text=f"{hours(session)} · {place(session)}",
        price=price,
        state=seats_state(session),
    )


def hours(session: Session) -> str:
    """When it begins and ends: `klo 9.00–15.00`, with the last day when it is another."""
    return i18n.hours(session.starts_at, session.ends_at)


def place(session: Session) -> str:
    """`Sali 2, Helsinki`."""
    return ", ".join(part for part in (session.place, session.city) if part)


def price_text(line: QuoteLine | None) -> str:
    """The price of who looks, and the list price where it is another; empty when it is not known."""
    return _sums_text(line.unit_price, line.list_price) if line else ""


def total_text(items: Sequence[SessionItem], prices: Mapping[UUID, QuoteLine]) -> str:
    """The same for the required ones of the items together."""
    lines = [prices.get(item.product_id) for item in items if item.required]
    known = [line for line in lines if line]
    if not known or len(known) < len(lines):
        return ""
    own, listed = (sum((getattr(line, part) for line in known), Decimal()) for part in ("unit_price", "list_price"))
    return _sums_text(own, listed)


def _sums_text(own: Decimal, listed: Decimal) -> str:
    if not listed:
        return str(_("Free of charge"))
    if own == listed:
        return money(listed)
    return str(_("%(own)s for you, list price %(list)s", own=money(own), list=money(listed)))


def seats_state(session: Session) -> tuple[str, str]:
    """Seats left in words, and the kind of the mark before them."""
    if is_full(session):
        if session.waiting:
            return str(ngettext("Full, one waits", "Full, %(num)s wait", session.waiting)), "warn"
        return _("Full, join the waiting list"), "warn"
    if session.seats_free <= FEW:
        return str(ngettext("The last seat", "%(num)s seats left", session.seats_free)), "warn"
    return str(ngettext("One seat free", "%(num)s seats free", session.seats_free)), "good"


def is_full(session: Session) -> bool:
    """Whether enrolling now means waiting: who waits goes first."""
    return session.seats_free <= 0 or session.waiting > 0


def topic_name(code: str) -> str:
    """A topic in the language of the request."""
    return str(TOPICS.get(code) or code.replace("-", " ").replace("_", " ").capitalize())
