"""The broker's users: who may declare, write and read what."""

import base64
import hashlib
import json
import re

import pytest

from ops.launcher.broker_users import definitions, password_hash, rights
from ops.launcher.services import BROKER_USERS, SERVICES


def may(user: str, what: str, name: str) -> bool:
    return re.search(rights(user)[what], name) is not None


def test_R6_a_service_reads_only_its_own_queues() -> None:
    assert may("membership", "read", "rpc-membership")
    assert may("membership", "read", "evt-commerce-invoice.paid.v1--membership.activate")
    assert not may("membership", "read", "rpc-identity")
    assert not may("membership", "read", "evt-commerce-invoice.paid.v1--notify.send")
    assert not may("membership", "read", "dlq.rpc-membership")


def test_R6_a_service_writes_only_its_own_events() -> None:
    assert may("courses", "write", "courses.events")
    assert may("courses", "write", "nameko-rpc")
    assert not may("courses", "write", "commerce.events")
    assert not may("courses", "write", "coursesXevents")


def test_reply_queues_of_others_are_out_of_reach() -> None:
    own, other = "rpc.reply-gateway-0190", "rpc.reply-identity-0190"
    for what in ("configure", "write", "read"):
        assert may("gateway", what, own)
        assert not may("gateway", what, other)


@pytest.mark.parametrize("user", [*SERVICES, "gateway", "relay", "worker"])
def test_only_the_administrator_declares_the_topology(user: str) -> None:
    for name in ("nameko-rpc", "dlx", "contacts.events", "rpc-contacts", "evt-a-b--contacts.c"):
        assert not may(user, "configure", name)
        assert may("talkoo", "configure", name)


def test_the_relay_writes_events_and_reads_no_queue() -> None:
    assert may("relay", "write", "commerce.events")
    assert not may("relay", "read", "rpc-commerce")


def test_definitions_hold_no_password_and_no_guest() -> None:
    passwords = {user: f"password-of-{user}" for user in BROKER_USERS}
    text = definitions(passwords)
    assert "password-of" not in text
    assert {user["name"] for user in json.loads(text)["users"]} == set(BROKER_USERS)


def test_password_hash_is_salted_sha256() -> None:
    salt = b"\x01\x02\x03\x04"
    decoded = base64.b64decode(password_hash("secret", salt))
    assert decoded == salt + hashlib.sha256(salt + b"secret").digest()
