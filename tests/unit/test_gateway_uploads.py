"""What is too large is refused at its place, without being read into memory."""

import gc
import tracemalloc

import pytest
from flask import Flask

from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson
from contracts.errors import Invalid
from gateway import app as gateway
from gateway.api.uploads import form_fields
from gateway.config import gateway_settings
from gateway.pages import contact_input
from gateway.problems import TooLarge
from gateway.submitted import read

SIZE = 100_000_000
START = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nEtunimi;Sukunimi\n'
ROWS = b"Aino;Aalto\n" * 5_000


class Stream:
    """A file of 100 MB that is made while it is read."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size=-1):
        given = START if self.read_bytes == 0 else ROWS if self.read_bytes < SIZE else b"\r\n--x--\r\n"
        given = given if size < 0 else given[:size]
        self.read_bytes += len(given)
        return given

    def readline(self, size=-1):
        return self.read(size)


@pytest.fixture
def application():
    return Flask("test")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the file that is cut off is closed when nothing holds it
@pytest.mark.parametrize("declared", [True, False], ids=["with its length", "in chunks"])
def test_C11_a_file_of_100_megabytes_is_refused_in_words_before_it_takes_memory(application, declared):
    stream = Stream()
    environment = {
        "wsgi.input": stream,
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    environment |= {"CONTENT_LENGTH": str(SIZE)} if declared else {}
    with application.test_request_context("/api/v1/imports", method="POST", environ_overrides=environment):
        gateway._allow_uploads()
        tracemalloc.start()
        try:
            with pytest.raises(TooLarge) as caught:
                form_fields()  # reads the whole form, the file too
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    most = gateway_settings().talkoo_upload_limit
    told = (caught.value.error_code, caught.value.message)
    del caught
    gc.collect()
    assert told == ("file_too_large", f"This file is too large; at most {most // 1_000_000} MB.")
    assert stream.read_bytes < most + 2_000_000
    assert peak < most


TAGS = [f"t{number}" for number in range(10_000)]


@pytest.mark.parametrize("request_type", [CreatePerson, CreateOrganisation])
def test_C9_ten_thousand_tags_are_refused_at_their_field(request_type):
    with pytest.raises(Invalid) as caught:
        read(request_type, {"family_name": "Aho", "name": "Aho Oy", "tags": TAGS})
    assert "/tags" in [each.pointer for each in caught.value.errors]


def test_C9_ten_thousand_tags_in_a_form_are_refused_at_their_field(application):
    form = {"family_name": "Aho", "tags": " ".join(TAGS)}
    with application.test_request_context("/office/contacts/new", method="POST", data=form):
        typed = contact_input.typed_contact(contact_input.PERSON, [])
        with pytest.raises(Invalid) as caught:
            read(
                CreatePerson,
                {name: each for name, each in contact_input.given(typed, contact_input.PERSON, []).items() if each},
            )
    assert [(each.pointer, each.code) for each in caught.value.errors] == [("/tags", "too_long")]
