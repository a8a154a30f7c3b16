"""`/livez`: the process works; `/readyz`: broker and every service answer; `/metrics` for Prometheus."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST

from chassis.rpc import calling, client, side_by_side, system_caller
from contracts.base import Nothing
from contracts.errors import ServiceError
from contracts.system import SystemApi
from gateway.measures import exposition
from gateway.services import APIS

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
def livez() -> dict[str, str]:
    """This process answers."""
    return {"status": "pass"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, Any], int, dict[str, str]]:
    """200 when all services answer, else 503 with those that do not."""
    with calling(system_caller("gateway")):
        answers = side_by_side(*(partial(_answers, api) for api in APIS))
    checks = {api.service_name: "pass" if fine else "fail" for api, fine in zip(APIS, answers, strict=True)}
    if all(answers):
        return {"status": "pass", "checks": checks}, 200, {}
    return {"status": "fail", "checks": checks}, 503, {"Retry-After": "2"}


def _answers(api: type[SystemApi]) -> bool:
    ping: Callable[[Nothing], object] = client(api).ping
    try:
        ping(Nothing())
    except ServiceError:
        return False
    return True


@blueprint.get("/metrics")
def metrics() -> Response:
    """Metrics of all worker processes."""
    return Response(exposition(), content_type=CONTENT_TYPE_LATEST)
