"""Backup and restore on a real server: what was saved comes back, what came later goes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.launcher import backup
from ops.launcher.account import suite_account
from ops.launcher.archive import BadArchive
from ops.launcher.servers import StartFailed
from ops.launcher.state import StateFolder, state_root
from tests.statements import run


@pytest.fixture(autouse=True)
def no_given_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process name their databases in the environment."""
    for name in [name for name in os.environ if name.endswith("DATABASE_URL")]:
        monkeypatch.delenv(name)


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A checkout's name with a state of its own (the code comes from the real one)."""
    folder = tmp_path / "proof"
    folder.mkdir()
    yield folder
    shutil.rmtree(state_root(folder, suite_account()))


@pytest.fixture
def state(checkout: Path) -> StateFolder:
    account = suite_account()
    return StateFolder(state_root(checkout, account), account)


def test_a_backup_brings_databases_and_files_back(checkout: Path, state: StateFolder, tmp_path: Path) -> None:
    archive = str(tmp_path / "backup.tar")
    invoice = state.data_folder("files") / "invoice-å.pdf"
    with state.lock(), backup._started_databases(state) as urls:
        invoice.write_bytes(b"%PDF")
        run(
            urls["contacts"], "CREATE TABLE person (name citext PRIMARY KEY)", "INSERT INTO person VALUES ('Åsa Öhman')"
        )
        assert backup.backup(checkout, archive) == 0
        run(urls["contacts"], "TRUNCATE person", "CREATE TABLE later (n int)")
        with pytest.raises(StartFailed, match="stop it before"):
            backup.restore(checkout, archive)
    invoice.unlink()
    assert backup.restore(checkout, archive) == 0
    assert invoice.read_bytes() == b"%PDF"
    assert invoice.stat().st_uid == state.account.uid
    with state.lock(), backup._started_databases(state) as urls:
        assert run(urls["contacts"], "SELECT name FROM person WHERE name = 'åsa öhman'") == [("Åsa Öhman",)]
        assert run(urls["contacts"], "SELECT to_regclass('later')") == [(None,)]
        assert ("pg_trgm",) in run(urls["notify"], "SELECT extname FROM pg_extension")


def test_a_damaged_archive_changes_nothing(checkout: Path, state: StateFolder, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    archive.write_bytes(b"no backup at all")
    kept = state.data_folder("files") / "kept"
    kept.write_text("kept")
    with pytest.raises(BadArchive):
        backup.restore(checkout, str(archive))
    assert kept.read_text() == "kept"
    assert not (state.root / "postgres").exists()
