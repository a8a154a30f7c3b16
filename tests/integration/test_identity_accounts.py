"""Accounts of the office (I4), on a real database."""

import re

import pytest

from chassis import rpc
from chassis.settings import settings
from contracts.errors import Gone, ServiceError
from contracts.identity import CreateAccount, SetPassword, UpdateAccount
from ops import first_administrator


@pytest.fixture
def call(call_service, clean_database):
    clean_database("identity")
    return lambda method, request: call_service("identity", method, request)


def administrator(call, name):
    return call("create_account", CreateAccount(username=name, roles=["administrator"]))


@pytest.mark.parametrize("change", [{"disabled": True}, {"roles": ["office"]}])
def test_I4_the_last_administrator_stays_one(call, change):
    first, second = administrator(call, "ensin"), administrator(call, "sitten")
    assert call("update_account", UpdateAccount(id=first.id, version=first.version, **change))
    with pytest.raises(ServiceError, match="administrator"):
        call("update_account", UpdateAccount(id=second.id, version=second.version, **change))


@pytest.fixture
def offered(call, capsys, monkeypatch):
    """What the launcher would print at its next start: the token of a new link, or None."""
    monkeypatch.setenv("TALKOO_BASE_URL", "http://talkoo.example")
    settings.cache_clear()

    def start():
        with rpc.calling(rpc.system_caller("worker")):
            first_administrator.link_while_none_exists()
        found = re.search(r"http://talkoo\.example/my/password/(\S+)", capsys.readouterr().out)
        return found and found[1]

    yield start
    monkeypatch.undo()
    settings.cache_clear()


def test_the_link_of_the_first_administrator_is_offered_until_somebody_is_one(call, offered):
    call("create_account", CreateAccount(username="jasen", roles=["member"]))
    lost, found = offered(), offered()
    assert lost
    assert found
    assert lost != found
    made = call("set_password", SetPassword(token=found, username="paakayttaja", password="kolme erilaista sanaa"))
    assert made.roles == ["administrator"]
    assert offered() is None
    with pytest.raises(Gone):
        call("set_password", SetPassword(token=lost, username="toinen", password="kolme erilaista sanaa"))
