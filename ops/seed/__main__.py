"""`./talkoo seed`: many invented contacts into the contacts database of the running or stopped suite."""

import argparse
import sys
import time

from psycopg2.errors import LockNotAvailable, UndefinedTable
from rich.console import Console
from rich.progress import Progress

from chassis.database import Database
from ops.launcher import backup
from ops.launcher.checkout import find_checkout
from ops.seed import copying, rows

CHUNK = 5_000
MANY = 200_000
"""From so many contacts on, it is quicker to make the indexes anew."""


def main(arguments: list[str]) -> int:
    """0: written; 1: refused, with a sentence that says why."""
    wanted = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        with backup.reachable_databases(backup.own_state(find_checkout()), stopped=False) as urls:
            fill(urls["contacts"], wanted.persons, wanted.organisations, wanted.seed, shown=True)
    except copying.SeededBefore as error:
        return _refuse(str(error))
    except LockNotAvailable:
        return _refuse("Others work with the contacts; stop the suite, or try again.")
    except UndefinedTable:
        return _refuse("The contacts database has no tables yet; start the suite once: ./talkoo up")
    print(f"{wanted.persons:,} persons and {wanted.organisations:,} organisations in {time.monotonic() - began:.1f} s.")
    return 0


def fill(url: str, persons: int, organisations: int, seed: int, *, shown: bool = False) -> None:
    """Write contacts into the database at `url`; raises SeededBefore."""
    database = Database(url, "seed", statement_timeout_ms=0)
    with Progress(transient=True, disable=not shown) as progress:
        bar = progress.add_task("seeding", total=persons + organisations)
        made, many = rows.chunks(persons, organisations, seed, CHUNK), persons + organisations >= MANY
        for written in copying.write(database, made, many=many):
            progress.update(bar, completed=written)
        progress.update(bar, description="analysing")
        copying.settle(database)


def _refuse(reason: str) -> int:
    Console(stderr=True).print(f"[red]talkoo:[/] {reason}", soft_wrap=True, highlight=False)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./talkoo seed", description="Many invented contacts, for measurements.")
    parser.add_argument("--persons", type=_count, default=100_000, metavar="N")
    parser.add_argument("--organisations", type=_count, default=1_000, metavar="M")
    parser.add_argument("--seed", type=_count, default=1, metavar="S", help="the same seed gives the same contacts")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 5_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number up to 5,000,000")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
