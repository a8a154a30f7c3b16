"""The answers of the API's operations in the OpenAPI document: contents, headers, problems."""

from typing import Any, Final

from pydantic import BaseModel

from contracts.access import Rule
from contracts.base import Kind
from gateway.api.examples import Examples
from gateway.api.routes import Route
from gateway.problems import PROBLEM, STATUS

JSON: Final = "application/json"
TITLES: Final = {
    400: "The request could not be read, or a parameter is wrong",
    401: "Sign in, or send a valid API key",
    403: "The caller has no right to this",
    404: "There is no such thing, or none that the caller may see",
    409: "Not possible in this state, or the same request is still running",
    410: "The link was used, withdrawn or has expired",
    412: "It has changed since it was read",
    413: "The body is too large",
    415: "The body is of another type than the operation takes",
    422: "A field is wrong; `errors` say which",
    428: "If-Match is missing",
    429: "Too many requests; wait as Retry-After says",
    503: "A part of the suite does not answer in time; try again",
}
KINDS: Final = {status: kind for kind, status in reversed(STATUS.items())}
HEADERS: Final[dict[str, dict[str, Any]]] = {
    "ETag": {"description": "Version and digest of this representation", "example": '"3-9f2c1d0ab4e5f607"'},
    "Location": {
        "description": "Where the thing is",
        "example": "/api/v1/persons/0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10",
    },
    "Retry-After": {"description": "Seconds to wait", "example": "7"},
    "Idempotent-Replayed": {
        "description": "`true`: the answer of the first request with this Idempotency-Key",
        "example": "true",
    },
    "X-Request-Id": {
        "description": "Names this request in the log: that of the request, else one of ours",
        "required": True,
        "example": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10",
    },
    "RateLimit-Policy": {
        "description": "How many requests the caller may make (`q`) in how many seconds (`w`); "
        "not on requests that were refused before they were counted",
        "example": '"default";q=3000;w=60',
    },
    "RateLimit": {
        "description": "How many requests are left (`r`), and in how many seconds all are back (`t`)",
        "example": '"default";r=2987;t=42',
    },
}
EVERYWHERE: Final = ("X-Request-Id", "RateLimit-Policy", "RateLimit")


class FieldProblem(BaseModel):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """Problem details (RFC 9457): `code` is stable, `detail` in the caller's language.

    `needs_permission`: the permissions of which one is missing; empty where no permission would help.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem]
    request_id: str
    needs_permission: list[str] = []


class Answers:
    """Describes the answers of operations; `schemas` has the schema of each model."""

    def __init__(self, schemas: dict[Any, Any], examples: Examples) -> None:
        self._schemas, self._examples = schemas, examples

    def of(self, route: Route) -> dict[str, Any]:
        """All answers of an operation, by status."""
        found: dict[str, Any] = {str(route.status): self._success(route)}
        if route.verb == "GET" and is_single(route):
            found["304"] = {"description": "Nothing has changed", "headers": _headers("ETag")}
        for status in sorted(_error_statuses(route)):
            found[str(status)] = {"$ref": f"#/components/responses/{name_of(status)}"}
        return found

    def _success(self, route: Route) -> dict[str, Any]:
        response: dict[str, Any] = {"description": route.summary, "headers": _headers(*_own_headers(route))}
        reply = reply_of(route)
        if route.produces != JSON:
            response["content"] = {route.produces: {"schema": {"type": "string", "format": "binary"}}}
        elif reply is not None and route.status != 204:
            schema = self._schemas[reply, "serialization"]
            response["content"] = {JSON: {"schema": schema, "example": self._examples.of_reply(schema)}}
        return response

    def problem(self, status: int) -> dict[str, Any]:
        """The problem document of a status."""
        schema = self._schemas[Problem, "serialization"]
        told = {"status": status, "title": KINDS[status].replace("_", " "), "code": KINDS[status]}
        example = self._examples.of_reply(schema) | told | {"detail": f"{TITLES[status]}."}
        if status != 422:
            example["errors"] = []
        return {
            "description": TITLES[status],
            "headers": _headers(*(("Retry-After",) if status in {409, 429, 503} else ())),
            "content": {PROBLEM: {"schema": schema, "example": example}},
        }


def name_of(status: int) -> str:
    """The name of a problem among the document's responses."""
    return f"Problem{status}"


def reply_of(route: Route) -> type[BaseModel] | None:
    """The model of what an operation answers."""
    return route.method.reply if route.method else route.reply


def is_single(route: Route) -> bool:
    """Whether an operation answers with one thing, not with a list or a file."""
    reply = reply_of(route)
    return reply is not None and "data" not in reply.model_fields


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, *EVERYWHERE)}


def _own_headers(route: Route) -> list[str]:
    tagged = is_single(route) and route.produces == JSON and route.status != 204
    wanted = {"ETag": tagged, "Location": bool(route.location), "Idempotent-Replayed": _is_replayed(route)}
    return [name for name, is_sent in wanted.items() if is_sent]


def _is_replayed(route: Route) -> bool:
    """Whether a repeat is answered as the first time; not what is public or holds a secret, and no file."""
    if route.method is not None:
        return route.method.kind is Kind.COMMAND and route.method.remember
    return route.verb != "GET" and route.produces == JSON and Rule.PUBLIC not in route.may


def _error_statuses(route: Route) -> set[int]:
    statuses = {400, 401, 403, 404, 410, 422, 429, 503, *route.also}
    if route.has_body or route.verb == "DELETE":
        statuses |= {409, 413, 415}
    if route.versioned:
        statuses |= {412, 428}
    if route.method is not None and route.method.kind is Kind.COMMAND:
        statuses.add(412)
    return statuses
