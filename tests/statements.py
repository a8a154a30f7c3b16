"""SQL in tests that look at databases from outside of the suite."""

from contextlib import closing

import psycopg2

from ops.launcher.databases import libpq_url


def run(url: str, *statements: str) -> list[tuple]:
    """Carry the statements out in one transaction; the rows of the last one."""
    with closing(psycopg2.connect(libpq_url(url))) as connection, connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
