"""What was done with contacts (A1, A2, A5)."""

from uuid import UUID

from contracts.base import ById, Done, Page
from contracts.contacts.activities import (
    ActivitiesApi,
    Activity,
    DeleteActivity,
    ListActivities,
    RecordActivity,
    UpdateActivity,
)
from services.contacts.colleagues import colleague
from services.contacts.commands import activities
from services.contacts.queries import activities as time_line
from services.contacts.service.base import ContactsMethods


class ActivitiesMethods(ContactsMethods, ActivitiesApi):
    """What was done with contacts (A1, A2, A5)."""

    def record_activity(self, request: RecordActivity) -> Activity:
        self._refuse_responsible(request.responsible_id)
        who = request.responsible_id or self.own_account
        return self._shown_activity(activities.record(self.session, request, who, self.author))

    def get_activity(self, request: ById) -> Activity:
        return time_line.get(self.reader, request.id, self.principal.label)

    def list_activities(self, request: ListActivities) -> Page[Activity]:
        return time_line.list_page(self.reader, request, self.principal.label)

    def update_activity(self, request: UpdateActivity) -> Activity:
        self._refuse_responsible(request.responsible_id)
        return self._shown_activity(activities.change(self.session, request, self.author))

    def delete_activity(self, request: DeleteActivity) -> Done:
        activities.delete(self.session, request, self.author)
        return Done()

    def restore_activity(self, request: ById) -> Activity:
        return self._shown_activity(activities.restore(self.session, request.id, self.author))

    def _shown_activity(self, activity_id: UUID) -> Activity:
        return time_line.get(self.session, activity_id, self.principal.label)

    def _refuse_responsible(self, account_id: UUID | None) -> None:
        if account_id and account_id != self.own_account:
            colleague(account_id, "/responsible_id")
