"""`jobs`: long work and its progress."""

from urllib.parse import quote

from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table

from contracts.base import Job, JobState
from ops.operator.door import Door

BAR_WIDTH = 24
COLOURS = {
    JobState.QUEUED: "dim", JobState.RUNNING: "cyan", JobState.SUCCEEDED: "green", JobState.FAILED: "red",
    JobState.CANCELLED: "yellow",
}  # fmt: skip
ENDED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


def show(door: Door, console: Console, *, everything: bool) -> int:
    """The jobs that are open, or the newest of all."""
    found = list(door.pages(Job, "/jobs", open_only=str(not everything).lower(), limit=200))
    if not found:
        console.print("There are no jobs." if everything else "No job is open. (All: ./talkoo jobs --all)")
        return 0
    table = Table(box=None, pad_edge=False)
    for heading in ("job", "kind", "state", "progress", "", "errors", "started", "ended"):
        table.add_column(heading, justify="right" if heading == "errors" else "left", no_wrap=heading == "job")
    for job in found:
        table.add_row(
            job.id,
            job.kind,
            f"[{COLOURS[job.state]}]{job.state.value}[/]",
            ProgressBar(total=job.total or 1, completed=min(job.done, job.total or 1), width=BAR_WIDTH),
            f"{job.done:,}" + (f" of {job.total:,}" if job.total else ""),
            f"{job.errors:,}",
            f"{job.created_at.astimezone():%d.%m. %H:%M:%S}",
            f"{job.finished_at.astimezone():%d.%m. %H:%M:%S}" if job.finished_at else "",
        )
    console.print(table)
    return 0


def cancel(door: Door, console: Console, job_id: str) -> int:
    """Ask a job to stop; it does after the chunk at hand."""
    job = door.post(Job, f"/jobs/{quote(job_id, safe='')}/cancel", {})
    if job.state in ENDED:
        console.print(f"{job.id} had ended already: {job.state.value}.")
    else:
        console.print(f"{job.id} stops after the chunk at hand; what it has done stays.")
    return 0
