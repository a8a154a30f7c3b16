"""What happens to a message, whatever carries it: check, authorise, run in one transaction, answer.

Free of Nameko, so that the worker runs parked events by the same code, and tests call it directly.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from chassis import clock, crash, logs, metrics, tables
from chassis.access import authorise
from chassis.call import CURRENT, Call, CommandKey, Replayed, Trace
from chassis.database import RETRYABLE, Database, database_of, is_away, is_busy, sqlstate
from chassis.logs import log
from chassis.principals import system_principal, verify
from chassis.service import ServiceBase, Subscription
from chassis.validation import read_request
from contracts.base import Kind, Method
from contracts.errors import Internal, ServiceError, Unavailable

TRIES = 3


def answer(service_type: type[ServiceBase], method: Method, payload: Any, headers: dict[str, Any]) -> dict[str, Any]:
    """Run an RPC method; the reply message's body as Nameko's clients expect it (`result`, `error`)."""
    started = time.perf_counter()
    trace = Trace(str(headers.get("x-request-id", "")), str(headers.get("x-correlation-id", "")))
    with logs.about(trace):
        body = _body(service_type, method, payload, headers, trace)
    outcome = body["error"]["code"] if body["error"] else "ok"
    metrics.observe_call(service_type.service_name, method.name, outcome, time.perf_counter() - started)
    return body


def _body(
    service_type: type[ServiceBase], method: Method, payload: Any, headers: dict[str, Any], trace: Trace
) -> dict[str, Any]:
    try:
        result, replayed = _answer(service_type, method, payload, headers, trace)
    except ServiceError as error:
        return {"result": None, "error": wire_error(error)}
    except Exception as error:
        return {"result": None, "error": wire_error(_unexpected(error, service_type, method))}
    return {"result": result, "error": None} | ({"replayed": True} if replayed else {})


def wire_error(error: ServiceError) -> dict[str, Any]:
    """The error in Nameko's reply format, with our own fields beside."""
    return {"exc_type": type(error).__name__, "exc_path": "", "exc_args": [], "value": error.message} | error.as_wire()


def _unexpected(error: Exception, service_type: type[ServiceBase], method: Method) -> ServiceError:
    if is_away(error) or is_busy(error):
        log.warning("database_away", method=method.name, error=type(error).__name__, sqlstate=sqlstate(error))
        return Unavailable("The database does not answer; try again in a moment.")
    log.error("call_failed", service=service_type.service_name, method=method.name, exc_info=error)
    return Internal("Something went wrong in the suite. The request id finds it in the log.")


def _answer(
    service_type: type[ServiceBase], method: Method, payload: Any, headers: dict[str, Any], trace: Trace
) -> tuple[dict[str, Any], bool]:
    now = clock.now()
    principal = verify(str(headers.get("x-principal", "")), now)
    logs.asked_by(principal)
    scope = authorise(method, principal)
    request = read_request(method.request, payload)
    if method.kind is Kind.COMMAND:
        service_type.refuse_unstorable(request)
    command = None
    if method.remember and headers.get("x-command-key"):
        command = CommandKey.of(str(headers["x-command-key"]), method.name, payload)

    def make_call() -> Call:
        database = database_of(service_type.service_name)
        return Call(database, principal, now, trace, command, scope.only_person, scope.only_object)

    def work(call: Call) -> dict[str, Any]:
        reply: dict[str, Any] = getattr(service_type(call), method.name)(request).model_dump(mode="json")
        if method.kind is Kind.COMMAND:
            call.finish(reply)
            crash.point(f"{service_type.service_name}.committed")
        return reply

    try:
        return run_in_call(make_call, work), False
    except Replayed as replayed:
        return replayed.reply, True


def run_in_call(make_call: Callable[[], Call], work: Callable[[Call], Any]) -> Any:
    """Run `work` with a fresh call; again, at most three times, when the database asks for it."""
    for attempt in range(1, TRIES + 1):
        call = make_call()
        token = CURRENT.set(call)
        try:
            return work(call)
        except IntegrityError as error:
            if "handled_commands" not in str(error.orig) or attempt == TRIES:
                raise
        except DBAPIError as error:
            if sqlstate(error) not in RETRYABLE or attempt == TRIES:
                raise
            time.sleep(random.uniform(0.005, 0.05) * attempt)
        finally:
            CURRENT.reset(token)
            call.close()
    raise AssertionError("unreachable")


class Outcome(StrEnum):
    """What to do with an event's message."""

    ACK = "ack"
    REQUEUE = "requeue"
    REJECT = "reject"


BACK_OFF = (
    timedelta(seconds=1),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)


def consume(service_type: type[ServiceBase], subscription: Subscription, body: bytes) -> Outcome:
    """Handle one event message: effect and inbox row in one transaction, or park it, or say what is wrong with it."""
    try:
        envelope = orjson.loads(body)
        event_id = str(envelope["id"])
        if envelope["type"] != subscription.event.type or not isinstance(envelope["data"], dict):
            raise ValueError("not this event")
    except (ValueError, KeyError, TypeError):
        log.error("event_undecodable", handler=subscription.name, bytes=len(body))
        return Outcome.REJECT
    with logs.about(_trace_of(envelope)):
        logs.asked_by(system_principal(service_type.service_name))
        try:
            handle(service_type, subscription, envelope)
        except Exception as error:
            return _put_aside(service_type, subscription, envelope, event_id, error)
    return Outcome.ACK


def _trace_of(envelope: dict[str, Any]) -> Trace:
    return Trace(correlation_id=str(envelope.get("correlation_id") or ""), causation_id=str(envelope["id"]))


def handle(service_type: type[ServiceBase], subscription: Subscription, envelope: dict[str, Any]) -> bool:
    """Run the handler once per event; False when it was handled before. Raises what the handler raises."""
    event = subscription.event.model_validate(envelope["data"])
    database = database_of(service_type.service_name)

    def make_call() -> Call:
        return Call(database, system_principal(service_type.service_name), clock.now(), _trace_of(envelope))

    def work(call: Call) -> bool:
        taken = call.session.execute(
            insert(tables.inbox)
            .values(handler=subscription.name, event_id=envelope["id"])
            .on_conflict_do_nothing()
            .returning(tables.inbox.c.event_id)
        ).first()
        if taken is None:
            return False
        getattr(service_type(call), subscription.handler)(event)
        call.finish()
        crash.point(f"{service_type.service_name}.consumed")
        return True

    started = time.perf_counter()
    fresh: bool = run_in_call(make_call, work)
    metrics.observe_event(subscription.name, "ok" if fresh else "repeated", time.perf_counter() - started)
    return fresh


def _put_aside(
    service_type: type[ServiceBase],
    subscription: Subscription,
    envelope: dict[str, Any],
    event_id: str,
    error: Exception,
) -> Outcome:
    if is_away(error):
        log.warning("database_away", handler=subscription.name, error=type(error).__name__)
        return Outcome.REQUEUE
    log.error("event_parked", handler=subscription.name, event_id=event_id, exc_info=error)
    metrics.observe_event(subscription.name, "parked", 0)
    try:
        park(database_of(service_type.service_name), subscription, envelope, event_id, error)
    except Exception as second:
        if is_away(second):
            return Outcome.REQUEUE
        log.error("event_unparkable", handler=subscription.name, exc_info=second)
        return Outcome.REJECT
    return Outcome.ACK


def park(
    database: Database, subscription: Subscription, envelope: dict[str, Any], event_id: str, error: Exception
) -> None:
    """Put a failed event aside; it is tried again with back-off by the worker."""
    now: datetime = clock.now()
    values = {
        "handler": subscription.name,
        "event_id": event_id.replace("\0", "\\0"),
        "envelope": orjson.dumps(envelope).decode(),
        "error": type(error).__name__,
        "next_at": now + BACK_OFF[0],
    }
    with database.transaction() as session:
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        session.execute(insert(tables.parked).values(**values).on_conflict_do_nothing())
