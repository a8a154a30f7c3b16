"""The bench's own parts: its load is what it says, its floors work, and it measures a whole suite."""

import json
import re
import threading
from collections import Counter
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from ops.bench import __main__ as bench
from ops.bench import load, resting
from ops.bench.load import Plan
from ops.bench.million import growth, importing
from ops.bench.turns import Pace
from ops.demo.stage import Failed


class Counting(BaseHTTPRequestHandler):
    """Answers and remembers what it was asked: /fine, /busy (503), /gone (closes without an answer), /big."""

    protocol_version = "HTTP/1.1"
    asked: Counter[str]

    def do_GET(self):
        self.asked[self.path] += 1
        if self.path == "/gone":
            self.close_connection = True
            return
        body = b"x" * (300_000 if self.path == "/big" else 2)
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("content-LENGTH", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.asked[self.rfile.read(int(self.headers["Content-Length"])).decode()] += 1
        self.send_response(201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write("å".encode())

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def server():
    Counting.asked = Counter()
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as running:
        threading.Thread(target=running.serve_forever).start()
        yield running.server_port
        running.shutdown()


def test_the_load_counts_what_the_server_has_answered(server):
    outcome = load.run(Plan(port=server, requests=[load.request("GET", "/fine")], connections=4, seconds=1, warm_up=0))
    assert 0 <= Counting.asked["/fine"] - outcome.served <= 4
    assert outcome.answered == outcome.served > 4
    assert outcome.refused == {}
    assert 0 < outcome.p50 <= outcome.p95 <= outcome.p99
    assert 0.9 < outcome.answered / outcome.per_second < 10  # seconds; a busy machine looks at the clock late


def test_what_is_refused_or_lost_is_no_answer_and_the_load_goes_on(server):
    requests = [load.request("GET", path) for path in ("/busy", "/gone", "/fine")] * 5
    outcome = load.run(Plan(port=server, requests=requests, connections=1, seconds=20, warm_up=0, once=True))
    assert outcome.refused == {"503": 5, "closed": 5}
    assert outcome.said == "xx"
    assert outcome.answered == 5


def test_each_request_is_sent_once_and_bodies_are_kept(server):
    requests = [load.request("POST", "/", {"X-Key": str(n)}, f"ä{n}".encode()) for n in range(50)]
    plan = Plan(port=server, requests=requests, connections=8, seconds=20, warm_up=0, once=True, keep_bodies=True)
    outcome = load.run(plan)
    assert outcome.answered == 50
    assert Counting.asked == Counter({f"ä{n}": 1 for n in range(50)})
    assert {body.encode("latin-1").decode() for body in outcome.bodies} == {"å"}


def test_an_answer_in_many_pieces_is_taken_whole(server):
    plan = Plan(port=server, requests=[load.request("GET", "/big")], seconds=5, warm_up=0, once=True, keep_bodies=True)
    assert [len(body) for body in load.run(plan).bodies] == [300_000]


def test_an_import_loses_no_row_when_some_of_them_find_no_room_or_a_master():
    told = {"updated": 1, "unchanged": 1, "full": 1, "mastered": 2}
    scene = SimpleNamespace(office=SimpleNamespace(get=lambda _path: {"counts": told}))
    importing._refuse_lost(scene, "an import", 2, known=2)
    with pytest.raises(Failed):
        importing._refuse_lost(scene, "an import", 3, known=2)


SHORT = Pace(
    rounds=1, seconds=0.3, idle_seconds=0.15, buyers_runs=1, events=100, event_seconds=0.5, imported=100, import_runs=1,
    export_runs=1, warm_up=0.05, look_seconds=0.2,
    buyers=24, seats=8,
)  # fmt: skip
PERSONS = 600


@pytest.fixture(scope="module")
def scene():
    """One suite for both groups of figures."""
    with bench.set_up(PERSONS, SHORT, 90) as scene:
        yield scene


def is_faulty(finding):
    """Nothing was measured, or something was refused; a machine with much else to do may be late for a deadline."""
    refused = set(re.findall(r"answers were (\w+)", finding["fault"]))
    return finding["figure"] <= 0 or (finding["fault"] and refused != {"503"})


@pytest.fixture
def measured(scene, monkeypatch, tmp_path):
    """Runs the bench on the suite that there is; what it wrote."""
    monkeypatch.setattr(bench, "set_up", lambda *_arguments: nullcontext(scene))
    monkeypatch.setattr(growth, "filled_suite", lambda *_arguments: nullcontext(scene))

    def run(*arguments):
        target = tmp_path / "bench.json"
        assert bench.main(["--quick", "--persons", str(PERSONS), "--json", str(target), *arguments]) == 0
        found = json.loads(target.read_bytes())["findings"]
        assert [each for each in found if is_faulty(each)] == []
        judged = [each for each in found if each["at_least"] or each["at_most"]]
        assert all(each["ratio"] > 0 and each["met"] in {True, False} for each in judged)
        return found

    return run


def test_every_figure_of_a_large_register_can_be_measured(measured):
    found = measured("--million")
    assert {each["id"] for each in found} >= set(bench.MILLION)
    doubles = next(each for each in found if each["what"] == "of the seeded doubles found")
    assert doubles["ratio"] > 0.5


def test_every_figure_of_the_bench_can_be_measured(measured, monkeypatch):
    """But for a second start of the suite, which takes as long as all figures; test_e2e_up stops and starts one."""
    monkeypatch.setattr(resting, "_restart", lambda _suite: 1.0)
    found = measured()
    assert {each["id"] for each in found} >= set(bench.MEASUREMENTS)
    held = next(each for each in found if each["what"] == "runs that held exactly 8")
    assert held["met"]


def test_a_figure_that_there_is_not_is_refused(capsys):
    with pytest.raises(SystemExit):
        bench.main(["P99"])
    assert "choose among P1, P2" in capsys.readouterr().err
