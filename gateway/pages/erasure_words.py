"""What an erasure touches, in words: services, kinds of rows, documents that stay and why."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.contacts.erasures import ErasureReason
from contracts.personal_data import ErasurePart
from gateway.service_words import SERVICES

REASONS: Final[Mapping[ErasureReason, Any]] = {
    ErasureReason.REQUESTED: _("The person asked for it"),
    ErasureReason.CONSENT_WITHDRAWN: _("The person withdrew the consent"),
    ErasureReason.NO_LONGER_NEEDED: _("The data are not needed any more"),
    ErasureReason.MISTAKE: _("The person came into the register by mistake"),
    ErasureReason.OFFICE: _("Deleted by the office"),
}
KINDS: Final[Mapping[str, Any]] = {
    "persons": _p("erased", "Name, addresses and details"),
    "affiliations": _p("erased", "Affiliations"),
    "consents": _p("erased", "What was said of consents"),
    "activities": _p("erased", "Activities about this person alone"),
    "activity_links": _p("erased", "Mentions in activities"),
    "tasks": _p("erased", "Tasks about this person alone"),
    "task_links": _p("erased", "Mentions in tasks"),
    "documents": _p("erased", "Documents"),
    "survey_answers": _p("erased", "Answers to surveys"),
    "project_members": _p("erased", "Parts in projects"),
    "project_hours": _p("erased", "Notes on hours"),
    "changes": _p("erased", "Values in the change history"),
    "value_sources": _p("erased", "Where values came from"),
    "affiliation_sources": _p("erased", "Where values of affiliations came from"),
    "verifications": _p("erased", "Confirmed addresses, and those from which mail came back"),
    "kept_points": _p("erased", "Addresses and numbers as segments know them"),
    "details_checks": _p("erased", "When the own details were checked by a link"),
    "bounces": _p("erased", "Messages that came back"),
    "import_confirmations": _p("erased", "Where values came from before a file repeated them"),
    "import_rows": _p("erased", "Rows of imported files"),
    "merges": _p("erased", "Values that merges remember"),
    "duplicates": _p("erased", "Pairs of possible duplicates"),
    "duplicate_keys": _p("erased", "Keys of the search for duplicates"),
    "known_memberships": _p("erased", "Memberships as segments know them"),
    "known_purchases": _p("erased", "Purchases as segments know them"),
    "known_enrolments": _p("erased", "Enrolments as segments know them"),
    "known_messages": _p("erased", "Messages as segments know them"),
    "applications": _p("erased", "Answers in membership applications"),
    "membership_changes": _p("erased", "Reasons in the history of memberships"),
    "enrolments": _p("erased", "Notes and tickets of enrolments"),
    "payments": _p("erased", "Addresses of card payments"),
    "price_agreements": _p("erased", "Price agreements"),
    "messages": _p("erased", "Texts and addresses of messages"),
    "suppressions": _p("erased", "Addresses not written to"),
    "accounts": _p("erased", "User account"),
    "account_roles": _p("erased", "Roles of the account"),
    "sessions": _p("erased", "Signed-in devices"),
    "challenges": _p("erased", "Codes to sign in with"),
    "links": _p("erased", "Personal links"),
    "audit_entries": _p("erased", "Network addresses in the audit log"),
    "texts_of_others": _p("erased", "The name in texts about others"),
    "stored_replies": _p("erased", "Remembered answers"),
}
DOCUMENTS: Final[Mapping[str, Any]] = {
    "invoice": _p("document", "Invoice"),
    "credit_note": _p("document", "Credit note"),
    "bank_entry": _p("document", "Payment in a bank file"),
    "delivery": _p("document", "Delivered products of the document"),
}
BASES: Final[Mapping[str, Any]] = {
    "accounting_act": _("Accounting Act (1336/1997), chapter 2, section 10: vouchers are kept for six years"),
}


def rows_of(parts: Iterable[ErasurePart]) -> list[tuple[Any, ErasurePart, list[tuple[Any, int]]]]:
    """Each service in words, with how many rows of which kind."""
    return [
        (
            SERVICES.get(part.service, part.service),
            part,
            [(KINDS.get(kind, kind), count) for kind, count in part.rows.items() if count],
        )
        for part in parts
    ]


def documents_of(parts: Iterable[ErasurePart]) -> list[tuple[Any, Any, Any]]:
    """Each document that stays, with its kind and the legal basis in words."""
    return [
        (document, DOCUMENTS.get(document.kind, document.kind), BASES.get(document.basis, document.basis))
        for part in parts
        for document in part.retained
    ]
