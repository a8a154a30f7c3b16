"""The photo of a person: made small and square of what comes in."""

from uuid import UUID

from flask import Response

from chassis import files, pictures
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.persons import Person
from contracts.contacts.photos import PHOTO_SIDE, SetPhoto
from contracts.errors import Invalid
from gateway.api.documents import JPEG
from gateway.api.door import answer
from gateway.api.downloads import download
from gateway.api.forms import FileForm
from gateway.api.routes import Resource
from gateway.api.uploads import Upload, form_fields, uploaded

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "Photos")


def put_photo(person_id: UUID, upload: Upload) -> Person:
    """Store the middle of the picture as the person's photo; raises Invalid for what is no picture, or too large."""
    try:
        square = pictures.small(upload.content, PHOTO_SIDE, square=True)
    except pictures.NotAPicture:
        raise Invalid.field("/file", "not_a_picture", "This is no picture; send JPEG, PNG, WebP or GIF.") from None
    except pictures.TooManyPixels:
        raise Invalid.field("/file", "too_many_pixels", "This picture has too many pixels; make it smaller.") from None
    key = upload.store(ContactsApi.service_name, square, ".jpg")
    return contacts.set_photo(SetPhoto(id=person_id, file_key=key))


def photo(person_id: UUID) -> Response:
    """The photo as it is shown; raises NotFound."""
    return download(files.load(contacts.get_photo(ById(id=person_id)).file_key), "photo.jpg", JPEG, inline=True)


def set_photo(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """Set or replace the photo."""
    form_fields()
    return answer(SET_PHOTO, put_photo(id, uploaded()).model_dump(mode="json"))


def get_photo(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The photo."""
    return photo(id)


resource.view("PUT", "/persons/{id}/photo", set_photo, "Set the photo of a person; its middle is kept, square",
              (Permission.CONTACTS_WRITE,), request=FileForm, reply=Person,
              consumes="multipart/form-data")  # fmt: skip
SET_PHOTO = resource.routes[-1]
resource.view("GET", "/persons/{id}/photo", get_photo, "The photo of a person", (Permission.CONTACTS_READ,),
              produces=JPEG)  # fmt: skip
resource.delete("/persons/{id}/photo", ContactsApi.remove_photo, "Remove the photo of a person")
