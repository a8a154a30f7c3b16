"""One database and one role per service, on the private server or on the one that `DATABASE_URL` names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from ops.launcher.services import SERVICES

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent", "citext")


class Passwords(Protocol):
    """Where the roles' passwords come from: a state folder, or what an operator has set."""

    def secret(self, name: str) -> str:
        """The password of a role."""
        ...


def database_name(service: str) -> str:
    """The service's database and its role have the same name."""
    return f"talkoo_{service}"


def given_urls() -> dict[str, str] | None:
    """`<SERVICE>_DATABASE_URL` of all services when the operator has set them, None when none is set."""
    found = {service: os.environ.get(f"{service.upper()}_DATABASE_URL", "") for service in SERVICES}
    missing = [service for service, url in found.items() if not url]
    if len(missing) == len(SERVICES):
        return None
    if missing:
        names = ", ".join(f"{service.upper()}_DATABASE_URL" for service in missing)
        raise ValueError(f"Some databases are set, but not {names}: set all six or none.")
    return found


def urls_on(admin_url: str, passwords: Passwords) -> dict[str, str]:
    """SQLAlchemy addresses of the six databases on the server of `admin_url`."""
    place = urlsplit(admin_url)
    host = place.netloc.rpartition("@")[2]
    return {service: _url(service, passwords, host, place.query) for service in SERVICES}


def _url(service: str, passwords: Passwords, host: str, query: str) -> str:
    name = database_name(service)
    sign_in = f"{name}:{quote(passwords.secret(name), safe='')}@{host}"
    return urlunsplit(("postgresql+psycopg2", sign_in, f"/{name}", query, ""))


def ensure(admin_url: str, passwords: Passwords) -> None:
    """Make roles, databases and extensions that are missing. The admin role needs CREATEDB and CREATEROLE."""
    admin_url = libpq_url(admin_url)
    with cursor_on(admin_url) as cursor:
        existing = _names(cursor, "SELECT datname FROM pg_database")
        roles = _names(cursor, "SELECT rolname FROM pg_roles")
        for service in SERVICES:
            _ensure_role(cursor, database_name(service), passwords.secret(database_name(service)), roles)
            _ensure_database(cursor, database_name(service), existing)
    for service in SERVICES:
        _ensure_extensions(admin_url, database_name(service))


def _ensure_role(cursor: Any, name: str, password: str, roles: set[str]) -> None:
    verb = sql.SQL("ALTER" if name in roles else "CREATE")
    statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
    cursor.execute(statement.format(verb, sql.Identifier(name), sql.Literal(password)))
    if name not in roles:
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name)))


def _ensure_database(cursor: Any, name: str, existing: set[str]) -> None:
    if name in existing:
        return
    identifier = sql.Identifier(name)
    create = "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
    cursor.execute(sql.SQL(create).format(identifier, identifier))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(identifier))


def _ensure_extensions(admin_url: str, name: str) -> None:
    with cursor_on(admin_url_of(admin_url, name)) as cursor:
        for extension in EXTENSIONS:
            cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def admin_url_of(admin_url: str, name: str) -> str:
    """libpq address of another database on the server of `admin_url`, as its administrator."""
    return urlunsplit(urlsplit(libpq_url(admin_url))._replace(path=f"/{name}"))


def libpq_url(url: str) -> str:
    """The address without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg2://", "postgresql://", 1)


def _names(cursor: Any, query: str) -> set[str]:
    cursor.execute(query)
    return {row[0] for row in cursor.fetchall()}


@contextmanager
def cursor_on(url: str) -> Iterator[Any]:
    """A cursor whose statements are committed one by one."""
    connection = psycopg2.connect(url, connect_timeout=10)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
