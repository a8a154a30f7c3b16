"""R6 on the broker itself: every method of every service against every kind of principal, forged ones too.

Generated from the contracts. Each message carries a field that no request has: who is let in is told that it is
`invalid`, who is not is told so before the request is even looked at; nothing has an effect either way.
"""

from dataclasses import dataclass

import pika.exceptions
import pytest

from chassis import topology
from chassis.ids import new_id
from chassis.principals import system_principal
from chassis.service import SERVICES, service_class
from contracts.access import ANONYMOUS, LinkPurpose, Permission, Principal, PrincipalKind, Rule
from contracts.base import methods_of
from ops.launcher.services import ISSUERS
from services.identity.rules.built_in_roles import BUILT_IN
from tests.e2e.broker import Ask, Stranger, encoded, token

METHODS = [(service, method) for service in SERVICES for method in methods_of(service_class(service)).values()]
NO_REQUEST = {"a_field_that_no_request_has": 1}
IDENTITY = "identity"


@dataclass(frozen=True)
class Caller:
    """A principal and who signs it."""

    principal: Principal
    issuer: str = IDENTITY


def account(permissions=(), person=None):
    granted = frozenset(each.value for each in permissions)
    return Principal(kind=PrincipalKind.ACCOUNT, id=str(new_id()), person_id=person, permissions=granted)


def api_key(*permissions):
    return Principal(kind=PrincipalKind.API_KEY, id=str(new_id()), permissions=frozenset(permissions))


def link(purpose, person, thing):
    return Principal(
        kind=PrincipalKind.LINK, id=str(new_id()), person_id=person, link_purpose=purpose, link_object=thing
    )


def callers():
    yield Caller(ANONYMOUS)
    yield Caller(ANONYMOUS, "gateway")
    yield Caller(account())
    yield Caller(account(person=new_id()))
    yield from (Caller(account(role.permissions, new_id())) for role in BUILT_IN.values())
    yield Caller(api_key())
    yield from (Caller(api_key(permission.value)) for permission in Permission)
    for purpose in LinkPurpose:
        yield from (Caller(link(purpose, *named)) for named in ((new_id(), new_id()), (None, new_id()), (None, None)))
    yield from (Caller(system_principal(issuer), issuer) for issuer in ISSUERS)


OPENS = {
    Rule.PUBLIC: lambda _: True,
    Rule.SIGNED_IN: lambda who: who.kind in {"account", "api_key"},
    Rule.OWN: lambda who: who.kind == "account" and who.person_id is not None,
    Rule.SYSTEM: lambda _: False,
    Rule.GATEWAY: lambda who: (who.kind, who.id) == ("system", "gateway"),
}
"""Whom a rule lets in, besides the suite's own services."""


def is_let_in(who, method):
    if who.kind == "system" and who.id != "gateway":
        return True
    return any(opens(who, right) for right in method.may)


def opens(who, right):
    if isinstance(right, Permission):
        return right.value in who.permissions
    if isinstance(right, LinkPurpose):
        return who.link_purpose is right and bool(who.person_id or who.link_object)
    return OPENS[right](who)


@pytest.fixture(scope="module")
def stranger(whole):
    connected = Stranger(whole.suite)
    yield connected
    connected.close()


@pytest.fixture(scope="module")
def keys(whole):
    return whole.suite.wiring.signing_keys


def codes(replies):
    return [reply["error"]["code"] if reply["error"] else "answered" for reply in replies]


def test_R6_every_method_lets_in_whom_its_contract_names_and_nobody_else(stranger, keys):
    rows = [
        (caller.principal, method, Ask(service, method.name, signed, NO_REQUEST))
        for caller in callers()
        for signed in [token(caller.principal, keys[caller.issuer], caller.issuer)]
        for service, method in METHODS
    ]
    found = codes(stranger.ask([ask for _, _, ask in rows]))
    expected = [answer_to(who, method) for who, method, _ in rows]
    wrong = [
        (f"{ask.service}.{ask.method}", who, told, right)
        for (who, _, ask), told, right in zip(rows, found, expected, strict=True)
        if told != right
    ]
    assert wrong == []
    assert set(expected) == {"invalid", "not_signed_in", "not_allowed"}


def answer_to(who, method):
    if is_let_in(who, method):
        return "invalid"
    return "not_signed_in" if who.kind == "anonymous" else "not_allowed"


def forged(keys):
    """Tokens that no service may believe, by what is wrong with them."""
    admin = account(Permission, new_id())
    good = token(admin, keys[IDENTITY], IDENTITY)
    body, signature = good.split(".")
    other_body = token(account(), keys[IDENTITY], IDENTITY).split(".")[0]
    altered = signature[:-8] + ("A" * 8 if signature[-8:] != "A" * 8 else "B" * 8)
    everything = {"permissions": frozenset(Permission)}
    return {
        "none": None,
        "empty": "",
        "garbage": "garbage",
        "dots": "..",
        "not signed": f"{body}.",
        "another body under a signature": f"{other_body}.{signature}",
        "an altered signature": f"{body}.{altered}",
        "nested without end": f"{encoded(b'[' * 50_000)}.{signature}",
        "expired": token(admin, keys[IDENTITY], IDENTITY, expires_in=-1),
        "never expires": token(admin, keys[IDENTITY], IDENTITY, expires_in=None),
        "a key of one's own": token(admin, keys["contacts"], IDENTITY),
        "an issuer nobody knows": token(admin, keys[IDENTITY], "nobody"),
        "the gateway signs an account": token(admin, keys["gateway"], "gateway"),
        "the gateway signs a service": token(system_principal("contacts"), keys["gateway"], "gateway"),
        "a service signs another": token(system_principal("worker"), keys["notify"], "notify"),
        "a service signs nobody": token(ANONYMOUS, keys["notify"], "notify"),
        "rights for nobody": token(ANONYMOUS.model_copy(update=everything), keys["gateway"], "gateway"),
        "rights for the gateway": token(
            system_principal("gateway").model_copy(update=everything), keys["gateway"], "gateway"
        ),
    }


def test_R6_forged_expired_and_missing_principals_are_refused_by_every_method(stranger, keys):
    wanted = [
        (name, Ask(service, method.name, given, NO_REQUEST))
        for name, given in forged(keys).items()
        for service, method in METHODS
    ]
    found = codes(stranger.ask([ask for _, ask in wanted]))
    wrong = [
        (name, f"{ask.service}.{ask.method}", told)
        for (name, ask), told in zip(wanted, found, strict=True)
        if told != ("principal_expired" if "expire" in name else "bad_principal")
    ]
    assert wrong == []


def test_R6_what_no_contract_declares_cannot_be_called(stranger, keys):
    """Neither event handlers nor what the service's class has besides its methods, not even by the suite itself."""
    signed = token(system_principal("worker"), keys["worker"], "worker")
    declared = {(service, method.name) for service, method in METHODS}
    names = {(service, name) for service in SERVICES for name in (*dir(service_class(service)), "", "*", "drop_table")}
    wanted = [Ask(service, name, signed, {}) for service, name in sorted(names - declared)]
    assert len(wanted) > 200
    assert set(codes(stranger.ask(wanted))) == {"method_not_found"}


def test_R6_a_user_of_the_broker_does_its_own_work_only(whole):
    """Whoever has the gateway's or a service's password cannot speak or listen for another."""
    queue = topology.rpc_queue("identity")
    attempts = {
        "gateway": [
            lambda channel: channel.basic_publish("commerce.events", "invoice.paid.v1", b"{}", mandatory=True),
            lambda channel: channel.basic_consume(queue, lambda *_: None),
            lambda channel: channel.queue_purge(queue),
            lambda channel: channel.queue_delete(queue),
        ],
        "contacts": [
            lambda channel: channel.basic_publish("commerce.events", "invoice.paid.v1", b"{}", mandatory=True),
            lambda channel: channel.basic_get(queue),
            lambda channel: channel.queue_bind(topology.rpc_queue("contacts"), "commerce.events", "#"),
            lambda channel: channel.exchange_declare("another"),
        ],
    }
    for user, tried in attempts.items():
        stranger = Stranger(whole.suite, user)
        for attempt in tried:
            channel = stranger.connection.channel()
            channel.confirm_delivery()
            with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
                attempt(channel)
            assert refused.value.reply_code == 403
        stranger.close()


def test_R6_a_link_is_no_key_and_no_session(whole):
    """Over HTTP a personal link opens its page; as a bearer token or a cookie it is nothing."""
    for each in ("a" * 43, encoded(b"x" * 32)):
        bearer = whole.visitor().ask("GET", "/api/v1/me", headers={"Authorization": f"Bearer {each}"})
        cookie = whole.visitor().ask("GET", "/api/v1/me", headers={"Cookie": f"talkoo_session={each}"})
        assert (bearer.status_code, cookie.status_code) == (401, 401)
