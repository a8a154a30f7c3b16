"""What the programs that a user would pick instead did on a machine of this kind (2 cores), measured on 2026-11-23.

With `--peers` some are measured in the same run instead (`ops.bench.peers.turns`).
"""

from ops.bench.findings import Finding

ANOTHER_DAY = "pretix (2026-11-23)"
"""Beside what these figures stand; the machine may have been faster that day."""

PRETIX_SEARCH = 3.0
"""Requests per second: 50 of 100,000 by name (pretix 2026.8; Tryton 8.2: 22, Tendenci 16.30: 3.8)."""
PRETIX_ORDER = 13.3
"""Orders per second under a quota (Tryton: 5.5, without a check of stock)."""
PRETIX_BUYERS = 5.1
"""Seconds until 200 buyers for 50 seats were answered (50 sold; 5.1-5.5 s)."""
PRETIX_IMPORT = 133.0
"""Rows per second of an import of people (Tryton: 103, Tendenci: 24)."""
PRETIX_MEMORY = 891.0
"""MB at rest (Tryton: 154, Tendenci: 788)."""
PRETIX_START = 2.8
"""Seconds of a cold start (Tryton: 1.1, Tendenci: 5.8)."""


def on_another_day(
    id: str,  # noqa: A002  (the field's name)
    what: str,
    unit: str,
    figure: float,
    then: float,
    at_least: float | None = None,
    at_most: float | None = None,
    fault: str = "",
) -> Finding:
    """A figure beside what pretix did `then`."""
    return Finding(id, what, unit, figure, ANOTHER_DAY, then, figure / then, at_least, at_most, fault)
