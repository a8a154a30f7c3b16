"""What a file is by its content, and what it is called then (C15)."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from services.contacts.rules.file_types import COMPOUND, MOST_ENTRIES, TEXT, type_of


def archive(*names, mimetype=""):
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as made:
        if mimetype:
            made.writestr("mimetype", mimetype)
        for name in names:
            made.writestr(name, "x")
    return content.getvalue()


def compound(*streams):
    return COMPOUND + b"\0" * 600 + b"\0\0".join(each.encode("utf-16-le") for each in streams)


ODT = "application/vnd.oasis.opendocument.text"
TAKEN = {
    "PDF": (b"%PDF-1.7\n...", "application/pdf"),
    "PNG": (b"\x89PNG\r\n\x1a\n...", "image/png"),
    "JPEG": (b"\xff\xd8\xff\xe0...", "image/jpeg"),
    "WebP": (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    "UTF-8": ("Hei äiti\r\n\tja isä €".encode(), "text/plain"),
    "Windows-1252": ("Hei äiti – 5 €".encode("cp1252"), "text/plain"),
    "DOCX": (archive("[Content_Types].xml", "word/document.xml"),
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ODT": (archive("content.xml", mimetype=ODT), ODT),
    "DOC": (compound("Root Entry", "WordDocument"), "application/msword"),
}  # fmt: skip
BROKEN_INSIDE = archive("content.xml", mimetype=f"{ODT}{'x' * 50}")
REFUSED = {
    "an archive that cannot be unpacked": BROKEN_INSIDE.replace(BROKEN_INSIDE[38:50], b"\xff" * 12, 1),
    "a program of Windows": b"MZ\x90\0\x03\0",
    "a program of Linux": b"\x7fELF\x02\x01",
    "a script": b"#!/bin/sh\nrm -rf ~\n",
    "a page": b"  \n<!DOCTYPE html><script>alert(1)</script>",
    "a picture that runs": b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "any archive": archive("a.txt"),
    "macros": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "open macros": archive("content.xml", "Basic/Standard/Module1.xml", mimetype=ODT),
    "old macros": compound("WordDocument", "_VBA_PROJECT"),
    "another compound file": compound("Root Entry"),
    "an archive cut short": archive("[Content_Types].xml", "word/document.xml")[:-30],
    "an archive of too many": archive("[Content_Types].xml", *(f"word/{each}" for each in range(MOST_ENTRIES))),
    "nul": b"Hei\0",
    "noise": bytes(range(256)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_C15_a_file_is_what_its_content_is(name):
    content, expected = TAKEN[name]
    found = type_of(content)
    assert found is not None
    assert found.content_type == expected


@pytest.mark.parametrize("name", REFUSED)
def test_C15_what_runs_or_is_unknown_is_not_taken(name):
    assert type_of(REFUSED[name]) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("tarjous.pdf", "tarjous.pdf"), ("TARJOUS.PDF", "TARJOUS.PDF"), ("laskuri.exe", "laskuri.exe.pdf"),
        ("tarjous", "tarjous.pdf"), ("..", "file.pdf"), (".htaccess", "htaccess.pdf"), ("a" * 300, "a" * 196 + ".pdf"),
    ],
)  # fmt: skip
def test_C15_a_name_ends_as_the_content_is(given, expected):
    found = type_of(b"%PDF-1.4")
    assert found is not None
    assert found.named(given) == expected
    assert len(TEXT.named(given)) <= 200
