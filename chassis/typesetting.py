"""PDF documents from Typst templates: data in, PDF/A-2a and PDF/UA-1 bytes out.

Data reach a template as JSON, never as markup, so that no text can become code. Only the font inside the Typst
wheel is used; what it cannot show is replaced (chassis.showable).

Typst works in processes of their own (chassis.typesetter), which end when there is nothing to set: its library, its
fonts and what it remembers of documents would take some 45 MB of every worker for ever. A document goes to a process
that rests, or else to a new one, whichever thread asks. So there are as many as documents at the same time, one for
each thread at most: tickets do not wait for ten thousand labels, and what invoices have warmed up sets tickets too.
"""

import json
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.apart import apart
from chassis.showable import showable_values

TYPESETTER = "chassis.typesetter"


class TypesettingFailed(Exception):
    """Typst refused the template (the message is its own), or the document took too long."""


class TypstRefused(TypesettingFailed):
    """Typst refused the template with these data, and would again."""


class TypesetterEnded(TypesettingFailed):
    """The process has ended before the document was done. It was killed, or Typst has crashed."""


def render_pdf(template: Path, data: Mapping[str, Any], created_at: datetime) -> bytes:
    """The PDF of a template, which finds `data` (JSON values) as `json(bytes(sys.inputs.data))`.

    The same data and time give the same bytes. A template may read files of its own folder only. Raises
    TypesettingFailed.
    """
    return _typesetters.pdf(template, data, created_at)


class Typesetters:
    """Processes to set documents. Here are those that rest; the others are held by whom they set a document for."""

    def __init__(self, idle_seconds: float = 25, most_seconds: float = 120) -> None:
        """They rest for `idle_seconds` before they end. Ten thousand labels take 3 s on a quiet machine."""
        self._idle_seconds, self._most_seconds = idle_seconds, most_seconds
        self._resting: list[_Typesetter] = []

    def pdf(self, template: Path, data: Mapping[str, Any], created_at: datetime) -> bytes:
        """As render_pdf. When a process ends, another is asked, but only once: the document may be the reason."""
        request = {
            "template": str(template.absolute()),
            "data": json.dumps(showable_values(data), ensure_ascii=False),
            "created_at": int(created_at.timestamp()),
        }
        try:
            return self._set(request, self._rested() or self._started())
        except TypesetterEnded:
            return self._set(request, self._started())

    def _set(self, request: Mapping[str, Any], typesetter: "_Typesetter") -> bytes:
        try:
            refused, pdf = typesetter.ask(request)
        except BaseException:
            typesetter.close()
            raise
        self._resting.append(typesetter)
        if refused is not None:
            raise TypstRefused(refused)
        return pdf

    def _rested(self) -> "_Typesetter | None":
        """The one that worked last, so that those which are not needed any more come to their end."""
        with suppress(IndexError):
            return self._resting.pop()
        return None

    def _started(self) -> "_Typesetter":
        typesetter = _Typesetter(self._idle_seconds, self._most_seconds)
        threading.Thread(target=self._bury, args=(typesetter,), name="typesetter", daemon=True).start()
        return typesetter

    def _bury(self, typesetter: "_Typesetter") -> None:
        """Wait for its end, so that it does not stay as a zombie. If it did not rest, who asked it sees the end too."""
        typesetter.process.wait()
        with suppress(ValueError):
            self._resting.remove(typesetter)
            typesetter.close()


class _Typesetter:
    """One process, which is given none of our settings and secrets, and the pipes to and from it."""

    def __init__(self, idle_seconds: float, most_seconds: float) -> None:
        self._most_seconds = most_seconds
        process = apart(TYPESETTER, str(idle_seconds), str(most_seconds))
        self.process = subprocess.Popen(**process, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests, self._answers = self.process.stdin, self.process.stdout

    def ask(self, request: Mapping[str, Any]) -> tuple[str | None, bytes]:
        """Why Typst refused, if it did, and the PDF. Raises TypesettingFailed when the process has ended."""
        with suppress(BrokenPipeError):
            self._requests.write(json.dumps(request).encode() + b"\n")
            self._requests.flush()
        line = self._answers.readline()
        if line.endswith(b"\n"):
            told = json.loads(line)
            pdf = self._answers.read(told["size"])
            if len(pdf) == told["size"]:
                return told["refused"], pdf
        raise self._end(Path(request["template"]).name)

    def _end(self, name: str) -> TypesettingFailed:
        """What its end means for the document; a process that rests is never ended by SIGALRM."""
        code = self.process.wait()
        if code == -signal.SIGALRM:
            return TypesettingFailed(f"{name} took more than {self._most_seconds:g} seconds")
        return TypesetterEnded(f"the process that was setting {name} ended with exit code {code}")

    def close(self) -> None:
        """Close the pipes, upon which it ends."""
        with suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()


_typesetters = Typesetters()
