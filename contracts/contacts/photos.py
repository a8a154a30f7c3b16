"""The photo of a person (C5)."""

from contracts.access import Permission
from contracts.base import ById, Reply, Request, command, query
from contracts.contacts.documents import FileKey
from contracts.contacts.persons import Person
from contracts.system import SystemApi

PHOTO_SIDE = 512
"""Pixels: a photo is a square JPEG of at most this."""


class SetPhoto(ById, Request):
    """A stored square JPEG, made by us of what came in, becomes the person's photo in place of another."""

    file_key: FileKey


class PhotoFile(Reply):
    """Where the photo of a person lies."""

    file_key: str


class PhotosApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def set_photo(self, request: SetPhoto) -> Person: ...

    @query(may=Permission.CONTACTS_READ)
    def get_photo(self, request: ById) -> PhotoFile: ...

    @command(may=Permission.CONTACTS_WRITE)
    def remove_photo(self, request: ById) -> Person: ...
