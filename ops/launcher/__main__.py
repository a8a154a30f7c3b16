"""The commands of `./talkoo`."""

from __future__ import annotations

import sys

from ops.launcher.checkout import find_checkout
from ops.launcher.ports import PortTaken
from ops.launcher.servers import StartFailed

HELP = """\
./talkoo up [--empty]        start everything; --empty: without demo data, with a link for the first administrator
./talkoo test [pytest ...]   run the checks and every test (arguments go to pytest)
./talkoo demo                the story, step by step, on the running suite
./talkoo bench [--million]   measurements as ratios to their floors
./talkoo seed ...            many generated contacts, for measurements
./talkoo duplicates-quality [--seed S] [--persons N]   precision and recall of the scan for duplicates
./talkoo import FILE ...     contacts from CSV or XLSX into the running suite
./talkoo jobs                long work and its progress
./talkoo dead-letters list|show|replay ...
./talkoo backup FILE         databases and files into one archive
./talkoo restore FILE        and back, on a stopped suite
"""
DELEGATED = {
    "demo": ["ops.demo"],
    "bench": ["ops.bench"],
    "seed": ["ops.seed"],
    "duplicates-quality": ["ops.duplicates"],
    "import": ["ops.operator", "import"],
    "jobs": ["ops.operator", "jobs"],
    "dead-letters": ["ops.operator", "dead-letters"],
}


def main(arguments: list[str]) -> int:
    """Run one command; the exit code."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        return _dispatch(command, rest)
    except (StartFailed, PortTaken, ValueError) as error:
        print(f"talkoo: {error}", file=sys.stderr)
        return 1


def _dispatch(command: str, rest: list[str]) -> int:
    checkout = find_checkout()
    if command == "up":
        from ops.launcher.up import up

        return up(checkout, empty=rest == ["--empty"]) if rest in ([], ["--empty"]) else _usage()
    if command == "test":
        from ops.launcher.checks import test

        return test(checkout, rest)
    if command in ("backup", "restore") and len(rest) == 1:
        from ops.launcher import backup

        return getattr(backup, command)(checkout, rest[0])  # type: ignore[no-any-return]
    if command in DELEGATED:
        from ops.launcher.delegate import delegate

        return delegate(checkout, [*DELEGATED[command], *rest])
    return _usage(0 if command in ("help", "--help", "-h") else 2)


def _usage(code: int = 2) -> int:
    print(HELP, end="", file=sys.stdout if code == 0 else sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
