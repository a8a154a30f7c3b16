"""What a cell says, as people write it: dates, languages, countries, yes and no. All raise DoesNotFit."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from babel import Locale

from contracts.contacts.fields import FieldType
from services.contacts.rules.fields import Definition, DoesNotFit, fit
from services.contacts.rules.names import fold
from services.contacts.rules.reachability import normal_phone

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
ROUNDED = re.compile(r"\d[.,]\d+[eE]\+?\d+")
WHOLE_FLOAT = re.compile(r"(\d+)[.,]0")
LANGUAGES = {
    "fi": ("fi", "fin", "suomi", "finska", "finnish"),
    "sv": ("sv", "swe", "ruotsi", "svenska", "swedish"),
    "en": ("en", "eng", "englanti", "engelska", "english"),
}
LANGUAGE_OF = {word: code for code, words in LANGUAGES.items() for word in words}
YES = frozenset({"1", "x", "true", "yes", "y", "kylla", "k", "on", "ja", "j", "tosi"})
NO = frozenset({"0", "false", "no", "n", "ei", "e", "nej", "epatosi"})
EARLIEST_BIRTH = 1850
SHOWN = 40
"""Characters of a cell that a reason repeats."""
TAG_SEPARATORS = re.compile(r"[,;|]")
NOT_IN_CODE = re.compile(r"[^a-z0-9_.-]+")


def _bad(code: str, text: str, what: str) -> DoesNotFit:
    shown = text[:SHOWN]
    return DoesNotFit(code, f"{shown} {what}", value=shown)


def day(text: str) -> date:
    """A date written 2026-01-31, 31.1.2026, 31/1/2026 or 20260131."""
    if found := ISO.fullmatch(text) or COMPACT.fullmatch(text):
        year, month, number = found.groups()
    elif found := DAY_FIRST.fullmatch(text):
        number, month, year = found.groups()
    else:
        raise _bad("not_a_day", text, "is not a date; write it as 31.1.2026 or 2026-01-31.")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise _bad("no_such_day", text, "is not a date: there is no such day.") from None


def birth_date(text: str, today: date) -> date:
    """A day on which somebody living, or in the register's past, can have been born."""
    found = day(text)
    if found.year < EARLIEST_BIRTH or found > today:
        raise _bad("not_a_birth_date", text, "cannot be a date of birth.")
    return found


def phone(text: str) -> str:
    """A phone number in E.164, also when a spreadsheet has made a number of it."""
    if ROUNDED.fullmatch(text):
        raise _bad("rounded_number", text, "is a number that a spreadsheet has rounded; format the column as text.")
    if whole := WHOLE_FLOAT.fullmatch(text):
        text = whole[1]
    return reachable(normal_phone, "bad_phone", text)


def reachable(rule: Callable[[str], str], code: str, text: str) -> str:
    """An e-mail address or phone number as it is stored."""
    try:
        return rule(text)
    except ValueError as error:
        raise DoesNotFit(code, str(error), value=text[:SHOWN]) from None


def language(text: str) -> str:
    """The language's code by its code or name in Finnish, Swedish or English."""
    found = LANGUAGE_OF.get(fold(text))
    if found is None:
        raise _bad("unknown_language", text, "is not a language of the register: fi, sv or en.")
    return found


@cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in ("en", "sv", "fi"):
        for code, name in Locale(locale).territories.items():
            if len(code) == 2 and code.isalpha():
                names[fold(name)] = names[code.lower()] = code
    return names


def country(text: str) -> str:
    """ISO 3166-1 alpha-2 by code or name in Finnish, Swedish or English."""
    found = _countries().get(fold(text))
    if found is None:
        raise _bad("unknown_country", text, "is not a country we know; write its two-letter code, such as FI.")
    return found


def yes_or_no(text: str) -> bool:
    """True or false by the words of the three languages."""
    word = fold(text)
    if word in YES or word in NO:
        return word in YES
    raise _bad("neither_yes_nor_no", text, "is neither yes nor no.")


def tags(text: str) -> list[str]:
    """Tags separated by commas, semicolons or bars, as codes."""
    codes = (NOT_IN_CODE.sub("-", fold(part)).strip("-.")[:60] for part in TAG_SEPARATORS.split(text))
    return sorted({code for code in codes if code})


def additional(definition: Definition, text: str) -> object:
    """The value of an additional field from its cell."""
    value: object = text
    if definition.type is FieldType.DATE:
        value = day(text).isoformat()
    elif definition.type is FieldType.YES_NO:
        value = yes_or_no(text)
    elif definition.type is FieldType.MULTI_CHOICE:
        value = [part.strip() for part in TAG_SEPARATORS.split(text) if part.strip()]
    return fit(definition, value)
