"""Backup and restore of a suite in containers, on real databases."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from chassis.settings import settings
from ops.compose import backup
from ops.launcher.databases import libpq_url
from ops.launcher.infrastructure import Infrastructure
from tests.statements import run as statements_run


@pytest.fixture
def files(servers: Infrastructure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a container whose environment names the test servers' databases."""
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "run").mkdir()
    variables = {f"{service.upper()}_DATABASE_URL": url for service, url in servers.database_urls.items()}
    variables |= {"AMQP_URL": servers.amqp_urls["talkoo"], "TALKOO_FILES": str(folder)}
    variables |= {"TALKOO_RUN_FILE": str(tmp_path / "run" / "run.json")}
    for name, value in {
        "TALKOO_SIGNING_KEYS": json.dumps({}),
        "TALKOO_VERIFY_KEYS": json.dumps({}),
        **variables,
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield folder
    settings.cache_clear()


def connect() -> "psycopg2.extensions.connection":
    return psycopg2.connect(libpq_url(os.environ["COURSES_DATABASE_URL"]))


def run(*statements: str) -> list[tuple]:
    return statements_run(os.environ["COURSES_DATABASE_URL"], *statements)


def saved() -> bytes:
    target = io.BytesIO()
    backup.save(target)
    return target.getvalue()


def test_what_was_saved_comes_back_and_what_came_later_goes(files: Path) -> None:
    (files / "courses").mkdir()
    (files / "courses" / "ticket.pdf").write_bytes(b"%PDF")
    run("CREATE TABLE seat (name citext)", "INSERT INTO seat VALUES ('Åsa')")
    archive = saved()
    (files / "courses" / "ticket.pdf").unlink()
    (files / "courses" / "later.pdf").touch()
    run("TRUNCATE seat", "CREATE TABLE later (n int)")
    backup.restore(io.BytesIO(archive))
    assert run("SELECT name FROM seat, pg_extension WHERE extname = 'citext'") == [("Åsa",)]
    assert run("SELECT to_regclass('later')") == [(None,)]
    assert [path.name for path in files.rglob("*.pdf")] == ["ticket.pdf"]
    assert list((files.parent / "run").iterdir()) == []
    run("DROP TABLE seat")


def test_nothing_is_restored_under_a_running_suite(files: Path) -> None:
    archive = saved()
    (files / "kept").touch()
    service = connect()
    try:
        with pytest.raises(backup.StillRunning, match="courses is still connected"):
            backup.restore(io.BytesIO(archive))
    finally:
        service.close()
    assert (files / "kept").exists()


def test_half_an_archive_changes_nothing(files: Path) -> None:
    archive = saved()
    (files / "kept").touch()
    with pytest.raises(ValueError, match=r"not a backup|damaged|missing"):
        backup.restore(io.BytesIO(archive[: len(archive) // 2]))
    assert (files / "kept").exists()
