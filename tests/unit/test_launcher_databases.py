"""Addresses of databases, as set by the operator or made by the launcher."""

import os
import pwd
from pathlib import Path

import pytest

from ops.launcher import companies, databases, processes
from ops.launcher.account import Account
from ops.launcher.ports import NAMES
from ops.launcher.services import SERVICES
from ops.launcher.state import StateFolder


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    me = pwd.getpwuid(os.geteuid())
    return StateFolder(tmp_path / "state", Account(me.pw_name, me.pw_uid, me.pw_gid))


def test_urls_name_the_driver_and_keep_the_servers_options(state: StateFolder) -> None:
    urls = databases.urls_on("postgresql://admin:pw@db.example.org:5433/postgres?sslmode=require", state)
    assert set(urls) == set(SERVICES)
    secret = state.secret("talkoo_notify")
    expected = f"postgresql+psycopg2://talkoo_notify:{secret}@db.example.org:5433/talkoo_notify?sslmode=require"
    assert urls["notify"] == expected


def test_all_databases_are_set_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES:
        monkeypatch.delenv(f"{service.upper()}_DATABASE_URL", raising=False)
    assert databases.given_urls() is None
    monkeypatch.setenv("NOTIFY_DATABASE_URL", "postgresql+psycopg2://x/y")
    with pytest.raises(ValueError, match="CONTACTS_DATABASE_URL"):
        databases.given_urls()


def test_a_simulator_runs_only_for_a_company_that_is_not_set(state: StateFolder) -> None:
    numbers = {name: 20000 + index for index, name in enumerate((*NAMES, "gateway"))}
    own = {"SMTP_URL": "smtp://mail.example.org:587"}
    outside = companies.companies(state, numbers, own)
    names = [spec.name for spec in processes.declared("127.0.0.1", numbers, outside)]
    assert outside["mail"].variables == own
    assert "mailbox" not in names
    assert {"twilio", "paytrail", "relay", "worker", "gateway", *SERVICES} == set(names)
