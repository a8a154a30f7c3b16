"""The OpenAPI 3.1 document, written from the routes and the contracts' models."""

from functools import cache
from typing import Any, Final

from pydantic import BaseModel, create_model
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import Kind
from gateway.api import (
    calendars,
    commerce,
    contacts,
    courses,
    documents,
    exports,
    identity,
    imports,
    membership,
    notify,
    photos,
    surveys,
    system,
)
from gateway.api.routes import Route
from gateway.problems import PROBLEM

RESOURCES: Final = (
    contacts,
    documents,
    photos,
    surveys,
    imports,
    exports,
    calendars,
    membership,
    courses,
    commerce,
    notify,
    identity,
    system,
)
REF: Final = "#/components/schemas/{model}"
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


class FieldProblem(BaseModel):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """Problem details (RFC 9457): `code` is stable, `detail` in the caller's language."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem]
    request_id: str


def routes() -> list[Route]:
    """All operations of the API, by resource."""
    return [route for module in RESOURCES for route in module.resource.routes]


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    schemas, definitions = _schemas()
    paths: dict[str, Any] = {}
    for route in routes():
        paths.setdefault(route.path, {})[route.verb.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Talkoo",
            "version": "1",
            "description": "Contacts, memberships, courses, invoices and messages of an association.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "tags": [{"name": module.resource.tag, "description": (module.__doc__ or "").strip()} for module in RESOURCES],
        "security": [{"apiKey": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": {_response_name(status): _problem_response(status, schemas) for status in TITLES},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key, `talkoo_...`"},
                "session": {"type": "apiKey", "in": "cookie", "name": "talkoo_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A key of your choice; the same key and body give the first answer again for 24 hours.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "example": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag that you read; 412 when it is not the present one any more.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[ -~]+$"},
        "example": '"3-9f2c1d0ab4e5f607"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "An ETag that you have; 304 when nothing has changed.",
        "schema": {"type": "string", "maxLength": 100, "pattern": "^[ -~]*$"},
    },
}
HEADERS: Final = {
    "ETag": {"description": "Version and digest of this representation", "schema": {"type": "string"}},
    "Location": {"description": "Where the thing is", "schema": {"type": "string"}},
    "RetryAfter": {"description": "Seconds to wait", "schema": {"type": "string"}},
    "IdempotentReplayed": {"description": "`true`: the answer of the first request", "schema": {"type": "string"}},
}


def _operation(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": f"May be called by: {', '.join(who(right) for right in route.may)}.",
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": _responses(route, schemas),
    }
    if Rule.PUBLIC in route.may:
        operation["security"] = [{}, {"apiKey": []}, {"session": []}]
    if route.has_body and route.open_fields:
        content: dict[str, Any] = {"schema": schemas[_body_model(route), "validation"]}
        if route.example is not None:
            content["example"] = dict(route.example)
        operation["requestBody"] = {"required": True, "content": {route.consumes: content}}
    return operation


def who(right: object) -> str:
    """A right in words."""
    if isinstance(right, Permission):
        return f"callers with the right `{right.value}`"
    if isinstance(right, LinkPurpose):
        return f"holders of a personal link ({right.value})"
    words: dict[object, str] = {
        Rule.PUBLIC: "anybody",
        Rule.SIGNED_IN: "anybody who is signed in",
        Rule.OWN: "the person it belongs to",
    }
    return words.get(right, "the suite itself")


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(route, name)} for name in route.path_names
    ]


def _path_schema(route: Route, name: str) -> dict[str, Any]:
    if "uuid:" in route.rule and f"<uuid:{name}>" in route.rule:
        return {"type": "string", "format": "uuid"}
    return {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 80}


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.has_body or not route.open_fields:
        return []
    model = _body_model(route)
    schema = model.model_json_schema(ref_template=REF)
    schema.pop("$defs", None)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": _without_null(declared),
        }
        for name, declared in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is given or not; it is never null."""
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "default", "title"}}
    return rest | (choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {})


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if route.verb in {"POST", "PATCH", "PUT", "DELETE"}:
        key = dict(PARAMETERS["IdempotencyKey"], required=True) if route.key_required else None
        found.append(key or {"$ref": "#/components/parameters/IdempotencyKey"})
    if route.versioned:
        found.append({"$ref": "#/components/parameters/IfMatch"})
    if route.verb == "GET" and _is_single(route):
        found.append({"$ref": "#/components/parameters/IfNoneMatch"})
    return found


def _is_single(route: Route) -> bool:
    reply = route.method.reply if route.method else route.reply
    return reply is not None and "data" not in reply.model_fields


def _responses(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {str(route.status): _success(route, schemas)}
    if route.verb == "GET" and _is_single(route):
        found["304"] = {"description": "Nothing has changed"}
    for status in sorted(_error_statuses(route)):
        found[str(status)] = {"$ref": f"#/components/responses/{_response_name(status)}"}
    return found


def _error_statuses(route: Route) -> set[int]:
    statuses = {400, 401, 403, 404, 410, 422, 429, 503, *route.also}
    if route.has_body or route.verb == "DELETE":
        statuses |= {409, 413, 415}
    if route.versioned:
        statuses |= {412, 428}
    if route.method is not None and route.method.kind is Kind.COMMAND:
        statuses.add(412)
    return statuses


def _success(route: Route, schemas: dict[Any, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"description": route.summary}
    reply = route.method.reply if route.method else route.reply
    if route.produces != "application/json":
        response["content"] = {route.produces: {"schema": {"type": "string", "format": "binary"}}}
    elif reply is not None and route.status != 204:
        response["content"] = {"application/json": {"schema": schemas[reply, "serialization"]}}
        if "data" not in reply.model_fields:
            response["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
    if route.location:
        response.setdefault("headers", {})["Location"] = {"$ref": "#/components/headers/Location"}
    return response


def _response_name(status: int) -> str:
    return f"Problem{status}"


def _problem_response(status: int, schemas: dict[Any, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": TITLES[status],
        "content": {PROBLEM: {"schema": schemas[Problem, "serialization"]}},
    }
    if status in {409, 429, 503}:
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return response


_bodies: dict[tuple[type[BaseModel], tuple[str, ...]], type[BaseModel]] = {}


def _body_model(route: Route) -> type[BaseModel]:
    """The request without the fields that path, If-Match and the address fill; the same for the same fields."""
    model = route.method.request if route.method else route.request
    assert model is not None
    if set(route.open_fields) == set(model.model_fields):
        return model
    key = (model, tuple(route.open_fields))
    if key not in _bodies:
        fields: Any = {name: (model.model_fields[name].annotation, model.model_fields[name]) for name in key[1]}
        name = f"{model.__name__}{'Patch' if route.verb == 'PATCH' else 'Body'}"
        _bodies[key] = create_model(name, __config__=model.model_config, __doc__=model.__doc__, **fields)
    return _bodies[key]


def _schemas() -> tuple[dict[Any, Any], dict[str, Any]]:
    """Each model's schema, and the definitions they refer to."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes():
        if route.open_fields:
            wanted[_body_model(route), "validation"] = None
        reply = route.method.reply if route.method else route.reply
        if reply is not None:
            wanted[reply, "serialization"] = None
    mapping, whole = models_json_schema(list(wanted), ref_template=REF)
    return dict(mapping), whole.get("$defs", {})
