"""Every error that a service, the chassis or the gateway can answer has a sentence in Finnish, Swedish and English.

The codes are read from the source, so that a new one without words fails here.
"""

import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from chassis.validation import as_invalid
from contracts.base import Language, Request
from contracts.errors import BY_KIND, FieldError, Invalid, ServiceError
from gateway import problems, wording
from services.contacts.commands.details import TAKEN
from services.contacts.rules import values

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for folder in ("services", "chassis", "gateway") for path in (ROOT / folder).rglob("*.py")]
OF_GATEWAY = [each for each in vars(problems).values() if isinstance(each, type) and issubclass(each, ServiceError)]
ERRORS = {error.__name__ for error in [*BY_KIND.values(), *OF_GATEWAY]}
COMPUTED = {"bad_email", "bad_phone", *(code for code, _ in TAKEN.values())}
"""Codes that the source puts together; reading it does not find them."""
INTERNAL = {"service_error"}
"""The code of the class that is never raised itself."""


def test_what_is_put_together_is_still_put_together():
    """The only source of computed codes; when it changes, COMPUTED has to."""
    for rules in (values.OTHERS, values.REACHED):
        assert {"bad_email", "bad_phone"} == {rule[-2] for rule in rules.values()}


def constant(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def argument(call: ast.Call, position: int) -> ast.expr | None:
    by_name = next((keyword.value for keyword in call.keywords if keyword.arg == "code"), None)
    return by_name if by_name or len(call.args) <= position else call.args[position]


def named(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def takers(tree: ast.Module) -> dict[str, int]:
    """Functions and exceptions of a module that take a `code`, with its place among the arguments of a call."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for init in (each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"):
                found[node.name] = place_of_code(init)
        elif isinstance(node, ast.FunctionDef):
            found[node.name] = place_of_code(node)
    return {name: place for name, place in found.items() if place is not None}


def place_of_code(function: ast.FunctionDef) -> int | None:
    names = [each.arg for each in function.args.args if each.arg != "self"]
    return names.index("code") if "code" in names and any(map(raises_or_returns_error, ast.walk(function))) else None


def raises_or_returns_error(node: ast.AST) -> bool:
    makes = isinstance(node, ast.Call) and named(node) in ERRORS | {"FieldError"}
    keeps = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "self.code"
    return makes or keeps


def codes_of(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """(code, whether it is surely one of a field)."""
    local = takers(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = named(call)
        if name in ERRORS:
            yield from ((code, False) for code in constant(argument(call, 99)))
        elif name == "FieldError" or ast.unparse(call.func) == "Invalid.field":
            yield from ((code, True) for code in constant(argument(call, 1)))
        elif name in local:
            yield from ((code, False) for code in constant(argument(call, local[name])))


FOUND = sorted({found for path in SOURCES for found in codes_of(ast.parse(path.read_text()))})
OF_FIELDS = {code for code, of_field in FOUND if of_field} | {"bad_email", "bad_phone"}
OTHERS = {code for code, of_field in FOUND if not of_field} | COMPUTED
OF_KINDS = {error.code for error in [*BY_KIND.values(), *OF_GATEWAY]}


def test_the_source_is_read():
    """The reading finds what is known to be there, of each way to say a code."""
    assert {"wrong_password", "extra_forbidden", "no_such_person"} <= OF_FIELDS
    assert {"already_enrolled", "notice_mismatch", "unknown_parameter", "not_a_number", "unknown_field"} <= OTHERS


def test_every_error_has_a_sentence():
    assert OTHERS - wording.SENTENCES.keys() - wording.FIELDS.keys() == set()
    assert OF_KINDS - INTERNAL - wording.SENTENCES.keys() == set()


def test_every_error_of_a_field_has_a_sentence():
    assert OF_FIELDS - wording.FIELDS.keys() == set()


BY_SHAPE = {
    "str": {"string_type"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "decimal": {"decimal_type", "decimal_parsing", "finite_number"},
    "bool": {"bool_type", "bool_parsing"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "datetime": {"datetime_type", "datetime_parsing", "datetime_from_date_parsing"},
    "time": {"time_type", "time_parsing"},
    "uuid": {"uuid_type", "uuid_parsing"},
    "list": {"list_type"},
    "dict": {"dict_type"},
    "enum": {"enum"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "function-after": {"value_error"},
    "function-before": {"value_error"},
    "any": set(), "bytes": set(), "nullable": set(), "default": set(), "model-field": set(), "definitions": set(),
    "definition-ref": set(), "union": set(), "none": {"none_required"}, "lax-or-strict": set(), "json-or-python": set(),
    "chain": set(), "is-instance": set(), "function-plain": set(), "function-wrap": set(),
    "no-info": set(), "with-info": set(), "to-string": set(),
}  # fmt: skip
"""What pydantic answers by the shape of a value."""
BY_LIMIT = {
    ("str", "min_length"): "string_too_short", ("str", "max_length"): "string_too_long",
    ("str", "pattern"): "string_pattern_mismatch", ("list", "min_length"): "too_short",
    ("list", "max_length"): "too_long", ("dict", "max_length"): "too_long", ("dict", "min_length"): "too_short",
    ("decimal", "max_digits"): "decimal_max_digits", ("decimal", "decimal_places"): "decimal_max_places",
    ("datetime", "tz_constraint"): "timezone_aware",
}  # fmt: skip
COMPARED = {"gt": "greater_than", "ge": "greater_than_equal", "lt": "less_than", "le": "less_than_equal"}


def requests() -> list[type[BaseModel]]:
    """All requests of the contracts, and the gateway's own."""
    import gateway.api.openapi  # noqa: F401

    return [each for each in below(Request) if each.__module__.startswith(("contracts.", "gateway."))]


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from below(each)


def shapes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of a core schema that has a type."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for name, part in schema.items():
            if name not in {"metadata", "serialization", "config", "default"}:
                yield from shapes(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from shapes(part)


def codes_of_shape(shape: dict[str, Any]) -> set[str]:
    kind = shape["type"]
    limits = {BY_LIMIT[kind, name] for name in shape if (kind, name) in BY_LIMIT}
    return BY_SHAPE[kind] | limits | {code for name, code in COMPARED.items() if name in shape}


def test_what_pydantic_says_about_a_request_has_a_sentence():
    models = requests()
    for model in models:
        model.model_rebuild()  # made on first use otherwise
    possible = {
        code for model in models for shape in shapes(model.__pydantic_core_schema__) for code in codes_of_shape(shape)
    }
    assert {"uuid_parsing", "string_pattern_mismatch", "greater_than", "value_error"} <= possible
    assert possible - wording.FIELDS.keys() == set()


def test_a_sentence_is_shown_even_when_its_parameters_are_missing():
    """An older service may not send what a newer sentence wants."""
    for code in wording.SENTENCES:
        assert wording.sentence(ServiceError("In English.", code=code))
    assert wording.field_text(FieldError(pointer="/x", code="never_heard_of", message="In English.")) == "In English."
    assert wording.sentence(Invalid("In English.", code="never_heard_of")) == "In English."


@pytest.mark.parametrize(
    ("pointer", "code"),
    [
        ("/email", "bad_email"), ("/phone", "bad_phone"), ("/business_id", "bad_business_id"), ("/tags/0", "bad_code"),
        ("/other_emails/1/address", "bad_email"), ("/other_phones/0/number", "bad_phone"),
        ("/addresses/0/postal_code", "bad_postal_code"), ("/sort", "bad_order"),
    ],
)  # fmt: skip
def test_C5_a_value_that_is_not_written_as_its_field_wants_is_told_how_to_write_it(pointer, code):
    told = wording.field_text(FieldError(pointer=pointer, code="string_pattern_mismatch", message="x"))
    assert told == str(wording.FIELDS[code])


class Limited(BaseModel):
    days: Annotated[int, Field(ge=-1, le=365)] = 0
    hours: Annotated[Decimal, Field(gt=0, lt=Decimal("24.5"))] = Decimal(1)
    name: Annotated[str, Field(max_length=3)] = ""
    names: Annotated[list[str], Field(max_length=1)] = []
    language: Language = Language.FI


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"days": -2}, "This has to be at least -1."), ({"days": 366}, "This may be at most 365."),
        ({"hours": 0}, "This has to be more than 0."), ({"hours": 25}, "This has to be less than 24.5."),
        ({"name": "Aino"}, "This is too long. At most 3 characters fit."),
        ({"names": ["a", "b"]}, "There are too many here. At most 1 fit."),
        ({"language": "de"}, "This is none of the choices: fi, sv, en."),
    ],
)  # fmt: skip
def test_a_limit_is_told_with_what_is_wrong(given, told):
    with pytest.raises(ValidationError) as caught:
        Limited.model_validate(given)
    assert wording.field_text(as_invalid(caught.value).errors[0]) == told


def test_every_limit_has_a_sentence_without_it():
    assert wording.LIMITS.keys() <= wording.FIELDS.keys()


def test_every_pattern_has_its_sentence():
    assert set(wording.PATTERNS.values()) <= wording.FIELDS.keys()
