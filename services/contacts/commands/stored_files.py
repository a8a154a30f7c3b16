"""Files that nothing names any more: uploads whose command never came, replaced photos, documents long deleted.

A file is stored before the row that names it is committed, and goes after the row is gone: whoever sees the row finds
the file, whenever a process was killed. What is left over by that is removed here.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from chassis import files
from contracts.errors import Invalid, NotFound
from services.contacts import models

OWNER = "contacts"
GRACE = timedelta(hours=1)
"""Longer than any upload is under way between its file and its row."""
AT_ONCE = 500
NAMED_BY = (
    models.Document.file_key,
    models.Document.preview_key,
    models.Import.file_key,
    models.Person.photo_key,
    models.Export.file_key,
)
"""Every column that names a file of contacts."""
MERGE = models.Merge


def own(key: str, pointer: str) -> str:
    """The key, if it names a stored file of contacts; raises Invalid."""
    try:
        files.size(key)
    except (Invalid, NotFound):
        key = ""
    if key.startswith(f"{OWNER}/"):
        return key
    raise Invalid.field(pointer, "bad_key", "This is not a stored file for contacts; upload it again.")


def sweep(session: Session, now: datetime) -> int:
    """Remove the files that nothing names, older than the grace; how many."""
    removed = 0
    for keys in _chunks(files.stored(OWNER, now - GRACE)):
        for key in set(keys) - _named(session, keys):
            removed += files.delete_old(key, now - GRACE)
    return removed


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while chunk := list(islice(left, AT_ONCE)):
        yield chunk


def _named(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys that a row names, also what merges would give back."""
    named = [select(each).where(each.in_(keys)) for each in NAMED_BY]
    photos = [each["photo_key"].astext for each in (MERGE.before, MERGE.after)]
    named += [select(each).where(each.in_(keys), MERGE.undone_at.is_(None)) for each in photos]
    unfinished = session.scalars(select(models.Export.parts).where(models.Export.parts != []))
    return {*session.scalars(union_all(*named)), *(key for parts in unfinished for key in parts)}
