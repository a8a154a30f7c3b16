"""Ids: UUID version 7 (RFC 9562), so that new rows lie together in an index and sort by time."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = UUID("7b1c6f0e-5d0a-5e0c-9c1b-2a1f6e7d3c58")
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUIDv7; strictly increasing within a process."""
    global _last  # noqa: PLW0603  (the generator's state, under its lock)
    with _lock:
        stamp = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = stamp
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFFFFFFFFFFFFFF
    return UUID(int=(milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)


def made_at(made: UUID) -> datetime:
    """When an id was made by `new_id`; the beginning of time for others."""
    return BEGINNING + timedelta(milliseconds=made.int >> 80) if made.version == 7 else BEGINNING


def derived_id(*parts: object) -> UUID:
    """Always the same id (UUIDv5) for the same parts, so that a repeated command names the same thing."""
    return uuid5(_NAMES, "\n".join(str(part) for part in parts))
