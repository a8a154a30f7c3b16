"""What has been agreed to be done."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import searching
from services.contacts.models.base import Base
from services.contacts.models.links import ContactLink, link_constraints

OPEN = text("done_at IS NULL AND deleted_at IS NULL")
DONE = text("done_at IS NOT NULL AND deleted_at IS NULL")
OF_PROJECT = text("project_id IS NOT NULL")
DELETED = text("deleted_at IS NOT NULL")
TO_REMIND = text("reminded_at IS NULL AND done_at IS NULL AND deleted_at IS NULL AND remind_at IS NOT NULL")


class Task(Base):
    """A task. `due_time` is local; a deleted task is kept for a while, so that it can be restored.

    `reminded_at` is set in the transaction that tells of the reminder, and emptied when another time is chosen.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_assignee_id", "assignee_id", "due_on", postgresql_where=OPEN),
        Index("ix_tasks_due_on", "due_on", postgresql_where=OPEN),
        Index("ix_tasks_done_at", "done_at", "id", postgresql_where=DONE),
        Index("ix_tasks_remind_at", "remind_at", postgresql_where=TO_REMIND),
        Index("ix_tasks_project_id", "project_id", postgresql_where=OF_PROJECT),
        Index("ix_tasks_deleted_at", "deleted_at", postgresql_where=DELETED),
        searching.index("tasks", "title", "text"),
        CheckConstraint("due_time IS NULL OR due_on IS NOT NULL", name="time_of_a_day"),
        CheckConstraint("due_on >= starts_on", name="due_after_start"),
        CheckConstraint("remind_at IS NULL OR assignee_id IS NOT NULL", name="somebody_to_remind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_time: Mapped[time | None]
    assignee_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]


class TaskContact(ContactLink, Base):
    """Whom a task is about."""

    __tablename__ = "task_contacts"
    __table_args__ = link_constraints("task_contacts", "task_id")

    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
