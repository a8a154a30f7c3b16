"""Saving a contact as a vCard, from its card."""

from uuid import UUID

from flask import Response

from contracts.access import Permission
from gateway.api.vcards import organisation_vcard, person_vcard
from gateway.pages.door import Pages

pages = Pages("vcards", __name__)


@pages.get("/office/contacts/<uuid:person_id>/card.vcf", may=Permission.CONTACTS_READ)
def save_person(person_id: UUID) -> Response:
    """The card of a person."""
    return person_vcard(person_id)


@pages.get("/office/organisations/<uuid:organisation_id>/card.vcf", may=Permission.CONTACTS_READ)
def save_organisation(organisation_id: UUID) -> Response:
    """The card of an organisation."""
    return organisation_vcard(organisation_id)
