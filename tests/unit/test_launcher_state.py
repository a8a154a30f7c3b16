"""The state folder: secrets, locks, names, ports."""

import os
import pwd
import socket
import stat
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from ops.launcher import ports
from ops.launcher.account import Account
from ops.launcher.state import AlreadyRunning, StateFolder, checkout_id, state_root, write_private

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def account() -> Account:
    me = pwd.getpwuid(os.geteuid())
    return Account(me.pw_name, me.pw_uid, me.pw_gid)


@pytest.fixture
def state(tmp_path: Path, account: Account) -> StateFolder:
    return StateFolder(tmp_path / "state", account)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_made_once_and_private(state: StateFolder, account: Account) -> None:
    first = state.secret("postgres")
    assert StateFolder(state.root, account).secret("postgres") == first
    assert state.secret("other") != first
    assert mode(state.root / "secrets.json") == 0o600


def test_data_folders_are_private(state: StateFolder) -> None:
    assert mode(state.data_folder("postgres")) == 0o700


def test_one_launcher_at_a_time(state: StateFolder) -> None:
    with state.lock():
        assert state.is_locked()
        with pytest.raises(AlreadyRunning), state.lock():
            pass
    assert not state.is_locked()


def test_a_private_file_replaces_a_link_and_does_not_follow_it(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("untouched")
    target = tmp_path / "file"
    target.symlink_to(elsewhere)
    write_private(target, "secret")
    assert elsewhere.read_text() == "untouched"
    assert not target.is_symlink()
    assert mode(target) == 0o600


def test_two_checkouts_of_one_name_are_told_apart() -> None:
    assert checkout_id(Path("/a/talkoo")) != checkout_id(Path("/b/talkoo"))
    assert checkout_id(Path("/a/Täl koo!")).startswith("t-l-koo-")


def test_state_of_an_ordinary_user_is_in_the_checkout(account: Account) -> None:
    other = Account("talkoo", account.uid + 1, account.gid)
    assert state_root(Path("/home/x/talkoo"), account) == Path("/home/x/talkoo/.talkoo")
    assert str(state_root(Path("/home/x/talkoo"), other)).startswith("/var/lib/talkoo/talkoo-")


def test_remembered_ports_are_kept_while_they_are_free() -> None:
    first = ports.choose({})
    assert len(set(first.values())) == len(ports.NAMES)
    assert ports.choose(first) == first


def test_a_port_in_use_is_replaced() -> None:
    with socket.socket() as server:
        taken = ports.free_port()
        server.bind((ports.LOOPBACK, taken))
        server.listen()
        assert ports.accepts(taken)
        assert ports.choose({"amqp": taken})["amqp"] != taken


def test_no_port_is_chosen_twice_though_nobody_listens_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two suites that start together; the gateway's port of a suite and one of its others."""
    code = "from ops.launcher import ports; print(ports.free_port(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        monkeypatch.setattr(ports, "SERVERS", range(theirs, theirs + 1))
        with pytest.raises(ports.PortTaken):
            ports.free_port()
        other.communicate("\n")
    assert ports.free_port() == theirs
    with pytest.raises(ports.PortTaken):
        ports.free_port()


def test_no_outgoing_connection_can_take_the_port_of_a_server_that_is_down() -> None:
    """A broker that restarts found a connection of a client on its port, once."""
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert ports.SERVERS.stop <= first_outgoing
    assert set(ports.choose({"amqp": first_outgoing}).values()) <= set(ports.SERVERS)


@pytest.mark.parametrize("wanted", ["", "http", "0", "70000", "-1"])
def test_a_wrong_port_number_is_refused(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKOO_PORT", wanted)
    with pytest.raises(ports.PortTaken, match="not a port number"):
        ports.gateway_port()
