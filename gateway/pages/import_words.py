"""What becomes of the rows of an import, and why rows are rejected, in the user's language.

Contacts gives its reasons as English sentences with the value in them; those that are not known here stay English.
"""

import re
from typing import Any, Final

from flask_babel import lazy_gettext as _

ROWS: Final[dict[str, Any]] = {
    "created": _("New"),
    "updated": _("Changed"),
    "unchanged": _("Unchanged"),
    "duplicate": _("Repeats another row"),
    "rejected": _("Rejected"),
}
"""States of a row, in the order of the page."""
REASONS: Final = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"(?P<value>.*) is not a date; write it as .*", _("%(value)s is not a day; write it as 31.1.2026.")),
        (r"(?P<value>.*) is not a date: there is no such day\.", _("There is no day %(value)s.")),
        (r"(?P<value>.*) cannot be a date of birth\.", _("%(value)s cannot be a day of birth.")),
        (
            r"(?P<value>.*) is a number that a spreadsheet has rounded; .*",
            _("%(value)s is a number that a spreadsheet has rounded; format the column as text."),
        ),
        (r"(?P<value>.*) is not a language of the register.*", _("%(value)s is not one of the languages fi, sv, en.")),
        (
            r"(?P<value>.*) is not a country we know; .*",
            _("%(value)s is not a country we know; write its two letters, such as FI."),
        ),
        (r"(?P<value>.*) is neither yes nor no\.", _("%(value)s is neither yes nor no.")),
        (
            r"(?P<value>.*) is not a business id .*",
            _("%(value)s is not a business id, such as 0201256-6."),
        ),
        (r"(?P<value>.*) is not a postal code\.", _("%(value)s is not a postal code.")),
        (r"(?P<value>.*) is not a customer number: .*", _("%(value)s is not a customer number.")),
        (r"This is not an e-mail address: .*", _("This is not an e-mail address.")),
        (r"(?P<value>.*) is not a phone number; .*", _("%(value)s is not a phone number; write it as 040 1234567.")),
        (
            r"(?P<value>.*) has too few or too many digits for a phone number\.",
            _("%(value)s has too few or too many digits for a phone number."),
        ),
        (r"This row names neither a person nor an organisation\.", _("This row names nobody.")),
        (
            r"The organisation of this business id has no name\.",
            _("The organisation of this business id has no name."),
        ),
        (
            r"This row has (?P<cells>\d+) cells, but there are (?P<columns>\d+) columns\.",
            _("This row has %(cells)s cells, but there are %(columns)s columns."),
        ),
        (
            r"Another person has the customer number (?P<value>.*)\.",
            _("Another person has the customer number %(value)s."),
        ),
        (r"The same as row (?P<row>\d+)\.", _("The same as row %(row)s.")),
        (r"The same as row (?P<row>\d+), which is rejected\.", _("The same as row %(row)s, which is rejected.")),
        (
            r"No column holds names; .*",
            _("No column holds names. Name columns of the first row Etunimi and Sukunimi, or Organisaatio."),
        ),
        (r"This is not CSV or XLSX; .*", _("This is not CSV or XLSX. Save the sheet as XLSX, without a password.")),
        (r"The file has headings but no rows below them\.", _("The file has headings but no rows below them.")),
        (r"The file has no rows\.", _("The file has no rows.")),
    )
)


def reason_text(reason: str) -> str:
    """The reason in the language of the request."""
    for pattern, text in REASONS:
        if match := pattern.fullmatch(reason):
            return str(text) % match.groupdict()
    return reason
