"""Pairs that may be one person, and merges; affiliations, consents, activities, tasks and projects follow."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis import redirects

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FOLLOWING = (
    "affiliations", "consents", "activity_contacts", "task_contacts", "project_members", "project_hours",
)  # fmt: skip
LINKS = (("activity_contacts", "activity_id"), ("task_contacts", "task_id"), ("project_members", "project_id"))


def _id(name: str) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=False)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, default: str | None = None) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _json(name: str, *, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text(f"'{default}'::jsonb") if default else None)


def _person_key(table: str, column: str) -> "sa.ForeignKeyConstraint":
    return sa.ForeignKeyConstraint([column], ["persons.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    for table in FOLLOWING:
        redirects.follow(op.get_bind(), table, "person_id")
    _unique_links(sa.text("merged_person_id IS NULL"))
    _create_candidates()
    op.create_table(
        "duplicate_keys",
        sa.Column("key", sa.BigInteger, nullable=False),
        _id("person_id"),
        sa.PrimaryKeyConstraint("key", "person_id", name="pk_duplicate_keys"),
        prefixes=["UNLOGGED"],
    )
    _create_merges()


def _unique_links(where: "sa.TextClause | None") -> None:
    for table, owner in LINKS:
        name = f"uq_{table}_person"
        op.drop_index(name, table)
        op.create_index(name, table, ["person_id", owner], unique=True, postgresql_where=where)


def _create_candidates() -> None:
    table = "duplicate_candidates"
    op.create_table(
        table,
        _id("id"),
        _id("first_id"),
        _id("second_id"),
        sa.Column("score", sa.SmallInteger, nullable=False),
        _json("reasons"),
        sa.Column("state", sa.String(40), nullable=False),
        _text("fingerprint"),
        _time("found_at"),
        _time("seen_at"),
        _time("decided_at", nullable=True),
        _text("decided_by", default=""),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _person_key(table, "first_id"),
        _person_key(table, "second_id"),
        sa.CheckConstraint("first_id < second_id", name=op.f(f"ck_{table}_ordered")),
    )
    op.create_index(f"uq_{table}_pair", table, ["first_id", "second_id"], unique=True)
    op.create_index(f"ix_{table}_second_id", table, ["second_id"])
    op.create_index(f"ix_{table}_open", table, ["score", "id"], postgresql_where=sa.text("state = 'open'"))


def _create_merges() -> None:
    op.create_table(
        "merges",
        _id("id"),
        _id("survivor_id"),
        _id("merged_id"),
        _json("choices", default="{}"),
        _json("before", default="{}"),
        _json("after", default="{}"),
        _json("relinked", default="[]"),
        _time("merged_at"),
        _text("merged_by"),
        _time("undone_at", nullable=True),
        _text("undone_by", default=""),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
        _person_key("merges", "survivor_id"),
        _person_key("merges", "merged_id"),
    )
    for column in ("survivor_id", "merged_id"):
        op.create_index(f"ix_merges_{column}", "merges", [column, "id"])


def downgrade() -> None:
    for table in ("merges", "duplicate_keys", "duplicate_candidates"):
        op.drop_table(table)
    _unique_links(None)
    for table in FOLLOWING:
        redirects.unfollow(op.get_bind(), table, "person_id")
