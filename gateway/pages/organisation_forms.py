"""Entering an organisation, with a hint at what may be there already, and changing one."""

from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from chassis.rpc import client
from contracts.access import Permission
from contracts.contacts import ContactsApi
from contracts.contacts.organisations import CreateOrganisation, UpdateOrganisation
from contracts.contacts.similar import FindSimilarOrganisationsTo
from gateway.pages.contact_editing import ContactForm, alike
from gateway.pages.contact_input import ORGANISATION
from gateway.pages.door import Pages

contacts = client(ContactsApi)
pages = Pages("organisation_forms", __name__)


def _alike(wanted: CreateOrganisation) -> dict[str, Any]:
    """Organisations of the register that the new one may be; nothing when nobody can tell."""
    given = wanted.model_dump(include={"name", "business_id", "customer_number", "email", "phone"})
    city = next((each.city for each in wanted.addresses if each.city), "")
    asked = FindSimilarOrganisationsTo(**given, city=city)
    return alike(lambda: contacts.find_similar_organisations_to(asked))


FORM: Final = ContactForm(
    kind="organisation",
    address="/office/organisations",
    template="organisations/form.html",
    names=ORGANISATION,
    request=(CreateOrganisation, UpdateOrganisation),
    create=contacts.create_organisation,
    get=contacts.get_organisation,
    update=contacts.update_organisation,
    sources=contacts.list_sources,
    taken={"customer_number_taken": "/customer_number", "business_id_taken": "/business_id"},
    required=frozenset({"name"}),
    hint=_alike,
)


@pages.form("/office/organisations/new", may=Permission.CONTACTS_WRITE)
def new_organisation() -> ResponseReturnValue:
    """Enter an organisation; what may be in the register already is shown first, once."""
    return FORM.enter()


@pages.form("/office/organisations/<uuid:organisation_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Change an organisation; what somebody else changed meanwhile is shown and not lost."""
    return FORM.change(organisation_id)
