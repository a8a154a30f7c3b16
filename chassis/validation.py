"""From pydantic's errors to ours: a pointer, a stable code and a message per field; never the value itself."""

from pydantic import ValidationError

from contracts.errors import FieldError, Invalid


def as_invalid(error: ValidationError, prefix: str = "") -> Invalid:
    """The validation error as an Invalid with at most 50 field errors."""
    fields = [
        FieldError(pointer=prefix + pointer(each["loc"]), code=each["type"][:60], message=each["msg"][:300])
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:50]
    ]
    return Invalid("Some fields are not as they should be; see errors.", errors=fields)


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) for pydantic's location."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
