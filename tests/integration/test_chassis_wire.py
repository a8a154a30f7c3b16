"""What the chassis promises over a real broker, with real processes that are killed, stopped and frozen."""

import base64
import importlib
import json
import os
import signal
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pika
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chassis import amqp_client, principals, rpc, service, topology
from chassis.ids import new_id
from chassis.principals import SystemTokens, sign, system_principal
from chassis.settings import settings
from chassis.tables import create_chassis_tables
from contracts.base import JobById, ListRequest, Nothing, methods_of
from contracts.errors import Conflict, Internal, Invalid, KeyReused, NotAllowed, NotSignedIn, Unavailable
from contracts.system import ReplayParked
from ops.launcher.account import suite_account
from ops.launcher.checkout import find_checkout
from ops.launcher.infrastructure import infrastructure
from ops.launcher.ports import free_port
from ops.launcher.state import state_root
from tests.integration.probe_suite import SERVICES, Probe, write_services

MALFORMED = [
    ("no content type", {"content_type": None}, b'{"args": [{}], "kwargs": {}}'),
    ("binary content", {"content_type": "application/data"}, b'{"args": [{}], "kwargs": {}}'),
    ("no reply_to", {"reply_to": None}, b'{"args": [{}], "kwargs": {}}'),
    ("odd call stack header", {"headers": {"nameko.call_id_stack": 7}}, b'{"args": [{}], "kwargs": {}}'),
    ("bad JSON", {}, b"{"),
    ("bad UTF-8", {}, b'{"args": ["\xff\xfe"]}'),
    ("plain text", {"content_type": "text/plain"}, b"hello"),
    ("pickle", {"content_type": "application/x-python-serialize"}, b"\x80\x04N."),
    ("kombu type marker", {}, b'{"args": [{"__type__": "x", "__value__": 1}], "kwargs": {}}'),
    ("unhashable marker", {}, b'{"args": [{"__type__": [], "__value__": 1}], "kwargs": {}}'),
    ("bad decimal marker", {}, b'{"args": [{"__type__": "decimal", "__value__": "x"}], "kwargs": {}}'),
    ("deep nesting", {}, b"[" * 200_000 + b"]" * 200_000),
    ("huge integer", {}, b'{"args": [{"number": ' + b"9" * 5_000 + b'}], "kwargs": {}}'),
    ("bad gzip", {"headers": {"compression": "application/x-gzip"}}, b"nonsense"),
    ("unknown compression", {"headers": {"compression": "application/x-unknown"}}, b"nonsense"),
    ("list body", {}, b"[1, 2]"),
    ("number as args", {}, b'{"args": 5, "kwargs": {}}'),
    ("list as kwargs", {}, b'{"args": [{"number": 1}], "kwargs": []}'),
    ("NaN", {}, b'{"args": [{"number": NaN}], "kwargs": {}}'),
    ("lone surrogate", {}, b'{"args": [{"number": "\\ud800"}], "kwargs": {}}'),
    ("unknown encoding", {"content_encoding": "klingon"}, b'{"args": [{"number": 1}], "kwargs": {}}'),
]


@pytest.fixture(scope="module")
def nodes():
    """A PostgreSQL and a RabbitMQ of this file's own."""
    with infrastructure(state_root(find_checkout(), suite_account()) / "probe") as found:
        yield found


@pytest.fixture(scope="module")
def environment(nodes, tmp_path_factory):
    """The variables of every process; the databases of the probe hold only the chassis' tables."""
    keys = {issuer: Ed25519PrivateKey.generate() for issuer in (*SERVICES, "gateway", "worker")}
    raw = {name: key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()) for name, key in keys.items()}
    public = {name: key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for name, key in keys.items()}
    values = {
        "AMQP_URL": nodes.amqp_urls["talkoo"],
        "TALKOO_SIGNING_KEYS": json.dumps({name: base64.b64encode(key).decode() for name, key in raw.items()}),
        "TALKOO_VERIFY_KEYS": json.dumps({name: base64.b64encode(key).decode() for name, key in public.items()}),
        "TALKOO_SECRET": "a secret of the tests alone, 32 characters",
        "TALKOO_FILES": str(tmp_path_factory.mktemp("files")),
    }
    values |= {f"{name.upper()}_DATABASE_URL": url for name, url in nodes.database_urls.items()}
    return dict(os.environ) | values


def _forget() -> None:
    """Drop what this process remembers of settings, keys, services, queues and connections."""
    rpc.close()
    rpc.act_as("worker")
    settings.cache_clear()
    for cached in (
        service.service_class,
        topology.exchanges,
        topology.queues,
        topology.bound_event_types,
        topology.retired_dead_letters,
        principals._private_key,
        principals._public_key,
        principals._checked,
    ):
        cached.cache_clear()


@pytest.fixture(scope="module")
def probe_api(environment, tmp_path_factory):
    """The probe's contract and this process' own connection to its broker."""
    folder = tmp_path_factory.mktemp("probe")
    write_services(folder)
    before, modules = dict(os.environ), {n: m for n, m in sys.modules.items() if n.split(".")[0] == "services"}
    for name in modules:
        del sys.modules[name]
    os.environ.update(environment)
    sys.path.insert(0, str(folder))
    _forget()
    topology.apply(environment["AMQP_URL"])
    yield importlib.import_module("services.contacts.service"), folder
    sys.path.remove(str(folder))
    os.environ.clear()
    os.environ.update(before)
    for name in [n for n in sys.modules if n.split(".")[0] == "services"]:
        del sys.modules[name]
    sys.modules.update(modules)
    _forget()


@pytest.fixture(scope="module")
def processes(probe_api, environment):
    """The counting service, its relay and its worker, and their tables."""
    module, folder = probe_api
    running = Probe(folder, environment)
    with running.engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY CURRENT_USER CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS public")
    with running.engine.begin() as connection:
        create_chassis_tables(connection)
        connection.exec_driver_sql("CREATE TABLE effects (number int); CREATE TABLE heard (number int)")
    running.module = module
    running.api = rpc.client(module.ContactsApi)
    yield running
    running.end_all()


@pytest.fixture
def probe(processes, environment):
    """All three running as they should, on empty tables and queues; what the test before has sent is through."""
    empty(processes, environment)
    processes.keep("contacts", "relay", "worker")
    wait_until_answering(processes)
    count(processes, -1)
    processes.wait_for("SELECT number FROM heard WHERE number = -1", [-1])
    empty(processes, environment)
    return processes


def empty(probe, environment):
    """No rows, no messages; what was consumed stays known, as a copy may still come after its database was away."""
    connection = topology.connect(environment["AMQP_URL"])
    for queue in topology.queues():
        connection.channel().queue_purge(queue.name)
        connection.channel().queue_purge(queue.dead_letters)
    connection.close()
    tables = probe.rows(
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'inbox'"
    )
    probe.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")


def wait_until_answering(probe):
    end = time.monotonic() + 180
    while True:
        try:
            return probe.api.ping(Nothing())
        except Unavailable:
            assert time.monotonic() < end, probe.log.read_text()[-3000:]


def count(probe, number, *, seconds=0.0, key=""):
    with rpc.calling(rpc.Caller(rpc.system_caller("worker").token, command_key=key)):
        return probe.api.count(probe.module.Count(number=number, seconds=seconds)).number


def test_a_command_has_its_effect_and_its_event_arrives(probe):
    assert [count(probe, number) for number in range(5)] == [0, 1, 2, 3, 4]
    probe.wait_for("SELECT number FROM heard ORDER BY 1", [0, 1, 2, 3, 4])
    assert probe.rows("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [0]


def test_a_repeated_key_has_one_effect_and_another_body_is_refused(probe):
    assert count(probe, 7, key="k") == count(probe, 7, key="k") == 7
    with pytest.raises(KeyReused):
        count(probe, 8, key="k")
    assert probe.numbers("effects") == [7]


def test_fifty_twins_at_once_have_one_effect(probe):
    outcomes = []

    def twin():
        try:
            outcomes.append(count(probe, 7, key="twin", seconds=0.1))
        except Conflict as error:
            outcomes.append(error.error_code)

    threads = [threading.Thread(target=twin) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert probe.numbers("effects") == [7]
    assert set(outcomes) <= {7, "still_running"}
    assert len(outcomes) == 50


def test_errors_travel_by_code_with_their_parameters(probe):
    with pytest.raises(Conflict) as caught:
        probe.api.refuse(probe.module.Count(number=5))
    assert (caught.value.error_code, caught.value.params) == ("number_taken", {"number": "5"})


def test_unknown_fields_are_refused_with_their_pointer(probe):
    method = methods_of(probe.module.ContactsApi)["count"]
    with pytest.raises(Invalid) as caught:
        rpc.call_raw("contacts", method, {"number": 1, "role": "admin"})
    assert [error.pointer for error in caught.value.errors] == ["/role"]
    assert probe.numbers("effects") == []


@pytest.mark.parametrize("token", ["", "nonsense", "a.b", "x" * 5_000])
def test_a_forged_principal_is_refused_by_the_service_itself(probe, token):
    with rpc.calling(rpc.Caller(lambda: token)), pytest.raises(NotSignedIn):
        probe.api.count(probe.module.Count(number=1))


def test_an_issuer_may_not_sign_for_another(probe):
    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    stolen = system_principal("contacts").model_copy(update={"expires_at": in_a_minute})
    with rpc.calling(rpc.Caller(lambda: sign(stolen, "gateway"))), pytest.raises(NotSignedIn):
        probe.api.count(probe.module.Count(number=1))


def test_the_gateway_itself_may_call_little(probe):
    with rpc.calling(rpc.Caller(SystemTokens("gateway").current)), pytest.raises(NotAllowed):
        probe.api.count(probe.module.Count(number=1))


def test_R3_malformed_requests_kill_nothing_and_are_accounted_for(probe, environment):
    replies, reply_key = [], str(new_id())
    connection = topology.connect(environment["AMQP_URL"])
    channel = connection.channel()
    channel.queue_declare(f"rpc.reply-test-{reply_key}", exclusive=True)
    channel.queue_bind(f"rpc.reply-test-{reply_key}", topology.RPC_EXCHANGE, reply_key)
    for _name, changes, body in MALFORMED:
        given = {"content_type": "application/json", "content_encoding": "utf-8", "reply_to": reply_key} | changes
        properties = pika.BasicProperties(correlation_id=str(new_id()), **given)
        channel.basic_publish(topology.RPC_EXCHANGE, "contacts.count", body, properties)
    end = time.monotonic() + 180
    dead = 0
    while len(replies) + dead < len(MALFORMED) and time.monotonic() < end:
        frame, _, body = channel.basic_get(f"rpc.reply-test-{reply_key}", auto_ack=True)
        if frame:
            replies.append(json.loads(body))
        dead = channel.queue_declare(f"dlq.{topology.rpc_queue('contacts')}", passive=True).method.message_count
    connection.close()
    assert len(replies) + dead == len(MALFORMED)
    assert all(reply["error"] for reply in replies)
    assert probe.processes["contacts"].poll() is None
    assert count(probe, 1) == 1
    assert probe.numbers("effects") == [1]


def test_R3_malformed_events_kill_nothing_and_are_accounted_for(probe, environment):
    queue = next(each for each in topology.queues() if "number.counted" in each.name)
    connection = topology.connect(environment["AMQP_URL"])
    channel = connection.channel()
    for _name, changes, body in MALFORMED:
        given = {"content_type": "application/json"} | changes
        channel.basic_publish("contacts.events", "number.counted.v1", body, pika.BasicProperties(**given))
    envelope = {"id": "not-a-uuid", "type": "number.counted.v1", "data": {"id": str(new_id()), "number": 2}}
    channel.basic_publish("contacts.events", "number.counted.v1", json.dumps(envelope).encode(), pika.BasicProperties())
    end = time.monotonic() + 180
    accounted = 0
    while accounted < len(MALFORMED) + 1 and time.monotonic() < end:
        dead = channel.queue_declare(queue.dead_letters, passive=True).method.message_count
        accounted = dead + len(probe.rows("SELECT 1 FROM parked"))
        time.sleep(0.1)
    connection.close()
    assert accounted == len(MALFORMED) + 1
    assert probe.processes["contacts"].poll() is None
    count(probe, 3)
    probe.wait_for("SELECT number FROM heard", [3])


SLEEPING = "state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"


def test_sigterm_finishes_what_was_taken_and_repeats_nothing(probe, environment):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(count(probe, 4, seconds=2, key="slow")))
    thread.start()
    probe.wait_for(f"SELECT count(*) FROM pg_stat_activity WHERE {SLEEPING}", [1])
    assert probe.end("contacts") == 0
    thread.join(timeout=180)
    assert answers == [4]
    assert topology.depths(environment["AMQP_URL"])[topology.rpc_queue("contacts")] == 0
    probe.start("contacts")
    wait_until_answering(probe)
    assert probe.numbers("effects") == [4]


def test_sigkill_between_commit_and_answer_has_one_effect(probe):
    probe.end("contacts", signal.SIGKILL)
    probe.start("contacts", TALKOO_CRASH_AT="contacts.committed:1")
    wait_until_answering(probe)
    with pytest.raises(Unavailable):
        count(probe, 9, key="once")
    probe.wait_ended("contacts")
    probe.start("contacts")
    wait_until_answering(probe)
    assert count(probe, 9, key="once") == 9
    assert probe.numbers("effects") == [9]


def test_sigkill_between_effect_and_ack_of_an_event_has_one_effect(probe):
    probe.end("contacts", signal.SIGKILL)
    probe.start("contacts", TALKOO_CRASH_AT="contacts.consumed:1")
    wait_until_answering(probe)
    with suppress(Unavailable):  # the event may be there, and the process gone, before the answer
        count(probe, 6, key="once")
    probe.wait_ended("contacts")
    probe.start("contacts")
    count_when_back(probe, 8)
    probe.wait_for("SELECT number FROM heard ORDER BY 1", [6, 8])


def count_when_back(probe, number):
    wait_until_answering(probe)
    return count(probe, number)


@pytest.mark.parametrize("point", ["relay.claimed", "relay.published"])
def test_the_relay_killed_before_or_after_publishing_loses_and_doubles_nothing(probe, point):
    """After the commit that stored the event: before it is published, and between publishing and marking."""
    probe.end("relay", signal.SIGKILL)
    probe.start("relay", TALKOO_CRASH_AT=f"{point}:1")
    count(probe, 5)
    probe.wait_ended("relay")
    assert probe.rows("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [1]
    probe.start("relay")
    probe.wait_for("SELECT count(*) FROM outbox WHERE sent_at IS NULL", [0])
    probe.wait_for("SELECT number FROM heard", [5])
    time.sleep(0.5)
    assert probe.numbers("heard") == [5]


def test_R4_a_poison_event_is_parked_listed_and_replayed_while_others_flow(probe):
    for number in (12, 13, 14):
        count(probe, number)
    probe.wait_for("SELECT number FROM heard ORDER BY 1", [12, 14])
    probe.wait_for("SELECT count(*) FROM parked", [1])
    probe.execute("UPDATE parked SET attempts = 5, next_at = now()")
    probe.wait_for("SELECT dead FROM parked", [True])
    listed = probe.api.list_parked(ListRequest())
    assert [(each.handler, each.error, each.dead) for each in listed.data] == [("contacts.hear", "ValueError", True)]
    probe.execute("UPDATE parked SET envelope = replace(envelope, ':13', ':15')")
    assert probe.api.replay_parked(ReplayParked(all_dead=True)).count == 1
    probe.wait_for("SELECT number FROM heard ORDER BY 1", [12, 14, 15])
    probe.wait_for("SELECT count(*) FROM parked", [0])


def test_a_request_past_its_deadline_is_not_executed(probe):
    probe.send("contacts", signal.SIGSTOP)
    method = methods_of(probe.module.ContactsApi)["count"]
    request = rpc._request("contacts", method, {"number": 3})
    short = amqp_client.Request(request.service, request.method, request.payload, request.headers, 0.5, True)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        rpc._client().call(short)
    assert time.monotonic() - started < 4.5
    probe.send("contacts", signal.SIGCONT)
    wait_until_answering(probe)
    assert probe.numbers("effects") == []


def test_a_dead_service_is_unavailable_within_its_deadline(probe):
    probe.end("contacts", signal.SIGKILL)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        probe.api.look(probe.module.Count(number=1))
    assert time.monotonic() - started < 10


def test_the_broker_crashes_and_everybody_comes_back(probe, nodes):
    for number in range(3):
        count(probe, number)
    nodes.restart_broker(signal.SIGKILL)
    wait_until_answering(probe)
    count(probe, 3)
    probe.wait_for("SELECT number FROM heard ORDER BY 1", [0, 1, 2, 3])
    assert probe.processes["contacts"].poll() is None


def test_a_service_whose_broker_is_gone_leaves_all_the_same(probe, nodes):
    """As when everything is ended at once: nobody is left behind waiting for a broker that does not come back."""
    count(probe, 0)
    probe.end("contacts", signal.SIGKILL)
    probe.start("contacts", TALKOO_STOP_SECONDS="1")
    count_when_back(probe, 1)
    nodes.broker.stop()
    try:
        assert probe.end("contacts") in {0, 1}
    finally:
        nodes.restart_broker()


def test_the_database_crashes_and_everybody_comes_back(probe, nodes):
    count(probe, 0)
    nodes.restart_postgres(signal.SIGQUIT)
    end = time.monotonic() + 180
    while True:
        try:
            count(probe, 1, key="after")
            break
        except Unavailable:
            assert time.monotonic() < end
    probe.wait_for("SELECT number FROM heard ORDER BY 1", [0, 1])
    assert probe.rows("SELECT count(*) FROM parked") == [0]


def test_a_killed_worker_loses_nothing_of_a_job_and_repeats_nothing(probe):
    job = probe.api.start_job(probe.module.Count(number=60))
    for _ in range(3):
        time.sleep(0.3)
        probe.end("worker", signal.SIGKILL)
        probe.start("worker")
    probe.wait_for(f"SELECT state FROM jobs WHERE id = '{job.id}'", ["succeeded"])
    assert probe.numbers("effects") == list(range(1, 61))


def test_a_cancelled_job_stops(probe):
    job = probe.api.start_job(probe.module.Count(number=100_000))
    time.sleep(0.3)
    probe.api.cancel_job(JobById(id=job.id))
    probe.wait_for(f"SELECT state FROM jobs WHERE id = '{job.id}'", ["cancelled"])


def test_a_service_without_its_queues_does_not_start(probe, environment):
    queue = next(each for each in topology.queues() if "number.counted" in each.name)
    probe.end("contacts")
    connection = topology.connect(environment["AMQP_URL"])
    connection.channel().queue_delete(queue.name)
    connection.close()
    try:
        probe.start("contacts", TALKOO_START_SECONDS="1")
        assert probe.wait_ended("contacts") == 1
        assert (
            f"contacts: the broker lacks {queue.name}; run: python -m chassis.topology apply" in probe.log.read_text()
        )
    finally:
        topology.apply(environment["AMQP_URL"])
    probe.start("contacts")
    wait_until_answering(probe)


@pytest.mark.usefixtures("probe_api")
def test_a_queue_that_nobody_reads_any_more_goes_and_what_lies_dead_beside_it_stays_until_it_is_looked_at(environment):
    url = environment["AMQP_URL"]
    (retired,) = service.retired_of()
    dead = topology.dead_letters_of(retired)
    connection = topology.connect(url)
    channel = connection.channel()
    channel.confirm_delivery()
    for name in (retired, dead):
        channel.queue_declare(name, durable=True)
    channel.basic_publish("", dead, b"unreadable")
    assert topology.apply(url) == {dead: 1}
    assert topology.missing(url, [retired, dead]) == [retired]
    topology.retired_dead_letters.cache_clear()
    assert topology.depths(url, "contacts")[dead] == 1
    channel.queue_purge(dead)
    connection.close()
    assert topology.apply(url) == {}
    assert topology.missing(url, [retired, dead]) == [retired, dead]
    assert dead not in topology.depths(url, "contacts")


def test_failures_are_logged_with_the_ids_of_what_was_asked(probe):
    """The request id that somebody reads on an error page finds the service's own record, and that of the event."""
    before = len(records(probe))
    with pytest.raises(Internal):
        asking(probe, "r-500", 10**12)
    asking(probe, "r-parked", 13)
    probe.wait_for("SELECT count(*) FROM parked", [1])
    found = {each["event"]: each for each in records(probe)[before:]}
    ids = [(name, found["call_failed"][name]) for name in ("request_id", "correlation_id", "principal", "exception")]
    assert ids == [
        ("request_id", "r-500"),
        ("correlation_id", "r-500"),
        ("principal", "system:worker"),
        ("exception", "DataError"),
    ]
    parked = found["event_parked"]
    assert (parked["correlation_id"], parked["principal"]) == ("r-parked", "system:contacts")


def asking(probe, request_id, number):
    with rpc.calling(rpc.Caller(rpc.system_caller("worker").token, request_id=request_id)):
        return probe.api.count(probe.module.Count(number=number))


def records(probe):
    lines = probe.log.read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.mark.parametrize("name", ["contacts", "relay", "worker"])
def test_a_process_without_pages_serves_its_metrics_on_the_port_it_is_given(probe, name):
    probe.end(name)
    port = free_port()
    probe.start(name, **{f"{name.upper()}_METRICS_PORT": str(port)})
    wait_until_answering(probe)
    count(probe, 1)
    sample = {"contacts": 'talkoo_rpc_seconds_count{method="count",outcome="ok"', "worker": "talkoo_events_parked{"}
    wanted = sample.get(name, 'talkoo_events_published_total{service="contacts"}')
    assert wanted in said_at(port, wanted)


def said_at(port, wanted):
    """The metrics, once `wanted` is among them or patience is over."""
    end, said = time.monotonic() + 180, ""
    while wanted not in said and time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            said = answer.read().decode()
        time.sleep(0.1)
    return said


def test_a_trace_goes_from_call_to_event(probe):
    caller = rpc.Caller(rpc.system_caller("worker").token, request_id="r-1", correlation_id="c-1")
    with rpc.calling(caller):
        probe.api.count(probe.module.Count(number=1))
    assert probe.rows("SELECT envelope->>'correlation_id' FROM outbox") == ["c-1"]
