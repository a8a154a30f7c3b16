"""What a session sells, as pages show it: names, prices of who looks, times; and what enrolments chose of it."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _

from contracts.commerce.prices import QuoteLine
from contracts.courses import Enrolment, Session, SessionItem
from gateway import i18n
from gateway.course_rows import item_prices, price_text
from gateway.i18n import language

Prices = Mapping[UUID, QuoteLine]


def name_of(item: SessionItem, prices: Prices) -> str:
    """The item's own name, else its product's."""
    line = prices.get(item.product_id)
    name = item.name or (line.name if line else None)
    return name.in_language(language()) if name else str(_("Part of the course"))


def facts(session: Session, prices: Prices) -> list[tuple[str, str]]:
    """All items of a session that has several: name, then price and time."""
    if len(session.items) < 2:
        return []
    return [(name_of(item, prices), _about(item, prices)) for item in session.items]


def choices(session: Session, prices: Prices) -> list[tuple[UUID, str, str]]:
    """The optional items for `form.checkboxes`."""
    return [(item.id, name_of(item, prices), _about(item, prices)) for item in session.items if not item.required]


def _about(item: SessionItem, prices: Prices) -> str:
    when = ""
    if item.starts_at and item.ends_at:
        when = f"{i18n.local_date(item.starts_at)} {i18n.hours(item.starts_at, item.ends_at)}"
    parts = (price_text(prices.get(item.product_id)), when, "" if item.required else str(_("optional")))
    return ", ".join(part for part in parts if part)


def chosen(enrolments: Iterable[Enrolment]) -> dict[UUID, str]:
    """Names of what was chosen, by enrolment; not of those with one item, which is the session itself."""
    several = [each for each in enrolments if len(each.items) > 1]
    prices = item_prices(_nameless(item for each in several for item in each.items))
    return {each.id: ", ".join(name_of(item, prices) for item in each.items) for each in several}


def _nameless(items: Iterable[SessionItem]) -> Sequence[SessionItem]:
    return [item for item in items if item.name is None]
