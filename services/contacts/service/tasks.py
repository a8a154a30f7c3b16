"""What has been agreed to be done (A1, A3, A4)."""

from uuid import UUID

from contracts.base import ById, Done, Page
from contracts.contacts.tasks import CreateTask, DeleteTask, ListTasks, Task, TasksApi, TaskState, UpdateTask
from services.contacts.colleagues import colleague, refuse_unreachable
from services.contacts.commands import tasks
from services.contacts.queries import tasks as task_lists
from services.contacts.service.base import ContactsMethods


class TasksMethods(ContactsMethods, TasksApi):
    """What has been agreed to be done (A1, A3, A4)."""

    def create_task(self, request: CreateTask) -> Task:
        self._refuse_assignee(request.assignee_id, reminds=request.remind_at is not None)
        return self._shown_task(tasks.create(self.session, request, self.author))

    def get_task(self, request: ById) -> Task:
        return task_lists.get(self.reader, request.id, self.now)

    def list_tasks(self, request: ListTasks) -> Page[Task]:
        return task_lists.list_page(self.reader, request, self.now)

    def update_task(self, request: UpdateTask) -> Task:
        if request.assignee_id or request.remind_at:
            before = task_lists.get(self.reader, request.id, self.now)
            remind_at = None if "remind_at" in request.clear else request.remind_at or before.remind_at
            assignee_id = request.assignee_id or before.assignee_id
            if (assignee_id, remind_at) != (before.assignee_id, before.remind_at):
                self._refuse_assignee(assignee_id, reminds=remind_at is not None)
        return self._shown_task(tasks.change(self.session, request, self.author))

    def complete_task(self, request: ById) -> Task:
        return self._shown_task(tasks.finish(self.session, request.id, TaskState.DONE, self.author))

    def reopen_task(self, request: ById) -> Task:
        return self._shown_task(tasks.finish(self.session, request.id, TaskState.OPEN, self.author))

    def delete_task(self, request: DeleteTask) -> Done:
        tasks.delete(self.session, request, self.author)
        return Done()

    def restore_task(self, request: ById) -> Task:
        return self._shown_task(tasks.restore(self.session, request.id))

    def _shown_task(self, task_id: UUID) -> Task:
        return task_lists.get(self.session, task_id, self.now)

    def _refuse_assignee(self, assignee_id: UUID | None, *, reminds: bool) -> None:
        """Refuse an assignee who does not work here, or to whom no reminder can be sent."""
        if assignee_id and (reminds or assignee_id != self.own_account):
            found = colleague(assignee_id, "/assignee_id")
            if reminds:
                refuse_unreachable(self.reader, found)
