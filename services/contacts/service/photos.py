"""The photo of a person (C5)."""

from contracts.base import ById
from contracts.contacts.persons import Person
from contracts.contacts.photos import PhotoFile, PhotosApi, SetPhoto
from services.contacts.commands import photos
from services.contacts.queries.persons import get_photo
from services.contacts.service.base import ContactsMethods


class PhotosMethods(ContactsMethods, PhotosApi):
    """The photo of a person (C5)."""

    def set_photo(self, request: SetPhoto) -> Person:
        return photos.put(self.session, request, self.author)

    def get_photo(self, request: ById) -> PhotoFile:
        return get_photo(self.reader, request.id)

    def remove_photo(self, request: ById) -> Person:
        return photos.remove(self.session, request.id, self.author)
