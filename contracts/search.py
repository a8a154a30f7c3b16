"""One search over everything: what each service finds by words, of what the caller may see (A7)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Reply, Request, Translated


class SearchWords(Request):
    """Words or their beginnings; a thing is found when it has all of them."""

    q: Annotated[str, Field(max_length=100)]
    limit: Annotated[int, Field(ge=1, le=20)] = 8
    """Of each kind, the latest first."""


class Hit(Reply):
    """Something found, with its time or its day. `within_id` is what it is a part of: the calendar of an event."""

    kind: str
    id: UUID
    title: str | Translated = ""
    at: datetime | None = None
    on: date | None = None
    within_id: UUID | None = None


class Hits(Reply):
    """What one service found, kind by kind; `more` names the kinds of which there is more."""

    data: list[Hit]
    more: list[str] = []
