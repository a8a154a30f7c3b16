"""Entering a person, with a hint at who may be there already, and changing one."""

from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from chassis.rpc import client
from contracts.access import Permission
from contracts.contacts import ContactsApi
from contracts.contacts.persons import CreatePerson, UpdatePerson
from contracts.contacts.similar import FindSimilarTo
from gateway.pages.contact_editing import ContactForm, alike
from gateway.pages.contact_input import PERSON
from gateway.pages.door import Pages

contacts = client(ContactsApi)
pages = Pages("contact_forms", __name__)


def _alike(wanted: CreatePerson) -> dict[str, Any]:
    """Persons of the register that the new one may be; nothing when nobody can tell."""
    asked = FindSimilarTo(**wanted.model_dump(include=set(FindSimilarTo.model_fields) - {"limit"}))
    return alike(lambda: contacts.find_similar_to(asked))


FORM: Final = ContactForm(
    kind="person",
    address="/office/contacts",
    template="contacts/form.html",
    names=PERSON,
    request=(CreatePerson, UpdatePerson),
    create=contacts.create_person,
    get=contacts.get_person,
    update=contacts.update_person,
    sources=contacts.list_sources,
    taken={"customer_number_taken": "/customer_number"},
    hint=_alike,
)


@pages.form("/office/contacts/new", may=Permission.CONTACTS_WRITE)
def new_contact() -> ResponseReturnValue:
    """Enter a person; who may be in the register already is shown first, once."""
    return FORM.enter()


@pages.form("/office/contacts/<uuid:person_id>/edit", may=Permission.CONTACTS_WRITE)
def edit_contact(person_id: UUID) -> ResponseReturnValue:
    """Change a person; what somebody else changed meanwhile is shown and not lost."""
    return FORM.change(person_id)
