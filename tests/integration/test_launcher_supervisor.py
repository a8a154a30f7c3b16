"""Processes are started again when they die, stopped in order, and never left behind. Real processes."""

import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.launcher import environment, spawn
from ops.launcher.account import Account
from ops.launcher.merged_log import MergedLog
from ops.launcher.processes import DOOR, WORK, ProcessSpec
from ops.launcher.supervisor import Supervisor

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
ON_TERM = """
import signal, sys, time
def end(*_):
    print('bye {}', flush=True)
    time.sleep(0.2)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print('up', flush=True)
time.sleep(600)
"""
PARENT = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"


def spec(name: str, code: str, stage: int = WORK, patience: float = 5.0) -> ProcessSpec:
    return ProcessSpec(name, ("-c", code), environment.NOTHING, stage=stage, patience=patience)


def launch(one: ProcessSpec) -> subprocess.Popen[bytes]:
    me = pwd.getpwuid(os.geteuid())
    account = Account(me.pw_name, me.pw_uid, me.pw_gid)
    argv = [sys.executable, *one.arguments]
    return spawn.spawn(argv, account=account, env={"PATH": os.defpath}, cwd=Path("/"), output=subprocess.PIPE)


def until(condition: Callable[[], object], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except FileNotFoundError:
        return False


@pytest.fixture
def log(tmp_path: Path) -> Iterator[MergedLog]:
    log = MergedLog(tmp_path / "talkoo.log", stream=None)
    yield log
    log.close()


@pytest.fixture
def run(log: MergedLog) -> Iterator[Callable[..., Supervisor]]:
    started: list[Supervisor] = []

    def start(*specs: ProcessSpec) -> Supervisor:
        supervisor = Supervisor(specs, launch, log)
        started.append(supervisor)
        supervisor.start()
        until(lambda: len(supervisor.pids()) == len(specs))
        return supervisor

    yield start
    for supervisor in started:
        supervisor.hurry()
        supervisor.stop()


def test_a_killed_process_is_started_again(run: Callable[..., Supervisor], log: MergedLog) -> None:
    supervisor = run(spec("one", SLEEPER), spec("two", SLEEPER))
    before = supervisor.pids()
    supervisor.kill("one")
    until(lambda: supervisor.pids().get("one") not in (None, before["one"]))
    assert supervisor.pids()["two"] == before["two"]
    assert "was ended by SIGKILL; starts again in 0.2 s" in log.path.read_text()


def test_a_process_that_always_dies_is_tried_less_and_less(run: Callable[..., Supervisor]) -> None:
    supervisor = run(spec("broken", "import time; time.sleep(0.3); raise SystemExit(3)"))
    until(lambda: supervisor.crash_loops() == ["broken"])
    assert supervisor.starts("broken") == 4  # not before


def test_the_door_closes_before_the_work_ends(run: Callable[..., Supervisor], log: MergedLog) -> None:
    supervisor = run(spec("work", ON_TERM.format("work")), spec("door", ON_TERM.format("door"), stage=DOOR))
    until(lambda: log.path.read_text().count("up") == 2)
    supervisor.stop()
    until(lambda: log.path.read_text().count("bye") == 2)
    said = log.path.read_text()
    assert said.index("bye door") < said.index("bye work")
    assert supervisor.pids() == {}


def test_a_stubborn_process_is_killed_after_its_patience(run: Callable[..., Supervisor], log: MergedLog) -> None:
    supervisor = run(spec("deaf", STUBBORN, patience=0.5))
    until(lambda: "up" in log.path.read_text())
    pid, began = supervisor.pids()["deaf"], time.monotonic()
    supervisor.stop()
    assert 0.4 < time.monotonic() - began < 20
    assert not alive(pid)


def test_a_process_that_ends_while_it_is_looked_at_is_no_fault(log: MergedLog) -> None:
    """The supervisor's own thread takes note of it between two looks of another thread."""
    supervisor = Supervisor([spec("one", SLEEPER)], launch, log)
    one = supervisor._all["one"]

    class Ending:
        pid = 1

        def poll(self) -> None:
            one.child = None

    one.child = Ending()  # type: ignore[assignment]
    assert supervisor.pids() == {"one": 1}
    assert supervisor.pids() == {}


def test_what_a_process_started_ends_with_it(run: Callable[..., Supervisor], log: MergedLog) -> None:
    supervisor = run(spec("parent", PARENT))
    until(lambda: "|" in log.path.read_text())
    child = int(log.path.read_text().partition("|")[2].split()[0])
    assert alive(child)
    supervisor.stop()
    until(lambda: not alive(child))


def test_a_held_process_stays_down_until_released(run: Callable[..., Supervisor]) -> None:
    supervisor = run(spec("one", SLEEPER))
    supervisor.hold("one")
    time.sleep(0.5)
    assert supervisor.pids() == {}
    supervisor.release("one")
    until(lambda: "one" in supervisor.pids())


def test_a_process_that_is_just_being_started_is_held_too(log: MergedLog) -> None:
    starting, go_on = threading.Event(), threading.Event()

    def slowly(one: ProcessSpec) -> "subprocess.Popen[bytes]":
        starting.set()
        go_on.wait(60)
        return launch(one)

    supervisor = Supervisor([spec("one", SLEEPER)], slowly, log)
    supervisor.start()
    starting.wait(60)
    holding = threading.Thread(target=supervisor.hold, args=("one",))
    holding.start()
    time.sleep(0.2)
    go_on.set()
    holding.join()
    time.sleep(0.5)
    left = supervisor.pids()
    supervisor.hurry()
    supervisor.stop()
    assert left == {}


def test_children_end_when_the_launcher_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from tests.integration.test_launcher_supervisor import SLEEPER, launch, spec\n"
        "from ops.launcher.merged_log import MergedLog\n"
        "from ops.launcher.supervisor import Supervisor\n"
        "import pathlib, time\n"
        "s = Supervisor([spec('one', SLEEPER)], launch, MergedLog(pathlib.Path(sys.argv[2]), None))\n"
        "s.start()\n"
        "while 'one' not in s.pids(): time.sleep(0.05)\n"
        "print(s.pids()['one'], flush=True); time.sleep(600)\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    argv = [sys.executable, "-c", code, root, str(tmp_path / "log")]
    launcher = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    child = int(launcher.stdout.readline())
    assert alive(child)
    launcher.send_signal(signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    until(lambda: not alive(child))
