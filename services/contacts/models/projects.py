"""Projects, who takes part, and the hours that go into them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects, searching
from services.contacts.models.base import Base
from services.contacts.models.links import contact_index

DELETED = text("deleted_at IS NOT NULL")
NOT_DELETED = text("deleted_at IS NULL")


class Project(Base):
    """A project. A deleted one is kept for a while, so that it can be restored."""

    __tablename__ = "projects"
    __table_args__ = (
        Index("ix_projects_deleted_at", "deleted_at", postgresql_where=DELETED),
        searching.index("projects", "name", "text"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    hours_planned: Mapped[Decimal | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]


class ProjectMember(Base):
    """Somebody's part in a project: an account, a person or an organisation, each once unless two were merged."""

    __tablename__ = "project_members"
    __table_args__ = (
        CheckConstraint("num_nonnulls(account_id, person_id, organisation_id) = 1", name="one_member"),
        Index("uq_project_members_account", "account_id", "project_id", unique=True),
        Index(
            "uq_project_members_person",
            "person_id",
            "project_id",
            unique=True,
            postgresql_where=text("merged_person_id IS NULL"),
        ),
        redirects.index("project_members", "person_id"),
        Index(
            "uq_project_members_organisation",
            "organisation_id",
            "project_id",
            unique=True,
            postgresql_where=text("merged_organisation_id IS NULL"),
        ),
        redirects.index("project_members", "organisation_id"),
        *(contact_index("project_members", side) for side in ("person", "organisation")),
        Index("ix_project_members_project_id", "project_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    merged_person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    merged_organisation_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(server_default="")
    hours_planned: Mapped[Decimal | None]


class ProjectHours(Base):
    """Work that was done for a project on a day, by an account or by a person."""

    __tablename__ = "project_hours"
    __table_args__ = (
        CheckConstraint("num_nonnulls(account_id, person_id) = 1", name="one_worker"),
        CheckConstraint("hours > 0 AND hours <= 24", name="within_a_day"),
        Index("ix_project_hours_project_id", "project_id", "worked_on", "id", postgresql_where=NOT_DELETED),
        Index("ix_project_hours_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_project_hours_deleted_at", "deleted_at", postgresql_where=DELETED),
        redirects.index("project_hours", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    merged_person_id: Mapped[UUID | None]
    worked_on: Mapped[date]
    hours: Mapped[Decimal]
    note: Mapped[str] = mapped_column(server_default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    deleted_at: Mapped[datetime | None]
