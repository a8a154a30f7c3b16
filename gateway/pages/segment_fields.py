"""What a segment may test: the names of the fields, what they hold, and what they can be chosen from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.access import Permission
from contracts.contacts.fields import FieldDefinition, FieldType
from contracts.contacts.segments import SegmentFilter, SegmentKind
from gateway.field_definitions import Definitions
from gateway.i18n import language
from gateway.pages.field_words import label
from gateway.pages.person_names import may
from gateway.pages.segment_used import codes_in, names_in
from gateway.pages.segment_values import CHOICES, KINDS

OF_BOTH: Final = {
    "city": _("Town of the first address"),
    "postal_code": _("Postal code of the first address"),
    "tag": _("Tag"),
    "language": _("Language"),
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "fax": _("Fax"),
    "other_email": _("Another e-mail address"),
    "other_phone": _("Another phone number"),
    "customer_number": _("Customer number"),
    "customer_status": _("Customer or prospect"),
    "payment_method": _("Way of paying"),
    "payment_days": _("Days to pay"),
    "delivery_method": _("Way of delivery"),
    "credit_limit": _("Credit limit"),
    "has_email": _("Has an e-mail address"),
    "has_phone": _("Has a phone number"),
    "has_address": _("Has a postal address"),
    "created_at": _("Entered in the register on"),
    "updated_at": _("Last changed on"),
}
OWN: Final = {
    SegmentKind.PERSONS: {
        **OF_BOTH,
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "title": _("Title"),
        "gender": _("Gender"),
        "birth_date": _("Day of birth"),
        "banned": _("Has banned marketing by"),
    },
    SegmentKind.ORGANISATIONS: {
        **OF_BOTH,
        "business_id": _("Business id"),
        "parent_id": _("Part of the organisation (id or address of its page)"),
    },
}


@dataclass(frozen=True)
class Relation:
    """Things that a contact may have several of; `right` is what it takes to ask for them."""

    words: Any
    fields: Mapping[str, Any]
    right: Permission = Permission.CONTACTS_READ
    of: tuple[SegmentKind, ...] = (SegmentKind.PERSONS, SegmentKind.ORGANISATIONS)


RELATIONS: Final = {
    "address": Relation(
        _("Postal addresses"),
        {
            "address.city": _("Town of any address"),
            "address.postal_code": _("Postal code of any address"),
            "address.street": _("Street address"),
            "address.country": _("Country of an address (two letters)"),
            "address.purpose": _("What an address is for"),
        },
    ),
    "affiliation": Relation(
        _("Affiliations"),
        {
            "affiliation.title": _("Title in an organisation"),
            "affiliation.role": _("Role in an organisation"),
            "affiliation.email": _("E-mail in an organisation"),
            "affiliation.phone": _("Phone in an organisation"),
            "affiliation.decision_maker": _("Decision maker in an organisation"),
            "affiliation.starts_on": _("In an organisation since"),
            "affiliation.ends_on": _("In an organisation until"),
            "affiliation.organisation_id": _("In the organisation (id or address of its page)"),
            "organisation.name": _("Name of an organisation"),
            "organisation.business_id": _("Business id of an organisation"),
            "organisation.city": _("Town of an organisation"),
            "organisation.tag": _("Tag of an organisation"),
            "organisation.customer_status": _("An organisation as a customer"),
            "organisation.customer_number": _("Customer number of an organisation"),
        },
    ),
    "past_affiliation": Relation(
        _("Past affiliations"),
        {
            "past_affiliation.organisation_id": _("Formerly in the organisation (id or address of its page)"),
            "past_affiliation.title": _("Former title in an organisation"),
            "past_affiliation.role": _("Former role in an organisation"),
            "past_affiliation.email": _("Former e-mail in an organisation"),
            "past_affiliation.phone": _("Former phone in an organisation"),
            "past_affiliation.decision_maker": _("Formerly a decision maker in an organisation"),
            "past_affiliation.starts_on": _("Past affiliation began on"),
            "past_affiliation.ends_on": _("Past affiliation ended on"),
        },
    ),
    "membership": Relation(
        _("Memberships"),
        {
            "membership.type": _("Type of membership"),
            "membership.state": _("State of membership"),
            "membership.joined_on": _("Membership began"),
            "membership.ended_on": _("Membership ended"),
            "membership.paid_until": _("Membership paid until"),
        },
        Permission.MEMBERSHIP_READ,
    ),
    "purchase": Relation(
        _("Purchases"),
        {
            "purchase.product": _("Product bought"),
            "purchase.product_name": _("Name of the product delivered"),
            "purchase.source": _("How the purchase is known"),
            "purchase.category": _("Category of the product bought"),
            "purchase.amount": _("Sum of a purchase"),
            "purchase.quantity": _("Quantity bought"),
            "purchase.bought_on": _("Day of a purchase"),
            "purchase.paid": _("Purchase is paid"),
        },
        Permission.COMMERCE_READ,
    ),
    "enrolment": Relation(
        _("Enrolments"),
        {
            "enrolment.course": _("Course enrolled on"),
            "enrolment.session_id": _("Course session enrolled on"),
            "enrolment.topic": _("Topic of the course"),
            "enrolment.state": _("State of the enrolment"),
            "enrolment.enrolled_on": _("Day of enrolling"),
            "enrolment.starts_on": _("Course session begins"),
            "enrolment.attended": _("Came to the course"),
        },
        Permission.COURSES_READ,
        (SegmentKind.PERSONS,),
    ),
    "message": Relation(
        _("Messages"),
        {
            "message.mailing_id": _("Mailing sent"),
            "message.sent_on": _("Message sent on"),
            "message.template": _("Code of the message's template"),
            "message.channel": _("How the message was sent"),
            "message.state": _("State of the message"),
        },
        Permission.NOTIFY_READ,
        (SegmentKind.PERSONS,),
    ),
    "survey_answer": Relation(
        _("Answers to surveys"),
        {
            "survey_answer.survey_id": _("Survey answered"),
            "survey_answer.question": _("Code of the question answered"),
            "survey_answer.value": _("Answer: its text, or the code of the choice"),
            "survey_answer.number": _("Answer as a number"),
            "survey_answer.answered_on": _("Day of answering"),
        },
        of=(SegmentKind.PERSONS,),
    ),
    "contact_point": Relation(
        _("Addresses, phone numbers, e-mail"),
        {
            "contact_point.kind": _("Kind of address"),
            "contact_point.verified_on": _("Address last verified on"),
            "contact_point.problem": _("What came back from an address"),
        },
    ),
    "activity": Relation(
        _("Activities"),
        {
            "activity.kind": _("Kind of activity"),
            "activity.happened_on": _("Day of an activity"),
            "activity.project_id": _("Project of an activity"),
        },
        Permission.ACTIVITIES_READ,
    ),
}
OF_AFFILIATIONS: Final = (
    ("affiliation", "affiliation.fields.", "affiliation", _("%(name)s in an organisation")),
    ("affiliation", "past_affiliation.fields.", "past_affiliation", _("%(name)s formerly in an organisation")),
)
OWNERS: Final = {
    SegmentKind.PERSONS: (
        ("person", "fields.", "", "%(name)s"),
        *OF_AFFILIATIONS,
        ("organisation", "organisation.fields.", "affiliation", _("%(name)s of an organisation")),
    ),
    SegmentKind.ORGANISATIONS: (("organisation", "fields.", "", "%(name)s"), *OF_AFFILIATIONS),
}
"""Whose additional fields there are, how tests name them, their relation, and what the builder calls them."""
ADDITIONAL: Final = {
    FieldType.DATE: "date",
    FieldType.NUMBER: "number",
    FieldType.YES_NO: "flag",
    FieldType.CHOICE: "choice",
    FieldType.MULTI_CHOICE: "choice",
}


@dataclass(frozen=True)
class Fields:
    """What a row may test: names by relation (own ones under ""), kinds, and values of those that take no others."""

    groups: dict[str, dict[str, Any]]
    kinds: dict[str, str] = field(default_factory=lambda: dict(KINDS))
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kind: SegmentKind,
        known: Definitions,
        choices: Mapping[str, dict[str, Any]],
        used: SegmentFilter | None = None,
    ) -> "Fields":
        """The register's own fields, the office's, and those of other services that the caller may read.

        What a saved filter has `used` is there too, retired, gone or not the caller's to read.
        """
        names = names_in(used) if used else set()
        found = cls({"": dict(OWN[kind])})
        for name, relation in RELATIONS.items():
            if kind in relation.of and (name in names or may(relation.right)):
                fields = relation.fields.items()
                own_side = name == "affiliation" and kind is SegmentKind.ORGANISATIONS
                found.groups[name] = {n: w for n, w in fields if not (own_side and n.startswith("organisation."))}
        found.values.update({name: dict(words) for name, words in {**CHOICES, **choices}.items()})
        found.values.update({name: dict(yes_no()) for name, each in KINDS.items() if each == "flag"})
        for owner, prefix, group, words in OWNERS[kind]:
            for each in _in_use_or_used(known.of(owner), prefix, names):
                found._add(f"{prefix}{each.code}", group, str(words) % {"name": label(each)}, each)
        for name, code in codes_in(used) if used else ():
            if name in found.values:
                found.values[name].setdefault(code, code)
        return found

    @property
    def names(self) -> dict[str, Any]:
        """The words of every field."""
        return {name: words for group in self.groups.values() for name, words in group.items()}

    def _add(self, name: str, group: str, words: str, definition: FieldDefinition) -> None:
        self.groups[group][name] = words
        self.kinds[name] = ADDITIONAL.get(definition.type, "text")
        if definition.choices:
            self.values[name] = {each.code: each.label.in_language(language()) for each in definition.choices}
        elif definition.type is FieldType.YES_NO:
            self.values[name] = dict(yes_no())

    def offered(self, within: str) -> list[tuple[Any, list[tuple[str, Any]]]]:
        """The fields of a row as groups of choices: all, or of the one relation that a group is about."""
        shown = {within: self.groups[within]} if within and within in self.groups else self.groups
        return [(RELATIONS[name].words if name else _("Own details"), list(own.items())) for name, own in shown.items()]

    def options(self, name: str, op: str) -> list[tuple[str, Any]]:
        """What a row's value can be chosen from; empty where it is typed."""
        return list(self.values.get(name, {}).items()) if op in {"eq", "ne"} else []


def _in_use_or_used(defined: list[FieldDefinition], prefix: str, used: set[str]) -> list[FieldDefinition]:
    return [each for each in defined if not each.retired or f"{prefix}{each.code}" in used]


def yes_no() -> list[tuple[str, Any]]:
    """The values of a flag."""
    return [("yes", _p("answer", "yes")), ("no", _p("answer", "no"))]
