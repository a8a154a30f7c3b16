"""The real scan on an invented register: how much of what it finds is true, and how much of what is true it finds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg2
from sqlalchemy import select
from sqlalchemy.engine import make_url

from chassis import migrate
from chassis.database import Database
from chassis.ids import new_id
from chassis.jobs import Step
from contracts.base import JobState
from contracts.contacts.addresses import Address
from contracts.contacts.persons import CreatePerson
from ops.duplicates.register import Entry, entries, true_pairs
from ops.launcher.databases import EXTENSIONS
from ops.seed.copying import copy, settle
from ops.seed.rows import person_row
from services.contacts import models
from services.contacts.commands import duplicate_scans

CHUNK = 5_000


@dataclass(frozen=True)
class Quality:
    """Counts of pairs: those that are true, those that were found, those found that are true."""

    cards: int
    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was found that is true."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        return self.right / self.true if self.true else 1.0


def measure(url: str, persons: int, seed: int) -> Quality:
    """Fill the empty, migrated contacts database at `url` and scan it."""
    database = Database(url, "quality", statement_timeout_ms=120_000)
    cards = list(entries(persons, seed))
    ids = {card.number: new_id() for card in cards}
    with database.transaction() as session:
        for start in range(0, len(cards), CHUNK):
            rows = [_row(card, ids[card.number]) for card in cards[start : start + CHUNK]]
            copy(session, models.Person, rows)
    scan(database)
    numbers = {person_id: number for number, person_id in ids.items()}
    pair = models.DuplicateCandidate
    with database.reader() as reader:
        found = {
            tuple(sorted((numbers[row.first_id], numbers[row.second_id])))
            for row in reader.execute(select(pair.first_id, pair.second_id))
        }
    settle(database)
    true = true_pairs(cards)
    return Quality(len(cards), len(true), len(found), len(true & found))


def _row(card: Entry, person_id: UUID) -> dict[str, object]:
    address = Address(street=card.street, postal_code=card.postal_code, city=card.city)
    wanted = CreatePerson(
        given_name=card.given_name,
        family_name=card.family_name,
        birth_date=card.birth_date,
        email=card.email,
        phone=card.phone,
        addresses=[address] if card.street else [],
    )
    return person_row(wanted, person_id, datetime.now(UTC))


def scan(database: Database) -> None:
    """Work off a scan, chunk by chunk."""
    state, cursor, done = JobState.RUNNING, dict[str, Any](), 0
    while state is JobState.RUNNING:
        with database.transaction() as session:
            step = Step(session, "", duplicate_scans.JOB_KIND, {}, cursor, done, None, 0, datetime.now(UTC))
            duplicate_scans.work(step)
            state, cursor, done = step.state, step.cursor, step.done


@contextmanager
def empty_register(admin_url: str) -> Iterator[str]:
    """A contacts database of its own on the server, dropped at the end; its address."""
    admin = make_url(admin_url)
    name = f"duplicates_{new_id().hex[-12:]}"
    url = admin.set(drivername="postgresql+psycopg2", database=name).render_as_string(hide_password=False)
    _run(admin_url, "postgres", f'CREATE DATABASE "{name}"')
    try:
        for extension in EXTENSIONS:
            _run(admin_url, name, f"CREATE EXTENSION IF NOT EXISTS {extension}")
        migrate.upgrade("contacts", url)
        yield url
    finally:
        _run(admin_url, "postgres", f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(admin_url: str, database: str, statement: str) -> None:
    url = make_url(admin_url)
    connection = psycopg2.connect(
        host=url.host, port=url.port, user=url.username, password=url.password, dbname=database
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
