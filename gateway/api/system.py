"""Jobs of every service, and what operators look at: state of services, queues, parked events."""

from typing import Annotated, Any

from flask import Response
from pydantic import Field, ValidationError

from chassis.rpc import client, side_by_side
from chassis.validation import as_invalid
from contracts.access import Permission, Rule
from contracts.base import Job, JobById, ListRequest, Nothing, Page, Reply, Request
from contracts.errors import NotFound
from contracts.search import Hits, SearchWords
from contracts.system import ListJobs, ParkedEvent, Replayed, ReplayParked, SystemApi, SystemStatus
from gateway import found_things
from gateway.api.door import answer, json_object, query_of
from gateway.api.routes import Resource
from gateway.services import APIS

resource = Resource(SystemApi, "System")
services: dict[str, SystemApi] = {api.service_name: client(api) for api in APIS}


class JobFilter(Request):
    """Which jobs, and how many of each service."""

    open_only: bool = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Jobs(Reply):
    """Jobs of all services, newest first."""

    data: list[Job]


class Services(Reply):
    """The state of all services."""

    data: list[SystemStatus]


class QueueDepth(Reply):
    """Messages waiting in a queue, or lying in a dead-letter queue (`dlq.`)."""

    name: str
    messages: int


class Queues(Reply):
    """All queues of the suite."""

    data: list[QueueDepth]


def list_jobs() -> Response:
    """Jobs of all services, newest first."""
    wanted = query_of(JobFilter)
    pages = side_by_side(*(lambda api=api: api.list_jobs(ListJobs(**wanted.model_dump())) for api in services.values()))
    found = sorted((job for page in pages for job in page.data), key=lambda job: job.created_at, reverse=True)
    return answer(LIST_JOBS, Jobs(data=found[: wanted.limit]).model_dump(mode="json"))


def get_job(job_id: str) -> Response:
    """One job, of whichever service."""
    return answer(GET_JOB, service_of(job_id).get_job(JobById(id=job_id)).model_dump(mode="json"))


def cancel_job(job_id: str) -> Response:
    """Ask a job to stop; what it has done stays."""
    return answer(CANCEL_JOB, service_of(job_id).cancel_job(JobById(id=job_id)).model_dump(mode="json"))


def service_of(job_id: str) -> SystemApi:
    """The service that a job's id names; raises NotFound."""
    try:
        return services[JobById(id=job_id).id.partition("-")[0]]
    except (KeyError, ValidationError):
        raise NotFound(f"There is no job {job_id[:80]}.") from None


def list_services() -> Response:
    """What waits in every service's tables."""
    return answer(SERVICES, Services(data=_states()).model_dump(mode="json"))


def list_queues() -> Response:
    """Messages waiting in every queue and dead-letter queue."""
    depths = [QueueDepth(name=name, messages=n) for state in _states() for name, n in state.queues.items()]
    return answer(QUEUES, Queues(data=depths).model_dump(mode="json"))


def _states() -> list[SystemStatus]:
    return side_by_side(*(lambda api=api: api.get_system_status(Nothing()) for api in services.values()))


def list_parked(service: str) -> Response:
    """Events that the service could not take."""
    found = _service(service).list_parked(query_of(ListRequest))
    return answer(PARKED, found.model_dump(mode="json"))


def replay_parked(service: str) -> Response:
    """Try parked events again now."""
    try:
        wanted = ReplayParked.model_validate(json_object())
    except ValidationError as error:
        raise as_invalid(error) from None
    return answer(REPLAY, _service(service).replay_parked(wanted).model_dump(mode="json"))


def search() -> Response:
    """Everything that fits the words and the caller may see."""
    return answer(SEARCH, found_things.everything(query_of(SearchWords)).model_dump(mode="json"))


def tell_again(service: str) -> Response:
    """Let the service tell everything again that others keep in read models of their own."""
    return answer(TELL_AGAIN, _service(service).tell_again(Nothing()).model_dump(mode="json"))


def _service(name: str) -> SystemApi:
    if name not in services:
        raise NotFound(f"There is no service {name[:40]}.")
    return services[name]


def _view(verb: Any, path: str, view: Any, summary: str, *may: Any, **more: Any) -> Any:
    resource.view(verb, path, view, summary, may, **more)
    return resource.routes[-1]


LIST_JOBS = _view("GET", "/jobs", list_jobs, "Jobs, newest first", Permission.SYSTEM_READ,
                  request=JobFilter, reply=Jobs)  # fmt: skip
GET_JOB = _view("GET", "/jobs/{job_id}", get_job, "One job with its progress", Rule.SIGNED_IN, reply=Job)
CANCEL_JOB = _view("POST", "/jobs/{job_id}/cancel", cancel_job, "Stop a job", Rule.SIGNED_IN, reply=Job)
SERVICES = _view("GET", "/system/services", list_services, "What waits in every service", Permission.SYSTEM_READ,
                 reply=Services)  # fmt: skip
QUEUES = _view("GET", "/system/queues", list_queues, "Messages in every queue", Permission.SYSTEM_READ, reply=Queues)
PARKED = _view("GET", "/system/services/{service}/parked", list_parked, "Parked events", Permission.SYSTEM_READ,
               request=ListRequest, reply=Page[ParkedEvent])  # fmt: skip
REPLAY = _view("POST", "/system/services/{service}/parked/replay", replay_parked, "Try parked events again",
               Permission.SYSTEM_OPERATE, request=ReplayParked, reply=Replayed,
               example={"all_dead": True})  # fmt: skip
SEARCH = _view("GET", "/search", search, "Everything that fits some words, kind by kind", Rule.SIGNED_IN,
               request=SearchWords, reply=Hits)  # fmt: skip
TELL_AGAIN = _view("POST", "/system/services/{service}/tell-again", tell_again, "Tell other services everything again",
                   Permission.SYSTEM_OPERATE, status=202, location="/jobs/{id}", reply=Job)  # fmt: skip
