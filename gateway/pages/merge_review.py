"""Two contacts side by side: where they differ, what belongs to each, and what there will be two of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client, or_nothing
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.about import ContactKind
from contracts.contacts.fields import FieldDefinition
from contracts.courses import EnrolmentState
from contracts.membership import MembershipState
from gateway.i18n import LANGUAGES, language, local_date, money
from gateway.pages import belongings, contact_words
from gateway.pages.contact_facts import address_line
from gateway.pages.field_words import label, value_in_words
from gateway.pages.history_words import FIELDS
from gateway.phone_numbers import grouped

contacts = client(ContactsApi)
COUNTED: Final = 100
"""More of a kind is shown as "100+"."""
OF_BOTH: Final = (
    "email", "phone", "fax", "addresses", "language", "customer_number", "customer_status", "payment_method",
    "payment_days", "delivery_method", "credit_limit",
)  # fmt: skip
CHOSEN: Final = {
    ContactKind.PERSON: ("given_name", "family_name", "birth_date", "gender", "title", *OF_BOTH),
    ContactKind.ORGANISATION: ("name", "business_id", *OF_BOTH),
}
KEPT_OF_BOTH: Final = ("other_emails", "other_phones", "tags")
KINDS: Final[dict[ContactKind, dict[str, Any]]] = {
    ContactKind.PERSON: {
        "memberships": lazy_gettext("Memberships"),
        "enrolments": lazy_gettext("Enrolments"),
        "invoices": lazy_gettext("Invoices"),
        "messages": lazy_gettext("Messages"),
        "affiliations": lazy_gettext("Affiliations"),
    },
    ContactKind.ORGANISATION: {
        "invoices": lazy_gettext("Invoices"),
        "purchases": lazy_gettext("Purchases"),
        "affiliations": lazy_gettext("People"),
    },
}
ENDED: Final = {MembershipState.ENDED, MembershipState.LAPSED}
OVER: Final = {EnrolmentState.CANCELLED, EnrolmentState.EXPIRED}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both: its name in `choices` (empty when there is nothing to choose), its label and both values."""

    name: str
    label: Any
    values: tuple[str, str]

    @property
    def differs(self) -> bool:
        """Whether the two say different things, so that the office has to look."""
        return self.values[0] != self.values[1]

    @property
    def chosen(self) -> str:
        """Whose value is kept unless somebody says otherwise: the survivor's, if it has one."""
        return "survivor" if self.values[0] or not self.values[1] else "merged"


def lines(kind: ContactKind, survivor: Any, merged: Any, fields: Sequence[FieldDefinition]) -> list[Line]:
    """The fields of which at least one of the two has something."""
    both = (survivor, merged)
    found = [Line(name, FIELDS[name], _pair(partial(_value, name), both)) for name in CHOSEN[kind]]
    found += [_parents(survivor, merged)] if kind is ContactKind.ORGANISATION else []
    found += [Line(f"fields.{each.code}", label(each), _pair(partial(_additional, each), both)) for each in fields]
    found += [Line("", FIELDS[name], _pair(partial(_value, name), both)) for name in KEPT_OF_BOTH]
    return [each for each in found if any(each.values)]


def _parents(survivor: Any, merged: Any) -> Line:
    """What each belongs to; nothing to choose when one belongs to the other, since it takes the place of the upper."""
    related = survivor.id == merged.parent_id or merged.id == survivor.parent_id
    return Line("" if related else "parent_id", FIELDS["parent_id"], _pair(_parent, (survivor, merged)))


def _parent(organisation: Any) -> str:
    if organisation.parent_id is None:
        return ""
    found = or_nothing(lambda: contacts.get_organisation(ById(id=organisation.parent_id)))
    return found.name if found else ""


def _pair(value: Callable[[Any], str], both: tuple[Any, Any]) -> tuple[str, str]:
    return value(both[0]), value(both[1])


def _additional(field: FieldDefinition, person: Any) -> str:
    value = person.fields.get(field.code)
    return "" if value is None else value_in_words(value, field)


def _value(name: str, person: Any) -> str:
    value = getattr(person, name)
    if value is None or value in ("", []):
        return ""
    return VALUES[name](value) if name in VALUES else str(contact_words.CHOICES.get(name, {}).get(value, value))


VALUES: Final[dict[str, Callable[[Any], str]]] = {
    "birth_date": local_date,
    "language": lambda value: str(LANGUAGES[value]),
    "credit_limit": money,
    "phone": grouped,
    "fax": grouped,
    "tags": ", ".join,
    "addresses": lambda each: "; ".join(f"{contact_words.PURPOSES[one.purpose]}: {address_line(one)}" for one in each),
    "other_emails": lambda each: ", ".join(one.address for one in each),
    "other_phones": lambda each: ", ".join(grouped(one.number) for one in each),
}


def of_each(kind: ContactKind, *ids: UUID) -> list[dict[str, Any]]:
    """What belongs to each contact, by kind: a page each, False without the right, None while away."""
    asked = belongings.of_person if kind is ContactKind.PERSON else belongings.of_organisation
    return belongings.ask(*(asked(each, COUNTED) for each in ids))


def warnings(both: Sequence[dict[str, Any]]) -> list[str]:
    """What there will be two of after the merge: the office ends one of them."""
    kinds = _of_both(both, "memberships", lambda one: one.membership_type_id, lambda one: one.state not in ENDED)
    sessions = _of_both(both, "enrolments", lambda one: one.session_id, lambda one: one.state not in OVER)
    return [
        *(
            _("Both hold a membership of the type %(name)s. Both memberships stay; end one of them after the merge.",
              name=each.type_name.in_language(language()))
            for each in kinds
        ),
        *(
            _("Both are enrolled on %(name)s. Both enrolments stay; cancel one of them after the merge.",
              name=each.session_name.in_language(language()) if each.session_name else _("the same session"))
            for each in sessions
        ),
    ]  # fmt: skip


def _of_both(
    both: Sequence[dict[str, Any]], kind: str, key: Callable[[Any], Any], counts: Callable[[Any], bool]
) -> list[Any]:
    rows = [[each for each in (one[kind].data if one[kind] else []) if counts(each)] for one in both]
    theirs = {key(each) for each in rows[1]}
    return list({key(each): each for each in rows[0] if key(each) in theirs}.values())
