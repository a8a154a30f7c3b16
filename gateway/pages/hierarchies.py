"""What an organisation belongs to: a group, a company, an association (C4)."""

from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.organisations import ListOrganisations, Organisation, UpdateOrganisation
from contracts.errors import Conflict, Invalid, Stale
from gateway.form_state import FormState
from gateway.pages.door import Pages
from gateway.submitted import form_command, read, state, typed

contacts = client(ContactsApi)
pages = Pages("hierarchies", __name__)
HITS: Final = 10


@pages.form("/office/organisations/<uuid:organisation_id>/parent", may=Permission.CONTACTS_WRITE)
def choose_parent(organisation_id: UUID) -> ResponseReturnValue:
    """Find the organisation that this one belongs to; or say that it stands by itself."""
    organisation = contacts.get_organisation(ById(id=organisation_id))
    if request.method == "GET":
        return _form(
            organisation, FormState({"parent_id": organisation.parent_id or "", "version": organisation.version})
        )
    values = typed("parent_id", "version")
    try:
        named = {"id": organisation_id, "version": values["version"]}
        given = {"parent_id": values["parent_id"]} if values["parent_id"] else {"clear": ["parent_id"]}
        with form_command():
            contacts.update_organisation(read(UpdateOrganisation, named | given))
    except (Invalid, Conflict, Stale) as error:
        return _form(organisation, state(values, error)), 422
    flash(_("Saved."), "good")
    return redirect(f"/office/organisations/{organisation_id}#hierarchy")


def _form(organisation: Organisation, f: FormState) -> str:
    q = request.values.get("q", "").strip()[:100]
    found = contacts.list_organisations(ListOrganisations(q=q, limit=HITS)).data if q else []
    offered = {each.id: (str(each.id), each.name, each.city) for each in found if each.id != organisation.id}
    for parent in contacts.get_hierarchy(ById(id=organisation.id)).above[-1:]:
        offered[parent.id] = (str(parent.id), parent.name, parent.city)
    return render_template(
        "organisations/parent.html",
        organisation=organisation,
        f=f,
        q=q,
        choices=[("", _("To none: it stands by itself"), ""), *offered.values()],
        nothing=bool(q) and not found,
    )
