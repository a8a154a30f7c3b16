"""Contacts that were merged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.about import ContactKind
from services.contacts.models.base import EMPTY_LIST, EMPTY_OBJECT, Base, of_kind


class Merge(Base):
    """A merge, with what its undoing needs.

    `before` and `after` hold those columns of the survivor that the merge changed, in JSON; `relinked` the ids that
    led to the merged contact before; `sources` where the changed fields came from before, and come from after.
    """

    __tablename__ = "merges"
    __table_args__ = (
        Index("ix_merges_survivor_id", "survivor_id", "id"),
        Index("ix_merges_merged_id", "merged_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ContactKind] = mapped_column(server_default=ContactKind.PERSON)
    survivor_id: Mapped[UUID]
    merged_id: Mapped[UUID]
    survivor_person: Mapped[UUID | None] = of_kind("survivor_id", "person")
    merged_person: Mapped[UUID | None] = of_kind("merged_id", "person")
    survivor_organisation: Mapped[UUID | None] = of_kind("survivor_id", "organisation")
    merged_organisation: Mapped[UUID | None] = of_kind("merged_id", "organisation")
    choices: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    before: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    after: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    sources: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    relinked: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    merged_at: Mapped[datetime]
    merged_by: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(server_default="")
