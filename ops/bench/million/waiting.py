"""Jobs of the suite, watched until their end."""

import time
from typing import Any

from ops.bench.scene import Scene
from ops.demo.stage import Failed

PATIENCE = 3_600.0
LOOK_EVERY = 0.1


def finished(scene: Scene, job: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The ended job, and how many seconds after its start it was over; raises Failed when it did not succeed."""
    began = time.monotonic()
    while job["state"] in {"queued", "running"}:
        if time.monotonic() - began > PATIENCE:
            raise Failed(f"the job {job['kind']} did not end within {PATIENCE:.0f} s")
        time.sleep(LOOK_EVERY)
        job = scene.office.get(f"/jobs/{job['id']}")
    if job["state"] != "succeeded":
        raise Failed(f"the job {job['kind']} is {job['state']}: {job['result']}")
    return job, time.monotonic() - began
