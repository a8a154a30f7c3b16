"""Projects, who takes part, and the hours that go into them (A5, A8)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DELETED = sa.text("deleted_at IS NOT NULL")
NOT_DELETED = sa.text("deleted_at IS NULL")
GIVEN = sa.text("project_id IS NOT NULL")


def _id(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _at(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.Date, nullable=nullable)


def _hours(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.Numeric(12, 2), nullable=nullable)


def _reference(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "projects",
        _id("id"),
        _text("name"),
        _text("text", default=""),
        _day("starts_on"),
        _day("ends_on"),
        _hours("hours_planned"),
        _at("closed_at"),
        _at("created_at", nullable=False),
        _text("created_by"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _at("deleted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_projects_ends_after_start")),
    )
    op.create_index("ix_projects_deleted_at", "projects", ["deleted_at"], postgresql_where=DELETED)
    _create_members()
    _create_hours()
    _join_tasks_and_activities()


def _create_members() -> None:
    table = "project_members"
    op.create_table(
        table,
        _id("id"),
        _id("project_id"),
        *(_id(name, nullable=True) for name in ("account_id", "person_id", "organisation_id")),
        _text("role", default=""),
        _hours("hours_planned"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _reference(table, "project_id", "projects", "CASCADE"),
        _reference(table, "person_id", "persons"),
        _reference(table, "organisation_id", "organisations"),
        sa.CheckConstraint(
            "num_nonnulls(account_id, person_id, organisation_id) = 1", name=op.f(f"ck_{table}_one_member")
        ),
    )
    for side in ("account", "person", "organisation"):
        op.create_index(f"uq_{table}_{side}", table, [f"{side}_id", "project_id"], unique=True)
    op.create_index(f"ix_{table}_project_id", table, ["project_id", "id"])


def _create_hours() -> None:
    table = "project_hours"
    op.create_table(
        table,
        _id("id"),
        _id("project_id"),
        _id("account_id", nullable=True),
        _id("person_id", nullable=True),
        _day("worked_on", nullable=False),
        _hours("hours", nullable=False),
        _text("note", default=""),
        _at("recorded_at", nullable=False),
        _text("recorded_by"),
        _at("deleted_at"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _reference(table, "project_id", "projects"),
        _reference(table, "person_id", "persons"),
        sa.CheckConstraint("num_nonnulls(account_id, person_id) = 1", name=op.f(f"ck_{table}_one_worker")),
        sa.CheckConstraint("hours > 0 AND hours <= 24", name=op.f(f"ck_{table}_within_a_day")),
    )
    op.create_index(f"ix_{table}_project_id", table, ["project_id", "worked_on", "id"], postgresql_where=NOT_DELETED)
    op.create_index(f"ix_{table}_person_id", table, ["person_id"], postgresql_where=sa.text("person_id IS NOT NULL"))
    op.create_index(f"ix_{table}_deleted_at", table, ["deleted_at"], postgresql_where=DELETED)


def _join_tasks_and_activities() -> None:
    op.add_column("tasks", _day("starts_on"))
    op.create_check_constraint(op.f("ck_tasks_due_after_start"), "tasks", "due_on >= starts_on")
    for table in ("tasks", "activities"):
        op.add_column(table, _id("project_id", nullable=True))
        op.create_foreign_key(f"fk_{table}_project_id", table, "projects", ["project_id"], ["id"], ondelete="SET NULL")
        op.create_index(f"ix_{table}_project_id", table, ["project_id"], postgresql_where=GIVEN)


def downgrade() -> None:
    for table in ("activities", "tasks"):
        op.drop_index(f"ix_{table}_project_id", table)
        op.drop_constraint(f"fk_{table}_project_id", table)
        op.drop_column(table, "project_id")
    op.drop_constraint("ck_tasks_due_after_start", "tasks")
    op.drop_column("tasks", "starts_on")
    for table in ("project_hours", "project_members", "projects"):
        op.drop_table(table)
