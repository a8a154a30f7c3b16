"""A whole Talkoo: servers, migrations, topology and all processes, started and stopped as one.

with running_suite() as suite:
    httpx.get(f"{suite.base_url}/readyz")
    suite.kill("contacts")
    suite.restart_broker()
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from ops.launcher import companies, environment, keys, ports, processes, spawn
from ops.launcher.account import suite_account
from ops.launcher.checkout import Code, find_checkout, runnable_code
from ops.launcher.environment import Scope, Wiring
from ops.launcher.infrastructure import Infrastructure
from ops.launcher.merged_log import MergedLog
from ops.launcher.processes import ProcessSpec
from ops.launcher.servers import StartFailed
from ops.launcher.state import StateFolder, state_root
from ops.launcher.supervisor import Supervisor

READY_SECONDS = 240.0
"""Usually a few seconds; a machine with much else to do needs longer."""
Step = Callable[[str], AbstractContextManager[None]]


def _silent(_title: str) -> AbstractContextManager[None]:
    return nullcontext()


class Suite:
    """One running suite on one state folder."""

    def __init__(
        self,
        state: StateFolder,
        *,
        log: MergedLog,
        step: Step = _silent,
        private: bool = False,
        port: int | None = None,
        variables: dict[str, str] | None = None,
        specs: Sequence[ProcessSpec] | None = None,
    ) -> None:
        self.state, self.log, self._step = state, log, step
        self.host = os.environ.get("TALKOO_HOST", ports.LOOPBACK)
        self.ports = ports.choose(state.remembered("ports") or {})
        state.remember("ports", self.ports)
        self.ports["gateway"] = port or ports.gateway_port(self.host)
        self.code: Code = runnable_code(find_checkout(), state)
        self.infrastructure = Infrastructure(state, self.ports, self.code, private=private)
        self.companies = companies.companies(state, self.ports, {} if private else os.environ)
        address = f"{ports.asked_at(self.host)}:{self.ports['gateway']}"
        self.ready_page = f"http://{address}/readyz"
        self.base_url = os.environ.get("TALKOO_BASE_URL") or f"http://{address}"
        self.wiring = self._wiring(variables or {})
        self._specs = processes.declared(self.host, self.ports, self.companies) if specs is None else specs
        self.supervisor = Supervisor(self._specs, self._launch, log)

    def _files(self) -> str:
        """The operator's bucket, or a folder of our own."""
        given = os.environ.get("TALKOO_FILES", "")
        return given if given.startswith("s3:") else str(self.state.data_folder("files"))

    def _wiring(self, variables: dict[str, str]) -> Wiring:
        return Wiring(
            base_url=self.base_url,
            home=str(self.state.data_folder("home")),
            files=self._files(),
            secret=self.state.secret("talkoo_secret"),
            signing_keys=keys.signing_keys(self.state),
            database_urls=self.infrastructure.database_urls,
            amqp_urls=self.infrastructure.amqp_urls,
            outside={name: company.variables for name, company in self.companies.items()},
            extra=variables,
        )

    @property
    def env(self) -> dict[str, str]:
        """The environment of operators' commands: everything."""
        return environment.environment(self.wiring, environment.EVERYTHING)

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by process name."""
        return self.supervisor.pids()

    def start_servers(self) -> None:
        """PostgreSQL with migrated databases and, side by side, RabbitMQ with its topology."""
        with self._step("Starting PostgreSQL and RabbitMQ"):
            self.infrastructure.spawn()
        pool = ThreadPoolExecutor(2)
        try:
            for each in [pool.submit(self._databases), pool.submit(self._broker)]:
                each.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # what still waits ends when the servers are stopped

    def _databases(self) -> None:
        with self._step("PostgreSQL, databases"):
            self.infrastructure.databases_ready()
        with self._step("Migrations"):
            self.run_module("chassis.migrate")

    def _broker(self) -> None:
        with self._step("RabbitMQ"):
            self.infrastructure.broker_ready()
        with self._step("Exchanges and queues"):
            self.run_module("chassis.topology", "apply")

    def start_processes(self) -> None:
        """Start all processes and wait until the gateway says that the suite is ready."""
        with self._step("Services and gateway"):
            self.supervisor.start()
            self.wait_ready()

    def start_again(self) -> None:
        """Start all processes after they were stopped, and wait until the suite is ready."""
        self.supervisor = Supervisor(self._specs, self._launch, self.log)
        self.start_processes()

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait for `/readyz`; raises StartFailed when time is over or a process dies again and again."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if looping := self.supervisor.crash_loops():
                said = "\n".join(self.log.latest(name) for name in looping)
                raise StartFailed(
                    f"{', '.join(looping)} does not stay up. The log is {self.log.path}, its end:\n{said}"
                )
            if time.monotonic() > deadline:
                raise StartFailed(f"The suite was not ready within {seconds:.0f} s; the log is {self.log.path}.")
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Whether `/readyz` answers 200 now."""
        try:
            with urllib.request.urlopen(self.ready_page, timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def run_module(self, module: str, *arguments: str, scope: Scope = environment.EVERYTHING) -> str:
        """Run `python -m module` to its end under the suite's account; its output, or StartFailed with it.

        What it says on stderr goes to the log at once.
        """
        name = module.rpartition(".")[2]
        reading, writing = os.pipe()
        following = self.log.follow(name, os.fdopen(reading, "rb"))
        try:
            done = spawn.run(
                [str(self.code.python), "-m", module, *arguments],
                account=self.state.account,
                env=self._environment(scope),
                cwd=self.code.root,
                stderr=writing,
            )
        finally:
            os.close(writing)
            following.join()
        if done.returncode != 0:
            said = f"{done.stdout}{self.log.latest(name)}"[-4000:]
            raise StartFailed(f"{module} ended with exit code {done.returncode}:\n{said}")
        return done.stdout

    def _environment(self, scope: Scope) -> dict[str, str]:
        return {**environment.environment(self.wiring, scope), "PYTHONPATH": str(self.code.root)}

    def _launch(self, spec: ProcessSpec) -> subprocess.Popen[bytes]:
        return spawn.spawn(
            [str(self.code.python), *spec.arguments],
            account=self.state.account,
            env={**self._environment(spec.scope), **dict(spec.variables)},
            cwd=self.code.root,
            output=subprocess.PIPE,
        )

    def stop(self, *, discard: bool = False) -> None:
        """Stop processes in order, then the servers, all at once if their data are thrown away; nothing stays."""
        if discard:
            self.supervisor.hurry()
        self.supervisor.stop()
        self.infrastructure.stop(discard=discard)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End one process (as a crash by default); the supervisor starts it again."""
        self.supervisor.kill(name, number)

    def restart_broker(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Restart RabbitMQ under the running suite."""
        self.infrastructure.restart_broker(number)

    def restart_postgres(self, number: signal.Signals = signal.SIGINT) -> None:
        """Restart PostgreSQL under the running suite."""
        self.infrastructure.restart_postgres(number)


@contextmanager
def running_suite(
    state_dir: Path | None = None,
    *,
    empty: bool = True,
    variables: dict[str, str] | None = None,
    specs: Sequence[ProcessSpec] | None = None,
) -> Iterator[Suite]:
    """A private whole suite on free ports, for end-to-end and chaos tests; `variables` go to every process.

    Without `state_dir` it lives in a new folder of the checkout's state and is removed in the end.
    """
    account = suite_account()
    root = state_dir or _fresh_folder(state_root(find_checkout(), account) / "suites")
    state = StateFolder(root, account)
    log = MergedLog(state.root / "talkoo.log", stream=None)
    suite = Suite(state, log=log, private=True, port=ports.free_port(), variables=variables, specs=specs)
    try:
        suite.start_servers()
        if specs is None:
            suite.start_processes()
            if not empty:
                suite.run_module("ops.demo_data")
        else:
            suite.supervisor.start()
        yield suite
    finally:
        suite.stop(discard=state_dir is None)
        log.close()
        if state_dir is None:
            shutil.rmtree(root, ignore_errors=True)


def _fresh_folder(parent: Path) -> Path:
    parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="suite-", dir=parent))
    folder.chmod(0o755)
    return folder
