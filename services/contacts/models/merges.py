"""Persons that were merged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.contacts.models.base import EMPTY_LIST, EMPTY_OBJECT, Base


class Merge(Base):
    """A merge, with what its undoing needs.

    `before` and `after` hold those columns of the survivor that the merge changed, in JSON; `relinked` the ids that
    led to the merged person before; `sources` where the changed fields came from before, and come from after.
    """

    __tablename__ = "merges"
    __table_args__ = (
        Index("ix_merges_survivor_id", "survivor_id", "id"),
        Index("ix_merges_merged_id", "merged_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    choices: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    before: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    after: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    sources: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    relinked: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    merged_at: Mapped[datetime]
    merged_by: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(server_default="")
