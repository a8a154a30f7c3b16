"""Errors: one table from kinds of errors to HTTP; as RFC 9457 problem details for the API, as pages for people."""

from typing import Any

import orjson
from flask import Flask, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import HTTPException

from chassis.ids import new_id
from chassis.logs import log
from contracts.errors import Internal, ServiceError
from gateway import wording
from gateway.callers import API_PREFIX, COOKIE
from gateway.i18n import api_language
from gateway.pages.messages import error_page

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
PROBLEM = "application/problem+json"


class Malformed(ServiceError):
    """The request could not even be read: 400."""

    code = kind = "malformed"


class PreconditionMissing(ServiceError):
    """A write without the version it is based on: 428."""

    code = kind = "precondition_required"


class UnsupportedMedia(ServiceError):
    """A body of another type than the operation takes: 415."""

    code = kind = "unsupported_media_type"


class TooLarge(ServiceError):
    """A body over the limit: 413."""

    code = kind = "too_large"


STATUS |= {Malformed.kind: 400, PreconditionMissing.kind: 428, UnsupportedMedia.kind: 415, TooLarge.kind: 413}


def init_problems(app: Flask) -> None:
    """Give every request an id and every error the form of its side: problem or page."""
    app.before_request(_take_request_id)
    app.after_request(_echo_request_id)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ParseException, _broken_body)
    app.register_error_handler(NoMoreData, _broken_body)
    app.register_error_handler(Exception, _defect)


def _take_request_id() -> None:
    given = request.headers.get("X-Request-Id", "")
    known = 0 < len(given) <= 100 and given.isascii() and all(each.isalnum() or each in "-_." for each in given)
    g.request_id = given if known else str(new_id())


def _echo_request_id(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _service_error(error: ServiceError) -> ResponseReturnValue:
    status = STATUS[error.kind]
    if status >= 500:
        log.error("request_not_served", status=status, code=error.error_code, **_asked())
    return _told(error, status)


def _asked() -> dict[str, str]:
    """The request in the log: its rule, for an address may hold a personal link's token."""
    rule = request.url_rule.rule if request.url_rule else ""
    return {"rule": rule, "method": request.method, "request_id": g.get("request_id", "")}


def _told(error: ServiceError, status: int) -> ResponseReturnValue:
    if not _wants_problem():
        return _as_page(error, status)
    with force_locale(api_language()):
        detail = wording.sentence(error)
        errors = [each.model_dump() | {"message": wording.field_text(each)} for each in error.errors]
    rights = wording.missing_rights(error)
    answer = problem(status, error.kind.replace("_", " "), error.error_code, detail, errors, rights)
    return _with_headers(answer, error)


def _with_headers(answer: Response, error: ServiceError) -> Response:
    retry_after = error.params.get("seconds") or error.retry_after
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    if error.kind == "not_signed_in":
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _as_page(error: ServiceError, status: int) -> ResponseReturnValue:
    """The error for people; who has to sign in first is led there and back again."""
    if status == 401 and request.method == "GET":
        response = redirect(wording.sign_in_address(request.full_path.rstrip("?")))
        if g.get("session_ended"):
            response.delete_cookie(COOKIE)
        return response
    text, status = error_page(status, g.get("request_id", ""), wording.sentence(error))
    return _with_headers(Response(text, status, content_type="text/html; charset=utf-8"), error)


def _wants_problem() -> bool:
    return request.path.startswith((API_PREFIX, "/livez", "/readyz", "/metrics"))


def problem(
    status: int,
    title: str,
    code: str,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    needs_permission: list[str] | None = None,
) -> Response:
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
        "needs_permission": needs_permission or [],
    }
    return Response(orjson.dumps(body), status, content_type=PROBLEM)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a redirect of the router
        return error.get_response()
    status = error.code or 500
    if _wants_problem():
        code = error.name.lower().replace(" ", "_").replace("'", "")
        answer = problem(status, error.name, code, error.description or error.name)
    else:
        text, status = error_page(status, g.get("request_id", ""))
        answer = Response(text, status, content_type="text/html; charset=utf-8")
    if status == 405 and (allowed := getattr(error, "valid_methods", None)):
        answer.headers["Allow"] = ", ".join(allowed)
    return answer


def _broken_body(_error: Exception) -> ResponseReturnValue:
    """A body whose chunks are not as HTTP writes them, or that ended too early."""
    return _service_error(Malformed("The body is broken off or wrongly chunked; send it again."))


def _defect(error: Exception) -> ResponseReturnValue:
    log.error("request_failed", exc_info=error, **_asked())
    return _told(Internal("Something went wrong. The request id finds it in the log."), 500)
