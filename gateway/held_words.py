"""What the suite holds about a person, in words: kinds of rows and their columns, for the copy they get (C17)."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.personal_data import HeldRow
from gateway.i18n import date_time, local_date
from gateway.phone_numbers import grouped
from gateway.service_words import SERVICES

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT: Final = re.compile(DAY.pattern + r"T[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
KINDS: Final[Mapping[str, Any]] = {
    "persons": _("Name, addresses and details"),
    "affiliations": _("Affiliations"),
    "consents": _("Consents and bans"),
    "activities": _("Activities"),
    "activity_links": _("Mentions in activities"),
    "tasks": _("Tasks"),
    "task_links": _("Mentions in tasks"),
    "survey_answers": _("Answers in surveys"),
    "value_sources": _("Where values come from"),
    "affiliation_sources": _("Where values of affiliations come from"),
    "verifications": _("Confirmed addresses, and those from which mail came back"),
    "details_checks": _("Own details checked by a link"),
    "project_members": _("Parts in projects"),
    "project_hours": _("Hours"),
    "changes": _("History"),
    "import_rows": _("Rows of imported files"),
    "merges": _("Merges"),
    "applications": _("Membership applications"),
    "agreements": _("Membership agreements"),
    "memberships": _("Memberships"),
    "membership_periods": _("Periods of memberships"),
    "membership_changes": _("History of memberships"),
    "documents": _("Documents"),
    "enrolments": _("Enrolments"),
    "orders": _("Orders"),
    "invoices": _("Invoices"),
    "invoice_lines": _("Lines of invoices"),
    "invoice_documents": _("Invoices as files"),
    "bank_entries": _("Payments in bank files"),
    "payments": _("Card payments"),
    "deliveries": _("Delivered products"),
    "price_agreements": _("Price agreements"),
    "messages": _("Messages"),
    "suppressions": _("Addresses not written to"),
    "accounts": _("User account"),
    "account_roles": _("Roles of the account"),
    "sessions": _("Signed-in devices"),
    "links": _("Personal links"),
    "audit_entries": _("Audit log"),
}
COLUMNS: Final[Mapping[str, Any]] = {
    "about": _p("held", "About"),
    "accepted_at": _p("held", "Taken in"),
    "action": _p("held", "Action"),
    "activated_at": _p("held", "In force from"),
    "actor": _p("held", "Who acted"),
    "address": _("Address"),
    "addresses": _("Addresses"),
    "allowed": _p("held", "Allowed"),
    "amount": _p("held", "Sum"),
    "answered_at": _p("held", "Answered"),
    "answered_by": _p("held", "Answered by"),
    "answers": _p("held", "Answers"),
    "at": _p("held", "Time"),
    "bank_reference": _p("held", "The bank's reference"),
    "author": _p("held", "Author"),
    "banned_channels": _p("held", "Banned channels"),
    "barcode": _p("held", "Bank barcode"),
    "birth_date": _("Day of birth"),
    "body": _p("held", "Text"),
    "booked_on": _p("held", "Booked"),
    "buyer": _p("held", "Buyer"),
    "captured_at": _p("held", "Paid"),
    "category": _p("held", "Category"),
    "changed_at": _p("held", "Changed"),
    "changed_by": _p("held", "Changed by"),
    "checked_at": _p("held", "Checked"),
    "channel": _("Channel"),
    "checked_in_at": _p("held", "Checked in"),
    "checked_in_by": _p("held", "Checked in by"),
    "city": _("Town"),
    "code_instead": _p("held", "Code in place of the password"),
    "confirmed_at": _p("held", "Confirmed"),
    "content_type": _p("held", "Kind of file"),
    "corrected": _p("held", "Corrected"),
    "created_at": _p("held", "Made"),
    "created_by": _p("held", "Made by"),
    "credit_limit": _("Credit limit"),
    "credited_on": _p("held", "Credited"),
    "currency": _p("held", "Currency"),
    "customer_number": _("Customer number"),
    "customer_status": _("Customer or prospect"),
    "dated_on": _p("held", "Dated"),
    "decided_at": _p("held", "Decided"),
    "decided_by": _p("held", "Decided by"),
    "decision_maker": _("Decision maker"),
    "deleted_at": _p("held", "Deleted"),
    "delivered_on": _p("held", "Delivered"),
    "delivery_method": _("Way of delivery"),
    "details": _p("held", "Details"),
    "disabled": _p("held", "Closed"),
    "document_line": _p("held", "Line of the document"),
    "document_number": _p("held", "Document"),
    "done_at": _p("held", "Done"),
    "done_by": _p("held", "Done by"),
    "due_on": _p("held", "Due"),
    "due_time": _p("held", "Due at"),
    "email": _("E-mail"),
    "end_reason": _p("held", "Why it ended"),
    "ended_at": _p("held", "Ended"),
    "ended_on": _p("held", "Ended"),
    "ends_on": _("Ends"),
    "error": _p("held", "Error"),
    "evidence": _p("held", "Evidence"),
    "expires_at": _p("held", "Holds until"),
    "family_name": _("Family name"),
    "fax": _("Fax"),
    "field": _p("held", "What was changed"),
    "fields": _("Additional fields"),
    "file_name": _p("held", "Name of the file"),
    "gender": _("Gender"),
    "given_name": _("Given name"),
    "gross": _p("held", "Sum with VAT"),
    "happened_at": _p("held", "Happened"),
    "happened_on": _p("held", "Happened"),
    "hours": _("Hours"),
    "hours_planned": _p("held", "Planned hours"),
    "iban": _p("held", "Bank account"),
    "issued_on": _p("held", "Issued"),
    "joined_on": _p("held", "Joined"),
    "kind": _p("held", "Kind"),
    "language": _("Language"),
    "last_seen_at": _p("held", "Last seen"),
    "last_signed_in_at": _p("held", "Last signed in"),
    "line": _p("held", "Entry of the bank"),
    "list_price": _p("held", "List price"),
    "merged_at": _p("held", "Merged"),
    "merged_by": _p("held", "Merged by"),
    "before": _p("held", "Before"),
    "after": _p("held", "After"),
    "message": _p("held", "Message"),
    "name": _("Name"),
    "net": _p("held", "Sum without VAT"),
    "new": _p("held", "New"),
    "note": _p("held", "Note"),
    "number": _("Number"),
    "observed_at": _p("held", "Known since"),
    "old": _p("held", "Old"),
    "open_amount": _p("held", "Open"),
    "opened_by": _p("held", "Opened by"),
    "opened_on": _p("held", "Opened"),
    "other_emails": _("Other e-mail addresses"),
    "other_phones": _("Other phone numbers"),
    "outcome": _p("held", "What came of it"),
    "paid_at": _p("held", "Paid"),
    "paid_on": _p("held", "Paid"),
    "parts": _p("held", "Parts from elsewhere"),
    "payer": _p("held", "Payer"),
    "payment": _p("held", "Way of paying"),
    "payment_days": _("Days to pay"),
    "payment_method": _("Way of paying"),
    "percent": _p("held", "Percent"),
    "period": _p("held", "Period of the batch"),
    "phone": _("Phone"),
    "postal_code": _("Postal code"),
    "price": _p("held", "Price"),
    "price_kind": _p("held", "Kind of price"),
    "private": _p("held", "Private"),
    "product_code": _p("held", "Code of the product"),
    "product_name": _p("held", "Product"),
    "provider": _p("held", "Payment provider"),
    "purpose": _p("held", "Opens"),
    "quantity": _p("held", "Quantity"),
    "raw": _p("held", "As it stood in the file"),
    "reason": _("Reason"),
    "recorded_at": _p("held", "Recorded"),
    "recorded_by": _p("held", "Recorded by"),
    "reference": _p("held", "Reference number"),
    "refund_asked": _p("held", "Refund asked"),
    "refunded": _p("held", "Paid back"),
    "remind_at": _p("held", "Reminder"),
    "reminded_at": _p("held", "Reminded"),
    "rendered_at": _p("held", "Made"),
    "revoked_at": _p("held", "Revoked"),
    "rf_reference": _p("held", "RF reference"),
    "role": _("Role"),
    "role_code": _("Role"),
    "rule": _p("held", "Rule"),
    "seller": _p("held", "Seller"),
    "said_at": _p("held", "Said"),
    "sent_at": _p("held", "Sent"),
    "settled": _p("held", "Settled"),
    "size": _p("held", "Size in bytes"),
    "sms_code": _p("held", "Code by SMS"),
    "source": _p("held", "Source"),
    "stands": _p("held", "Stands"),
    "starts_on": _("Begins"),
    "state": _("State"),
    "subject": _("Subject"),
    "subject_kind": _p("held", "About"),
    "submitted_at": _p("held", "Sent in"),
    "tags": _("Tags"),
    "text": _p("held", "Text"),
    "ticket_code": _p("held", "Code of the ticket"),
    "title": _("Title"),
    "total": _p("held", "Sum"),
    "undone_at": _p("held", "Undone"),
    "undone_by": _p("held", "Undone by"),
    "type": _p("held", "Kind"),
    "unit": _p("held", "Unit of measure"),
    "unit_price": _p("held", "Price of one"),
    "unsubscribed": _p("held", "Left marketing"),
    "updated_at": _p("held", "Changed"),
    "used_at": _p("held", "Used"),
    "username": _p("held", "User name"),
    "valid_from": _p("held", "Holds from"),
    "valid_to": _p("held", "Holds until"),
    "vat": _p("held", "VAT"),
    "vat_code": _p("held", "Kind of VAT"),
    "vat_percent": _p("held", "VAT percent"),
    "waiting_number": _p("held", "Place in the waiting list"),
    "withdrawn_at": _p("held", "Withdrawn"),
    "worked_on": _p("held", "Day"),
}


def is_id(column: str) -> bool:
    """Ids tell people nothing; machines find them in the data."""
    return column == "id" or column.endswith("_id")


@dataclass(frozen=True)
class Kind:
    """Rows of one kind: what they are, and each as pairs of label and value, with the names of its files."""

    title: str
    rows: list[tuple[list[tuple[str, str]], list[str]]]


@dataclass(frozen=True)
class Section:
    """What one service holds."""

    title: str
    kinds: list[Kind]


def section(service: str, kinds: Mapping[str, list[HeldRow]], stored: Mapping[str, str]) -> Section:
    """The rows of a service in words; `stored` are names of files by key."""
    told = [Kind(str(KINDS[kind]), [_row(each, stored) for each in rows]) for kind, rows in kinds.items()]
    return Section(str(SERVICES[service]), told)


def _row(row: HeldRow, stored: Mapping[str, str]) -> tuple[list[tuple[str, str]], list[str]]:
    return _pairs(row.values), [stored[key] for key in row.file_keys if key in stored]


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = ((name, in_words(value)) for name, value in values.items() if not is_id(name))
    return [(str(COLUMNS[name]), text) for name, text in pairs if text]


def in_words(value: Any) -> str:
    """A value on one line: days and times as people write them, lists and parts separated."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, list):
        return "; ".join(filter(None, map(in_words, value)))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {text}" for name, each in value.items() if (text := in_words(each)))
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    """A day or a moment as people write it; a telephone number in groups; other texts as they are."""
    with contextlib.suppress(ValueError):
        if DAY.fullmatch(text):
            return local_date(date.fromisoformat(text))
        if MOMENT.fullmatch(text):
            return date_time(datetime.fromisoformat(text))
    return grouped(text)
