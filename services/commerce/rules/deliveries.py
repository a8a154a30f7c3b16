"""Which of the contents that batches give a line of accounting's documents stands (C12, E5).

The one that was said last stands, as long as one batch says it. Every batch is heard, also one that repeats, so that to
withdraw some of them leaves what the others alone would have led to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass
class Said:
    """What one batch says of a line; `content` is compared as a whole.

    `dated` says that the batch tells when it was true; if not, a repeat counts as said when it was said first.
    """

    id: UUID
    batch_id: UUID
    file_row: int
    observed_at: datetime
    dated: bool
    content: tuple[Any, ...]
    stands: bool = False
    changed: list[str] | None = None
    corrected: bool = False
    withdrawn: bool = False

    @property
    def state(self) -> str:
        """What it did when it came."""
        return "created" if self.changed is None else "updated" if self.changed else "unchanged"


def hear(said: list[Said], new: Said, names: Sequence[str]) -> Said:
    """Add what a batch says of a line to all that was said of it; `names` name the parts of contents.

    What the same row of the same batch has said already is given back as it was.
    """
    own = next((each for each in said if (each.batch_id, each.file_row) == (new.batch_id, new.file_row)), None)
    if own is not None:
        return own
    before = standing(said)
    said.append(new)
    now = settle(said)
    new.corrected = now is not None and now.content != new.content
    if before and now:
        pairs = zip(names, before.content, now.content, strict=True)
        new.changed = [name for name, old, value in pairs if old != value]
    return new


def withdraw(said: Iterable[Said], taken: Iterable[Said]) -> bool:
    """Withdraw what was `taken` of all that was `said` of a line; whether the line is another, or none, without it."""
    for each in taken:
        each.withdrawn = False
    before = standing(said)
    for each in taken:
        each.withdrawn = True
    now = settle(said)
    return before is not None and (now is None or now.content != before.content)


def settle(said: Iterable[Said]) -> Said | None:
    """Let stand what stands of a line, and nothing else."""
    found = standing(said)
    for each in said:
        each.stands = each is found
    return found


def standing(said: Iterable[Said]) -> Said | None:
    """What stands of a line, of all that was said of it in the order in which it came.

    Of contents said at one moment that of the later batch stands.
    """
    latest: dict[tuple[Any, ...], tuple[datetime, UUID]] = {}
    bearers: dict[tuple[Any, ...], Said] = {}
    for each in said:
        if each.withdrawn:
            continue
        if each.content not in latest or (each.dated and each.observed_at > latest[each.content][0]):
            latest[each.content] = each.observed_at, each.batch_id
        if each.content not in bearers or each.stands:
            bearers[each.content] = each
    return bearers[max(latest, key=lambda content: latest[content])] if latest else None
