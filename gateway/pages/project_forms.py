"""Making and changing a project, and choosing who takes part (A5)."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.projects import AssignToProject, CreateProject, Project, UpdateProject
from contracts.errors import Conflict, FieldError, Invalid
from gateway.form_state import FormState
from gateway.i18n import local_date, typed_number
from gateway.pages import contact_choice
from gateway.pages.colleagues import choices
from gateway.pages.door import Pages
from gateway.submitted import amount, day, form_command, needed, read, state, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("project_forms", __name__)
LIST: Final = "/office/projects"
FIELDS: Final = ("name", "text", "starts_on", "ends_on", "hours_planned")
CLEARABLE: Final = ("text", "starts_on", "ends_on", "hours_planned")
PART: Final = ("account_id", "role", "hours_planned")


@pages.form(f"{LIST}/new", may=Permission.ACTIVITIES_WRITE)
def new_project() -> ResponseReturnValue:
    """A new project."""
    if request.method == "GET":
        return _form(FormState())
    values = typed(*FIELDS)
    try:
        with form_command():
            made = contacts.create_project(read(CreateProject, without_empty(_given(values))))
    except Invalid as error:
        return _form(state(values, error)), 422
    flash(_("The project is made. Add who takes part, and the first tasks."), "good")
    return redirect(f"{LIST}/{made.id}")


def _given(values: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = dict(values)
    needed(given, "name")
    day(given, "starts_on")
    day(given, "ends_on")
    amount(given, "hours_planned")
    return given


def _form(f: FormState, project: Project | None = None, version: str = "") -> str:
    known = version or (project.version if project else "")
    return render_template("projects/form.html", f=f, project=project, version=known)


@pages.form(f"{LIST}/<uuid:project_id>/edit", may=Permission.ACTIVITIES_WRITE)
def edit_project(project_id: UUID) -> ResponseReturnValue:
    """Change a project."""
    project = contacts.get_project(ById(id=project_id))
    if request.method == "GET":
        return _form(FormState(_shown(project)), project)
    values, version = typed(*FIELDS), request.form.get("version", "")
    try:
        with form_command():
            contacts.update_project(_update(project_id, values, version))
    except Invalid as error:
        return _form(state(values, error), project, version), 422
    flash(_("Saved."), "good")
    return redirect(f"{LIST}/{project_id}")


def _shown(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "text": project.text,
        "starts_on": local_date(project.starts_on),
        "ends_on": local_date(project.ends_on),
        "hours_planned": typed_number(project.hours_planned),
    }


def _update(project_id: UUID, values: dict[str, str], version: str) -> UpdateProject:
    given = _given(values)
    empty = [name for name in CLEARABLE if given[name] in (None, "")]
    return read(UpdateProject, {**without_empty(given), "id": project_id, "version": version, "clear": empty})


@pages.form(f"{LIST}/<uuid:project_id>/people", may=Permission.ACTIVITIES_WRITE)
def add_people(project_id: UUID) -> ResponseReturnValue:
    """Let a colleague or contacts take part; who does already gets the new role."""
    values, chosen = typed(*PART), contact_choice.ticked()
    if request.method == "GET" or contact_choice.is_searching():
        return _people(project_id, FormState(values), chosen)
    try:
        for each in _parts(project_id, values, chosen):  # again, each changes nothing
            contacts.assign_to_project(each)
    except (Invalid, Conflict) as error:
        return _people(project_id, state({**values, "contact": ""}, error), chosen), 422
    flash(_("Saved."), "good")
    return redirect(f"{LIST}/{project_id}#people")


def _parts(project_id: UUID, values: Mapping[str, str], chosen: list[tuple[str, UUID]]) -> list[AssignToProject]:
    given: dict[str, Any] = dict(values)
    amount(given, "hours_planned")
    account = given.pop("account_id")
    members = [*([{"account_id": account}] if account else []), *({f"{kind}_id": each} for kind, each in chosen)]
    if not members:
        missing = FieldError(pointer="/account_id", code="missing", message="Choose a colleague or a contact.")
        raise Invalid("Nobody is chosen.", errors=[missing])
    return [read(AssignToProject, {**without_empty(given), "id": project_id, **each}) for each in members]


def _people(project_id: UUID, f: FormState, chosen: list[tuple[str, UUID]]) -> str:
    parts: list[Any] = side_by_side(
        partial(contacts.get_project, ById(id=project_id)), choices, partial(contact_choice.choices, chosen)
    )
    project, colleagues, found = parts
    return render_template("projects/people.html", f=f, project=project, colleagues=colleagues, contacts=found)
