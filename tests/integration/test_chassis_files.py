"""Object storage: the same behaviour in a local folder and in a bucket, over the store's real protocol (C15)."""

import json
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from moto.server import ThreadedMotoServer

from chassis import files
from chassis.settings import settings
from contracts.errors import Invalid, NotFound, Unavailable

pytestmark = pytest.mark.integration
LARGE = bytes(range(256)) * 40_000
"""Ten million bytes: more than one part of an upload."""


@pytest.fixture(scope="module")
def store():
    """Another company's store; the bucket is made by its own protocol."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/documents", method="PUT")).close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def place_files_at(process_settings, monkeypatch):
    def place(where, endpoint=""):
        credentials = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
        for name, value in {"TALKOO_FILES": where, "TALKOO_S3_ENDPOINT": endpoint, **credentials}.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield place
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(params=["folder", "bucket", "bucket with a prefix"])
def owner(request, place_files_at, store, tmp_path):
    """A name of files that no other test uses."""
    prefix = "/talkoo" if "prefix" in request.param else ""
    place_files_at(*((str(tmp_path),) if request.param == "folder" else (f"s3://documents{prefix}", store)))
    return f"owner{request.node.name.translate({ord(each): '' for each in '0123456789[]_- '})}".lower()


def test_C15_a_file_is_read_as_it_was_written_and_replaced_as_a_whole(owner):
    key = files.new_key(owner, ".pdf")
    for content in (b"", b"first", LARGE, b"last"):
        files.store(key, content)
        assert files.load(key) == content
        assert files.size(key) == len(content)
        with files.local(key) as path, files.opened(key) as file:
            assert path.suffix == ".pdf"
            assert path.read_bytes() == file.read() == content


def test_C15_a_file_that_was_not_finished_is_not_there(owner):
    key = files.new_key(owner)
    with pytest.raises(InterruptedError):
        write_and_break_off(key)
    for read in (files.load, files.size, files.opened, lambda key: files.local(key).__enter__()):
        with pytest.raises(NotFound):
            read(key)
    assert list(files.stored(owner, datetime.now(UTC) + timedelta(minutes=1))) == []


def write_and_break_off(key):
    with files.writing(key) as file:
        file.write(LARGE)
        raise InterruptedError


def test_C15_old_files_are_found_by_owner_and_removed(owner):
    keys = {files.new_key(owner, ".txt") for _ in range(3)}
    for key in keys:
        files.store(key, b"x")
    files.store(files.new_key(f"{owner}x"), b"x")
    past, future = (datetime.now(UTC) + timedelta(minutes=each) for each in (-5, 5))
    assert list(files.stored(owner, past)) == []
    assert set(files.stored(owner, future)) == keys
    first, second, third = keys
    assert not files.delete_old(first, past)
    assert files.delete_old(first, future)
    assert not files.delete_old(first, future)
    files.delete(second)
    files.delete(second)
    assert set(files.stored(owner, future)) == {third}


@pytest.mark.parametrize("key", ["../x", "a/b", f"a/{'0' * 36}/../x", "s3://x/y", ""])
def test_C15_what_is_no_key_reaches_no_file(owner, key):
    for reach in (files.load, files.size, files.delete, files.writing):
        with pytest.raises(Invalid):
            reach(key)


def test_C15_a_store_that_is_away_or_refuses_is_told_as_such(place_files_at, store):
    key = files.new_key("contacts")
    for where, endpoint in (("s3://documents", "http://127.0.0.1:9"), ("s3://no-such-bucket", store)):
        place_files_at(where, endpoint)
        with pytest.raises(Unavailable) as error:
            files.store(key, b"x")
        assert "127.0.0.1" not in str(error.value)


def test_C15_a_place_that_is_none_is_named(place_files_at):
    place_files_at("s3://")
    with pytest.raises(RuntimeError, match="TALKOO_FILES"):
        files.load(files.new_key("contacts"))


def test_who_keeps_files_in_a_folder_does_not_load_the_libraries_of_stores(tmp_path, process_settings):
    code = (
        "import json, sys; from chassis import files; key = files.new_key('contacts'); files.store(key, b'x');"
        "print(json.dumps([files.load(key).decode(), 'boto3' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["x", False]
