"""RabbitMQ's package: installed only for a node of our own; where it cannot be, one sentence says what to do."""

import os
import pwd
from contextlib import nullcontext
from pathlib import Path

import pytest

from ops.launcher import broker, packages, ports, up
from ops.launcher.account import Account
from ops.launcher.checkout import Code
from ops.launcher.infrastructure import Infrastructure
from ops.launcher.servers import StartFailed
from ops.launcher.services import SERVICES
from ops.launcher.state import StateFolder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """A machine without RabbitMQ; what is installed on it, in order."""
    installed: list[tuple[str, ...]] = []
    monkeypatch.setattr(broker, "SERVER_SCRIPTS", (str(tmp_path / "no-server"),))
    monkeypatch.setattr(packages, "_install", lambda names, **_: installed.append(names))
    return installed


def servers(tmp_path: Path) -> Infrastructure:
    me = pwd.getpwuid(os.geteuid())
    state = StateFolder(tmp_path / "state", Account(me.pw_name, me.pw_uid, me.pw_gid))
    return Infrastructure(state, dict.fromkeys(ports.NAMES, 1), Code(tmp_path, tmp_path / "python"))


@pytest.mark.parametrize(
    ("amqp_url", "installed"), [("", [("rabbitmq-server",)]), ("amqp://somebody@mq.example.org:5672/%2F", [])]
)
def test_rabbitmq_is_installed_only_for_a_node_of_our_own(bare, monkeypatch, tmp_path, amqp_url, installed) -> None:
    for service in SERVICES:  # integration tests set some of them, one after the other
        monkeypatch.delenv(f"{service.upper()}_DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin@db.example.org/postgres")
    monkeypatch.setenv("AMQP_URL", amqp_url)
    up._install_broker(servers(tmp_path), lambda _: nullcontext())
    assert bare == installed


NO_APT = "is missing and this machine has no apt-get; install it or set AMQP_URL to use a broker of your own."
NOT_ROOT = "is missing: run `apt-get install rabbitmq-server` as root, or set AMQP_URL to use a broker of your own."


@pytest.mark.parametrize(("programs", "sentence"), [(set(), NO_APT), ({"apt-get"}, NOT_ROOT)])
def test_one_sentence_says_what_is_missing_and_what_to_do(monkeypatch, tmp_path, programs, sentence) -> None:
    monkeypatch.setattr(broker, "SERVER_SCRIPTS", (str(tmp_path / "no-server"),))
    monkeypatch.setattr("shutil.which", lambda name: name if name in programs else None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(StartFailed) as caught:
        packages.ensure_rabbitmq()
    assert str(caught.value) == f"rabbitmq-server {sentence}"
