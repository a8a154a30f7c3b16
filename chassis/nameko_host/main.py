"""Hosting a service on Nameko: builds the Nameko class from ours and runs it until SIGTERM."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import eventlet
from nameko.runners import ServiceRunner

from chassis import execution, health, logs, topology
from chassis.logs import log
from chassis.nameko_host import green_database
from chassis.nameko_host.events import event_queue
from chassis.nameko_host.rpc import rpc_method
from chassis.rpc import act_as
from chassis.service import ServiceBase, Subscription, service_class, subscriptions_of
from chassis.settings import amqp_url_for, settings
from contracts.base import Method, methods_of


def nameko_class(service_type: type[ServiceBase]) -> type:
    """A Nameko service class with one entrypoint per RPC method and per subscription."""
    body: dict[str, Any] = {"name": service_type.service_name}
    for method in methods_of(service_type).values():
        body[method.name] = rpc_method(_answering(service_type, method))
    for subscription in subscriptions_of(service_type):
        body[subscription.handler] = event_queue(subscription.queue)(_consuming(service_type, subscription))
    return type(f"Nameko{service_type.__name__}", (), body)


def _answering(service_type: type[ServiceBase], method: Method) -> Callable[..., Any]:
    def run(_self: Any, payload: Any, headers: dict[str, Any]) -> dict[str, Any]:
        return execution.answer(service_type, method, payload, headers)

    run.__name__ = method.name
    return run


def _consuming(service_type: type[ServiceBase], subscription: Subscription) -> Callable[..., Any]:
    def run(_self: Any, body: bytes) -> execution.Outcome:
        return execution.consume(service_type, subscription, body)

    run.__name__ = subscription.handler
    return run


def _leave(name: str) -> None:
    log.error("service_gave_up_stopping", service=name)
    os._exit(1)


def run(name: str) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was taken and leave. Exits 1 when hosting fails.

    Leaves in any case after `TALKOO_STOP_SECONDS`: without its broker nothing can be finished or acknowledged, and what
    was taken is delivered again.
    """
    logs.configure(name)
    green_database.install()
    act_as(name)
    config = {"AMQP_URI": amqp_url_for(name), "max_workers": settings().talkoo_max_workers, "HEARTBEAT": 20}
    topology.wait_until_applied(name, settings().talkoo_start_seconds)
    runner = ServiceRunner(config)
    runner.add_service(nameko_class(service_class(name)))

    def stop(*_: Any) -> None:
        eventlet.spawn_n(runner.stop)
        eventlet.spawn_after(settings().talkoo_stop_seconds, _leave, name)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    health.serve_metrics(name)
    runner.start()
    log.info("service_started", service=name)
    try:
        runner.wait()
    except Exception as error:
        log.error("service_died", service=name, exc_info=error)
        sys.exit(1)
    log.info("service_stopped", service=name)
