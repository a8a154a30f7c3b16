"""What the columns of a file may mean: all targets of a profile, and a proposal by headings and contents (C11)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from stdnum.fi import ytunnus

from contracts.contacts.imports import ImportProfile
from contracts.errors import FieldError
from services.contacts.rules import cells, personal_ids
from services.contacts.rules.columns import HEADERS, squeeze
from services.contacts.rules.columns import targets as by_headers
from services.contacts.rules.fields import DoesNotFit
from services.contacts.rules.import_profiles import PROFILES
from services.contacts.rules.reachability import normal_email, normal_phone

POSTAL_CODE = re.compile(r"\d{5}", re.ASCII)
PHONE = re.compile(r"(\+|00|0)[\d ()/-]{5,}", re.ASCII)
YOUNGEST = 10
"""Years; days that lie all before are days of birth, not of letters."""


def known_targets(profile: ImportProfile, definitions: Iterable[Any]) -> list[str]:
    """All that columns may mean in files of this kind; `definitions` are the fields of its contacts."""
    kind = PROFILES[profile]
    found = [target for target in HEADERS if target not in kind.ignored] + [*kind.own]
    found += [f"fields.{each.code}" for each in definitions if not each.retired]
    return list(dict.fromkeys(found))


def named_fields(definitions: Iterable[Any]) -> dict[str, str]:
    """Additional fields by squeezed code and label."""
    return {
        squeeze(name): f"fields.{each.code}"
        for each in definitions
        if not each.retired
        for name in (each.code, *each.label.values())
        if name
    }


def propose(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    profile: ImportProfile,
    definitions: Sequence[Any],
    saved: Mapping[str, str],
    today: date,
) -> dict[int, str]:
    """What each column means by a saved mapping, else by its heading, else by what its first cells hold."""
    kind, allowed = PROFILES[profile], set(known_targets(profile, definitions))
    found = by_headers(header, named_fields(definitions), {**kind.headers, **squeezed(saved)})
    found = {number: target for number, target in found.items() if target in allowed}
    told = {number for number, title in enumerate(header) if squeeze(title) in squeezed(saved)}
    for number in range(len(header)):
        if number not in found and number not in told:
            target = _by_content([row[number].strip() for row in rows if number < len(row)], today)
            if target in allowed and target not in found.values():
                found[number] = str(target)
    return found


def squeezed(mapping: Mapping[str, str]) -> dict[str, str]:
    """A mapping by headings as they are compared."""
    return {squeeze(title): target for title, target in mapping.items()}


def _by_content(column: Iterable[str], today: date) -> str | None:
    """What all cells of a column look like, or None."""
    filled = [cell for cell in column if cell]
    if not filled:
        return None
    return next((target for target, fits in LOOKS.items() if all(fits(cell, today) for cell in filled)), None)


def _reads(rule: Callable[[str], Any], cell: str) -> bool:
    try:
        rule(cell)
    except (DoesNotFit, ValueError):
        return False
    return True


def _is_birth_date(cell: str, today: date) -> bool:
    if personal_ids.birth_date(cell):
        return True
    return _reads(cells.day, cell) and cells.day(cell).year <= today.year - YOUNGEST


LOOKS: Mapping[str, Callable[[str, date], bool]] = {
    "email": lambda cell, _today: "@" in cell and _reads(normal_email, cell),
    "business_id": lambda cell, _today: "-" in cell and ytunnus.is_valid(cell.removeprefix("FI")),
    "postal_code": lambda cell, _today: POSTAL_CODE.fullmatch(cell) is not None,
    "birth_date": _is_birth_date,
    "phone": lambda cell, _today: PHONE.fullmatch(cell) is not None and _reads(normal_phone, cell),
    "language": lambda cell, _today: len(cell) > 1 and _reads(cells.language, cell),
}


def wrong_meanings(columns: Mapping[str, str], allowed: Iterable[str]) -> list[FieldError]:
    """What is wrong with a mapping by headings: targets that there are not, or that two columns have."""
    errors, seen, known = [], set(), set(allowed)
    for title, target in columns.items():
        if target and target not in known:
            errors.append(_wrong(title, "unknown_target", f"No column of such a file means {target}."))
        elif target and target in seen:
            errors.append(_wrong(title, "target_twice", f"Two columns mean {target}; choose one of them."))
        seen.add(target)
    return errors


def _wrong(title: str, code: str, message: str) -> FieldError:
    pointer = title.replace("~", "~0").replace("/", "~1")
    return FieldError(pointer=f"/mapping/{pointer}", code=code, message=message)
