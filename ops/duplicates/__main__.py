"""`./talkoo duplicates-quality`: precision and recall of the scan for duplicates on an invented register."""

import argparse
import sys
import time

from rich.console import Console

from ops.duplicates.quality import empty_register, measure
from ops.launcher.infrastructure import infrastructure

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.90


def main(arguments: list[str]) -> int:
    """0: as good as it has to be; 1: not."""
    wanted = _parser().parse_args(arguments)
    console = Console(highlight=False)
    began = time.monotonic()
    with infrastructure() as servers:
        assert servers.admin_url is not None
        with empty_register(servers.admin_url) as url:
            found = measure(url, wanted.persons, wanted.seed)
    good = found.precision >= LEAST_PRECISION and found.recall >= LEAST_RECALL
    console.print(
        f"{found.cards:,} cards of {wanted.persons:,} persons (seed {wanted.seed}); {found.true:,} pairs are one."
        f" Found {found.found:,}, of them {found.right:,} right: precision {found.precision:.3f}"
        f" (at least {LEAST_PRECISION}), recall {found.recall:.3f} (at least {LEAST_RECALL});"
        f" {time.monotonic() - began:.1f} s.",
        soft_wrap=True,
    )
    return 0 if good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./talkoo duplicates-quality", description=__doc__)
    parser.add_argument("--persons", type=_count, default=20_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same register")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 2_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 2,000,000")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
