"""Serves the routes: reads the request, makes the one call, and gives the answer its HTTP form."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.rpc import call_raw
from chassis.validation import as_invalid
from contracts.errors import FieldError, Invalid, Stale
from gateway.admission import admit
from gateway.api.routes import VERSION, Route
from gateway.problems import Malformed, PreconditionMissing, TooLarge, UnsupportedMedia

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
PREFIX = "/api/v1"
MOST_NESTED = 200
"""Levels of a JSON body; more can be read, but not sent on to a service."""


def register(blueprint: Blueprint, routes: list[Route]) -> None:
    """Give each route its view."""
    for route in routes:
        view = route.view or _view(route)
        blueprint.add_url_rule(route.rule, route.operation, _guarded(route, view), methods=[route.verb])


def _guarded(route: Route, view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, refused to who may not, and without the Idempotency-Key it needs."""

    def guarded(**path: Any) -> Any:
        admit(route.may)
        if route.key_required and not request.headers.get("Idempotency-Key"):
            message = "Send an Idempotency-Key with this request, such as a UUID."
            raise Malformed(message, code="idempotency_key_missing")
        return view(**path)

    guarded.may = route.may  # type: ignore[attr-defined]
    return guarded


def _view(route: Route) -> Callable[..., Response]:
    method = route.method
    assert method is not None

    def view(**path: Any) -> Response:
        payload = {**_open_fields(route), **route.given, **{name: str(value) for name, value in path.items()}}
        if route.versioned:
            payload[VERSION] = wanted_version()
        return answer(route, call_raw(route.service, method, _checked(route, payload)))

    return view


def _open_fields(route: Route) -> dict[str, Any]:
    if not route.has_body:
        return _query(route)
    if not route.open_fields:
        _no_body()
        return {}
    body = json_object()
    _refuse_unknown(body, route)
    if route.verb == "PATCH":
        return _without_nulls(body, route)
    return body


def _refuse_unknown(given: dict[str, Any], route: Route) -> None:
    unknown = sorted(set(given) - set(route.open_fields))[:50]
    if unknown:
        errors = [_unknown(name) for name in unknown]
        raise Invalid("There is no such field; see errors.", errors=errors)


def _unknown(name: str) -> FieldError:
    pointer = "/" + name[:100].replace("~", "~0").replace("/", "~1")
    return FieldError(pointer=pointer, code="extra_forbidden", message="There is no such field; check its name.")


def _without_nulls(body: dict[str, Any], route: Route) -> dict[str, Any]:
    """A merge patch: null empties a field."""
    emptied = [name for name, value in body.items() if value is None]
    assert route.method is not None
    if emptied and "clear" in route.method.request.model_fields:
        return {name: value for name, value in body.items() if value is not None} | {"clear": emptied}
    return body


def _query(route: Route) -> dict[str, str]:
    """The query's parameters; each at most once and known."""
    for name, values in request.args.lists():
        if name not in route.open_fields:
            raise _bad_parameter(name, "unknown_parameter", f"There is no parameter {name[:60]}; check its name.")
        if len(values) > 1:
            raise _bad_parameter(name, "repeated_parameter", f"Give the parameter {name} once.")
    return request.args.to_dict()


def _bad_parameter(name: str, code: str, message: str) -> Malformed:
    return Malformed(message, code=code, errors=[FieldError(pointer=f"/{name[:60]}", code=code, message=message)])


def _checked(route: Route, payload: dict[str, Any]) -> dict[str, Any]:
    """The request as the contract writes it; wrong parameters are 400, wrong fields of a body 422."""
    assert route.method is not None
    try:
        return route.method.request.model_validate(payload).model_dump(mode="json")
    except ValidationError as error:
        invalid = as_invalid(error)
        if route.has_body:
            raise invalid from None
        raise Malformed("A parameter is not as it should be; see errors.", errors=invalid.errors) from None


def json_object() -> dict[str, Any]:
    """The request's JSON object; raises Malformed, UnsupportedMedia, TooLarge."""
    if request.mimetype != JSON:
        raise UnsupportedMedia("Send the body as application/json.")
    try:
        found = orjson.loads(request.get_data())
    except RequestEntityTooLarge:
        raise TooLarge("This body is too large.") from None
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {str(error)[:100]}", code="malformed_json") from None
    if _is_deeper(found, MOST_NESTED):
        raise Malformed(f"The body is nested more than {MOST_NESTED} deep; make it flatter.", code="nested_too_deep")
    if not isinstance(found, dict):
        raise Invalid("Send a JSON object.", code="not_an_object")
    return found


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in parts)


def _no_body() -> None:
    if request.get_data() not in (b"", b"{}"):
        raise Invalid("This operation takes no body.", code="body_unexpected")


def query_of(model: type[M]) -> M:
    """The query of a view's own as its model; raises Malformed for what is unknown or wrong."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise Malformed("A parameter is not as it should be; see errors.", errors=as_invalid(error).errors) from None


def wanted_version() -> int:
    """The version in If-Match, as an ETag of ours gave it; raises PreconditionMissing, Stale."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionMissing("Send the ETag that you read in If-Match, so that nobody's change is lost.")
    number = given.strip().removeprefix("W/").strip('"').partition("-")[0]
    if not number.isdecimal() or len(number) > 9:
        raise Stale("This is not the ETag of the present state; read it again.")
    return int(number)


def answer(route: Route, result: dict[str, Any]) -> Response:
    """The reply as an HTTP answer with ETag, Location and replay mark."""
    if route.status == 204:
        response = Response(status=204)
    else:
        response = Response(orjson.dumps(result), route.status, content_type=JSON)
        _tag(response, result)
    if route.location:
        response.headers["Location"] = PREFIX + route.location.format_map(result)
    if any(g.replayed):
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _tag(response: Response, result: dict[str, Any]) -> None:
    """ETag `"<version>-<digest>"` of a single thing: the version for If-Match, the digest for If-None-Match."""
    if "data" in result:
        return
    digest = hashlib.blake2b(response.get_data(), digest_size=8).hexdigest()
    response.set_etag(f"{result.get(VERSION, 0)}-{digest}")
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method == "GET":
        response.make_conditional(request)
