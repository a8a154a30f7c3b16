"""What becomes of the rows of an import, and why rows and files are rejected, in the user's language.

Contacts gives a code with the values of its sentence, and the same in English for what has no sentence here.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.base import Job
from contracts.contacts.imports import ImportProfile, ImportRow, Remark
from gateway.field_definitions import Definitions
from gateway.field_sentences import FIELDS
from gateway.pages.field_words import choice_label
from gateway.pages.import_targets import WORDS as TARGETS
from gateway.pages.source_words import SOURCES
from gateway.pages.source_words import label as source_label
from gateway.phone_numbers import grouped

ROWS: Final[dict[str, Any]] = {
    "created": _("New"),
    "updated": _("Changed"),
    "unchanged": _("Unchanged"),
    "duplicate": _("Repeats another row"),
    "rejected": _("Rejected"),
}
"""States of a row, in the order of the page."""
UNDONE_ROWS: Final = _("Kept when undone")
MASTERED_ROWS: Final = _("In part left to a master")
FULL_ROWS: Final = _("In part not taken")
PROFILES: Final[Mapping[ImportProfile, Any]] = {
    ImportProfile.CONTACTS: _p("import", "Contacts"),
    ImportProfile.ADDRESS_PROVIDER: _p("import", "Companies of an address provider"),
    ImportProfile.ACCOUNTING_CUSTOMERS: _p("import", "Customers of accounting"),
    ImportProfile.PURCHASES: _p("import", "Delivered products"),
}
"""What a file holds."""
ABOUT: Final[Mapping[ImportProfile, Any]] = {
    ImportProfile.CONTACTS: _("Persons, organisations and who belongs where."),
    ImportProfile.ADDRESS_PROVIDER: _("Known companies get industry, size and turnover; new ones become prospects."),
    ImportProfile.ACCOUNTING_CUSTOMERS: _(
        "By customer number: new ones are added, of known ones only what accounting is master of is changed."
    ),
    ImportProfile.PURCHASES: _(
        "Lines of accounting's documents go to the purchase history of customers. The same batch again changes nothing;"
        " a line that says something new replaces the old one."
    ),
}
OFFERED: Final = tuple(ABOUT)
"""Kinds of files that can be imported here."""
REASONS: Final[Mapping[str, Any]] = {
    "not_a_day": _("%(value)s is not a day; write it as 31.1.2026."),
    "no_such_day": _("There is no day %(value)s."),
    "not_a_birth_date": _("%(value)s cannot be a day of birth."),
    "rounded_number": _("%(value)s is a number that a spreadsheet has rounded; format the column as text."),
    "unknown_language": _("%(value)s is not one of the languages fi, sv, en."),
    "unknown_country": _("%(value)s is not a country we know; write its two letters, such as FI."),
    "neither_yes_nor_no": _("%(value)s is neither yes nor no."),
    "bad_business_id": _("%(value)s is not a business id, such as 0201256-6."),
    "bad_postal_code": _("%(value)s is not a postal code."),
    "bad_customer_number": _("%(value)s is not a customer number: use letters, digits and . _ / -, at most %(most)s."),
    "bad_email": _("%(value)s is not an e-mail address."),
    "bad_phone": _("%(value)s is not a phone number; write it as 040 1234567."),
    "unknown_choice": _("%(value)s is none of the words we know for this."),
    "not_a_sum": _("%(value)s is not a sum of money; write it as 1 234,50."),
    "not_days": _("%(value)s is not a number of days; write it as 14."),
    "text_too_long": _("This text has %(length)s characters; at most %(most)s are taken."),
    "other_encoding": _("Some letters of this cell cannot be read; they are in another encoding than the rest."),
    "control_character": _("This cell holds the control character %(character)s; remove it."),
    "failed_formula": _("%(value)s is left by a formula that failed. Correct it in the spreadsheet program."),
    "too_many_cells": _("This row has %(cells)s cells, but there are %(columns)s columns."),
    "too_many_classes": _("There are more than %(most)s classes in one classification."),
    "number_missing": _("This customer has no customer number, by which accounting knows it."),
    "names_no_organisation": _("This row names no organisation."),
    "business_id_twice": _("Row %(row)s gives the same business id to another."),
    "no_company_column": _("No column holds names of companies. Name one in the first row Nimi or Organisaatio."),
    "no_number_column": _("No column holds customer numbers. Name one in the first row Asiakasnumero."),
    "names_nobody": _("This row names nobody."),
    "nameless_organisation": _("The organisation of this business id has no name."),
    "number_of_another": _("The customer number %(value)s belongs to another person, or the days of birth differ."),
    "number_of_organisation": _("Another organisation has this customer number or business id."),
    "mastered": _("Another source is master of this and decides about it: %(master)s."),
    "number_twice": _("Row %(row)s gives the same customer number to another."),
    "contact_gone": _("This contact was deleted or merged during the import; import the file again."),
    "same_as": _("The same as row %(row)s."),
    "same_as_rejected": _("The same as row %(row)s, which is rejected."),
    "no_name_column": _("No column holds names. Name columns of the first row Etunimi and Sukunimi, or Organisaatio."),
    "not_a_table": _("This is not CSV or XLSX. Save the sheet as XLSX, without a password."),
    "heading_encoding": _("The headings are in another encoding than the rest of the file. Save it as UTF-8."),
    "not_text_file": _("This file holds no text that can be read. Save it again as CSV or XLSX."),
    "headings_only": _("The file has headings but no rows below them."),
    "no_rows": _("The file has no rows."),
    "too_many_rows": _("The file has more than %(most)s rows; split it."),
    "too_many_columns": _("There are %(count)s columns; at most %(most)s are taken."),
    "row_too_long": _("This row has more than %(most)s characters. Is there a row on each line?"),
    "quotation_open": _("A quotation mark is opened in this row and never closed."),
    "after_quotation": _("Something follows a closing quotation mark in this row."),
    "damaged": _("This XLSX file is damaged. Save it again with a spreadsheet program."),
    "unpacks_too_large": _("This XLSX file is too large. Remove stray cells and other sheets, or save it as CSV."),
    "takes_too_long": _("This file takes too long to read; split it."),
    "packed_too_tight": _("This XLSX file is packed suspiciously tight. Save it again with a spreadsheet program."),
    "corrects": _("Replaces what an earlier batch said: %(fields)s."),
    "corrected_since": _("A later batch has corrected this line; that stands."),
    "unknown_customer": _(
        "No customer has the number %(value)s. Add the customer or the number to the register, or import the customers"
        " first; then import this file again."
    ),
    "customer_missing": _("This row names no customer: it has neither a customer number nor a business id."),
    "customer_of_two": _("A person and an organisation both have the number %(value)s; give the business id too."),
    "customer_contradicts": _("The number %(value)s and the business id belong to two customers; correct one of them."),
    "cell_missing": _("This cell is empty; a delivered product needs it."),
    "line_twice": _("Row %(row)s says something else of the same line of the same document."),
    "columns_missing": _("Columns are missing: %(columns)s. Name them so in the first row, or choose their meaning."),
    "no_customer_column": _("No column tells whose purchases these are. Name one Asiakasnumero or Y-tunnus."),
    "not_a_number": _("%(value)s is not a number; write it as 1234,50."),
    "number_too_exact": _("%(value)s is too large or has more than %(most)s decimals."),
    "not_a_percentage": _("%(value)s is not a percentage from 0 to 100."),
    "bad_currency": _("%(value)s is not a currency; write its three letters, as EUR."),
    "too_many_numbers": _("There are %(count)s numbers or addresses; at most %(most)s are taken."),
    "too_many_tags": _("This cell holds %(count)s tags; at most %(most)s are taken."),
    "between_cards": _("This line belongs to no card of the vCard file."),
    "card_open": _("This card begins and never ends. The file may be cut off; export it again."),
    "card_of_group": _("This card is a group of other cards, not a contact."),
    "card_too_long": _("This card has more than %(most)s lines or %(characters)s characters."),
    "card_line_too_long": _("This line has more than %(most)s characters."),
    "bad_card_line": _("Line %(line)s of the file cannot be read, so that its card is left out."),
    "file_gone": _("The file is not there any more. Upload it again."),
}
"""By code; what is wrong with an additional field has its sentence among `FIELDS`."""


def row_reason(row: ImportRow) -> str:
    """Why a row is rejected, which one it repeats, or what it corrects."""
    params = row.params
    if row.code == "corrects" and "fields" in params:
        params = {"fields": ", ".join(str(TARGETS.get(each, each)) for each in params["fields"].split(", "))}
    return _sentence(row.code, params, row.reason)


def file_reason(job: Job) -> str:
    """Why the whole file could not be taken; empty when it could."""
    told = job.result or {}
    return _sentence(str(told.get("code", "")), told.get("params", {}), str(told.get("reason", "")))


def _sentence(code: str, params: Mapping[str, str], in_english: str) -> str:
    found = REASONS.get(code)
    if found is None:
        found = FIELDS.get(code)
    try:
        return in_english if found is None else str(found) % params
    except KeyError:  # told by an older or newer service, with other values
        return in_english


def kept_fields(known: Definitions, row: ImportRow) -> str:
    """What an undoing left as it was, and why."""
    if "*" in row.kept:
        return str(_("The contact itself: somebody has used or changed it since, or another import has it too"))
    if "purchase" in row.kept:
        return str(_("What another batch says of this line stands."))
    words = [_kept(field, known) for field in dict.fromkeys(row.kept)]
    return str(_("Changed since, or said by another import too: %(fields)s", fields=", ".join(words)))


def mastered_fields(known: Definitions, row: ImportRow) -> str:
    """Which values of a row were left out, with their columns, and who is master of them."""
    said = [(each, each.master) for each in row.remarks if each.master]
    return ", ".join(f"{each.column or _kept(each.field, known)}: {SOURCES[master]}" for each, master in said)


def without_room(known: Definitions, row: ImportRow) -> str:
    """Which values of a row found no room in lists that are full, or are retired, with their columns; the columns alone
    of old imports."""
    left = [each for each in row.remarks if not each.master]
    said = [(each.column or _kept(each.field, known), _left(each, known)) for each in left]
    return "; ".join(": ".join(filter(None, each)) for each in said)


def _left(remark: Remark, known: Definitions) -> str:
    if not remark.retired:
        return _because(", ".join(map(grouped, remark.values)), str(_("the list is full")))
    labels = ", ".join(_choice(remark.field.removeprefix("fields."), each, known) for each in remark.values)
    return _because(labels, str(_("no longer in use")))


def _because(values: str, why: str) -> str:
    return f"{values} ({why})" if values else why


def _choice(field: str, code: str, known: Definitions) -> str:
    """The label of a choice; both kinds of contacts may have a field of this code."""
    fields = (known.by_code.get((kind, field)) for kind in ("person", "organisation"))
    labels = (choice_label(found, code) for found in fields if found is not None)
    return next((each for each in labels if each != code), code)


def _kept(field: str, known: Definitions) -> str:
    if field == "affiliation":
        return str(_("Affiliation"))
    kind = "person" if ("person", field.removeprefix("fields.")) in known.by_code else "organisation"
    return source_label(field, known, kind)


def what_for(profile: ImportProfile, *, dry_run: bool) -> str:
    """What was read, and whether it was only checked."""
    words = PROFILES[profile]
    return str(_("%(what)s: check only", what=words) if dry_run else _("%(what)s: import", what=words))
