"""What is wrong with a request: a pointer, a stable code and a message per field; never the value itself."""

from collections.abc import Iterator
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from contracts.base import ASKED
from contracts.errors import FieldError, Invalid

M = TypeVar("M", bound=BaseModel)
MOST_ERRORS = 50


def read_request(model: type[M], payload: Any) -> M:
    """The request in a message's payload; raises Invalid, also for text that PostgreSQL cannot store."""
    if b"\\u0000" in orjson.dumps(payload):
        refuse_nul(payload)
    try:
        return model.model_validate(payload, context=ASKED)
    except ValidationError as error:
        raise as_invalid(error) from None


def refuse_nul(payload: Any) -> None:
    """Raise Invalid when a text, wherever in the payload, holds the character U+0000."""
    places = [place for place, text in _texts("", payload) if "\0" in text][:MOST_ERRORS]
    if places:
        message = "contains the control character U+0000; remove it"
        errors = [
            FieldError(pointer=place.replace("\0", "")[:300], code="value_error", message=message) for place in places
        ]
        raise Invalid("Some fields are not as they should be; see errors.", errors=errors)


def _texts(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text of a payload, names of fields too, with its pointer."""
    waiting = [(place, value)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str):
            yield place, value
        elif isinstance(value, dict):
            yield from ((f"{place}{pointer((name,))}", name) for name in value)
            waiting.extend((f"{place}{pointer((name,))}", each) for name, each in value.items())
        elif isinstance(value, list):
            waiting.extend((f"{place}/{number}", each) for number, each in enumerate(value))


def as_invalid(error: ValidationError, prefix: str = "") -> Invalid:
    """The validation error as an Invalid with at most MOST_ERRORS field errors."""
    fields = [
        FieldError(pointer=prefix + pointer(each["loc"]), code=each["type"][:60], message=each["msg"][:300])
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    ]
    return Invalid("Some fields are not as they should be; see errors.", errors=fields)


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) for pydantic's location."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
