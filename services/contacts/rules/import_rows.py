"""A row of an import: from its cells to the column values of a person, an organisation and an affiliation.

Whom a row is about is said by the file's profile (services.contacts.rules.import_profiles).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chassis.formulas import meant
from contracts.contacts.imports import ImportProfile
from services.contacts.rules import personal_ids
from services.contacts.rules.columns import targets, titles
from services.contacts.rules.delivered_products import HEADERS
from services.contacts.rules.fields import DoesNotFit
from services.contacts.rules.import_classes import GrowingChoices, growing
from services.contacts.rules.import_columns import MAX_LINE, ColumnRule, column_rules
from services.contacts.rules.import_profiles import PROFILES, Misses
from services.contacts.rules.import_proposals import named_fields, squeezed
from services.contacts.rules.import_retired import retired_choices, set_apart
from services.contacts.rules.names import INVISIBLE
from services.contacts.spreadsheets.limits import MAX_CELL, Unreadable

SPREADSHEET_ERRORS = frozenset({
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!",
    "#JAKO/0!", "#PUUTTUU!", "#PUUTTUU", "#NIMI?", "#TYHJÄ!", "#LUKU!", "#VIITTAUS!", "#ARVO!",
    "#DIVISION/0!", "#SAKNAS!", "#SAKNAS", "#NAMN?", "#SKÄRNING!", "#OGILTIGT!", "#REFERENS!", "#VÄRDEFEL!",
})  # fmt: skip
"""What a formula that failed leaves in a file of English, Finnish and Swedish Excel."""
FORBIDDEN = frozenset(map(chr, range(0x7F, 0xA0))) | frozenset("\u2028\u2029\u202e\u202d\ufeff")


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
    purchase: dict[str, Any] | None = None
    person_keys: dict[str, int] = field(default_factory=dict)
    organisation_keys: dict[str, int] = field(default_factory=dict)
    fingerprint: int | None = None
    code: str = ""
    reason: str = ""
    params: dict[str, str] = field(default_factory=dict)
    column: str = ""


@dataclass(frozen=True)
class Meanings:
    """What columns mean by heading, as somebody said; whether the headings of other columns count."""

    columns: Mapping[str, str] = field(default_factory=dict)
    by_heading: bool = True


@dataclass
class RowReader:
    """Reads rows under one header. Raises Unreadable when a column is missing that the profile needs."""

    header: Sequence[str]
    definitions: Sequence[Any]
    today: date
    profile: ImportProfile = ImportProfile.CONTACTS
    said: Meanings = field(default_factory=Meanings)
    titles: list[str] = field(init=False)
    targets: dict[int, str] = field(init=False)
    growing: dict[str, GrowingChoices] = field(init=False)
    """Classifications that the file may bring new choices for, by target."""

    def __post_init__(self) -> None:
        self.titles = titles(self.header)
        profile = PROFILES[self.profile]
        found = self._meanings(profile.headers)
        self.targets = {number: target for number, target in found.items() if target not in profile.ignored}
        self._check_columns()
        additional = {f"fields.{each.code}": each for each in self.definitions}
        self.growing = growing({each.code: each for each in self.definitions}, found)
        reading = {target: each.read for target, each in self.growing.items()}
        self._retired = retired_choices(self.definitions)
        self._rules: list[ColumnRule] = column_rules(self.targets, additional, self.today, reading)

    def _meanings(self, of_profile: Mapping[str, str]) -> dict[int, str]:
        said = {
            number: self.said.columns[title] for number, title in enumerate(self.titles) if title in self.said.columns
        }
        if not self.said.by_heading:
            return {number: target for number, target in said.items() if target}
        otherwise = {**of_profile, **squeezed(self.said.columns)}
        return targets(self.header, named_fields(self.definitions), otherwise)

    def _check_columns(self) -> None:
        profile, there = PROFILES[self.profile], set(self.targets.values())
        if not profile.naming & there:
            raise Unreadable(*profile.missing)
        lacking = profile.required - there
        if lacking and not profile.about_contacts:
            names = ", ".join(HEADERS[target][0] for target in HEADERS if target in lacking)
            raise Unreadable("columns_missing", f"Columns are missing: {names}.", columns=names)
        if lacking:
            raise Unreadable(
                "no_number_column",
                "No column holds customer numbers, by which accounting knows its customers; name it Asiakasnumero.",
            )

    @property
    def ignored(self) -> list[str]:
        """Headers of columns that mean nothing to us."""
        return [title for number, title in enumerate(self.titles) if number not in self.targets]

    @property
    def columns(self) -> list[dict[str, str]]:
        """Headers in the order of the file, with what their columns mean."""
        return [{"title": title, "target": self.targets.get(number, "")} for number, title in enumerate(self.titles)]

    @property
    def grown(self) -> dict[str, dict[str, str]]:
        """Choices that the rows until now bring to classifications: labels by code, by the classification's code."""
        return {each.code: dict(each.new) for each in self.growing.values() if each.new}

    @property
    def headers(self) -> dict[str, str]:
        """Headers by what their columns mean."""
        return {target: self.titles[number] for number, target in self.targets.items()}

    def title_of(self, target: str) -> str:
        """The header of the column with this meaning, or an empty text."""
        return next((self.titles[number] for number, each in self.targets.items() if each == target), "")

    @property
    def _naming(self) -> str:
        """The first of the columns that say whom a row is about."""
        naming = PROFILES[self.profile].naming
        return next((self.titles[number] for number, target in self.targets.items() if target in naming), "")

    def read(self, number: int, row: Sequence[str] | Unreadable) -> StagedRow | None:
        """The row as it is staged; None when it is an empty line."""
        if isinstance(row, Unreadable):
            return StagedRow(number, {}, code=row.code, reason=row.reason, params=row.params)
        if not row:
            return None
        whole = "\n".join(row)
        has_code = personal_ids.may_hold_code(whole)
        shown = {title: cell for title, cell in zip(self.titles, row, strict=False) if cell}
        if has_code or len(whole) > MAX_LINE or "\0" in whole:
            hide = personal_ids.masked if has_code else str
            shown = {title: _shown(hide(cell)) for title, cell in shown.items()}
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
            first = next(number for number, cell in enumerate(row) if number >= columns and cell)
            raise Rejected("too_many_cells", reason, self._title(first), cells=cells, columns=columns)

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
        return self.titles[number] if number < len(self.titles) else f"Column {number + 1}"

    def _values(self, row: Sequence[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        width = len(row)
        for number, target, rule in self._rules:
            text = row[number].strip() if number < width else ""
            if not text.isascii():
                text = text.translate(INVISIBLE).strip()
            if not text:
                continue
            if text[0] == "'":
                text = meant(text)
            if text[0] == "#" and text in SPREADSHEET_ERRORS:
                reason = f"This cell holds {text}, which a formula has left that failed."
                raise Rejected("failed_formula", reason, self.titles[number], value=text)
            try:
                value = rule(text)
            except DoesNotFit as error:
                raise Rejected(error.code, str(error), self.titles[number], **error.params) from None
            if value is not None:
                values[target] = value
        return values

    def _staged(self, number: int, raw: dict[str, str], values: dict[str, Any]) -> StagedRow:
        try:
            shaped = PROFILES[self.profile].shape(values)
        except Misses as error:
            named = self.title_of(error.target) if error.target else self._naming
            raise Rejected(error.code, error.reason, named) from None
        except DoesNotFit as error:
            raise Rejected(error.code, str(error), self.title_of(error.target), **error.params) from None
        for columns in (shaped.person, shaped.organisation):
            set_apart(columns, self._retired)
        return StagedRow(number, raw, **vars(shaped))


def _shown(cell: str) -> str:
    """A cell in the report: shortened, and without what PostgreSQL's JSON does not take."""
    return cell[:MAX_LINE].replace("\0", "\ufffd")
