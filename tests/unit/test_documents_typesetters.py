"""The processes that set PDFs: one that dies costs no document, one without work goes, none knows a secret."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.typesetting import TypesetterEnded, Typesetters, TypesettingFailed, TypstRefused
from ops.bench.processes import tree
from ops.simulators.clients import wait_until

AT = datetime(2026, 11, 23, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
PLAIN = '#set document(title: "Test")\n#set text(lang: "fi")\n#json(bytes(sys.inputs.data)).text\n'
AINO = {"text": "Aino"}
SETS_ONE = """
import sys
from pathlib import Path
from tests.unit.test_documents_typesetters import AINO, AT, Typesetters
Typesetters().pdf(Path(sys.argv[1]), AINO, AT)
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "plain.typ"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def gated(folder: Path) -> tuple[Path, Path]:
    """A template which reads a gate: who opens the gate for writing knows that the document is being set."""
    folder.mkdir(exist_ok=True)
    template, gate = folder / "gated.typ", folder / "gate"
    template.write_text('#set document(title: "Test")\n#read("gate")\n', encoding="utf-8")
    os.mkfifo(gate)
    return template, gate


@pytest.fixture
def processes() -> Callable[[], set[int]]:
    """The processes started since, and those of them that are zombies."""
    before = set(tree(os.getpid()))
    return lambda: set(tree(os.getpid())) - before


def all_gone(processes: Callable[[], set[int]]) -> None:
    wait_until(lambda: None if processes() else True, 20, "end of the processes")


def test_what_is_longer_than_a_pipe_comes_and_goes_whole(template):
    long = {"text": "Åsa " * 30_000}
    first, second = Typesetters(), Typesetters()
    assert first.pdf(template, long, AT) == first.pdf(template, long, AT) == second.pdf(template, long, AT)
    assert len(first.pdf(template, long, AT)) > 65_536


def test_one_process_sets_one_document_after_the_other_whichever_thread_asks(template, processes):
    typesetters = Typesetters()
    with ThreadPoolExecutor(1) as other:
        asked = [other.submit(typesetters.pdf, template, AINO, AT).result(), typesetters.pdf(template, AINO, AT)]
    assert asked[0] == asked[1]
    wait_until(lambda: len(processes()) == 1 or None, 20, "one process")  # is another thread's child for a moment


def test_documents_are_set_at_the_same_time_by_a_process_each(tmp_path, processes):
    typesetters = Typesetters()
    (first, first_gate), (second, second_gate) = gated(tmp_path / "first"), gated(tmp_path / "second")
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(typesetters.pdf, each, {}, AT) for each in (first, second)]
        with first_gate.open("wb") as one, second_gate.open("wb") as two:
            assert len(processes()) == 2
            one.write(b"Aino")
            two.write(b"Anna")
        assert asked[0].result() != asked[1].result()


def test_a_refused_template_is_told_and_the_process_goes_on(template, processes):
    typesetters = Typesetters()
    wrong = template.with_name("wrong.typ")
    wrong.write_text("#nobody(1)", encoding="utf-8")
    with pytest.raises(TypstRefused, match=r"unknown variable: nobody\n.*wrong.typ:1:1"):
        typesetters.pdf(wrong, {}, AT)
    with pytest.raises(TypesettingFailed, match="No such file"):
        typesetters.pdf(template.with_name("none.typ"), {}, AT)
    assert typesetters.pdf(template, AINO, AT).startswith(b"%PDF-")
    assert len(processes()) == 1


def test_a_process_killed_between_documents_costs_none(template, processes):
    typesetters = Typesetters()
    first = typesetters.pdf(template, AINO, AT)
    (killed,) = processes()
    os.kill(killed, signal.SIGKILL)
    assert typesetters.pdf(template, AINO, AT) == first
    wait_until(lambda: None if killed in processes() else True, 20, "end of the process")


def test_a_process_killed_in_the_middle_of_a_document_does_not_cost_it(tmp_path, processes):
    template, gate = gated(tmp_path)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(Typesetters().pdf, template, {}, AT)
        with gate.open("wb"):
            gate.unlink()
            gate.write_text("Aino", encoding="utf-8")
            (killed,) = processes()
            os.kill(killed, signal.SIGKILL)
            assert asked.result().startswith(b"%PDF-")
    assert killed not in processes()


def test_a_document_that_ends_every_process_is_given_up(tmp_path, processes):
    template, gate = gated(tmp_path)
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(Typesetters().pdf, template, {}, AT)
        with gate.open("wb"):
            (first,) = processes()
            os.kill(first, signal.SIGKILL)
            second = wait_until(lambda: next(iter(processes() - {first}), None), 20, "other process")
            os.kill(second, signal.SIGKILL)
            with pytest.raises(TypesetterEnded, match=r"setting gated.typ ended with exit code -9"):
                asked.result()
    all_gone(processes)


def test_a_document_that_takes_too_long_is_given_up_at_once(tmp_path, processes):
    template, _ = gated(tmp_path)
    with pytest.raises(TypesettingFailed, match=r"gated.typ took more than 0.2 seconds") as failed:
        Typesetters(most_seconds=0.2).pdf(template, {}, AT)
    assert type(failed.value) is TypesettingFailed
    all_gone(processes)


def test_a_process_without_work_ends_and_leaves_no_zombie(template, processes):
    typesetters = Typesetters(idle_seconds=0.1)
    first = typesetters.pdf(template, AINO, AT)
    all_gone(processes)
    assert typesetters.pdf(template, AINO, AT) == first
    all_gone(processes)


def starting(template: Path) -> "subprocess.Popen[bytes]":
    """A process that has a document set and then waits. Its stderr is at its end when what it started has ended too."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", SETS_ONE, str(template)], cwd=ROOT, **pipes)


@pytest.mark.parametrize("killed", [True, False])
def test_a_process_without_work_ends_with_whoever_started_it(template, killed):
    with starting(template) as starter:
        assert starter.stdout.readline() == b"done\n"
        if killed:
            starter.kill()
        said = starter.communicate()[1]
    assert said == b""


def test_a_process_ends_quietly_when_nobody_is_there_to_take_the_document(tmp_path):
    template, gate = gated(tmp_path)
    with starting(template) as starter:
        with gate.open("wb"):
            starter.kill()
            starter.wait()
        assert starter.communicate() == (b"", b"")


def test_a_process_is_given_no_settings_and_no_secrets(template, processes, monkeypatch):
    monkeypatch.setenv("TALKOO_SECRET", "a secret")
    Typesetters().pdf(template, AINO, AT)
    (process,) = processes()
    variables = Path(f"/proc/{process}/environ").read_text().split("\0")
    assert {each.partition("=")[0] for each in variables if each} == {"PATH", "PYTHONPATH"}


@pytest.mark.parametrize(
    ("module", "left_alone"),
    [
        ("chassis.typesetting", ("typst",)),
        ("services.commerce.worker, services.courses.worker, services.notify.jobs", ("typst",)),
        ("chassis.typesetter", ("sqlalchemy", "pydantic", "services", "structlog")),
    ],
)
def test_workers_do_not_load_typst_nor_its_processes_what_workers_need(module, left_alone):
    loaded = f"import sys, {module}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(left_alone) & set(told.split()) == set()
