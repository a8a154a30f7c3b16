"""One service's background work in a process of its own that can be killed; calls are answered inside of it.

    python -m tests.integration.lone_worker notify jobs deliver_messages

Runs the named tasks again and again until it is killed or, having had nothing to do for a second, ends by itself.
"""

import importlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from chassis import execution, rpc
from chassis import worker as chassis_worker
from chassis.amqp_client import AmqpRpcClient, Request
from chassis.service import service_class
from chassis.worker import Worker
from contracts.base import methods_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 1.0


def start(service: str, *tasks: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start such a process with the databases, keys and addresses of this one."""
    command = [sys.executable, "-m", "tests.integration.lone_worker", service, *tasks]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)


def answered_here(_client: AmqpRpcClient, request: Request) -> dict[str, Any]:
    """A call to another service, carried out in this process."""
    service_type = service_class(request.service)
    outer = execution.CURRENT.set(None)
    try:
        method = methods_of(service_type)[request.method]
        return execution.answer(service_type, method, request.payload, request.headers)
    finally:
        execution.CURRENT.reset(outer)


def main(service: str, names: list[str]) -> None:
    """Work until there is nothing to do."""
    AmqpRpcClient.call = answered_here  # type: ignore[method-assign]
    rpc.act_as("worker")
    for module in ("jobs", "worker"):
        if importlib.util.find_spec(f"services.{service}.{module}"):
            importlib.import_module(f"services.{service}.{module}")
    worker = Worker(service)
    known = {task.name: task.run for task in chassis_worker._tasks if task.service == service}
    known["jobs"] = chassis_worker.run_job_chunk
    idle_since = time.monotonic()
    with rpc.calling(rpc.system_caller(service)):
        while time.monotonic() - idle_since < PATIENCE:
            if [name for name in names if known[name](worker)]:
                idle_since = time.monotonic()
            time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
