"""The process that sets PDFs with Typst, one after the other, for the process that started it (chassis.typesetting).

    python -m chassis.typesetter IDLE_SECONDS MOST_SECONDS

On stdin comes a line of JSON: `template` (a path), `data` (a text of JSON) and `created_at` (seconds since 1970). To
stdout goes a line of JSON with the `size` of the PDF and then so many bytes; none when it says why Typst `refused`.

It ends when stdin is closed or when nothing has come for a while; SIGALRM ends it when a document takes too long. It
imports little and is given none of the suite's settings and secrets.
"""

import json
import select
import signal
import sys
from functools import cache
from pathlib import Path
from typing import Any

import typst


def main(idle_seconds: float, most_seconds: float) -> None:
    """Set what is asked for. A request comes only after the last answer: none can hide from `select` in a buffer."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever asked has ended, and so do we
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at a terminal it is meant for who started us
    while select.select([sys.stdin], [], [], idle_seconds)[0]:
        request = sys.stdin.buffer.readline()
        if not request:
            return
        signal.setitimer(signal.ITIMER_REAL, most_seconds)
        refused, pdf = _answer(json.loads(request))
        signal.setitimer(signal.ITIMER_REAL, 0)  # before the answer: it never ends a process that rests
        told = json.dumps({"size": len(pdf), "refused": refused})
        sys.stdout.buffer.write(told.encode() + b"\n" + pdf)
        sys.stdout.buffer.flush()


def _answer(request: dict[str, Any]) -> tuple[str | None, bytes]:
    try:
        return None, _pdf(**request)
    except Exception as error:
        return getattr(error, "diagnostic", None) or str(error), b""


def _pdf(template: str, data: str, created_at: int) -> bytes:
    pdf = _compiler(Path(template)).compile(
        format="pdf", sys_inputs={"data": data}, pdf_standards=["a-2a", "ua-1"], timestamp=created_at
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"{template} gave {type(pdf).__name__} instead of one PDF")
    return pdf


@cache
def _compiler(template: Path) -> typst.Compiler:
    """One a template: it keeps what it has read and laid out before. It may read the template's folder only."""
    return typst.Compiler(template, root=template.parent, font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
