"""The OpenAPI document: valid, and with examples that are what the models allow."""

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.api import openapi
from gateway.api.answers import reply_of
from gateway.api.routes import VERSION

DOCUMENT = openapi.document()
ROUTES = openapi.routes()
JSON = "application/json"
EVERYWHERE = {"X-Request-Id", "RateLimit", "RateLimit-Policy"}


def operation_of(route):
    return DOCUMENT["paths"][route.path][route.verb.lower()]


def conforms(example, schema):
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]}).is_valid(example)


def parameters(route, place):
    return {each["name"]: each for each in operation_of(route)["parameters"] if each.get("in") == place}


def whole_request(route, body):
    """What the door would hand on for the examples: body, path, If-Match and what the address says."""
    path = {name: each["example"] for name, each in parameters(route, "path").items()}
    versions = {VERSION: 3} if route.versioned else {}
    return {**{name: value for name, value in body.items() if value is not None}, **route.given, **path, **versions}


def test_the_document_is_valid_openapi_3_1():
    document = orjson.loads(orjson.dumps(DOCUMENT))
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_request_has_an_example_that_the_operation_takes(route):
    body = {}
    if route.has_body and route.open_fields and route.consumes == JSON:
        content = operation_of(route)["requestBody"]["content"][JSON]
        body = content["example"]
        assert body
        assert body.keys() <= set(route.open_fields)
    for each in operation_of(route)["parameters"]:
        if "$ref" not in each:
            assert conforms(each["example"], each["schema"]), each
    if route.method is not None:
        route.method.request.model_validate(whole_request(route, body or needed(route)))
        for name, each in parameters(route, "query").items():
            route.method.request.model_validate({**whole_request(route, needed(route)), name: each["example"]})
    elif body:
        route.request.model_validate(body)


def needed(route):
    return {name: each["example"] for name, each in parameters(route, "query").items() if each["required"]}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_answer_in_json_has_an_example_of_its_model(route):
    contents = operation_of(route)["responses"][str(route.status)].get("content", {})
    assert bool(contents) is (route.status != 204 and (reply_of(route) is not None or route.produces != JSON))
    if JSON in contents:
        example = contents[JSON]["example"]
        assert example or not reply_of(route).model_fields
        assert conforms(example, contents[JSON]["schema"])
        reply_of(route).model_validate(example)


def test_every_schema_of_a_model_has_an_example():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert all(conforms(each, schema) for each in schema["examples"]), name
        assert schema["examples"], name


def test_examples_are_always_the_same():
    openapi.document.cache_clear()
    assert openapi.document() == DOCUMENT


def test_the_headers_of_every_answer_are_declared():
    problems = DOCUMENT["components"]["responses"]
    for route in ROUTES:
        for status, declared in operation_of(route)["responses"].items():
            answer = problems[declared["$ref"].rpartition("/")[2]] if "$ref" in declared else declared
            assert answer["headers"].keys() >= EVERYWHERE, (route.operation, status)
    assert all("Retry-After" in problems[f"Problem{status}"]["headers"] for status in (409, 429, 503))
    replayed = {
        route.operation
        for route in ROUTES
        if "Idempotent-Replayed" in operation_of(route)["responses"][str(route.status)]["headers"]
    }
    assert {route.operation for route in ROUTES if route.key_required} <= replayed
    assert not replayed & {"sign_in", "sign_out", "create_api_key", "list_persons"}


def test_every_tag_is_told_once():
    names = [each["name"] for each in openapi.document()["tags"]]
    assert len(names) == len(set(names))
