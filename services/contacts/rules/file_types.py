"""What a file is, told by its content alone; its name proves nothing (C15). What runs by itself is no document."""

import re
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZipFile

from services.contacts.rules.archives import BROKEN

ENDINGS = re.compile(r"\.[A-Za-z0-9]{1,8}$")
MOST_ENTRIES = 5_000
"""Entries of an office document's archive."""
END_OF_ARCHIVE = b"PK\x05\x06"
MACROS = ("vbaproject.bin", "basic/", "scripts/")
"""Parts of office documents that hold programs."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = ("<", "#!")
"""What begins like a page or a script is no plain text."""


@dataclass(frozen=True)
class FileType:
    """A kind of content; its name has one of the endings, by default the first."""

    content_type: str
    endings: tuple[str, ...]

    def named(self, name: str) -> str:
        """The name with an ending that says what the file is, at most 200 characters."""
        base = name.strip(". ") or "file"
        found = ENDINGS.search(base)
        if found and found[0].lower() in self.endings:
            return base[-200:]
        return base[: 200 - len(self.endings[0])] + self.endings[0]


OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
TEXT = FileType("text/plain", (".txt", ".csv", ".md", ".log", ".eml", ".ics", ".vcf"))
BEGINNINGS = (
    (b"%PDF-", FileType("application/pdf", (".pdf",))),
    (b"\x89PNG\r\n\x1a\n", FileType("image/png", (".png",))),
    (b"\xff\xd8\xff", FileType("image/jpeg", (".jpg", ".jpeg"))),
    (b"GIF87a", FileType("image/gif", (".gif",))),
    (b"GIF89a", FileType("image/gif", (".gif",))),
    (b"II*\0", FileType("image/tiff", (".tif", ".tiff"))),
    (b"MM\0*", FileType("image/tiff", (".tif", ".tiff"))),
    (rb"{\rtf", FileType("application/rtf", (".rtf",))),
)
WEBP = FileType("image/webp", (".webp",))
HEIC = FileType("image/heic", (".heic",))
PARTS = {
    "word/": FileType(f"{OOXML}wordprocessingml.document", (".docx",)),
    "xl/": FileType(f"{OOXML}spreadsheetml.sheet", (".xlsx",)),
    "ppt/": FileType(f"{OOXML}presentationml.presentation", (".pptx",)),
}
OPEN_DOCUMENTS = {
    f"{ODF}text": FileType(f"{ODF}text", (".odt",)),
    f"{ODF}spreadsheet": FileType(f"{ODF}spreadsheet", (".ods",)),
    f"{ODF}presentation": FileType(f"{ODF}presentation", (".odp",)),
}
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = (
    ("WordDocument", FileType("application/msword", (".doc",))),
    ("Workbook", FileType("application/vnd.ms-excel", (".xls",))),
    ("PowerPoint Document", FileType("application/vnd.ms-powerpoint", (".ppt",))),
)


def type_of(content: bytes) -> FileType | None:
    """What the content is; None for everything that is not taken."""
    for beginning, found in BEGINNINGS:
        if content.startswith(beginning):
            return found
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return HEIC
    if content.startswith(b"PK\x03\x04"):
        return _office_document(content)
    if content.startswith(COMPOUND):
        return _old_office_document(content)
    return TEXT if _is_plain_text(content) else None


def _office_document(content: bytes) -> FileType | None:
    """A document of the two open formats, without programs in it. Nothing is unpacked but the word `mimetype`."""
    end = content.rfind(END_OF_ARCHIVE, -66_000)
    if end < 0 or int.from_bytes(content[end + 10 : end + 12], "little") > MOST_ENTRIES:
        return None
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if any(mark in name.lower() for name in names for mark in MACROS):
                return None
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in PARTS.items() if any(n.startswith(part) for n in names)), None)
            with archive.open("mimetype") as told:
                return OPEN_DOCUMENTS.get(told.read(100).decode("ascii", "replace").strip())
    except (*BROKEN, KeyError):
        return None


def _old_office_document(content: bytes) -> FileType | None:
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return None
    return next((kind for stream, kind in STREAMS if stream.encode("utf-16-le") in content), None)


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_plain_text(content: bytes) -> bool:
    text = _decoded(content)
    if text is None:
        return False
    return not text.lstrip().startswith(MARKUP) and not CONTROLS.search(text)
