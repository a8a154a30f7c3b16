"""The photo of a person, with the files that lie behind it (C5)."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chassis import clock, files, pictures
from chassis.database import database_of
from chassis.ids import new_id
from chassis.settings import settings
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.history import History
from contracts.contacts.merges import MergePersons
from contracts.contacts.persons import CreatePerson
from contracts.contacts.photos import PHOTO_SIDE, SetPhoto
from contracts.errors import Invalid, NotAllowed, NotFound
from services.contacts.commands import stored_files
from tests.integration.conftest import staff


@pytest.fixture
def call(call_service, clean_database):
    clean_database("contacts")
    return lambda method, request, who=staff(): call_service("contacts", method, request, principal=who)  # noqa: B008


@pytest.fixture
def person(call):
    return call("create_person", CreatePerson(given_name="Helmi", family_name="Aalto")).id


def picture(size=(800, 600), kind="PNG"):
    out = BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(out, kind)
    return out.getvalue()


def stored(content=None):
    key = files.new_key("contacts", ".jpg")
    files.store(key, content or pictures.small(picture(), PHOTO_SIDE, square=True))
    return key


def put(call, person_id):
    key = stored()
    call("set_photo", SetPhoto(id=person_id, file_key=key))
    return key


def key_of(call, person_id):
    return call("get_photo", ById(id=person_id)).file_key


def is_there(key):
    return (Path(settings().talkoo_files) / key).is_file()


def swept(*keys):
    for key in keys:
        when = (clock.now() - stored_files.GRACE - timedelta(minutes=1)).timestamp()
        if is_there(key):
            os.utime(Path(settings().talkoo_files) / key, (when, when))
    with database_of("contacts").transaction() as session:
        stored_files.sweep(session, clock.now())
    return [is_there(key) for key in keys]


def test_C5_a_photo_is_set_replaced_and_removed_and_the_history_says_so(call, person):
    with pytest.raises(NotFound):
        key_of(call, person)
    first = put(call, person)
    assert key_of(call, person) == first
    second = put(call, person)
    shown = call("get_person", ById(id=person))
    assert (shown.has_photo, shown.version, key_of(call, person)) == (True, 3, second)
    assert swept(first, second) == [False, True]
    assert not call("remove_photo", ById(id=person)).has_photo
    assert call("remove_photo", ById(id=person)).version == 4
    assert swept(second) == [False]
    told = [(each.old, each.new) for each in call("list_history", History(id=person)).data if each.field == "photo"]
    assert told == [(True, False), (True, True), (False, True)]


def test_C5_only_what_was_made_here_becomes_a_photo(call, person):
    wrong = (picture(), picture((600, 600)), picture((800, 600), "JPEG"), picture((513, 513), "JPEG"), b"<svg/>")
    for content in wrong:
        with pytest.raises(Invalid) as error:
            call("set_photo", SetPhoto(id=person, file_key=stored(content)))
        assert [each.code for each in error.value.errors] == ["not_a_photo"]
    for key in (files.new_key("contacts", ".jpg"), "commerce/../x", ""):
        with pytest.raises(Invalid):
            call("set_photo", SetPhoto(id=person, file_key=key))
    with pytest.raises(NotFound):
        put(call, new_id())
    assert not call("get_person", ById(id=person)).has_photo


def test_C5_reading_is_for_readers_and_setting_for_writers_of_the_register(call, person):
    put(call, person)
    reader, nobody = staff(Permission.CONTACTS_READ), staff(Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE)
    assert call("get_photo", ById(id=person), reader)
    for method, request, who in (
        ("get_photo", ById(id=person), nobody),
        ("set_photo", SetPhoto(id=person, file_key=stored()), reader),
        ("remove_photo", ById(id=person), reader),
    ):
        with pytest.raises(NotAllowed):
            call(method, request, who)


def test_C5_a_merge_keeps_the_survivors_photo_or_takes_the_only_one_and_is_undone_exactly(call, person):
    other = call("create_person", CreatePerson(given_name="Helmi", family_name="Aallto")).id
    theirs = put(call, other)
    merged = call("merge_persons", MergePersons(survivor_id=person, merged_id=other))
    assert key_of(call, person) == theirs
    call("undo_merge", ById(id=merged.id))
    assert not call("get_person", ById(id=person)).has_photo
    assert key_of(call, other) == theirs
    own = put(call, person)
    chosen = MergePersons(survivor_id=person, merged_id=other, choices={"photo_key": "merged"})
    again = call("merge_persons", chosen)
    assert key_of(call, person) == theirs
    assert swept(own, theirs) == [True, True]  # undoing gives the own one back
    call("undo_merge", ById(id=again.id))
    assert (key_of(call, person), key_of(call, other)) == (own, theirs)


def test_C5_erasing_a_person_erases_the_photos_under_all_ids(call, person):
    other = call("create_person", CreatePerson(given_name="Helmi", family_name="Aallto")).id
    own, theirs = put(call, person), put(call, other)
    survivor = call("merge_persons", MergePersons(survivor_id=person, merged_id=other)).survivor_id
    version = call("get_person", ById(id=survivor)).version
    call("erase_person", ErasePerson(id=person, version=version, reason="requested"))
    assert (is_there(own), is_there(theirs)) == (False, False)
    with pytest.raises(NotFound):
        key_of(call, person)
