"""Errors as RFC 9457 problem details: one table from kinds of errors to HTTP."""

from typing import Any

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from chassis.ids import new_id
from chassis.logs import log
from contracts.errors import Internal, ServiceError

STATUS = {
    "not_found": 404,
    "conflict": 409,
    "still_running": 409,
    "idempotency_key_reused": 422,
    "stale": 412,
    "invalid": 422,
    "not_signed_in": 401,
    "not_allowed": 403,
    "gone": 410,
    "too_many": 429,
    "unavailable": 503,
    "internal_error": 500,
}


def init_app(app: Flask) -> None:
    """Give every request an id and every error the form of a problem."""
    app.before_request(_take_request_id)
    app.after_request(_echo_request_id)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _defect)


def problem(status: int, title: str, code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> Response:
    """A problem document."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "errors": errors or [],
        "request_id": g.get("request_id", ""),
    }
    return Response(orjson.dumps(body), status, content_type="application/problem+json")


def _take_request_id() -> None:
    given = request.headers.get("X-Request-Id", "")
    known = 0 < len(given) <= 100 and all(each.isalnum() or each in "-_." for each in given)
    g.request_id = given if known else str(new_id())


def _echo_request_id(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _service_error(error: ServiceError) -> Response:
    answer = problem(
        STATUS[error.kind],
        error.kind.replace("_", " "),
        error.error_code,
        error.message,
        [each.model_dump() for each in error.errors],
    )
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    if error.kind == "not_signed_in":
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = error.name.lower().replace(" ", "_").replace("'", "")
    answer = problem(status, error.name, code, error.description or error.name)
    if status == 405 and (allowed := getattr(error, "valid_methods", None)):
        answer.headers["Allow"] = ", ".join(allowed)
    return answer


def _defect(error: Exception) -> Response:
    log.error("request_failed", path=request.path, request_id=g.get("request_id", ""), exc_info=error)
    return _service_error(Internal("Something went wrong. The request id finds it in the log."))
