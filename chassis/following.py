"""Subscribers that let a service's rows follow ids, as events about them say (see chassis.redirects)."""

from collections.abc import Callable
from typing import Any

from chassis import redirects
from chassis.service import ServiceBase, subscribe
from contracts.base import Event


def follows(event: type[Event], to: str) -> Callable[[ServiceBase, Any], None]:
    """The method that hears where the subject of `event` leads from its `version` on: to the id in the field `to`."""

    @subscribe(event)
    def follow(service: ServiceBase, told: Any) -> None:
        asked, target = getattr(told, event.subject_id), getattr(told, to)
        redirects.take(service.session, service.service_name, asked, target, told.version, service.now)

    return follow
