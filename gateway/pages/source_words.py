"""Where values of a contact come from, in words (C12)."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.masters import ContactSources, DecidedBy, FieldSource, ValueSource
from gateway.field_definitions import Definitions
from gateway.i18n import local_date
from gateway.pages.history_words import label_of

SOURCES: Final[dict[ValueSource, Any]] = {
    ValueSource.OFFICE: _("Office"),
    ValueSource.SELF_SERVICE: _p("source of values", "The person"),
    ValueSource.API: _("Another program"),
    ValueSource.IMPORT: _p("source of values", "An imported file"),
    ValueSource.ADDRESS_PROVIDER: _p("source of values", "Address provider"),
    ValueSource.ACCOUNTING: _p("source of values", "Accounting"),
}


def entries(found: ContactSources | None, known: Definitions, kind: str) -> list[tuple[str, str]]:
    """Each field with where its value comes from, as `card.sources` shows it."""
    if found is None:
        return []
    return [(_label(each, known, kind), _where_from(each)) for each in found.data]


def _label(each: FieldSource, known: Definitions, kind: str) -> str:
    if each.affiliation_id is None:
        return label(each.field, known, kind)
    field = each.field.removeprefix("affiliation.")
    return f"{label(field, known, 'affiliation')} ({each.organisation_name})"


def label(field: str, known: Definitions, kind: str) -> str:
    """What a field is called."""
    return label_of(field, known.by_code.get((kind, field.removeprefix("fields."))) if "." in field else None)


def _where_from(each: FieldSource) -> str:
    told = {"source": SOURCES[each.source], "day": local_date(each.observed_at)}
    if each.rule is DecidedBy.MASTER:
        return str(gettext("%(source)s, %(day)s, as the master", **told))
    return str(gettext("%(source)s, %(day)s", **told))


def reasons(locked: Mapping[str, ValueSource]) -> dict[str, str]:
    """Why fields cannot be edited, by field, of those that only their masters change."""
    return {
        field: gettext("Comes from elsewhere and is changed there: %(master)s", master=SOURCES[master])
        for field, master in locked.items()
        if master is not ValueSource.OFFICE
    }
