"""What operators look at: services, queues, and events that a service could not take."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from chassis.rpc import or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ListRequest, Nothing
from contracts.errors import NotFound
from contracts.system import ReplayParked, SystemStatus
from gateway.api.system import services
from gateway.asked import list_state
from gateway.i18n import number
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import form_command, read, typed, without_empty

pages = Pages("office_system", __name__)
SHOWN: Final = 50
SERVICES: Final = (
    Column("service", lazy_gettext("Service"), "main"),
    Column("state", lazy_gettext("State")),
    Column("outbox_unsent", lazy_gettext("Waits in the outbox"), "number"),
    Column("parked", lazy_gettext("Tried again"), "number"),
    Column("dead", lazy_gettext("Given up"), "number"),
    Column("jobs_open", lazy_gettext("Open jobs"), "number"),
)


@pages.get("/office/system", may=Permission.SYSTEM_READ)
def show_system() -> str:
    """Every service: whether it answers, and what waits in its tables and queues."""
    found = side_by_side(*(partial(or_nothing, partial(api.get_system_status, Nothing())) for api in services.values()))
    states = [each for each in found if each is not None]
    away = [name for name, each in zip(services, found, strict=True) if each is None]
    return render_template(
        "system/system.html", state=list_state(), columns=SERVICES, services=states, away=away, queues=waiting(states)
    )


@dataclass(frozen=True)
class Waiting:
    """Messages that wait in a queue of the broker, and what they are in words."""

    queue: str
    words: str
    messages: int


def waiting(states: Iterable[SystemStatus]) -> list[Waiting]:
    """The queues that are not empty."""
    return [
        Waiting(name, _queue_words(name, state.service), messages)
        for state in states
        for name, messages in sorted(state.queues.items())
        if messages
    ]


def _queue_words(queue: str, service: str) -> str:
    if queue.startswith("dlq."):
        return str(_("Messages that %(service)s could not read", service=service))
    if queue.startswith("rpc-"):
        return str(_("Requests to %(service)s", service=service))
    return str(_("Events for %(service)s", service=service))


@pages.get("/office/parked", may=Permission.SYSTEM_READ)
def list_parked() -> str:
    """Events that services could not take, with envelope and error."""
    wanted = ListRequest(limit=SHOWN)
    found = side_by_side(*(partial(or_nothing, partial(api.list_parked, wanted)) for api in services.values()))
    parked = [(name, each) for name, page in zip(services, found, strict=True) if page for each in page.data]
    away = [name for name, page in zip(services, found, strict=True) if page is None]
    return render_template("system/parked.html", parked=parked, away=away, can_operate=may(Permission.SYSTEM_OPERATE))


@pages.post("/office/parked/<service>/replay", may=Permission.SYSTEM_OPERATE)
def replay(service: str) -> ResponseReturnValue:
    """Try one parked event again, or all that were given up."""
    if service not in services:
        raise NotFound(f"There is no service {service[:40]}.")
    given = {**without_empty(typed("id")), "all_dead": bool(request.form.get("all_dead"))}
    with form_command():
        count = services[service].replay_parked(read(ReplayParked, given)).count
    flash(
        ngettext("%(count)s event is tried again.", "%(count)s events are tried again.", count, count=number(count)),
        "good",
    )
    return redirect("/office/parked")
