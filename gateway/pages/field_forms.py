"""The form of a definition: labels in three languages, and choices as rows that can be renamed, moved and retired."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request

from contracts.contacts.fields import MOST_CHOICES, ChangeField, ContactKind, DefineField, FieldDefinition
from contracts.errors import Invalid
from gateway.submitted import needed, read, typed, without_empty

LANGUAGES: Final = ("fi", "sv", "en")
PARTS: Final = ("code", *LANGUAGES, "retired")
OWN: Final = ("code", "type", "classification", "version", "more_choices", *(f"label_{each}" for each in LANGUAGES))
FOLDED: Final = str.maketrans({"ä": "a", "å": "a", "ö": "o", "é": "e", "ü": "u", "ø": "o", "æ": "a"})
LONGEST_CODE: Final = 50


def typed_definition() -> dict[str, Any]:
    """The form as it was typed; rows of choices by `choices_<place>_<part>`."""
    values: dict[str, Any] = typed(*OWN)
    for place in range(MOST_CHOICES):
        if f"choices_{place}_fi" not in request.form:
            break
        values |= typed(*(f"choices_{place}_{part}" for part in PARTS))
    return values


def rows_of(values: Mapping[str, Any]) -> list[int]:
    """Places of the rows of choices."""
    return [place for place in range(MOST_CHOICES) if f"choices_{place}_fi" in values]


def shown_definition(field: FieldDefinition) -> dict[str, Any]:
    """The form that shows a definition."""
    values: dict[str, Any] = {f"label_{each}": getattr(field.label, each) for each in LANGUAGES}
    values |= {"classification": "yes" if field.classification else "", "version": field.version}
    for place, choice in enumerate(field.choices):
        values |= {f"choices_{place}_{each}": getattr(choice.label, each) for each in LANGUAGES}
        values |= {f"choices_{place}_code": choice.code, f"choices_{place}_retired": "yes" if choice.retired else ""}
    return values


def moved_choice(values: dict[str, Any]) -> dict[str, Any] | None:
    """The form with two rows of choices changed, when an arrow was pressed; else None. Saved only with the form."""
    pressed = request.form.get("move", "")
    found = re.fullmatch(r"(up|down)-(\d{1,3})", pressed)
    if found is None:
        return None
    here = int(found[2])
    there = here - 1 if found[1] == "up" else here + 1
    changed = dict(values)
    if {here, there} <= set(rows_of(values)):
        for part in PARTS:
            one, other = f"choices_{here}_{part}", f"choices_{there}_{part}"
            changed[one], changed[other] = values[other], values[one]
    return changed


def new_definition(values: dict[str, Any], kind: ContactKind, known: Sequence[FieldDefinition]) -> DefineField:
    """The request of a new definition; its code is made of the label when none is given. Raises Invalid."""
    needed(values, "label_fi", "type")
    code = values["code"] or code_of(values["label_fi"], {each.code for each in known})
    if any(each.code == code for each in known):
        raise Invalid.field("/code", "code_taken", f"There is a field {code} already.")
    wanted = {"code": code, "applies_to": kind, "type": values["type"], **_changed(values)}
    return read(DefineField, wanted)


def changes(values: dict[str, Any], field: FieldDefinition) -> ChangeField:
    """The request that changes a definition as the form says. Raises Invalid."""
    needed(values, "label_fi")
    named = {"applies_to": field.applies_to, "code": field.code, "version": values["version"]}
    return read(ChangeField, named | _changed(values))


def _changed(values: dict[str, Any]) -> dict[str, Any]:
    choices = _choices(values)
    return {
        "label": {each: values[f"label_{each}"] for each in LANGUAGES},
        "classification": values["classification"] == "yes",
        **({"choices": choices} if choices else {}),
    }


def _choices(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows, and below them those typed one on a line: Finnish | Swedish | English."""
    found = [
        {
            "code": values[f"choices_{place}_code"],
            "label": {each: values[f"choices_{place}_{each}"] for each in LANGUAGES},
            "retired": values[f"choices_{place}_retired"] == "yes",
        }
        for place in rows_of(values)
    ]
    codes = {each["code"] for each in found}
    for line in values["more_choices"].splitlines():
        texts = [part.strip() for part in line.split("|")][: len(LANGUAGES)]
        if texts[0]:
            code = code_of(texts[0], codes)
            codes.add(code)
            found.append({"code": code, "label": without_empty(dict(zip(LANGUAGES, texts, strict=False)))})
    return found


def code_of(label: str, taken: set[str]) -> str:
    """A code made of a label, with a number where it is taken: `Hyvä alku` is `hyva-alku`."""
    bare = re.sub(r"[^a-z0-9]+", "-", label.lower().translate(FOLDED)).strip("-")[:LONGEST_CODE] or "x"
    numbered = (f"{bare}-{number}" for number in range(2, MOST_CHOICES * 10))
    return bare if bare not in taken else next(each for each in numbered if each not in taken)


def names_in_form(values: Mapping[str, Any]) -> dict[str, str]:
    """Where in the form what the request holds stands, for `submitted.state`."""
    rows = rows_of(values)
    names = {f"choices_{place}_label_{each}": f"choices_{place}_{each}" for place in rows for each in LANGUAGES}
    names |= {f"choices_{place}_label": f"choices_{place}_fi" for place in rows}
    return (
        names
        | {f"label_{each}": f"label_{each}" for each in LANGUAGES}
        | {"label": "label_fi", "choices": "more_choices"}
    )
