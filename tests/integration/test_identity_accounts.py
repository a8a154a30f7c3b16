"""Accounts of the office (I4), on a real database."""

import pytest

from contracts.errors import ServiceError
from contracts.identity import CreateAccount, UpdateAccount


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
