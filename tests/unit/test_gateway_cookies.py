"""The cookies of session and visit go by https alone where the public address is https."""

import pytest
from flask import Flask, Response

from chassis.settings import settings
from gateway import csrf, sessions

ADDRESSES = [("https://talkoo.example.org", True), ("http://127.0.0.1:8000", False)]


@pytest.fixture
def cookies(monkeypatch):
    """What an answer to a request by http sets, when the public address is `base_url`."""
    monkeypatch.setenv("AMQP_URL", "amqp://127.0.0.1:1")
    monkeypatch.setenv("TALKOO_SIGNING_KEYS", "{}")
    monkeypatch.setenv("TALKOO_VERIFY_KEYS", "{}")
    monkeypatch.setenv("TALKOO_SECRET", "a secret of the tests alone, 32 characters")
    app = Flask("gateway")
    csrf.init_csrf(app)

    @app.get("/")
    def front() -> Response:
        csrf.csrf_token()
        answer = Response()
        sessions.open_session(answer, "a" * 43)
        return answer

    def set_by(base_url: str) -> dict[str, str]:
        monkeypatch.setenv("TALKOO_BASE_URL", base_url)
        settings.cache_clear()
        found = app.test_client().get("/", base_url="http://127.0.0.1").headers.getlist("Set-Cookie")
        return {each.partition("=")[0]: each for each in found}

    yield set_by
    settings.cache_clear()


@pytest.mark.parametrize(("base_url", "secure"), ADDRESSES)
def test_cookies_go_by_https_alone_when_the_public_address_is_https(cookies, base_url, secure):
    found = cookies(base_url)
    assert {name: "; Secure" in each for name, each in found.items()} == {
        "talkoo_visit": secure,
        "talkoo_session": secure,
    }
