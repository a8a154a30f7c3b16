"""Files that go out: never shown inside a page, never kept by caches that others use."""

import unicodedata
from urllib.parse import quote

from flask import Response

PDF = "application/pdf"
ZIP = "application/zip"


def download(content: bytes, name: str, content_type: str = PDF, *, inline: bool = False) -> Response:
    """The file under its name (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "")
    kind = "inline" if inline else "attachment"
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
