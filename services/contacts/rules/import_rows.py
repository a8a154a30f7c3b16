"""A row of an import: from its cells to the column values of a person, an organisation and an affiliation.

A row with a person's name is a person, affiliated with the organisation it names, if any; a row with only an
organisation is that organisation. The keys are hashes by which rows and contacts of one person are recognised.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b
from typing import Any

import orjson
from stdnum.fi import ytunnus

from chassis.ids import new_id
from services.contacts.rules import cells
from services.contacts.rules.columns import squeeze, targets, titles
from services.contacts.rules.fields import Definition
from services.contacts.rules.names import clean, search_text, sort_key
from services.contacts.rules.reachability import normal_email
from services.contacts.spreadsheets.limits import MAX_CELL, Unreadable

MAX_LINE = 200
MAX_NUMBER = 40
MAX_POSTAL_CODE = 12
ADDRESS = ("street", "postal_code", "city", "country")
NUMBER_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-")


class Rejected(Exception):
    """A row that is not taken: the header of the column, and why."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


@dataclass
class StagedRow:
    """A row as it is staged: either contents and keys, or a reason why it is rejected."""

    number: int
    raw: dict[str, str]
    person: dict[str, Any] | None = None
    organisation: dict[str, Any] | None = None
    affiliation: dict[str, Any] | None = None
    keys: dict[str, int] = field(default_factory=dict)
    reason: str = ""
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
        if not {"given_name", "family_name", "name", "organisation"} & set(self.targets.values()):
            raise Unreadable(
                "No column holds names; name the first row's columns Etunimi and Sukunimi, or Organisaatio."
            )
        self._rules = self._column_rules({f"fields.{each.code}": each for each in self.definitions})

    @property
    def ignored(self) -> list[str]:
        """Headers of columns that mean nothing to us."""
        return [title for number, title in enumerate(self.titles) if number not in self.targets]

    def _column_rules(self, additional: Mapping[str, Definition]) -> list[tuple[int, str, Callable[[str], Any]]]:
        rules: list[tuple[int, str, Callable[[str], Any]]] = []
        for number, target in self.targets.items():
            if target in additional:
                definition = additional[target]
                rules.append((number, target, partial(cells.additional, definition)))
            elif target == "birth_date":
                rules.append((number, target, lambda text: cells.birth_date(text, self.today).isoformat()))
            else:
                rules.append((number, target, RULES.get(target, _line)))
        return rules

    def read(self, number: int, row: Sequence[str]) -> StagedRow | None:
        """The row as it is staged; None when it is empty."""
        if not any(row):
            return None
        staged = StagedRow(number, dict(zip(self.titles, (_shown(cell) for cell in row), strict=False)))
        try:
            self._check_cells(row)
            self._fill(staged, self._values(row))
        except Rejected as error:
            staged.reason, staged.column = error.reason, error.column
            staged.person = staged.organisation = staged.affiliation = None
            staged.keys = {}
        return staged

    def _check_cells(self, row: Sequence[str]) -> None:
        whole = "".join(row)
        if len(whole) > MAX_CELL:
            for number, cell in enumerate(row):
                if len(cell) > MAX_CELL:
                    raise Rejected(
                        f"This cell has {len(cell)} characters; at most {MAX_CELL} are taken.", self._title(number)
                    )
        if not whole.isprintable():
            self._check_characters(row)
        elif "\ufffd" in whole:
            self._refuse_damaged(row)
        if len(row) > len(self.titles) and any(row[len(self.titles) :]):
            raise Rejected(f"This row has {len(row)} cells, but there are {len(self.titles)} columns.")

    def _check_characters(self, row: Sequence[str]) -> None:
        self._refuse_damaged(row)
        for number, cell in enumerate(row):
            for character in cell:
                if (character < " " and character not in "\t\r\n") or character == "\x7f":
                    reason = f"This cell holds the control character U+{ord(character):04X}."
                    raise Rejected(reason, self._title(number))

    def _refuse_damaged(self, row: Sequence[str]) -> None:
        for number, cell in enumerate(row):
            if "\ufffd" in cell:
                raise Rejected("This cell holds characters of another encoding than the rest.", self._title(number))

    def _title(self, number: int) -> str:
        return self.titles[number] if number < len(self.titles) else ""

    def _values(self, row: Sequence[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        width = len(row)
        for number, target, rule in self._rules:
            if number >= width:
                continue
            text = row[number].strip()
            if not text:
                continue
            try:
                values[target] = rule(text)
            except ValueError as error:
                raise Rejected(str(error), self.titles[number]) from None
        return values

    def _fill(self, staged: StagedRow, values: dict[str, Any]) -> None:
        if "name" in values and not ("given_name" in values or "family_name" in values):
            self._split_name(values)
        if "given_name" in values or "family_name" in values:
            staged.person = _person(values)
            staged.keys = _person_keys(staged.person, values)
        if "organisation" in values:
            staged.organisation = _organisation(values, with_details=staged.person is None)
            staged.keys["organisation_key"] = _organisation_key(staged.organisation)
        elif staged.person is None:
            raise Rejected("This row names neither a person nor an organisation.")
        if staged.person and staged.organisation:
            staged.affiliation = _affiliation(values)

    @staticmethod
    def _split_name(values: dict[str, Any]) -> None:
        """ "Sukunimi, Etunimi" or "Etunimi Sukunimi"; a business id beside it makes it the name of an organisation."""
        name: str = values.pop("name")
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


def _line(text: str) -> str:
    line = clean(text)
    if len(line) > MAX_LINE:
        raise ValueError(f"This text has {len(line)} characters; at most {MAX_LINE} are taken.")
    return line


def _number(text: str) -> str:
    if len(text) > MAX_NUMBER or not NUMBER_CHARACTERS.issuperset(text):
        raise ValueError(f"{text[:40]} is not a customer number: at most {MAX_NUMBER} letters, digits and . _ / -.")
    return text


def _business_id(text: str) -> str:
    digits = "".join(each for each in text.upper().removeprefix("FI") if each.isdigit())
    if not ytunnus.is_valid(digits):
        raise ValueError(f"{text[:40]} is not a business id (Y-tunnus), such as 0201256-6.")
    return f"{digits[:7]}-{digits[7]}"


def _postal_code(text: str) -> str:
    code = clean(text)
    if len(code) > MAX_POSTAL_CODE or not code.replace(" ", "").replace("-", "").isalnum() or not code.isascii():
        raise ValueError(f"{text[:40]} is not a postal code.")
    return code.zfill(5) if code.isdigit() and len(code) in {3, 4} else code


RULES: dict[str, Callable[[str], Any]] = {
    "email": normal_email,
    "phone": cells.phone,
    "language": cells.language,
    "country": cells.country,
    "tags": cells.tags,
    "decision_maker": cells.yes_or_no,
    "customer_number": _number,
    "business_id": _business_id,
    "postal_code": _postal_code,
}


def _person(values: dict[str, Any]) -> dict[str, Any]:
    given, family = values.get("given_name", ""), values.get("family_name", "")
    person = {"id": str(new_id()), "given_name": given, "family_name": family}
    for name in ("birth_date", "customer_number"):
        if name in values:
            person[name] = values[name]
    if "organisation" not in values and "title" in values:
        person["title"] = values["title"]
    person |= _reachable(values)
    person["sort_key"] = sort_key(family, given)
    person["search"] = search_text(f"{given} {family}", values.get("phone"))
    return person


def _reachable(values: dict[str, Any]) -> dict[str, Any]:
    """What persons and organisations have alike."""
    found: dict[str, Any] = {name: values[name] for name in ("email", "phone", "language", "tags") if name in values}
    if "email" in values:
        found["email_key"] = values["email"].lower()
    if any(name in values for name in ADDRESS[:3]):
        address = {name: values.get(name, "") for name in ADDRESS[:3]}
        found["addresses"] = [{"purpose": "postal", **address, "country": values.get("country", "FI")}]
        found["city"], found["postal_code"] = address["city"], address["postal_code"]
    fields = {target[7:]: value for target, value in values.items() if target.startswith("fields.")}
    if fields:
        found["fields"] = fields
    return found


def _organisation(values: dict[str, Any], *, with_details: bool) -> dict[str, Any]:
    organisation = {"id": str(new_id()), "name": values["organisation"], "sort_key": sort_key(values["organisation"])}
    if "business_id" in values:
        organisation["business_id"] = values["business_id"]
    phone = None
    if with_details:
        organisation |= _reachable(values)
        organisation.pop("fields", None)
        phone = values.get("phone")
        if "customer_number" in values:
            organisation["customer_number"] = values["customer_number"]
    organisation["search"] = search_text(values["organisation"], phone)
    return organisation


def _affiliation(values: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: values[name] for name in ("title", "role", "decision_maker") if name in values}
    return {"id": str(new_id()), **shown}


def _hash(*parts: str) -> int:
    """64 bits, signed, as PostgreSQL's bigint."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), signed=True)


def _person_keys(person: dict[str, Any], values: dict[str, Any]) -> dict[str, int]:
    """Strong keys where there are any, else one of name and phone, or of all that is known."""
    name, keys = person["sort_key"], {}
    if "customer_number" in person:
        keys["number_key"] = _hash("number", person["customer_number"])
    if "email_key" in person:
        keys["email_key"] = _hash("email", person["email_key"], name)
    if "birth_date" in person:
        keys["birth_key"] = _hash("birth", person["birth_date"], name)
    if not keys:
        known = (
            person.get("phone")
            or orjson.dumps(
                {key: value for key, value in values.items() if key not in {"title", "role"}},
                option=orjson.OPT_SORT_KEYS,
            ).decode()
        )
        keys["fingerprint"] = _hash("weak", name, known)
    return keys


def _organisation_key(organisation: dict[str, Any]) -> int:
    for name in ("business_id", "customer_number"):
        if name in organisation:
            return _hash(name, organisation[name])
    return _hash("name", organisation["sort_key"])
