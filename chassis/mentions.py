"""How free text names a person, and the text without it, in every service (C17, ADR 8).

A name is the given and the family name in either order, with Finnish and Swedish endings; one of them alone may be
anybody's. E-mail addresses and telephone numbers are found however they are written.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from chassis.name_forms import beginning, stems
from contracts.personal_data import Named

MARK: Final = "[poistettu]"
"""Stands for what was struck."""
BETWEEN: Final = r"[\s._+-]{1,3}"
NOT_THE_NEXT_NAME: Final = r"(?!\s+(?-i:[A-ZÅÄÖ]))"
"""After `Virtanen, Aino`: in a list it may be the beginning of `Aino Virtala`."""
GAP: Final = r"[\s()./-]{0,2}"
FEWEST_DIGITS: Final = 7
"""Within the country: what is shorter may be a postal code, a sum or a year of anybody."""
NOT_A_DAY: Final = r"(?!\d{4}-\d\d-\d\d(?!\d))"
"""`1980-01-01` is no telephone number, though 019 800101 is one."""
LONGEST_LINE, LONGEST_TEXT = 200, 10_000
"""What contracts take (contracts.base)."""
WORD: Final = re.compile(r"\w{1,60}")
QUOTES: Final = re.compile(r"['\\\\]")
NOTHING: Final = re.compile(r"(?!)")
Name = tuple[str, str]
"""Given name, family name."""


@dataclass(frozen=True)
class Mentions:
    """Whatever may stand for a person; addresses in lower case, telephone numbers in E.164."""

    names: frozenset[Name]
    emails: frozenset[str]
    phones: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[Name], emails: Iterable[str | None], phones: Iterable[str | None]) -> "Mentions":
        """What is there of all these; of several given names the first one counts by itself too."""
        full = {(given.strip(), family.strip()) for given, family in names if given.strip() and family.strip()}
        return cls(
            frozenset(full | {(given.split()[0], family) for given, family in full}),
            frozenset(each.lower() for each in emails if each),
            frozenset(each for each in phones if each and len(_parts(each)[1]) >= FEWEST_DIGITS),
        )

    @classmethod
    def read(cls, named: Named) -> "Mentions":
        """As the register says."""
        return cls(frozenset(named.names), frozenset(named.emails), frozenset(named.phones))

    @classmethod
    def together(cls, many: Iterable["Mentions"]) -> "Mentions":
        """Whatever may stand for any of several persons."""
        all_of_them = [*many]
        return cls(*(frozenset().union(*(getattr(each, name) for each in all_of_them)) for name in cls.__match_args__))

    def as_named(self) -> Named:
        """As other services are told."""
        return Named(names=sorted(self.names), emails=sorted(self.emails), phones=sorted(self.phones))

    def without(self, names: Iterable[str], emails: Iterable[str], phones: Iterable[str]) -> "Mentions":
        """What nobody else has; `names` are keys (`key`) of others."""
        taken = set(names)
        own = frozenset(each for each in self.names if key(each) not in taken)
        return Mentions(own, self.emails - set(emails), self.phones - set(phones))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds any of them."""
        ways = [
            *map(_email, sorted(self.emails)),
            *map(_phone, sorted(self.phones)),
            *map(_name, sorted(self.names, key=_longest)),
        ]
        return re.compile("|".join(ways), re.IGNORECASE) if ways else NOTHING

    @property
    def queries(self) -> list[str]:
        """Words by which the full text index finds candidates for names: `to_tsquery`, without a language.

        Names that a dot joins are one word.
        """
        ways = [
            each
            for given, family in self.parts
            for each in ([*WORD.findall(given), *WORD.findall(family)], [f"{given}.{family}"], [f"{family}.{given}"])
        ]
        return [" & ".join(f"'{QUOTES.sub('', word)}':*" for word in words) for words in ways if words]

    @property
    def phrases(self) -> list[str]:
        """The same for addresses and numbers, as they may be written: `plainto_tsquery`."""
        return [*sorted(self.emails), *(way for each in sorted(self.phones) for way in _written(each))]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """In lower case what a text has to hold both of to hold a name."""
        return sorted({(beginning(given), beginning(family)) for given, family in self.names})

    @property
    def numbers(self) -> list[str]:
        """Digits that a text has to hold to hold a telephone number."""
        return sorted(_parts(each)[1] for each in self.phones)


def key(name: Name) -> str:
    """By which two names are the same."""
    return " ".join(name).lower()


def _longest(name: Name) -> tuple[int, Name]:
    return -len(" ".join(name)), name


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(text: str) -> str:
    return r"\s+".join(map(re.escape, text.split()))


def _name(name: Name) -> str:
    given, family = map(_words, name)
    ways = (
        f"{given}{BETWEEN}{_inflected(name[1])}",
        f"{family}{BETWEEN}{_inflected(name[0])}",
        f"{family},\\s{{0,2}}{given}{NOT_THE_NEXT_NAME}",
    )
    return rf"(?<![^\W_])(?:{'|'.join(ways)})(?![^\W_])"


def _inflected(name: str) -> str:
    return f"(?:{'|'.join(f'{_words(stem)}{ending}' for stem, ending in stems(name.lower()))})"


def _email(address: str) -> str:
    return rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)"


def _parts(number: str) -> tuple[str, str]:
    """Country code, and the number within the country."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return "", _digits(number)
    return str(parsed.country_code), phonenumbers.national_significant_number(parsed)


def _phone(number: str) -> str:
    country, national = _parts(number)
    before = rf"(?:(?:\+|00)\s?{country}{GAP}(?:\(0\))?{GAP}|\(?0)?" if country else r"\+?"
    return rf"(?<![\d+]){NOT_A_DAY}{before}{GAP.join(national)}(?!\d)"


def _written(number: str) -> list[str]:
    country, national = _parts(number)
    if not country:
        return [number, national]
    parsed = phonenumbers.parse(number, None)
    ways = [
        phonenumbers.format_number(parsed, each)
        for each in (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
    ]
    near, rest = national[:2], national[2:]
    return [number, f"00{country}{national}", f"0{national}", national, f"0{near} {rest}", f"0{near}-{rest}", *ways]


def struck(value: Any, pattern: re.Pattern[str], *, keys: bool = False, coded: Collection[str] = ()) -> Any:
    """The text, or all texts in the JSON, without what the pattern finds.

    Keys stay, unless these are texts too (`keys`), and so does what lies under those that are `coded`.
    """
    if isinstance(value, str):
        return _as_long_as_may_be(pattern.sub(MARK, value), value)
    if isinstance(value, list):
        return [struck(each, pattern, keys=keys, coded=coded) for each in value]
    if isinstance(value, dict):
        left = {
            name: each if name in coded else struck(each, pattern, keys=keys, coded=coded)
            for name, each in value.items()
        }
        return _with_struck_keys(left, pattern) if keys else left
    return value


def _as_long_as_may_be(left: str, value: str) -> str:
    """The mark is longer than some names; a line still has to be one, or nobody could read what it belongs to."""
    longest = LONGEST_LINE if len(value) <= LONGEST_LINE else LONGEST_TEXT
    return left[: max(longest, len(value))]


def _with_struck_keys(value: dict[str, Any], pattern: re.Pattern[str]) -> dict[str, Any]:
    """Two keys that become the same are told apart by a number."""
    found: dict[str, Any] = {}
    for name, each in value.items():
        left = pattern.sub(MARK, name)
        ways = (left, *(f"{left} {number}" for number in range(2, len(value) + 2)))
        found[next(way for way in ways if way not in found and (way == name or way not in value))] = each
    return found
