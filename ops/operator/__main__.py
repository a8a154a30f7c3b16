"""Takes the words of `./talkoo jobs|dead-letters|import` and carries them out; the exit code."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from contracts.contacts.imports import ImportProfile
from ops.operator import dead_letters, importing, jobs
from ops.operator.door import Door, Refused, run_file


def main(arguments: list[str]) -> int:
    """0: done; 1: refused, with a sentence that says why; 2: words that are not understood."""
    console = Console(highlight=False)
    wanted = _parser().parse_args(arguments)
    try:
        with Door.of_run_file(run_file()) as door:
            return _carry_out(wanted, door, console)
    except Refused as refused:
        Console(stderr=True, highlight=False).print(f"[red]talkoo:[/] {escape(str(refused))}", soft_wrap=True)
        return 1


def _carry_out(wanted: argparse.Namespace, door: Door, console: Console) -> int:
    if wanted.command == "jobs":
        if wanted.verb == "cancel":
            return jobs.cancel(door, console, wanted.id)
        return jobs.show(door, console, everything=wanted.all)
    if wanted.command == "import":
        return importing.import_file(
            door, console, wanted.file, wanted.profile, dry_run=wanted.dry_run, report=wanted.report
        )
    if wanted.verb == "list":
        return dead_letters.show_list(door, console, wanted.service)
    if wanted.verb == "show":
        return dead_letters.show_one(door, console, wanted.service, wanted.id)
    return dead_letters.replay(door, console, wanted.service, wanted.id)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./talkoo", description="Operators' commands on the running suite.")
    commands = parser.add_subparsers(dest="command", required=True)

    job = commands.add_parser("jobs", help="long work and its progress")
    job.add_argument("--all", action="store_true", help="also those that have ended")
    verbs = job.add_subparsers(dest="verb")
    verbs.add_parser("cancel", help="stop a job").add_argument("id", metavar="ID")

    letters = commands.add_parser("dead-letters", help="events that could not be handled")
    verbs = letters.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="what is parked or dead").add_argument("service", metavar="SERVICE", nargs="?")
    show = verbs.add_parser("show", help="one event with its envelope")
    show.add_argument("service", metavar="SERVICE")
    show.add_argument("id", metavar="ID", type=int)
    replay = verbs.add_parser("replay", help="try again now")
    replay.add_argument("service", metavar="SERVICE")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", type=int, nargs="?")
    which.add_argument("--all", action="store_true", help="all dead ones")

    file = commands.add_parser("import", help="contacts from CSV or XLSX")
    file.add_argument("file", metavar="FILE", type=Path)
    file.add_argument("--profile", default=ImportProfile.CONTACTS.value, choices=[each.value for each in ImportProfile])
    file.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
    file.add_argument("--report", metavar="FILE.csv", type=Path, help="write all rejected rows, with their cells")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
