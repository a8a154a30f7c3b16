"""Reading a copy of all that is held about a person."""

import io
import zipfile
from dataclasses import dataclass

import orjson
import pymupdf


@dataclass
class Copy:
    """The parts of the archive: `data` by service and kind, `raw` as its text; the readable page; files by name."""

    data: dict
    raw: str
    page: str
    files: dict[str, bytes]

    @property
    def papers(self) -> str:
        """The text of all PDFs."""
        return "\n".join(
            leaf.get_text()
            for name, content in self.files.items()
            if name.endswith(".pdf")
            for leaf in pymupdf.open(stream=content, filetype="pdf")
        )


def opened(answer) -> Copy:
    """The archive in an answer of the gateway."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    raw, page, _looks = (parts.pop(name).decode() for name in ("data.json", "index.html", "copy.css"))
    return Copy(orjson.loads(raw)["services"], raw, page, parts)
