"""HTTP load from a process of its own: what to send, and what came back."""

import atexit
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Self

import orjson
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]


class Plan(BaseModel):
    """Requests (as bytes of HTTP/1.1, in Latin-1) that are sent in turn over keep-alive connections."""

    port: int
    requests: list[str]
    connections: int = 16
    seconds: float = 6.0
    warm_up: float = 0.5
    """Seconds of load before anything is counted."""
    once: bool = False
    """Send each request once and stop, instead of beginning again."""
    keep_bodies: bool = False
    """Of answers of status 2xx."""


class Outcome(BaseModel):
    """What the load came to. Times in milliseconds, from sending a request to its last byte."""

    answered: int
    """Answers of status 2xx."""
    refused: dict[str, int]
    """Other answers by status, and connections that were closed instead of an answer."""
    said: str = ""
    """The beginning of the first of these answers."""
    seconds: float
    p50: float
    p95: float
    p99: float
    cpu: float
    """Seconds of processor time that the load itself took."""
    served: int = 0
    """All answers, those of the warm-up too."""
    server_cpu: float = 0.0
    """Seconds of processor time that everything behind the door took meanwhile, PostgreSQL and RabbitMQ included."""
    bodies: list[str] = []

    @classmethod
    def of_events(cls, count: int, seconds: float) -> Self:
        """So many events in so many seconds."""
        return cls(answered=count, refused={}, seconds=seconds, p50=0, p95=0, p99=0, cpu=0)

    @property
    def cpu_per_request(self) -> float:
        """Milliseconds of processor time behind the door for each request."""
        return self.server_cpu / self.served * 1000 if self.served else 0.0

    @property
    def per_second(self) -> float:
        """Answers of status 2xx per second."""
        return self.answered / self.seconds if self.seconds else 0.0


def run(plan: Plan) -> Outcome:
    """Send the load and wait for its end."""
    generator = _generator()
    assert generator.stdin is not None
    assert generator.stdout is not None
    generator.stdin.write(plan.model_dump_json().encode() + b"\n")
    generator.stdin.flush()
    return Outcome.model_validate(orjson.loads(generator.stdout.readline()))


@cache
def _generator() -> subprocess.Popen[bytes]:
    """One for all plans, as a start costs more than a short plan; it ends when this process does."""
    command = [sys.executable, "-m", "ops.bench.generator"]
    generator = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    atexit.register(generator.communicate)
    return generator


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> str:
    """One HTTP/1.1 request as text in Latin-1."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]) + body.decode("latin-1")
