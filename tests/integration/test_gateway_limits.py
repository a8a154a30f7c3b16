"""Limits of the door: identity counts, workers take shares; a crowd that comes at once takes what it uses (I6)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from chassis.ids import new_id
from contracts.access import Principal, PrincipalKind
from contracts.errors import TooMany, Unavailable
from contracts.identity import TakeRateLimit
from gateway import limits

GATEWAY = Principal(kind=PrincipalKind.SYSTEM, id="gateway")
LIMIT, CROWD = 90, 16
door = Flask(__name__)


class Identity:
    """The service itself, some way off."""

    def __init__(self, call_service):
        self.call_service = call_service
        self.asked = 0
        self.away = False

    def take_rate_limit(self, request):
        self.asked += 1
        time.sleep(0.05)
        if self.away:
            raise Unavailable("away")
        return self.call_service("identity", "take_rate_limit", request, principal=GATEWAY)


@pytest.fixture
def identity(call_service, monkeypatch):
    found = Identity(call_service)
    monkeypatch.setattr(limits, "identity", found)
    return found


@pytest.fixture
def key():
    return f"http:key:{new_id().hex}"


def passes(key):
    with door.test_request_context():
        try:
            limits.take(key, LIMIT)
        except TooMany:
            return False
        return True


def crowd(key, people):
    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(lambda _: passes(key), range(people)))


def test_I6_a_crowd_leaves_the_other_workers_their_shares(identity, call_service, key):
    assert all(crowd(key, CROWD))
    share = LIMIT // limits.SHARES
    assert identity.asked == -(-CROWD // share)
    asked = TakeRateLimit(key=key, limit=LIMIT, seconds=60, cost=1)
    left = call_service("identity", "take_rate_limit", asked, principal=GATEWAY).remaining
    assert left == LIMIT - identity.asked * share - 1


def test_I6_a_crowd_gets_in_exactly_as_often_as_the_limit_says(identity, key):
    assert sum(crowd(key, LIMIT + 20)) == LIMIT


def test_I6_while_nobody_counts_all_get_in_and_wait_for_one_answer(identity, key):
    identity.away = True
    assert all(crowd(key, CROWD))
    assert identity.asked < CROWD
    identity.away = False
    time.sleep(1.1)
    assert sum(crowd(key, LIMIT + 20)) == LIMIT
