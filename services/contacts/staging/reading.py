"""What is asked about a file, and what its reading gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.contacts.imports import ImportProfile
from services.contacts.rules.fields import PlainField
from services.contacts.rules.import_rows import Meanings, RowReader
from services.contacts.spreadsheets import read
from services.contacts.staging.lines import Part, parts_of


@dataclass(frozen=True)
class Asked:
    """A file, the import that its rows are of, and what decides how they are read."""

    path: Path
    import_id: str
    profile: ImportProfile
    today: date
    columns: Mapping[str, str]
    """What columns mean by heading, as somebody said."""
    by_heading: bool
    """Whether the headings of other columns count."""
    fields: Sequence[PlainField]


@dataclass(frozen=True)
class Heading:
    """How a file is written and what its columns mean."""

    encoding: str
    delimiter: str
    columns: Sequence[Mapping[str, str]]
    """Headings in the order of the file, with what they mean."""
    headers: Mapping[str, str]
    """Headings by what they mean."""
    ignored: Sequence[str]
    """Headings that mean nothing to us."""


def reading(asked: Asked) -> tuple[Heading, Iterator[Part]]:
    """What the file's heading says, and its rows as they are read; both raise Unreadable."""
    table = read(asked.path)
    said = Meanings(asked.columns, asked.by_heading)
    reader = RowReader(table.header, asked.fields, asked.today, asked.profile, said)
    heading = Heading(table.encoding, table.delimiter, reader.columns, reader.headers, reader.ignored)
    return heading, parts_of(asked.import_id, table, reader)
