"""Which of the contents that batches give a line of accounting's documents stands (C12, E5).

The one that was said last stands; saying again what was said before changes nothing, so that batches may come twice,
late and in any order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass
class Said:
    """What one batch says of a line; `content` is compared as a whole."""

    id: UUID
    batch_id: UUID
    file_row: int
    observed_at: datetime
    content: tuple[Any, ...]
    stands: bool = False
    changed: list[str] | None = None
    corrected: bool = False
    withdrawn: bool = False

    @property
    def order(self) -> tuple[datetime, UUID]:
        """Of two contents the greater stands; of two from one moment the one from the later batch."""
        return self.observed_at, self.batch_id

    @property
    def state(self) -> str:
        """What it did when it came."""
        return "unchanged" if self.corrected else "created" if self.changed is None else "updated"


@dataclass(frozen=True)
class Judgement:
    """What becomes of something new about a line: it is `kept` as a row, or confirms one until a later moment."""

    state: str
    changed: Sequence[str] = ()
    corrected: bool = False
    kept: Said | None = None
    falls: Said | None = None
    confirmed: Said | None = None


def judge(said: Iterable[Said], new: Said, names: Sequence[str], *, dated: bool) -> Judgement:
    """Judge what is new by all that was said of its line; `names` name the parts of contents.

    `dated` says that the batch tells when it was true; if not, a repeat counts as said when it was said first.
    """
    own = next((each for each in said if (each.batch_id, each.file_row) == (new.batch_id, new.file_row)), None)
    if own is not None:
        return Judgement(own.state, own.changed or (), own.corrected)
    valid = [each for each in said if not each.withdrawn]
    standing = next((each for each in valid if each.stands), None)
    if standing is None:
        new.stands = True
        return Judgement("created", kept=new)
    alike = max((each for each in valid if each.content == new.content), key=lambda each: each.order, default=None)
    is_standing, wins = standing.content == new.content, new.order > standing.order
    if alike is not None and (is_standing or not wins or not dated):
        later = dated and new.observed_at > alike.observed_at
        return Judgement("unchanged", corrected=not is_standing, confirmed=alike if later else None)
    if not wins:
        new.corrected = True
        return Judgement("unchanged", corrected=True, kept=new)
    new.stands = True
    pairs = zip(names, standing.content, new.content, strict=True)
    new.changed = [name for name, old, now in pairs if old != now]
    return Judgement("updated", new.changed, kept=new, falls=standing)


def stands_without(said: Iterable[Said]) -> Said | None:
    """What stands of a line once some of what was said is withdrawn."""
    return max((each for each in said if not each.withdrawn), key=lambda each: each.order, default=None)
