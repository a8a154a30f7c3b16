"""What errors say to people: a sentence by code, in the language of the request.

Services answer with stable codes, an English message and parameters; what has no sentence here is shown in English.
"""

import re
from typing import Any
from urllib.parse import quote

from flask_babel import lazy_gettext as _

from contracts.access import Permission
from contracts.errors import FieldError, NotAllowed, ServiceError
from gateway.field_sentences import FIELDS, LIMITS, PATTERNS
from gateway.pages.right_words import WORDS
from gateway.sentences import SENTENCES

LIMIT = re.compile(r"(?:Input|String|List|Dictionary) should .*?(?:than|equal to|at most) (-?[0-9]+(?:\.[0-9]+)?)\b")
CHOICE = re.compile(r"'([^']*)'")


def sentence(error: ServiceError) -> str:
    """What is wrong and what to do, in the language of the request."""
    if error.error_code == NotAllowed.code and (rights := missing_rights(error)):
        return _of_rights(rights)
    found = SENTENCES.get(error.error_code)
    if found is None:
        found = FIELDS.get(error.error_code)
    return error.message if found is None else _filled(found, error)


def missing_rights(error: ServiceError) -> list[str]:
    """Permissions of which the caller has none and needs one."""
    return [each for each in error.params.get("rights", "").split(",") if each]


def _of_rights(rights: list[str]) -> str:
    """By their words in the settings, and as programs know them."""
    told = [f"{WORDS[Permission(each)]} ({each})" if each in {*Permission} else each for each in rights]
    one, several = _("You need this right: %(rights)s."), _("You need one of these rights: %(rights)s.")
    return str(one if len(told) == 1 else several) % {"rights": "; ".join(told)}


def _filled(found: Any, error: ServiceError) -> str:
    """The sentence with the error's parameters; its own message where it does not bring what the sentence needs."""
    try:
        return str(found) % error.params if error.params else str(found)
    except (KeyError, ValueError, TypeError):
        return error.message


def field_text(error: FieldError) -> str:
    """What is wrong with one field, in the language of the request."""
    if found := _of_limit(error):
        return found
    told = _of_pattern(error) if error.code == "string_pattern_mismatch" else None
    told = told or FIELDS.get(error.code)
    return str(told) if told is not None else error.message


def _of_limit(error: FieldError) -> str:
    """With the limit or the choices that pydantic names; empty where it names none."""
    sentence, found = LIMITS.get(error.code), LIMIT.match(error.message)
    choices = ", ".join(CHOICE.findall(error.message)) if error.code == "enum" else ""
    limit = choices or (found[1] if found else "")
    return str(sentence) % {"limit": limit} if sentence and limit else ""


def _of_pattern(error: FieldError) -> Any:
    """How the field is written, as its name tells; None where no more is known than that it is not so."""
    names = [each for each in error.pointer.split("/") if each and not each.isdigit()]
    code = PATTERNS.get("/".join(names[-2:])) or PATTERNS.get(names[-1] if names else "")
    return FIELDS[code] if code else None


def sign_in_address(back_to: str) -> str:
    """Where to sign in, and where to go on afterwards."""
    return f"/sign-in?next={quote(back_to, safe='/')}"
