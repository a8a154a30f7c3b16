"""The OpenAPI 3.1 document, written from the routes and the contracts' models."""

from functools import cache
from typing import Any, Final

from pydantic import BaseModel, create_model
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contracts.access import LinkPurpose, Permission, Rule
from gateway.api import (
    calendars,
    commerce,
    contact_points,
    contacts,
    courses,
    documents,
    exports,
    identity,
    imports,
    membership,
    notify,
    organisation_people,
    photos,
    surveys,
    system,
    vcards,
)
from gateway.api.answers import HEADERS, TITLES, Answers, Problem, is_single, name_of
from gateway.api.examples import Examples
from gateway.api.routes import Route

RESOURCES: Final = (
    contacts,
    contact_points,
    organisation_people,
    documents,
    photos,
    vcards,
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


def routes() -> list[Route]:
    """All operations of the API, by resource."""
    return [route for module in RESOURCES for route in module.resource.routes]


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    schemas, definitions = _schemas()
    examples = Examples(definitions)
    answers = Answers(schemas, examples)
    paths: dict[str, Any] = {}
    for route in routes():
        paths.setdefault(route.path, {})[route.verb.lower()] = _operation(route, schemas, examples) | {
            "responses": answers.of(route)
        }
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
            "schemas": _with_examples(definitions, schemas, examples),
            "responses": {name_of(status): answers.problem(status) for status in TITLES},
            "parameters": PARAMETERS,
            "headers": {name: {**said, "schema": {"type": "string"}} for name, said in HEADERS.items()},
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
        "example": '"3-9f2c1d0ab4e5f607"',
    },
}


def _operation(route: Route, schemas: dict[Any, Any], examples: Examples) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": f"May be called by: {', '.join(who(right) for right in route.may)}.",
        "tags": [route.tag],
        "parameters": [
            *_path_parameters(route, examples),
            *_query_parameters(route, schemas, examples),
            *_header_parameters(route),
        ],
    }
    if Rule.PUBLIC in route.may:
        operation["security"] = [{}, {"apiKey": []}, {"session": []}]
    if route.has_body and route.open_fields:
        content: dict[str, Any] = {"schema": schemas[_body_model(route), "validation"]}
        if route.example is not None:
            content["example"] = dict(route.example)
        elif route.consumes == "application/json":
            content["example"] = examples.of_request(content["schema"])
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


def _path_parameters(route: Route, examples: Examples) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": (schema := _path_schema(route, name)),
            "example": examples.of_parameter(route.path, name, schema),
        }
        for name in route.path_names
    ]


def _path_schema(route: Route, name: str) -> dict[str, Any]:
    if "uuid:" in route.rule and f"<uuid:{name}>" in route.rule:
        return {"type": "string", "format": "uuid"}
    return {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 80}


def _query_parameters(route: Route, schemas: dict[Any, Any], examples: Examples) -> list[dict[str, Any]]:
    if route.has_body or not route.open_fields:
        return []
    model = _body_model(route)
    schema = examples.definition(schemas[model, "validation"])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": (given := _without_null(declared)),
            "example": examples.of_parameter(model.__name__, name, given),
        }
        for name, declared in schema["properties"].items()
    ]


def _with_examples(definitions: dict[str, Any], schemas: dict[Any, Any], examples: Examples) -> dict[str, Any]:
    """The definitions, each with an example; that of a request holds what has to be sent."""
    sent = {schema["$ref"] for (_model, mode), schema in schemas.items() if mode == "validation"}
    found = {}
    for name, schema in definitions.items():
        there = {"$ref": REF.format(model=name)}
        make = examples.of_request if there["$ref"] in sent else examples.of_reply
        found[name] = {**schema, "examples": [make(there)]}
    return found


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
    if route.verb == "GET" and is_single(route):
        found.append({"$ref": "#/components/parameters/IfNoneMatch"})
    return found


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
