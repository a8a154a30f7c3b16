"""Projects, who takes part, and hours (A5, A8)."""

from uuid import UUID

from contracts.base import ById, Done, Page
from contracts.contacts.projects import (
    AssignToProject,
    CreateProject,
    DeleteHours,
    DeleteProject,
    ListHours,
    ListProjects,
    Project,
    ProjectsApi,
    ProjectSummary,
    RecordHours,
    RemoveFromProject,
    UpdateProject,
    WorkedTime,
)
from services.contacts.colleagues import colleague
from services.contacts.commands import project_hours, projects
from services.contacts.queries import projects as project_lists
from services.contacts.service.base import ContactsMethods


class ProjectsMethods(ContactsMethods, ProjectsApi):
    """Projects, who takes part, and hours (A5, A8)."""

    def create_project(self, request: CreateProject) -> Project:
        return self._shown_project(projects.create(self.session, request, self.author))

    def get_project(self, request: ById) -> Project:
        return project_lists.get(self.reader, request.id, self.now)

    def list_projects(self, request: ListProjects) -> Page[ProjectSummary]:
        return project_lists.list_page(self.reader, request, self.now)

    def update_project(self, request: UpdateProject) -> Project:
        return self._shown_project(projects.change(self.session, request, self.author))

    def delete_project(self, request: DeleteProject) -> Done:
        projects.delete(self.session, request, self.author)
        return Done()

    def restore_project(self, request: ById) -> Project:
        return self._shown_project(projects.restore(self.session, request.id))

    def assign_to_project(self, request: AssignToProject) -> Project:
        projects.refuse_other_than_one(request.account_id, request.person_id, request.organisation_id)
        self._refuse_worker(request.account_id)
        return self._shown_project(projects.assign(self.session, request))

    def remove_from_project(self, request: RemoveFromProject) -> Project:
        return self._shown_project(projects.remove(self.session, request))

    def record_hours(self, request: RecordHours) -> WorkedTime:
        account_id = request.account_id or (None if request.person_id else self.own_account)
        projects.refuse_other_than_one(account_id, request.person_id)
        self._refuse_worker(account_id)
        entry = project_hours.record(self.session, request, account_id, self.author, self.today)
        return project_lists.get_hours(self.session, entry)

    def list_hours(self, request: ListHours) -> Page[WorkedTime]:
        return project_lists.list_hours(self.reader, request)

    def delete_hours(self, request: DeleteHours) -> Done:
        project_hours.delete(self.session, request, self.author)
        return Done()

    def restore_hours(self, request: DeleteHours) -> WorkedTime:
        return project_lists.get_hours(self.session, project_hours.restore(self.session, request))

    def _shown_project(self, project_id: UUID) -> Project:
        return project_lists.get(self.session, project_id, self.now)

    def _refuse_worker(self, account_id: UUID | None) -> None:
        if account_id and account_id != self.own_account:
            colleague(account_id, "/account_id")
