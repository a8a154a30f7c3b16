"""What a cell says, as people write it: dates, languages, countries, yes and no. All raise DoesNotFit."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale

from contracts.contacts.basics import MOST_OTHERS, MOST_TAGS
from contracts.contacts.fields import FieldType
from services.contacts.rules.fields import Definition, DoesNotFit, fit, retired_codes
from services.contacts.rules.names import fold
from services.contacts.rules.reachability import normal_phone, plain_mobile

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?: [\d.:]+)?", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
ROUNDED = re.compile(r"\d[.,]\d+[eE]\+?\d+")
WHOLE_FLOAT = re.compile(r"(\d{9,})[.,]0+|(\d+)[.,]0")
BROKEN_FLOAT = re.compile(r"\d{9,}[.,]\d+")
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
GROUPED = re.compile(r"-?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+|([.,])\d{3}(?:\1\d{3})+)", re.ASCII)
"""With thousands apart: 1.234,50 or 1,234.50 or 1.234.567. `1.234` alone may be either, and is a decimal."""
SUM = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
MOST_MONEY = Decimal(10) ** 10
MOST_DAYS = 365
DAYS = re.compile(r"(\d{1,3}) ?(?:pv|paivaa?|d|days?|dagar|dgr)?(?: netto| net)?")
TAG_SEPARATORS = re.compile(r"[,;|]|:::")
MOST_IN_A_LABEL = 8
"""Parts between separators that the label of a choice may have itself."""
LEFT_OUT = "*"
"""Begins the names of groups that Google has made itself."""
NOT_IN_CODE = re.compile(r"[^a-z0-9_.-]+")


def _bad(code: str, text: str, what: str) -> DoesNotFit:
    shown = text[:SHOWN]
    return DoesNotFit(code, f"{shown} {what}", value=shown)


def day(text: str) -> date:
    """A date written 2026-01-31, 31.1.2026, 31/1/2026, 31-1-2026 or 20260131, with or without a time of day."""
    if found := DAY_FIRST.fullmatch(text):
        number, _between, month, year = found.groups()
    elif found := ISO.fullmatch(text) or COMPACT.fullmatch(text):
        year, month, number = found.groups()
    else:
        raise _bad("not_a_day", text, "is not a date; write it as 31.1.2026 or 2026-01-31.")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise _bad("no_such_day", text, "is not a date: there is no such day.") from None


def birth_date(text: str, today: date) -> date:
    """A day on which somebody living, or in the register's past, can have been born."""
    return possible_birth(day(text), text, today)


def possible_birth(found: date, text: str, today: date) -> date:
    """The day; raises when nobody can have been born on it, and repeats the text."""
    if found.year < EARLIEST_BIRTH or found > today:
        raise _bad("not_a_birth_date", text, "cannot be a date of birth.")
    return found


def phone(text: str) -> str:
    """A phone number in E.164, also when a spreadsheet has made a number of it."""
    if "." not in text and (mobile := plain_mobile(text)):
        return mobile
    if ROUNDED.fullmatch(text):
        raise _bad("rounded_number", text, "is a number that a spreadsheet has rounded; format the column as text.")
    if whole := WHOLE_FLOAT.fullmatch(text):
        text = whole[1] or whole[2]
    if BROKEN_FLOAT.fullmatch(text):
        raise _bad("bad_phone", text, "is not a phone number; write it as 040 1234567 or +358 40 1234567.")
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


def choice(words: Mapping[str, tuple[str, ...]]) -> Callable[[str], str]:
    """Reads one of some codes by its code or by its words in the three languages."""
    codes = {fold(word): code for code, several in words.items() for word in (code, code.replace("_", " "), *several)}

    def read(text: str) -> str:
        found = codes.get(fold(text))
        if found is None:
            raise _bad("unknown_choice", text, f"is none of {', '.join(words)}.")
        return found

    return read


def ungrouped(number: str) -> str:
    """The number without what stands between thousands; its decimal sign stays."""
    bare = "".join(number.split())
    if not GROUPED.fullmatch(bare):
        return bare
    decimal = "," if bare.rfind(",") > bare.rfind(".") else "."
    if bare.count(decimal) > 1:
        return bare.replace(decimal, "")
    return bare.replace("." if decimal == "," else ",", "")


def amount(text: str) -> float:
    """A sum in euros, not negative: 1 234,50 or 1.234,50 or 1234.50."""
    bare = ungrouped(text.removesuffix("€").removesuffix("EUR"))
    if not SUM.fullmatch(bare):
        raise _bad("not_a_sum", text, "is not a sum of money.")
    found = Decimal(bare.replace(",", "."))
    if found >= MOST_MONEY or found != round(found, 2):
        raise _bad("not_a_sum", text, "is not a sum of money: at most two decimals, not negative.")
    return float(found)


def payment_days(text: str) -> int:
    """Days in which an invoice is due: 14, 14 pv, 14 pv netto."""
    found = DAYS.fullmatch(fold(text))
    if found is None or int(found[1]) > MOST_DAYS:
        raise _bad("not_days", text, "is not a number of days; write it as 14 or 14 pv.")
    return int(found[1])


def tags(text: str) -> list[str]:
    """Tags separated by commas, semicolons or bars, as codes."""
    parts = (part.strip() for part in TAG_SEPARATORS.split(text))
    codes = (NOT_IN_CODE.sub("-", fold(part)).strip("-.")[:60] for part in parts if not part.startswith(LEFT_OUT))
    found = sorted({code for code in codes if code})
    if len(found) > MOST_TAGS:
        message = f"This cell holds {len(found)} tags; at most {MOST_TAGS} are taken."
        raise DoesNotFit("too_many_tags", message, count=len(found), most=MOST_TAGS)
    return found


def additional(definition: Definition) -> Callable[[str], object]:
    """Reads the cells of an additional field; choices by their codes or their labels in any language, retired ones too:
    what becomes of these is said where the row is known as a whole (services.contacts.rules.import_retired)."""
    codes, retired = choice_codes(definition.choices), retired_codes(definition)

    def chosen(text: str) -> str:
        return codes.get(fold(text), text)

    def read(text: str) -> object:
        if definition.type is FieldType.DATE:
            return day(text).isoformat()
        if definition.type is FieldType.YES_NO:
            return yes_or_no(text)
        if definition.type is FieldType.MULTI_CHOICE:
            return fit(definition, [chosen(part) for part in _labels_in(text, codes)], retired)
        if definition.type is FieldType.NUMBER:
            return fit(definition, ungrouped(text))
        if definition.type is FieldType.CHOICE:
            code = chosen(text)
            return fit(definition, code, code if code in retired else None)
        return fit(definition, text)

    return read


def choice_codes(choices: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Codes of choices by folded code and label; one that is retired lends its words to those that are not."""
    in_order = sorted(choices, key=lambda each: not each["retired"])
    return {fold(word): each["code"] for each in in_order for word in (*each["label"].values(), each["code"]) if word}


def _labels_in(text: str, labels: Container[str]) -> Iterator[str]:
    """The parts between separators; parts that are a label together, as "Finnish, Swedish", are one."""
    ends = [match.span() for match in TAG_SEPARATORS.finditer(text)]
    bounds = [(0, 0), *ends, (len(text), len(text))]
    at = 0
    while at < len(bounds) - 1:
        further = range(min(at + MOST_IN_A_LABEL, len(bounds) - 1), at, -1)
        parts = ((end, text[bounds[at][1] : bounds[end][0]].strip()) for end in further)
        at, part = next(each for each in parts if each[0] == at + 1 or fold(each[1]) in labels)
        if part:
            yield part


def too_many(count: int, target: str = "") -> DoesNotFit:
    """What is wrong with so many further numbers or addresses."""
    message = f"There are {count} numbers or addresses; at most {MOST_OTHERS} are taken."
    found = DoesNotFit("too_many_numbers", message, count=count, most=MOST_OTHERS)
    found.target = target
    return found
