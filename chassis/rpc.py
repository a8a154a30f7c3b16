"""Calling other services: a typed client made from their interface, over one pika connection per process.

    contacts = client(ContactsApi)
    contacts.get_persons(ByIds(ids=[...]))

A call never hangs: it answers, or raises the service's own error, or `Unavailable` at its deadline. Calls
from a service are refused while its transaction is open. `side_by_side` runs several at once.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar, cast

import structlog
from pydantic import ValidationError

from chassis.amqp_client import AmqpRpcClient, Request
from chassis.call import CURRENT
from chassis.ids import new_id
from chassis.principals import SystemTokens
from chassis.service import SERVICES
from chassis.settings import amqp_url_for
from contracts.base import Kind, Method, Service, methods_of
from contracts.errors import Internal, Unavailable, from_wire

T = TypeVar("T")
S = TypeVar("S", bound=Service)


@dataclass(frozen=True)
class Caller:
    """On whose behalf calls are made: a signed principal and the ids to pass on."""

    token: Callable[[], str]
    request_id: str = ""
    correlation_id: str = ""
    command_key: str = ""
    """The caller-chosen id of the next command; empty: each command gets a fresh one."""


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)
_replayed: ContextVar[list[bool] | None] = ContextVar("replayed", default=None)
_process: dict[str, Any] = {}
WORKER: Final = "worker"
"""Works for every service, in its name; all other processes speak for themselves, whoever has asked them."""


def act_as(issuer: str) -> None:
    """Say who this process is (`contacts`, `gateway`, `worker` ...): its broker user and its system principal."""
    _process["issuer"] = issuer
    for kept in ("client", "tokens"):
        _process.pop(kept, None)


def close() -> None:
    """End the connection of this process."""
    amqp_client = _process.pop("client", None)
    if amqp_client is not None:
        amqp_client.close()


def _client() -> AmqpRpcClient:
    if "client" not in _process:
        issuer = _process["issuer"]
        _process["client"] = AmqpRpcClient(amqp_url_for(issuer), issuer)
    return cast(AmqpRpcClient, _process["client"])


@contextmanager
def calling(caller: Caller) -> Iterator[list[bool]]:
    """Make the calls of this block on behalf of `caller`; yields a list that tells per command if it was replayed."""
    token, marks = _caller.set(caller), _replayed.set([])
    try:
        yield cast(list[bool], _replayed.get())
    finally:
        _caller.reset(token)
        _replayed.reset(marks)


def system_caller(service: str) -> Caller:
    """Calls in the name of a service; this process must hold its signing key."""
    tokens = _process.setdefault("tokens", {})
    if service not in tokens:
        tokens[service] = SystemTokens(service)
    return Caller(tokens[service].current)


def with_key(key: str) -> Any:
    """Make the commands of this block under a caller-chosen key, so that a repeat is recognised."""
    return calling(replace(_current_caller(), command_key=key))


def _current_caller() -> Caller:
    caller = _caller.get()
    if caller is not None:
        return caller
    call, issuer = CURRENT.get(), str(_process["issuer"])
    works_for = call.principal.id if call and call.principal.kind == "system" and issuer == WORKER else issuer
    base = system_caller(works_for if works_for in SERVICES else issuer)
    if call is None:
        return base
    return replace(base, request_id=call.trace.request_id, correlation_id=call.trace.correlation_id)


class Client:
    """Stands in for a service: each attribute is one of its methods, typed by the interface."""

    def __init__(self, api: type[Service]) -> None:
        self._api = api

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = methods_of(self._api).get(name)
        if method is None:
            raise AttributeError(f"{self._api.__name__} has no method {name}")
        bound = partial(_call, self._api.service_name, method)
        setattr(self, name, bound)
        return bound


def client(api: type[S]) -> S:
    """A typed client of the service behind `api`."""
    return cast(S, Client(api))


def _call(service: str, method: Method, request: Any) -> Any:
    body = call_raw(service, method, request.model_dump(mode="json"))
    try:
        return method.reply.model_validate(body)
    except ValidationError as error:
        raise Internal(f"{service}.{method.name} answered in a form this caller does not know.") from error


def call_raw(service: str, method: Method, payload: dict[str, Any]) -> dict[str, Any]:
    """Like calling the client, but the reply stays plain data (the gateway passes it through)."""
    open_call = CURRENT.get()
    if open_call is not None and open_call.in_transaction:
        raise RuntimeError(f"{service}.{method.name} called inside a transaction; checkpoint() first")
    reply = _client().call(_request(service, method, payload))
    if reply.get("error"):
        raise from_wire(reply["error"])
    if method.kind is Kind.COMMAND and (marks := _replayed.get()) is not None:
        marks.append(bool(reply.get("replayed")))
    return cast(dict[str, Any], reply["result"])


def _request(service: str, method: Method, payload: dict[str, Any]) -> Request:
    caller = _current_caller()
    headers = {
        "x-principal": caller.token(),
        "x-request-id": caller.request_id,
        "x-correlation-id": caller.correlation_id or caller.request_id,
    }
    if method.kind is Kind.COMMAND:
        headers["x-command-key"] = caller.command_key or str(new_id())
    return Request(service, method.name, payload, headers, method.deadline, method.kind is Kind.COMMAND)


_pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="side-by-side")


def side_by_side(*calls: Callable[[], T]) -> list[T]:
    """Run independent calls at the same time; the first error is raised.

    What no thread of the pool has begun yet is done by the caller: so calls that call side by side themselves never
    wait for threads that wait for them.
    """
    runs: list[Callable[[], T]] = [partial(copy_context().run, call) for call in calls]
    futures = [_pool.submit(run) for run in runs]
    return [run() if future.cancel() else future.result() for run, future in zip(runs, futures, strict=True)]


def or_nothing(call: Callable[[], T]) -> T | None:
    """The call's answer, or None when the service is away: for parts of a page that may be missing."""
    try:
        return call()
    except Unavailable:
        structlog.get_logger().warning("part_missing")
        return None
