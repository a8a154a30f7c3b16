"""The load's own process: one epoll loop over raw sockets, so that it takes little of the machine it measures.

Reads a `Plan` from each line of standard input and writes its `Outcome` as a line to standard output.
"""

import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle

from ops.bench.load import Outcome, Plan

RECEIVE = 65_536
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
LOST = "closed"
SAID = 300
PATIENCE = 30.0
"""Seconds beyond the end of a plan in which nothing was answered."""


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent_at = 0.0
        self.received = b""
        self.connect()

    def connect(self) -> None:
        """Connect (again); what was received of an answer is forgotten."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, request: bytes) -> None:
        """Send one request."""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[str, bytes] | None:
        """Status and body when the answer is whole, None while it is not; `closed` when the server went away."""
        chunk = self.socket.recv(RECEIVE)
        if not chunk:
            return LOST, b""
        self.received += chunk
        head_end = self.received.find(END_OF_HEAD)
        if head_end < 0:
            return None
        body_at = head_end + len(END_OF_HEAD)
        if len(self.received) < body_at + _length_of_body(self.received[:head_end]):
            return None
        answer = self.received
        self.received = b""
        return answer[9:12].decode(), answer[body_at:]


def _length_of_body(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(LENGTH)
    if at < 0:
        return 0
    return int(lower[at + len(LENGTH) :].split(b"\r\n", 1)[0])


class Load:
    """Sends a plan's requests and counts the answers."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        prepared = [each.encode("latin-1") for each in plan.requests]
        self.requests: Iterator[bytes] = iter(prepared) if plan.once else cycle(prepared)
        self.latencies: list[float] = []
        self.refused: Counter[str] = Counter()
        self.bodies: list[str] = []
        self.said = ""
        self.late = False
        self.under_way = self.served = 0

    def run(self) -> Outcome:
        """Send until time is over and something was answered or, with `once`, until everything is."""
        cpu = time.process_time()
        poller = select.epoll()
        connections = [Connection(self.plan.port) for _ in range(self.plan.connections)]
        by_descriptor = {each.socket.fileno(): each for each in connections}
        began = time.perf_counter()
        self.counted_from = began + self.plan.warm_up
        ends = self.counted_from + self.plan.seconds
        for descriptor, connection in by_descriptor.items():
            poller.register(descriptor, select.EPOLLIN)
            self._send_next(connection)
        while self.under_way and ((now := time.perf_counter()) < ends or self._still_waits(now - ends)):
            for descriptor, _ in poller.poll(min(max(ends - now, 0.01), 0.2)):
                connection = by_descriptor[descriptor]
                answer = connection.receive()
                if answer is None:
                    continue
                self._count(connection, *answer)
                if answer[0] == LOST:
                    del by_descriptor[descriptor]
                    connection.connect()
                    by_descriptor[connection.socket.fileno()] = connection
                    poller.register(connection.socket.fileno(), select.EPOLLIN)
                self._send_next(connection)
        took = time.perf_counter() if self.late else min(time.perf_counter(), ends)
        for connection in connections:
            connection.socket.close()
        return self._outcome(took - self.counted_from, time.process_time() - cpu)

    def _still_waits(self, over: float) -> bool:
        """Whether the time was too short for a single answer; then the first one is waited for."""
        waits = not self.latencies and not self.refused and over < PATIENCE
        self.late = self.late or waits
        return waits

    def _send_next(self, connection: Connection) -> None:
        following = next(self.requests, None)
        if following is not None:
            connection.send(following)
            self.under_way += 1

    def _count(self, connection: Connection, status: str, body: bytes) -> None:
        self.under_way -= 1
        self.served += 1
        now = time.perf_counter()
        if now < self.counted_from:
            return
        if not status.startswith("2"):
            self.refused[status] += 1
            self.said = self.said or body[:SAID].decode("utf-8", "replace")
            return
        self.latencies.append(now - connection.sent_at)
        if self.plan.keep_bodies:
            self.bodies.append(body.decode("latin-1"))

    def _outcome(self, seconds: float, cpu: float) -> Outcome:
        ordered = sorted(self.latencies)
        return Outcome(
            answered=len(ordered),
            refused=dict(self.refused),
            seconds=seconds,
            p50=_percentile(ordered, 0.50),
            p95=_percentile(ordered, 0.95),
            p99=_percentile(ordered, 0.99),
            cpu=cpu,
            served=self.served,
            bodies=self.bodies,
            said=self.said,
        )


def _percentile(ordered: list[float], share: float) -> float:
    """In milliseconds; 0 when nothing was answered."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0


if __name__ == "__main__":
    for line in sys.stdin.buffer:
        print(Load(Plan.model_validate_json(line)).run().model_dump_json(), flush=True)
