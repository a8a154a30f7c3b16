"""An invented register in which some persons stand twice, and it is known which: the same seed gives the same one.

People live in households that share a family name, an address and often a phone, sometimes an e-mail address; there
are twins, fathers and sons of one name, and namesakes. Some persons are entered again as it happens in an office: with
a typing error, after a marriage or a move, with initials, with the names swapped, with fields left out. A double keeps
something by which a person could recognise it; who shares nothing but a name cannot be told from a namesake by anybody.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ops import people

KNOWN = {"birth_date": 0.85, "email": 0.8, "phone": 0.85, "street": 0.92}
"""How much of what there is the register knows of a person at the first entry."""
KEPT = {"birth_date": 0.8, "email": 0.75, "phone": 0.8, "street": 0.85}
"""How much of that is given again at the second."""
DOUBLES = 0.1
"""Doubles a person."""
NAMESAKES = 0.005
"""Children who have a parent's name."""
MAILS = ("gmail.com", "hotmail.com", "luukku.com", "kolumbus.fi", "suomi24.fi", "elisanet.fi", "outlook.com")
ALPHABET = "abcdefghijklmnoprstuvyäö"


@dataclass(frozen=True)
class Entry:
    """One card of the register; entries of the same `person` are doubles of each other."""

    number: int
    person: int
    given_name: str
    family_name: str
    birth_date: date | None
    email: str | None
    phone: str | None
    street: str
    postal_code: str
    city: str


def entries(persons: int, seed: int) -> Iterator[Entry]:
    """The cards of `persons` persons and their doubles."""
    chance = random.Random(f"duplicates {seed}")
    number = 0
    for person in _people(chance, persons):
        number += 1
        first = replace(_as_known(chance, person, KNOWN), number=number)
        yield first
        if chance.random() < DOUBLES and (second := entered_again(chance, person, first)):
            number += 1
            yield replace(second, number=number)


def true_pairs(cards: list[Entry]) -> set[tuple[int, int]]:
    """The numbers of those cards that are one person, the smaller first."""
    first: dict[int, int] = {}
    found = set()
    for card in cards:
        if card.person in first:
            found.add((first[card.person], card.number))
        else:
            first[card.person] = card.number
    return found


def _people(chance: random.Random, persons: int) -> Iterator[Entry]:
    """Whole households one after the other, each person with all that there is to know."""
    made = 0
    while made < persons:
        for member in _household(chance):
            if made < persons:
                made += 1
                yield replace(member, person=made)


def _household(chance: random.Random) -> Iterator[Entry]:
    language = chance.choices(("fi", "sv", "en"), (86, 10, 4))[0]
    head = _adult(chance, language)
    names = {head.given_name}
    yield head
    if chance.random() < 0.55:
        yield _relative(chance, head, _near(chance, head, 8), language, names)
    children = chance.choices((0, 1, 2, 3), (55, 20, 18, 7))[0]
    born = _later(head, chance.randrange(22 * 365, 38 * 365))
    for _ in range(children):
        yield _relative(chance, head, born, language, set() if chance.random() < NAMESAKES else names)
        born = born if chance.random() < 0.04 else _later_than(born, chance.randrange(400, 2_000))


def _adult(chance: random.Random, language: str) -> Entry:
    given, family = people.invented_name(chance, language)
    code, city = chance.choice(people.CITIES)
    code = f"{int(code[:3]) * 100 + chance.randrange(0, 90, 10):05d}"
    street = (
        f"{chance.choice(people.STREETS)} {chance.randrange(1, 160)}{chance.choice(('', '', ' A 4', ' B 12', ' C 7'))}"
    )
    born = date(1935, 1, 1) + timedelta(days=chance.randrange(70 * 365))
    return Entry(0, 0, given, family, born, _mail(chance, given, family), _mobile(chance), street, code, city)


def _relative(chance: random.Random, head: Entry, born: date, language: str, names: set[str]) -> Entry:
    """Somebody of the household with a name that is not taken yet, or with the head's where none are."""
    given = next(name for name in _given_names(chance, head, language, names) if name not in names)
    names.add(given)
    return replace(
        head,
        given_name=given,
        birth_date=born,
        email=head.email if chance.random() < 0.2 else _mail(chance, given, head.family_name),
        phone=head.phone if chance.random() < 0.35 else _mobile(chance),
    )


def _given_names(chance: random.Random, head: Entry, language: str, names: set[str]) -> Iterator[str]:
    if not names:
        yield head.given_name
    while True:
        yield people.invented_name(chance, language)[0]


def _near(chance: random.Random, head: Entry, years: int) -> date:
    return _later(head, chance.randrange(-years * 365, years * 365) or 1)


def _later(head: Entry, days: int) -> date:
    assert head.birth_date is not None
    return _later_than(head.birth_date, days)


def _later_than(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _mail(chance: random.Random, given: str, family: str) -> str:
    name, other = people.ascii_name(given), people.ascii_name(family)
    local = chance.choice((f"{name}.{other}", f"{name}{other}", f"{name[0]}.{other}", f"{other}.{name}"))
    return f"{local}{chance.randrange(2, 9_999)}@{chance.choice(MAILS)}"


def _mobile(chance: random.Random) -> str:
    return f"+35840{chance.randrange(10**7):07d}"


def _as_known(chance: random.Random, person: Entry, shares: dict[str, float]) -> Entry:
    """The person with some of the fields left out."""
    given = {name: chance.random() < share for name, share in shares.items()}
    return replace(
        person,
        birth_date=person.birth_date if given["birth_date"] else None,
        email=person.email if given["email"] else None,
        phone=person.phone if given["phone"] else None,
        street=person.street if given["street"] else "",
        postal_code=person.postal_code if given["street"] else "",
        city=person.city if given["street"] else "",
    )


def entered_again(chance: random.Random, person: Entry, first: Entry) -> Entry | None:
    """The same person as somebody enters it who does not find the first card; None when nobody could tell."""
    vary, needed = chance.choices([each[1:] for each in VARIATIONS], [each[0] for each in VARIATIONS])[0]
    for _ in range(20):
        second = _as_known(chance, vary(chance, _since_then(chance, person)), KEPT)
        if _in_common(first, second) >= needed:
            return second
    return None


def _in_common(one: Entry, other: Entry) -> int:
    pairs = (
        (one.birth_date, other.birth_date), (one.email, other.email), (one.phone, other.phone),
        (one.street, other.street),
    )  # fmt: skip
    return sum(bool(mine) and mine == theirs for mine, theirs in pairs)


def _since_then(chance: random.Random, person: Entry) -> Entry:
    """What may have changed between the two entries, the name aside."""
    if chance.random() < 0.2:
        elsewhere = _adult(chance, "fi")
        person = replace(person, street=elsewhere.street, postal_code=elsewhere.postal_code, city=elsewhere.city)
    if chance.random() < 0.12:
        person = replace(person, phone=_mobile(chance))
    if chance.random() < 0.15:
        person = replace(person, email=_mail(chance, person.given_name, person.family_name))
    if chance.random() < 0.03:
        person = replace(person, birth_date=_mistyped_day(chance, person))
    return person


def _mistyped_day(chance: random.Random, person: Entry) -> date:
    born = person.birth_date
    assert born is not None
    if born.day <= 12 and chance.random() < 0.3:
        return born.replace(month=born.day, day=born.month)
    while True:
        text = born.isoformat()
        at = chance.choice((3, 6, 8, 9))
        typed = f"{text[:at]}{chance.randrange(10)}{text[at + 1 :]}"
        try:
            return date.fromisoformat(typed)
        except ValueError:
            continue


def _as_it_was(_chance: random.Random, person: Entry) -> Entry:
    return person


def _with_typing_error(chance: random.Random, person: Entry) -> Entry:
    if chance.random() < 0.5:
        return replace(person, given_name=_mistyped(chance, person.given_name))
    return replace(person, family_name=_mistyped(chance, person.family_name))


def _mistyped(chance: random.Random, name: str) -> str:
    """A letter left out, doubled, wrong, or two swapped; the first is right."""
    at = chance.randrange(1, len(name) - 1) if len(name) > 2 else 1
    kind = chance.choice(("out", "twice", "wrong", "swapped"))
    if kind == "out":
        return name[:at] + name[at + 1 :]
    if kind == "twice":
        return name[:at] + name[at] + name[at:]
    if kind == "wrong":
        return name[:at] + chance.choice(ALPHABET) + name[at + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


def _without_accents(_chance: random.Random, person: Entry) -> Entry:
    plain = str.maketrans("äöåÄÖÅ", "aoaAOA")
    return replace(
        person, given_name=person.given_name.translate(plain), family_name=person.family_name.translate(plain)
    )


def _married(chance: random.Random, person: Entry) -> Entry:
    _given, family = people.invented_name(chance, "fi")
    return replace(person, family_name=chance.choice((family, f"{person.family_name}-{family}", family)))


def _swapped(_chance: random.Random, person: Entry) -> Entry:
    return replace(person, given_name=person.family_name, family_name=person.given_name)


def _with_initial(_chance: random.Random, person: Entry) -> Entry:
    return replace(person, given_name=f"{person.given_name[0]}.")


def _with_second_name(chance: random.Random, person: Entry) -> Entry:
    return replace(person, given_name=f"{person.given_name} {people.invented_name(chance, 'fi')[0]}")


VARIATIONS: tuple[tuple[int, Callable[[random.Random, Entry], Entry], int], ...] = (
    (28, _as_it_was, 1),
    (6, _without_accents, 1),
    (26, _with_typing_error, 1),
    (14, _married, 2),
    (9, _swapped, 1),
    (9, _with_initial, 2),
    (8, _with_second_name, 1),
)
"""How often, how, and how many of date of birth, e-mail, phone and address both entries then have in common."""
