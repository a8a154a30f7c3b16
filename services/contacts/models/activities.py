"""What was done with contacts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import searching
from contracts.contacts.activities import ActivityKind
from services.contacts.models.base import NOT_DELETED, Base
from services.contacts.models.links import ContactLink, link_constraints

DELETED = text("deleted_at IS NOT NULL")
OF_PROJECT = text("project_id IS NOT NULL")
FALSE = text("false")


class Activity(Base):
    """A meeting, call, note ... A deleted one is kept for a while, so that it can be restored.

    `recorded_by` is a principal's label; a private activity is seen by that principal alone.
    """

    __tablename__ = "activities"
    __table_args__ = (
        Index("ix_activities_happened_at", "happened_at", "id", postgresql_where=NOT_DELETED),
        Index("ix_activities_responsible_id", "responsible_id", "happened_at", "id", postgresql_where=NOT_DELETED),
        Index("ix_activities_project_id", "project_id", postgresql_where=OF_PROJECT),
        Index("ix_activities_deleted_at", "deleted_at", postgresql_where=DELETED),
        searching.index("activities", "text"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ActivityKind]
    text: Mapped[str]
    happened_at: Mapped[datetime]
    responsible_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    private: Mapped[bool] = mapped_column(Boolean, server_default=FALSE)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]


class ActivityContact(ContactLink, Base):
    """Whom an activity is about."""

    __tablename__ = "activity_contacts"
    __table_args__ = link_constraints("activity_contacts", "activity_id")

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
