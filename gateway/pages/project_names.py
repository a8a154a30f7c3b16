"""Projects as choices of forms."""

from typing import Any, Final
from uuid import UUID

from chassis.rpc import client, or_nothing
from contracts.contacts import ContactsApi
from contracts.contacts.projects import ListProjects, ProjectState

contacts = client(ContactsApi)
MOST: Final = 200


def project_choices(current: Any = None) -> list[tuple[UUID, str]]:
    """The open projects; and the one that the task or activity at hand belongs to, though it may be closed."""
    found = or_nothing(lambda: contacts.list_projects(ListProjects(state=ProjectState.OPEN, limit=MOST)))
    choices = [(each.id, each.name) for each in found.data] if found else []
    if current is not None and current.project_id and current.project_id not in dict(choices):
        choices.append((current.project_id, current.project_name))
    return choices
