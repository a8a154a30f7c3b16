"""F-rows: what an import keeps of new persons, written as plain rows into the register's own tables.

Nothing is read, checked, matched or worked out, and no trigger runs: the rows that an import has left are given new ids
and copied back beside themselves, every row once.
"""

import io
import re
import time
from collections.abc import Iterator
from typing import Any

from psycopg2.extras import execute_values

from chassis.ids import new_id
from ops.bench.load import Outcome
from ops.launcher import databases
from ops.launcher.suite import Suite
from services.contacts import models

AT_ONCE = 10_000
"""Persons in a transaction, as in F-copy."""
OF_PERSONS = {
    models.ImportRow: "person_id",
    models.Person: "id",
    models.KeptPoint: "contact_id",
    models.FieldOrigin: "subject_id",
    models.Change: "subject_id",
}
"""The tables of which a new person takes rows, and the column that says whose they are."""
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RENAMED = "CREATE TEMP TABLE renamed (renamed_id uuid PRIMARY KEY, part integer)"
CREATED = "SELECT person_id FROM import_rows WHERE import_id = %s AND state = 'created' ORDER BY number"


def run(suite: Suite, import_id: str) -> Outcome:
    """The rows of that import's new persons once more; afterwards they are removed again."""
    assert suite.infrastructure.admin_url is not None
    url = databases.admin_url_of(suite.infrastructure.admin_url, databases.database_name("contacts"))
    with databases.cursor_on(url) as cursor:
        cursor.execute("SET session_replication_role = replica")
        parts, new_ids = _prepared(cursor, import_id)
        began = time.perf_counter()
        for part in parts:
            cursor.execute("BEGIN")
            for table, content in part.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(content))
            cursor.execute("COMMIT")
        seconds = time.perf_counter() - began
        for model, column in OF_PERSONS.items():
            cursor.execute(f"DELETE FROM {model.__tablename__} WHERE {column} = ANY(%s::uuid[])", (new_ids,))  # noqa: S608
        return Outcome.of_events(len(new_ids), seconds)


def _prepared(cursor: Any, import_id: str) -> tuple[list[dict[str, str]], list[str]]:
    """By table what to copy, in parts; and the ids of the persons to be."""
    cursor.execute(CREATED, (import_id,))
    old_ids = [row[0] for row in cursor.fetchall()]
    new = {import_id: str(new_id())} | {each: str(new_id()) for each in old_ids}
    cursor.execute(RENAMED)
    execute_values(cursor, "INSERT INTO renamed VALUES %s", [(each, n // AT_ONCE) for n, each in enumerate(old_ids)])
    parts = [dict(_rows(cursor, part, new)) for part in range(-(-len(old_ids) // AT_ONCE))]
    return parts, [new[each] for each in old_ids]


def _rows(cursor: Any, part: int, new: dict[str, str]) -> Iterator[tuple[str, str]]:
    for model, column in OF_PERSONS.items():
        names = [f'"{each.name}"' for each in model.__table__.c if each.computed is None and each.identity is None]
        table, listed = model.__tablename__, ", ".join(names)
        theirs = f"SELECT {listed} FROM {table} JOIN renamed ON renamed_id = {table}.{column} AND part = {part}"  # noqa: S608
        found = io.StringIO()
        cursor.copy_expert(f"COPY ({theirs} ORDER BY {column}) TO STDOUT", found)
        yield f"{table} ({listed})", UUIDS.sub(lambda match: new.get(match[0], match[0]), found.getvalue())
