"""Keeps processes running: starts them, starts one again that ends, stops all in order.

One thread does all of it, because the kernel ends a child when the thread that started it is gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.launcher.merged_log import MergedLog
from ops.launcher.processes import ProcessSpec

BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
HEALTHY_AFTER = 10.0
LOOK_EVERY = 0.05

Launch = Callable[[ProcessSpec], "subprocess.Popen[bytes]"]


@dataclass
class Supervised:
    """One process of the list and how it fares."""

    spec: ProcessSpec
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    due_at: float = 0.0
    starts: int = 0
    held: bool = False


class Supervisor:
    """Runs the given processes between `start` and `stop`."""

    def __init__(self, specs: Sequence[ProcessSpec], launch: Launch, log: MergedLog) -> None:
        self._all = {spec.name: Supervised(spec) for spec in specs}
        self._launch, self._log = launch, log
        self._ending, self._hurry = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        """Who holds a process looks when it is started or not, never in between."""
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start all processes, side by side; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop all in the order of their stages and wait until none runs."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def hurry(self) -> None:
        """Let a stop in progress wait no longer."""
        self._hurry.set()

    def pids(self) -> dict[str, int]:
        """Process ids of the running processes by name."""
        children = {name: one.child for name, one in self._all.items()}  # looked at once: another thread changes them
        return {name: child.pid for name, child in children.items() if child and child.poll() is None}

    def starts(self, name: str) -> int:
        """How many times the process has been started."""
        return self._all[name].starts

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one process (default SIGKILL); it is started again."""
        os.kill(self.pids()[name], number)

    def hold(self, name: str) -> None:
        """Stop one process and keep it stopped until `release`."""
        one = self._all[name]
        with self._starting:
            one.held, child = True, one.child
        if child is not None:
            _stop_group(child, one.spec.patience, self._hurry)

    def release(self, name: str) -> None:
        """Start a held process again."""
        self._all[name].due_at, self._all[name].held = 0.0, False

    def crash_loops(self) -> list[str]:
        """Names of the processes that have ended several times in a row."""
        return [name for name, one in self._all.items() if one.failures >= len(BACK_OFF) - 2]

    def _run(self) -> None:
        while not self._ending.is_set():
            for one in self._all.values():
                self._look_after(one)
            self._ending.wait(LOOK_EVERY)
        for stage in sorted({one.spec.stage for one in self._all.values()}):
            self._stop_stage([one for one in self._all.values() if one.spec.stage == stage])

    def _look_after(self, one: Supervised) -> None:
        now = time.monotonic()
        if one.child is not None:
            code = one.child.poll()
            if code is None:
                return
            self._ended(one, code, now)
        with self._starting:
            if not one.held and now >= one.due_at:
                self._start(one, now)

    def _start(self, one: Supervised, now: float) -> None:
        one.child, one.started_at = self._launch(one.spec), now
        one.starts += 1
        if one.child.stdout is not None:
            self._log.follow(one.spec.name, one.child.stdout)

    def _ended(self, one: Supervised, code: int, now: float) -> None:
        assert one.child is not None
        _signal_group(one.child, signal.SIGTERM)
        one.child = None
        if one.held:
            return
        one.failures = 1 if now - one.started_at > HEALTHY_AFTER else one.failures + 1
        delay = BACK_OFF[min(one.failures, len(BACK_OFF)) - 1]
        one.due_at = now + delay
        self._log.write(one.spec.name, f"{_how(code)}; starts again in {delay:g} s")

    def _stop_stage(self, members: list[Supervised]) -> None:
        waiting = [(one.child, one.spec.patience) for one in members if one.child is not None]
        for child, _ in waiting:
            _signal_process(child, signal.SIGTERM)
        started = time.monotonic()
        for child, patience in waiting:
            _wait(child, started + patience, self._hurry)
            _signal_group(child, signal.SIGKILL)
            child.wait()


def _stop_group(child: subprocess.Popen[bytes], patience: float, hurry: threading.Event) -> None:
    _signal_process(child, signal.SIGTERM)
    _wait(child, time.monotonic() + patience, hurry)
    _signal_group(child, signal.SIGKILL)


def _wait(child: subprocess.Popen[bytes], deadline: float, hurry: threading.Event) -> None:
    while child.poll() is None and time.monotonic() < deadline and not hurry.is_set():
        time.sleep(0.02)


def _signal_process(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if child.poll() is None:
        child.send_signal(number)


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Reach what the process itself started (it leads a group of its own)."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def _how(code: int) -> str:
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
