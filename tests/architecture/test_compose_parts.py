"""The small programs that run inside the containers."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chassis.settings import settings
from ops.compose.prepare import GivenPasswords
from ops.launcher.databases import database_name
from ops.launcher.ports import free_port
from ops.launcher.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/livez" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def probe(*arguments: object) -> int:
    command = [sys.executable, "-I", "-S", "ops/compose/probe.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_a_process_that_answers_200_is_healthy(port):
    assert probe(port, "/livez") == 0


def test_a_process_that_answers_otherwise_or_not_at_all_is_ill(port):
    assert probe(port) == 1
    assert probe(free_port({port})) == 1


def test_roles_get_the_passwords_of_the_services_addresses(monkeypatch):
    for name, value in {"AMQP_URL": "amqp://", "TALKOO_SIGNING_KEYS": "{}", "TALKOO_VERIFY_KEYS": "{}"}.items():
        monkeypatch.setenv(name, value)
    for service in SERVICES:
        url = f"postgresql+psycopg2://{database_name(service)}:p%40{service}@postgres:5432/{database_name(service)}"
        monkeypatch.setenv(f"{service.upper()}_DATABASE_URL", url)
    settings.cache_clear()
    try:
        passwords = GivenPasswords()
    finally:
        settings.cache_clear()
    assert [passwords.secret(database_name(each)) for each in SERVICES] == [f"p@{each}" for each in SERVICES]
