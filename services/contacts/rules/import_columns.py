"""How the cells of each column of an import are read; rules raise DoesNotFit."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from stdnum.fi import ytunnus

from contracts.contacts.basics import MOST_OTHERS
from services.contacts.rules import cells, choice_words, delivered_products, personal_ids
from services.contacts.rules.fields import Definition, DoesNotFit
from services.contacts.rules.import_contacts import OTHER_EMAILS, OTHER_PHONES
from services.contacts.rules.names import OFTEN, clean, fold
from services.contacts.rules.reachability import normal_email

MAX_LINE = 200
NO_DAY = frozenset({"0/0/00", "0.0.00", "0.0.0000", "00.00.0000"})
UNTOLD = frozenset(
    {"unspecified", "maarittamaton", "ospecificerat", "ei tiedossa", "tuntematon", "ei ilmoitettu", "okand", "unknown"}
)
GENDER = cells.choice(choice_words.GENDERS)
SEVERAL = re.compile(r"\n|:::")
MAX_NUMBER = 40
MAX_POSTAL_CODE = 12
NUMBER_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-")

ColumnRule = tuple[int, str, Callable[[str], Any]]
"""Number of the column, what it means, and how its cells are read."""


def column_rules(
    targets: Mapping[int, str],
    additional: Mapping[str, Definition],
    today: date,
    special: Mapping[str, Callable[[str], Any]],
) -> list[ColumnRule]:
    """The rules of the columns whose meaning is known.

    `additional` are definitions by `fields.<code>`; `special` are rules that go before all others.
    """
    rules = [(target, special.get(target) or _rule(target, additional, today)) for target in targets.values()]
    return [(number, target, rule) for number, (target, rule) in zip(targets, rules, strict=True)]


def _rule(target: str, additional: Mapping[str, Definition], today: date) -> Callable[[str], Any]:
    if target in additional:
        return cells.additional(additional[target])
    if target == "birth_date":
        return lambda text: _birth_date(text, today)
    return RULES.get(target, line)


def _birth_date(text: str, today: date) -> str | None:
    """A day; None for what address books write when they know none, or no year."""
    if text in NO_DAY or text.startswith("--"):
        return None
    if coded := personal_ids.birth_date(text):
        return cells.possible_birth(coded, personal_ids.masked(text), today).isoformat()
    return cells.birth_date(text, today).isoformat()


@lru_cache(OFTEN)
def line(text: str) -> str:
    """One line of at most 200 characters."""
    cleaned = clean(text)
    if len(cleaned) > MAX_LINE:
        message = f"This text has {len(cleaned)} characters; at most {MAX_LINE} are taken."
        raise DoesNotFit("text_too_long", message, length=len(cleaned), most=MAX_LINE)
    return cleaned


def _number(text: str) -> str:
    if len(text) > MAX_NUMBER or not NUMBER_CHARACTERS.issuperset(text):
        message = f"{text[:40]} is not a customer number: at most {MAX_NUMBER} letters, digits and . _ / -."
        raise DoesNotFit("bad_customer_number", message, value=text[:40], most=MAX_NUMBER)
    return text


def _business_id(text: str) -> str:
    digits = "".join(each for each in text.upper().removeprefix("FI") if each.isascii() and each.isdigit())
    if not ytunnus.is_valid(digits):
        message = f"{text[:40]} is not a business id (Y-tunnus), such as 0201256-6."
        raise DoesNotFit("bad_business_id", message, value=text[:40])
    return f"{digits[:7]}-{digits[7]}"


@lru_cache(OFTEN)
def _postal_code(text: str) -> str:
    code = clean(text)
    if len(code) > MAX_POSTAL_CODE or not code.replace(" ", "").replace("-", "").isalnum() or not code.isascii():
        raise DoesNotFit("bad_postal_code", f"{text[:40]} is not a postal code.", value=text[:40])
    return code.zfill(5) if code.isdigit() and len(code) in {3, 4} else code


def _email(text: str) -> str:
    return cells.reachable(normal_email, "bad_email", text)


def _several(rule: Callable[[str], str]) -> Callable[[str], list[str] | None]:
    """Reads a cell of several numbers, one a line or between ` ::: ` as Google writes them."""

    def read(text: str) -> list[str] | None:
        if "\n" not in text and ":::" not in text:
            return [rule(text)]
        parts = [part.strip() for part in SEVERAL.split(text)]
        found = [rule(part) for part in dict.fromkeys(filter(None, parts))]
        if len(found) > MOST_OTHERS:
            raise cells.too_many(len(found))
        return list(dict.fromkeys(found)) or None

    return read


RULES: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("email", "person_email"), _several(_email)),
    **dict.fromkeys(("phone", "person_phone", *OTHER_PHONES), _several(cells.phone)),
    "fax": cells.phone,
    **dict.fromkeys(OTHER_EMAILS, _several(lambda text: _email(text).lower())),
    "gender": lambda text: None if fold(text) in UNTOLD else GENDER(text),
    "customer_status": cells.choice(choice_words.CUSTOMER_STATUSES),
    "payment_method": cells.choice(choice_words.PAYMENT_METHODS),
    "delivery_method": cells.choice(choice_words.DELIVERY_METHODS),
    "payment_days": cells.payment_days,
    "credit_limit": cells.amount,
    "language": lru_cache(OFTEN)(cells.language),
    "country": cells.country,
    "tags": cells.tags,
    "decision_maker": cells.yes_or_no,
    "customer_number": _number,
    "business_id": _business_id,
    "postal_code": _postal_code,
    **delivered_products.RULES,
}
