"""What waits for the office today: applications, running work, warnings."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from flask import g, render_template

from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import Nothing
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import ListInvoices
from contracts.contacts import ContactsApi
from contracts.courses import CoursesApi
from contracts.membership import ApplicationState, ListApplications, MembershipApi
from contracts.system import ListJobs, SystemApi, SystemStatus
from gateway.api.system import services
from gateway.pages import jobs
from gateway.pages.applications import type_names
from gateway.pages.door import Pages
from gateway.pages.person_names import may, persons_by_id
from gateway.pages.task_rows import own_tasks_now

commerce = client(CommerceApi)
contacts = client(ContactsApi)
courses = client(CoursesApi)
membership = client(MembershipApi)
pages = Pages("today", __name__)
STAFF: Final = tuple(Permission)
WAITING: Final = ListApplications(state=ApplicationState.SUBMITTED, limit=20)
OVERDUE: Final = ListInvoices(overdue=True, limit=20)
LATE_SECONDS: Final = 30.0


@pages.get("/office", may=STAFF)
def today() -> str:
    """The inbox, running jobs and warnings, each for those with the right."""
    applications, statistics, overdue, running, states, tasks = side_by_side(
        *(
            partial(_part, *each)
            for each in (
                (Permission.MEMBERSHIP_READ, lambda: membership.list_applications(WAITING)),
                (Permission.MEMBERSHIP_READ, lambda: membership.get_statistics(Nothing())),
                (Permission.COMMERCE_READ, lambda: commerce.list_invoices(OVERDUE)),
                (Permission.SYSTEM_READ, lambda: jobs.jobs_of_all(ListJobs(open_only=True))[0]),
                (Permission.SYSTEM_READ, _states),
                (Permission.ACTIVITIES_READ, own_tasks_now),
            )
        )
    )
    return render_template(
        "office/today.html",
        user=g.principal.username,
        applications=applications,
        persons=persons_by_id(each.person_id for each in applications.data) if applications else {},
        types=type_names() if applications and applications.data else {},
        statistics=statistics,
        overdue=overdue,
        running=running or [],
        tasks=tasks or [],
        may_finish=may(Permission.ACTIVITIES_WRITE),
        warnings=[each for each in states or [] if is_alarming(*each)],
        sees_applications=may(Permission.MEMBERSHIP_READ),
        label=jobs.label_of,
    )


def _part(right: Permission, call: Callable[[], Any]) -> Any:
    """One part of the page; None without the right or when the service is away."""
    return or_nothing(call) if may(right) else None


def _states() -> list[tuple[str, SystemStatus | None]]:
    """The state of every service by name; None for one that does not answer."""
    found = side_by_side(*(partial(_state, api) for api in services.values()))
    return list(zip(services, found, strict=True))


def _state(api: SystemApi) -> SystemStatus | None:
    return or_nothing(lambda: api.get_system_status(Nothing()))


def is_alarming(_name: str, status: SystemStatus | None) -> bool:
    """Whether somebody should look: the service is away, events are parked or dead, or the outbox does not drain."""
    return status is None or bool(status.parked or status.dead or status.outbox_oldest_seconds > LATE_SECONDS)
