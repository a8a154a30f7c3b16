"""Peers of the measurements: what can be said of them without starting one."""

import hashlib
import json
import re
from configparser import RawConfigParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from ops.bench import peers
from ops.bench.load import Outcome
from ops.bench.peers import pretix
from ops.bench.peers.pretix_settings import settings
from ops.bench.peers.turns import THIS_RUN, against_pretix, pretix_turns
from ops.bench.reading import rate
from ops.bench.turns import Turns
from ops.launcher.bootstrap import MARKER, ready_environment

ROOT = Path(__file__).resolve().parents[2]


def test_pretix_is_told_its_database_its_redis_and_that_this_is_production():
    told = RawConfigParser()
    told.read_string(settings(Path("/data"), "postgresql://boss:a%2Fb%25@127.0.0.1:20001/peer_pretix", 20002, 20003))
    assert dict(told["database"]) == {
        "backend": "postgresql",
        "name": "peer_pretix",
        "user": "boss",
        "password": "a/b%",
        "host": "127.0.0.1",
        "port": "20001",
    }
    assert told["pretix"]["url"] == "http://127.0.0.1:20002"
    assert told["pretix"]["datadir"] == "/data"
    assert not told.getboolean("django", "debug")
    places = (told["redis"]["location"], told["celery"]["backend"], told["celery"]["broker"])
    assert places == tuple(f"redis://127.0.0.1:20003/{number}" for number in range(3))


def test_the_lock_names_hashes_and_no_addresses():
    text = pretix.LOCK.read_text()
    packages = re.findall(r"^[\w.\[\]-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+$", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^\w", text, re.MULTILINE)) > 100
    assert "://" not in text


def test_nothing_of_a_peer_is_among_our_own_packages():
    assert "pretix" not in (ROOT / "requirements.lock").read_text() + (ROOT / "requirements-dev.lock").read_text()


def test_what_the_scene_tells_is_its_last_line():
    assert pretix.told('Setting up ...\n{"not": "this"}\n{"seconds": 1.5, "orders": 2}\n') == {
        "seconds": 1.5,
        "orders": 2,
    }


def test_an_environment_whose_locks_are_installed_is_taken_as_it_is(tmp_path):
    lock, folder = tmp_path / "peer.lock", tmp_path / "peer"
    lock.write_text("something==1.0\n")
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    (folder / MARKER).write_text(json.dumps({lock.name: hashlib.sha256(lock.read_bytes()).hexdigest()}))
    assert ready_environment(folder, [lock]) == folder / "bin" / "python"


def per_second(*rates):
    outcomes = iter([Outcome.of_events(each, 1.0) for each in rates])
    return lambda: next(outcomes)


def test_a_peer_that_was_asked_is_measured_in_the_same_run():
    turns = Turns(3, {"P3": per_second(90, 100, 140), THIS_RUN: per_second(2, 4, 5)})
    found = against_pretix("P3", "a search", "req/s", turns, rate, then=3.0, at_least=20)
    assert (found.floor_name, found.floor, found.ratio, found.met) == ("pretix (this run)", 4, 25, True)


def test_a_peer_that_was_not_asked_stands_there_with_its_figure_of_another_day():
    turns = Turns(1, {"P3": per_second(90)})
    found = against_pretix("P3", "a search", "req/s", turns, rate, then=3.0, at_least=80)
    assert (found.floor_name, found.floor, found.ratio, found.met) == (peers.ANOTHER_DAY, 3.0, 30, False)


def test_what_a_peer_refused_is_told():
    refusing = Outcome(answered=0, refused={"502": 7}, seconds=1, p50=0, p95=0, p99=0, cpu=0)
    found = against_pretix(
        "P3", "a search", "req/s", Turns(1, {"P3": per_second(90), THIS_RUN: lambda: refusing}), rate, 3.0, 80
    )
    assert (found.ratio, found.met) == (0, False)
    assert found.fault == "pretix (this run): 7 answers were 502"


@pytest.mark.parametrize("orders", [0, 100_000])
def test_no_peer_is_started_unless_it_is_asked_for(orders):
    with pretix_turns(SimpleNamespace(peers=False), orders, pytest.fail) as measures:
        assert measures == {}
