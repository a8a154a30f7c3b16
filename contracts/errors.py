"""The errors a service may answer with. They travel as a stable `code`; the gateway maps classes to HTTP.

A message says what is wrong, with which value, and what to do. `params` fill the translated message.
"""

from typing import Any, ClassVar

from contracts.base import Data


class FieldError(Data):
    """What is wrong with one field; `pointer` is a JSON pointer into the request (RFC 6901)."""

    pointer: str
    code: str
    message: str


class ServiceError(Exception):
    """Base of all errors that cross a service's border."""

    code: ClassVar[str] = "service_error"
    kind: ClassVar[str] = "service_error"
    retry_after: ClassVar[int | None] = None

    def __init__(
        self, message: str, *, code: str | None = None, errors: list[FieldError] | None = None, **params: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = code or self.code
        self.errors = errors or []
        self.params = {name: str(value) for name, value in params.items()}

    def as_wire(self) -> dict[str, Any]:
        """The error as plain data for the reply message."""
        return {
            "kind": self.kind,
            "code": self.error_code,
            "message": self.message,
            "errors": [error.model_dump() for error in self.errors],
            "params": self.params,
        }


class NotFound(ServiceError):
    """No such thing, or none the caller may see."""

    code = kind = "not_found"


class Conflict(ServiceError):
    """The thing is not in a state that allows this."""

    code = kind = "conflict"


class StillRunning(Conflict):
    """The same command is being carried out at this moment."""

    code = kind = "still_running"
    retry_after = 1


class KeyReused(ServiceError):
    """The idempotency key was used before with other content."""

    code = kind = "idempotency_key_reused"


class Stale(ServiceError):
    """The thing has changed since the caller read it."""

    code = kind = "stale"


class Invalid(ServiceError):
    """The request's content is wrong; `errors` say where."""

    code = kind = "invalid"

    @classmethod
    def field(cls, pointer: str, code: str, message: str, **params: Any) -> "Invalid":
        """An error about a single field."""
        return cls(message, errors=[FieldError(pointer=pointer, code=code, message=message)], **params)


class NotSignedIn(ServiceError):
    """The caller is not known, or no longer."""

    code = kind = "not_signed_in"


class NotAllowed(ServiceError):
    """The caller is known but may not do this."""

    code = kind = "not_allowed"


class Gone(ServiceError):
    """A link that was used, revoked or has expired."""

    code = kind = "gone"


class TooMany(ServiceError):
    """A limit was reached; try later."""

    code = kind = "too_many"
    retry_after = 60


class Unavailable(ServiceError):
    """A part of the suite does not answer in time; trying again later is safe."""

    code = kind = "unavailable"
    retry_after = 2


class Internal(ServiceError):
    """A defect in the suite; the request id finds it in the log."""

    code = kind = "internal_error"


BY_KIND: dict[str, type[ServiceError]] = {
    error.kind: error
    for error in (
        NotFound, Conflict, StillRunning, KeyReused, Stale, Invalid, NotSignedIn, NotAllowed, Gone, TooMany,
        Unavailable, Internal,
    )
}  # fmt: skip


def from_wire(data: dict[str, Any]) -> ServiceError:
    """The error that `as_wire` described."""
    error_type = BY_KIND.get(data.get("kind", ""), Internal)
    errors = [FieldError(**error) for error in data.get("errors", [])]
    error = error_type(data.get("message", ""), code=data.get("code"), errors=errors)
    error.params = dict(data.get("params", {}))
    return error
