"""Believable examples for the OpenAPI document, made of the models' schemas; the same schema always gives the same.

A field's value is, in this order: the first of its own `examples`, a word of `example_words` that fits the schema, its
default, the first of its choices, or what its format and limits allow. A request holds what it needs and what has a
word; a reply holds everything.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final

from gateway.api.example_words import DAYS, MOMENTS, WORDS

Schema = dict[str, Any]
NULL: Final = {"type": "null"}
TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
MISSING: Final = object()


class Examples:
    """Makes examples of schemas whose `$ref`s lead to these definitions."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions

    def definition(self, schema: Schema) -> Schema:
        """What a schema refers to."""
        return self._definitions[schema["$ref"].rpartition("/")[2]]

    def of_request(self, schema: Schema) -> Any:
        """What a caller would send."""
        return self._of(schema, whole=False)

    def of_reply(self, schema: Schema) -> Any:
        """What a caller would get."""
        return self._of(schema, whole=True)

    def of_parameter(self, model: str, name: str, schema: Schema) -> Any:
        """The value of a parameter in the path or the query."""
        return self._field(model, name, schema, whole=True, within=())

    def _of(self, schema: Schema, *, whole: bool, name: str = "", within: tuple[str, ...] = ()) -> Any:
        if "$ref" in schema:
            model = schema["$ref"].rpartition("/")[2]
            return self._of(self._definitions[model], whole=whole, name=name, within=(*within, model))
        if schema.get("anyOf"):
            first = next(each for each in schema["anyOf"] if each != NULL)
            return self._of(first, whole=whole, name=name, within=within)
        if "properties" in schema:
            return self._object(schema, whole=whole, within=within)
        if schema.get("type") == "array":
            return [self._of(schema["items"], whole=whole, name=name, within=within)]
        return _plain(name, schema)

    def _object(self, schema: Schema, *, whole: bool, within: tuple[str, ...]) -> Schema:
        fields = schema["properties"]
        needed = schema.get("required", [])
        model = within[-1] if within else ""
        wanted = [each for each in fields if whole or each in needed or self._has_word(model, each, fields[each])]
        found = {
            name: self._field(model, name, fields[name], whole=whole, within=within)
            for name in wanted or list(fields)[:1]
        }
        return {name: value for name, value in found.items() if value is not MISSING}

    def _has_word(self, model: str, name: str, schema: Schema) -> bool:
        return self._word(model, name, schema) is not MISSING

    def _word(self, model: str, name: str, schema: Schema) -> Any:
        words = (*WORDS.get(f"{model}.{name}", ()), *WORDS.get(name, ()))
        return next((word for word in words if self.fits(word, schema)), MISSING)

    def _field(self, model: str, name: str, schema: Schema, *, whole: bool, within: tuple[str, ...]) -> Any:
        if schema.get("examples"):
            return schema["examples"][0]
        word = self._word(model, name, schema)
        if word is not MISSING:
            return word
        if "default" in schema:
            return schema["default"]
        if self._returns(schema, within):
            return MISSING
        return self._of(schema, whole=whole, name=name, within=within)

    def _returns(self, schema: Schema, within: tuple[str, ...]) -> bool:
        """Whether a field leads back to where we are."""
        return any(model in within for model in _models(schema))

    def fits(self, value: Any, schema: Schema) -> bool:
        """Whether a value is what the schema allows, as far as words need it."""
        if "$ref" in schema:
            return self.fits(value, self.definition(schema))
        if schema.get("anyOf"):
            return any(self.fits(value, each) for each in schema["anyOf"])
        if "enum" in schema or "const" in schema:
            return value in schema.get("enum", [schema.get("const")])
        expected = schema.get("type")
        if expected is None:
            return True
        if not isinstance(value, TYPES[expected]) or (isinstance(value, bool) and expected != "boolean"):
            return False
        return self._fits_limits(value, schema)

    def _fits_limits(self, value: Any, schema: Schema) -> bool:
        if isinstance(value, str):
            return _is_text(value, schema)
        if isinstance(value, int | float):
            return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
        if isinstance(value, list):
            return all(self.fits(each, schema["items"]) for each in value)
        if "properties" in schema and isinstance(value, dict):
            return value.keys() <= schema["properties"].keys() and set(schema.get("required", [])) <= value.keys()
        return True


def _models(schema: Any) -> Iterator[str]:
    """The models that a field's schema names."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for each in schema.values():
            yield from _models(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _models(each)


def _is_text(value: str, schema: Schema) -> bool:
    if "format" in schema:
        return schema["format"] in {"password", "binary"}  # ids, days and moments are made below
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        return False
    return bool(re.search(schema.get("pattern", ""), value))


def _plain(name: str, schema: Schema) -> Any:
    """A value of a type that holds no others."""
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") in {"integer", "number"}:
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    return {"boolean": False, "object": {}, "null": None}.get(schema.get("type", "object"), _text(name, schema))


def _text(name: str, schema: Schema) -> Any:
    match schema.get("format"):
        case "uuid":
            return _id(name)
        case "date":
            return DAYS.get(name, DAYS[""])
        case "date-time":
            return MOMENTS.get(name, MOMENTS[""])
        case "time":
            return "12:00:00"
        case _:
            return "text"


def _id(name: str) -> str:
    """An id in the form of ours (UUID version 7); the same name, the same id."""
    digits = hashlib.blake2b(name.encode(), digest_size=10).hexdigest()
    return f"0199d5a2-7c1e-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}"
