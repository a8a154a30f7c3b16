"""`./talkoo up`: start everything, show what was done and where it is, keep it running until Ctrl-C."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from ops.launcher import packages, run_file
from ops.launcher.account import suite_account
from ops.launcher.broker import is_installed
from ops.launcher.infrastructure import Infrastructure
from ops.launcher.merged_log import MergedLog
from ops.launcher.servers import StartFailed
from ops.launcher.state import AlreadyRunning, StateFolder, state_root
from ops.launcher.suite import Step, Suite

FILLED, DEMO, EMPTY, ADMINISTERED = "filled", "demo", "empty", "administered"
"""What the data folder remembers of its filling; "restored" comes from a backup (ops.launcher.backup)."""
LOOK_EVERY = 0.3


def up(checkout: Path, *, empty: bool) -> int:
    """Run the suite until SIGINT, SIGTERM or SIGHUP; the exit code."""
    account = suite_account()
    state = StateFolder(state_root(checkout, account), account)
    log = MergedLog(state.root / "talkoo.log")
    try:
        with state.lock(), closing(log):
            return _run(checkout, state, log, empty=empty)
    except AlreadyRunning:
        running = run_file.read(checkout) or {}
        log.say(f"Talkoo already runs from this checkout: {running.get('base_url', state.root)}")
        return 1


def _run(checkout: Path, state: StateFolder, log: MergedLog, *, empty: bool) -> int:
    began = time.monotonic()
    ending = _Ending()
    log.say(f"Talkoo: state in {state.root}, processes run as {state.account.name}. Ctrl-C stops all.")
    steps = _Steps(log)
    suite = Suite(state, log=log, step=steps)
    try:
        _install_broker(suite.infrastructure, steps)
        log.shown = False
        suite.start_servers()
        suite.start_processes()
        _fill_once(suite, steps, empty=empty)
        run_file.write(checkout, suite)
        log.say(_welcome(suite, time.monotonic() - began))
        log.shown = True
        while not ending.comes_within(LOOK_EVERY):
            _revive_servers(suite)
    except _Interrupted:
        log.say("Interrupted while starting.")
    finally:
        ending.from_now_on(suite.supervisor.hurry)
        _stop(checkout, suite, log)
    return 0


def _install_broker(servers: Infrastructure, steps: Step) -> None:
    """RabbitMQ's package, where a node of our own is to run; nothing when the operator gave a broker."""
    if servers.broker is not None and not is_installed():
        with steps("Installing RabbitMQ (Debian package)"):
            packages.ensure_rabbitmq()


class _Interrupted(Exception):
    """A signal came while the suite was starting."""


class _Steps:
    """Prints each step with its time when it is done."""

    def __init__(self, log: MergedLog) -> None:
        self._log = log

    @contextmanager
    def __call__(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._log.say(f"  {title:<40} {time.monotonic() - began:6.1f} s")


class _Ending:
    """Signals that ask to end: while starting they break off what is waited for, later they end the waiting."""

    def __init__(self) -> None:
        self._waiting = self._came_already = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._came)

    def comes_within(self, seconds: float) -> bool:
        """Wait for a signal; False when none came in time."""
        if not self._came_already:
            self._waiting = True
            time.sleep(seconds)
        return self._came_already

    def from_now_on(self, act: Callable[[], None]) -> None:
        """What a further signal does while everything stops."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: act())

    def _came(self, _number: int, _frame: FrameType | None) -> None:
        if not self._waiting:
            raise _Interrupted
        self._came_already = True


def _revive_servers(suite: Suite) -> None:
    """PostgreSQL and RabbitMQ are started again when they die; the suite's processes reconnect by themselves."""
    try:
        for name in suite.infrastructure.revive():
            suite.log.say(f"{name} had ended and was started again.")
    except StartFailed as error:
        suite.log.say(str(error))


def _fill_once(suite: Suite, steps: _Steps, *, empty: bool) -> None:
    """Demo data on the first start, or an administrator's one-time link when the suite shall be empty."""
    if filled := suite.state.remembered(FILLED):
        if empty:
            suite.log.say(f"There are data already, in {suite.state.root}; --empty leaves them as they are.")
        if filled not in (DEMO, ADMINISTERED):
            _offer_first_link(suite)
        return
    if empty:
        _show(suite, suite.run_module("ops.demo_data", "--empty"))
    else:
        with steps("Demo data"):
            _show(suite, suite.run_module("ops.demo_data"))
    suite.state.remember(FILLED, EMPTY if empty else DEMO)


def _offer_first_link(suite: Suite) -> None:
    """A new one-time link at each start, until somebody is an administrator: the one before may be lost."""
    if link := suite.run_module("ops.first_administrator").strip():
        suite.log.say(link)
    else:
        suite.state.remember(FILLED, ADMINISTERED)


def _show(suite: Suite, said: str) -> None:
    """The last line is JSON for the run file (sign-ins, API key); what comes before is for people."""
    *lines, last = said.strip().splitlines() or [""]
    try:
        facts: Any = json.loads(last)
    except ValueError:
        facts = None
    if isinstance(facts, dict):
        suite.state.keep_secret(run_file.DEMO, facts)
    else:
        lines.append(last)
    for line in lines:
        suite.log.say(line)


def _welcome(suite: Suite, seconds: float) -> str:
    facts = run_file.content(suite)
    lines = ["", f"Talkoo is ready after {seconds:.1f} s:  {facts['base_url']}"]
    for name, label in (("mailbox", "mailbox"), ("sms", "text messages"), ("payments", "card payments")):
        if facts[name]:
            lines.append(f"  {label:<16} {facts[name]}")
    lines.extend(f"  sign in as       {_sign_in(each)}" for each in facts["sign_ins"])
    return "\n".join([*lines, ""])


def _sign_in(entry: dict[str, Any]) -> str:
    return "  ".join(str(value) for value in entry.values() if value)


def _stop(checkout: Path, suite: Suite, log: MergedLog) -> None:
    log.say("Stopping ... (Ctrl-C again: at once)")
    run_file.remove(checkout)
    suite.stop()
    log.say("Stopped.")
