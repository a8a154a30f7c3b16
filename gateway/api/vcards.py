"""A contact as a vCard file."""

from typing import Final
from uuid import UUID

from flask import Response

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.vcards import VCard
from gateway.api.downloads import download
from gateway.api.routes import Resource

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "vCards")
KIND: Final = "text/vcard"


def person_vcard(person_id: UUID) -> Response:
    """The card of a person; raises NotFound."""
    return _file(contacts.get_person_vcard(ById(id=person_id)))


def organisation_vcard(organisation_id: UUID) -> Response:
    """The card of an organisation; raises NotFound."""
    return _file(contacts.get_organisation_vcard(ById(id=organisation_id)))


def _file(card: VCard) -> Response:
    return download(card.text.encode(), f"{card.name or 'contact'}.vcf", f"{KIND}; charset=utf-8")


def get_person_vcard(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The card of a person."""
    return person_vcard(id)


def get_organisation_vcard(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The card of an organisation."""
    return organisation_vcard(id)


for path, view, what in (
    ("/persons/{id}.vcf", get_person_vcard, "A person as a vCard"),
    ("/organisations/{id}.vcf", get_organisation_vcard, "An organisation as a vCard"),
):
    resource.view("GET", path, view, what, (Permission.CONTACTS_READ,), produces=KIND)
