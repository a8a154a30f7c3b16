"""What has been agreed to be done (A3, A4)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("done_at IS NULL AND deleted_at IS NULL")
DONE = sa.text("done_at IS NOT NULL AND deleted_at IS NULL")
TO_REMIND = sa.text("reminded_at IS NULL AND done_at IS NULL AND deleted_at IS NULL AND remind_at IS NOT NULL")
DELETED = sa.text("deleted_at IS NOT NULL")


def _id(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _at(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "tasks",
        _id("id"),
        _text("title"),
        _text("text", default=""),
        sa.Column("due_on", sa.Date, nullable=True),
        sa.Column("due_time", sa.Time, nullable=True),
        _id("assignee_id", nullable=True),
        *(_at(name) for name in ("remind_at", "reminded_at", "done_at")),
        _text("done_by", default=""),
        _at("created_at", nullable=False),
        _text("created_by"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _at("deleted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.CheckConstraint("due_time IS NULL OR due_on IS NOT NULL", name=op.f("ck_tasks_time_of_a_day")),
        sa.CheckConstraint("remind_at IS NULL OR assignee_id IS NOT NULL", name=op.f("ck_tasks_somebody_to_remind")),
    )
    for columns, where in (
        (["assignee_id", "due_on"], OPEN),
        (["due_on"], OPEN),
        (["done_at", "id"], DONE),
        (["remind_at"], TO_REMIND),
        (["deleted_at"], DELETED),
    ):
        op.create_index(f"ix_tasks_{columns[0]}", "tasks", columns, postgresql_where=where)
    _create_links()


def _create_links() -> None:
    table, owner = "task_contacts", "task_id"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        _id("person_id", nullable=True),
        _id("organisation_id", nullable=True),
        _id(owner),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint([owner], ["tasks.id"], name=f"fk_{table}_{owner}", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=f"fk_{table}_person_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=f"fk_{table}_organisation_id"),
        sa.CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f(f"ck_{table}_one_contact")),
    )
    op.create_index(f"uq_{table}_person", table, ["person_id", owner], unique=True)
    op.create_index(f"uq_{table}_organisation", table, ["organisation_id", owner], unique=True)
    op.create_index(f"ix_{table}_{owner}", table, [owner])


def downgrade() -> None:
    op.drop_table("task_contacts")
    op.drop_table("tasks")
