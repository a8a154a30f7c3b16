"""A row of an import: from its cells to the column values of a person, an organisation and an affiliation.

A row with a person's name is a person, affiliated with the organisation it names, if any; a row with only an
organisation is that organisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.contacts.rules import personal_ids
from services.contacts.rules.columns import squeeze, targets, titles
from services.contacts.rules.fields import DoesNotFit
from services.contacts.rules.import_columns import MAX_LINE, ColumnRule, column_rules
from services.contacts.rules.import_contacts import (
    affiliation_of,
    fingerprint,
    organisation_keys,
    organisation_of,
    person_keys,
    person_of,
)
from services.contacts.spreadsheets.limits import MAX_CELL, Unreadable

FORBIDDEN = frozenset("\x7f\u2028\u2029\u202e\u202d\ufeff")
NAMING = frozenset({"given_name", "family_name", "name", "organisation"})


class Rejected(Exception):
    """A row that is not taken: why (a stable code, in English, and with which values), and the column's header."""

    def __init__(self, code: str, reason: str, column: str = "", **params: object) -> None:
        super().__init__(reason)
        self.code, self.reason, self.column = code, reason, column
        self.params = {name: str(value) for name, value in params.items()}


@dataclass
class StagedRow:
    """A row as it is staged: either contents and keys, or a reason why it is rejected."""

    number: int
    raw: dict[str, str]
    person: dict[str, Any] | None = None
    organisation: dict[str, Any] | None = None
    affiliation: dict[str, Any] | None = None
    person_keys: dict[str, int] = field(default_factory=dict)
    organisation_keys: dict[str, int] = field(default_factory=dict)
    fingerprint: int | None = None
    code: str = ""
    reason: str = ""
    params: dict[str, str] = field(default_factory=dict)
    column: str = ""


@dataclass
class RowReader:
    """Reads rows under one header. Raises Unreadable when no column names anybody."""

    header: Sequence[str]
    definitions: Sequence[Any]
    today: date
    titles: list[str] = field(init=False)
    targets: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self.titles = titles(self.header)
        named = {
            squeeze(name): f"fields.{each.code}"
            for each in self.definitions
            if not each.retired
            for name in (each.code, *each.label.values())
            if name
        }
        self.targets = targets(self.header, named)
        if not NAMING & set(self.targets.values()):
            raise Unreadable(
                "no_name_column",
                "No column holds names; name the first row's columns Etunimi and Sukunimi, or Organisaatio.",
            )
        additional = {f"fields.{each.code}": each for each in self.definitions}
        self._rules: list[ColumnRule] = column_rules(self.targets, additional, self.today)

    @property
    def ignored(self) -> list[str]:
        """Headers of columns that mean nothing to us."""
        return [title for number, title in enumerate(self.titles) if number not in self.targets]

    def title_of(self, target: str) -> str:
        """The header of the column with this meaning, or an empty text."""
        return next((self.titles[number] for number, each in self.targets.items() if each == target), "")

    def read(self, number: int, row: Sequence[str]) -> StagedRow | None:
        """The row as it is staged; None when it is an empty line."""
        if not row:
            return None
        has_code = personal_ids.CODE.search("\n".join(row)) is not None
        hide = personal_ids.masked if has_code else str
        shown = {title: _shown(hide(cell)) for title, cell in zip(self.titles, row, strict=False) if cell}
        try:
            self._check_cells(row)
            if has_code:
                self._refuse_codes(row)
            return self._staged(number, shown, self._values(row))
        except Rejected as error:
            return StagedRow(
                number, shown, code=error.code, reason=error.reason, params=error.params, column=error.column
            )

    def _refuse_codes(self, row: Sequence[str]) -> None:
        """Personal identity codes are taken nowhere but where the date of birth in them is asked."""
        for number, target, _rule in self._rules:
            if target != "birth_date" and number < len(row) and personal_ids.holds_code(row[number]):
                reason = "This cell holds a personal identity code, which is never stored."
                raise Rejected("personal_id", reason, self.titles[number])

    def _check_cells(self, row: Sequence[str]) -> None:
        whole = "".join(row)
        if len(whole) > MAX_CELL:
            for number, cell in enumerate(row):
                if len(cell) > MAX_CELL:
                    raise Rejected(
                        "text_too_long",
                        f"This cell has {len(cell)} characters; at most {MAX_CELL} are taken.",
                        self._title(number),
                        length=len(cell),
                        most=MAX_CELL,
                    )
        if not whole.isprintable() or "\ufffd" in whole:
            self._check_characters(row)
        if len(row) > len(self.titles) and any(row[len(self.titles) :]):
            cells, columns = len(row), len(self.titles)
            reason = f"This row has {cells} cells, but there are {columns} columns."
            raise Rejected("too_many_cells", reason, cells=cells, columns=columns)

    def _check_characters(self, row: Sequence[str]) -> None:
        for number, cell in enumerate(row):
            if "\ufffd" in cell:
                reason = "This cell holds characters of another encoding than the rest."
                raise Rejected("other_encoding", reason, self._title(number))
            for character in cell:
                if (character < " " and character not in "\t\r\n") or character in FORBIDDEN:
                    found = f"U+{ord(character):04X}"
                    reason = f"This cell holds the control character {found}."
                    raise Rejected("control_character", reason, self._title(number), character=found)

    def _title(self, number: int) -> str:
        return self.titles[number] if number < len(self.titles) else ""

    def _values(self, row: Sequence[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        width = len(row)
        for number, target, rule in self._rules:
            text = row[number].strip() if number < width else ""
            if not text:
                continue
            try:
                values[target] = rule(text)
            except DoesNotFit as error:
                raise Rejected(error.code, str(error), self.titles[number], **error.params) from None
        return values

    def _staged(self, number: int, raw: dict[str, str], values: dict[str, Any]) -> StagedRow:
        staged = StagedRow(number, raw)
        if "name" in values:
            split_name(values)
        if "given_name" in values or "family_name" in values:
            staged.person = person_of(values)
            staged.person_keys = person_keys(staged.person)
            if not staged.person_keys:
                staged.fingerprint = fingerprint(staged.person)
                staged.person_keys = {"fingerprint": staged.fingerprint}
        if "organisation" in values:
            staged.organisation = organisation_of(values, alone=staged.person is None)
            staged.organisation_keys = organisation_keys(staged.organisation)
        elif "business_id" in values:
            reason = "The organisation of this business id has no name."
            raise Rejected("nameless_organisation", reason, self.title_of("business_id"))
        elif staged.person is None:
            raise Rejected("names_nobody", "This row names neither a person nor an organisation.")
        if staged.person and staged.organisation:
            staged.affiliation = affiliation_of(values)
        return staged


def split_name(values: dict[str, Any]) -> None:
    """ "Sukunimi, Etunimi" or "Etunimi Sukunimi"; with a business id but no organisation, it names an organisation."""
    name: str = values.pop("name")
    if "given_name" in values or "family_name" in values:
        return
    if "business_id" in values and "organisation" not in values:
        values["organisation"] = name
        return
    family, comma, given = name.partition(",")
    if not comma:
        given, _, family = name.rpartition(" ")
    values |= {key: part.strip() for key, part in (("given_name", given), ("family_name", family)) if part.strip()}


def _shown(cell: str) -> str:
    """A cell in the report: shortened, and without what PostgreSQL's JSON does not take."""
    return cell[:MAX_LINE].replace("\0", "\ufffd")
