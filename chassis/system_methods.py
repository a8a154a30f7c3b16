"""The operator methods that every service answers (contracts.system), over the chassis tables."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis import disclosure, jobs, personal_data, searching, tables, telling, topology, waiting
from chassis.access import refuse_unless_starter
from chassis.paging import cursor_number, decode_cursor, page
from chassis.service import ServiceBase
from chassis.settings import amqp_url_for
from contracts.access import Permission, PrincipalKind
from contracts.base import ById, ByIds, Done, Job, JobById, ListRequest, Nothing, Page
from contracts.errors import NotFound
from contracts.personal_data import ErasurePart, HeldRow, ListHeld
from contracts.search import Hits, SearchWords
from contracts.system import Ids, ListJobs, ParkedEvent, Replayed, ReplayParked, SystemStatus


class SystemMethods(ServiceBase):
    """Mixed into every service class: `class ContactsService(SystemMethods, ContactsApi)`."""

    jobs_of: ClassVar[Mapping[str, Permission]] = {}
    """Kinds of jobs that belong to everybody who has the permission, whoever started them."""
    stopped_by_starters: ClassVar[frozenset[str]] = frozenset()
    """Those of them that colleagues see and do not stop."""

    def ping(self, request: Nothing) -> Done:
        self.reader.execute(select(1))
        return Done()

    def get_system_status(self, request: Nothing) -> SystemStatus:
        found = waiting.look(self.reader, self.now)
        return SystemStatus(
            service=self.service_name,
            outbox_unsent=found.unsent,
            outbox_oldest_seconds=found.oldest_seconds,
            parked=found.parked,
            dead=found.dead,
            jobs_open=found.jobs_open,
            queues=topology.depths(amqp_url_for(self.service_name), self.service_name),
        )

    def list_parked(self, request: ListRequest) -> Page[ParkedEvent]:
        query = select(tables.parked).order_by(tables.parked.c.id).limit(request.limit + 1)
        if (after := cursor_number(request.cursor)) is not None:
            query = query.where(tables.parked.c.id > after)
        rows = [ParkedEvent.model_validate(row._asdict()) for row in self.reader.execute(query)]
        return page(rows, request.limit, lambda row: [row.id])

    def replay_parked(self, request: ReplayParked) -> Replayed:
        chosen: Any = tables.parked.c.dead if request.all_dead else tables.parked.c.id == request.id
        count = self.session.execute(
            update(tables.parked).where(chosen).values(dead=False, attempts=1, next_at=self.now)
        ).rowcount  # type: ignore[attr-defined]
        if not count and not request.all_dead:
            raise NotFound(f"There is no parked event {request.id}.", id=request.id)
        jobs.wake(self.session, "parked")
        return Replayed(count=count)

    def tell_again(self, request: Nothing) -> Job:
        return telling.start_again(self.session, self.service_name)

    def get_erasure_part(self, request: ById) -> ErasurePart:
        return personal_data.part_of(self.reader, self.service_name, request.id)

    def find_held(self, request: ByIds) -> Ids:
        return Ids(ids=personal_data.held_of(self.reader, self.service_name, request.ids))

    def list_held(self, request: ListHeld) -> Page[HeldRow]:
        if self.only_person not in {None, request.person_id}:
            raise NotFound(f"There is no person {request.person_id} among your own.", id=request.person_id)
        own = self.only_person is not None
        return disclosure.list_held(self.reader, self.service_name, request, self.principal.label, to_person=own)

    def search(self, request: SearchWords) -> Hits:
        return searching.search(self.reader, self.service_name, request, self.principal)

    def get_job(self, request: JobById) -> Job:
        return jobs.as_contract(self._visible(jobs.get(self.reader, request.id)))

    def list_jobs(self, request: ListJobs) -> Page[Job]:
        after = decode_cursor(request.cursor)
        rows = tables.jobs.c
        query = select(tables.jobs).order_by(rows.created_at.desc(), rows.id.desc()).limit(request.limit + 1)
        if request.open_only:
            query = query.where(rows.state.in_(["queued", "running"]))
        if after:
            query = query.where(rows.id < str(after[0]))
        found = [jobs.as_contract(row) for row in self.reader.execute(query)]
        return page(found, request.limit, lambda job: [job.id])

    def cancel_job(self, request: JobById) -> Job:
        row = self.stoppable_job(request.id)
        if row.state in {"queued", "running"}:
            self.session.execute(
                upsert(tables.job_cancellations).values(job_id=row.id, asked_at=self.now).on_conflict_do_nothing()
            )
            jobs.wake(self.session, "jobs")
        return jobs.as_contract(row)

    def stoppable_job(self, job_id: str) -> Any:
        """A job that the caller may stop; raises NotFound and NotAllowed."""
        row = self._visible(jobs.get(self.session, job_id))
        if not self._belongs_to_caller(row) or row.kind in self.stopped_by_starters:
            refuse_unless_starter(self.principal, row.principal)
        return row

    def _visible(self, row: Any) -> Any:
        """A job is seen by who started it, by those it belongs to and by operators; others are told that it does not
        exist."""
        everyone = self.principal.kind is PrincipalKind.SYSTEM or self.principal.has(Permission.SYSTEM_READ)
        if not everyone and not self._belongs_to_caller(row) and row.principal != self.principal.label:
            raise NotFound(f"There is no job {row.id}.", id=row.id)
        return row

    def _belongs_to_caller(self, row: Any) -> bool:
        right = self.jobs_of.get(row.kind)
        return right is not None and self.principal.has(right)
