"""A person is erased everywhere, and what was done about it stays on record (C17)."""

from datetime import timedelta

from chassis.clock import local_date
from chassis.service import subscribe
from chassis.settings import settings
from contracts.base import ById, ListRequest, Page
from contracts.contacts.erasures import (
    ErasePerson,
    Erasure,
    ErasurePreview,
    ErasureReport,
    ErasuresApi,
)
from contracts.identity import AccountErased
from contracts.personal_data import Sought
from services.contacts import neighbours
from services.contacts.commands import erasures, mentions, traces
from services.contacts.queries import erasures as records
from services.contacts.queries import persons as person_cards
from services.contacts.service.base import ContactsMethods


class ErasuresMethods(ContactsMethods, ErasuresApi):
    """A person is erased everywhere, and what was done about it stays on record (C17)."""

    def erase_person(self, request: ErasePerson) -> Erasure:
        return erasures.erase(self.session, request, self.author)

    @subscribe(AccountErased)
    def forget_account(self, event: AccountErased) -> None:
        traces.forget_account(self.session, event.account_id)

    def preview_erasure(self, request: ById) -> ErasurePreview:
        person = person_cards.get(self.reader, request.id, None)
        parts, away = neighbours.erasure_parts(self.get_erasure_part(ById(id=person.id)), person.id)
        days = settings().talkoo_backup_days
        return ErasurePreview(person_id=person.id, parts=parts, away=away, backup_days=days)

    def get_erasure(self, request: ById) -> ErasureReport:
        record = records.get(self.reader, request.id)
        parts, away = neighbours.erasure_parts(self.get_erasure_part(request), request.id)
        done = [each for each in parts if each.erased_at is not None]
        last = max((each.erased_at for each in done if each.erased_at), default=record.asked_at)
        return ErasureReport(
            **record.model_dump(),
            complete=not away and len(done) == len(parts) and all(each.searched for each in parts),
            backups_until=local_date(last) + timedelta(days=settings().talkoo_backup_days),
            parts=done,
        )

    def list_erasures(self, request: ListRequest) -> Page[Erasure]:
        return records.list_page(self.reader, request)

    def get_sought(self, request: ById) -> Sought:
        return mentions.sought(self.reader, request.id)
