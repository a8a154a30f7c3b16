"""What the other services tell about contacts, for segments: memberships, purchases, enrolments, messages."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE, UUID

from chassis import redirects, telling

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWNERS = {
    "known_memberships": "person_id",
    "known_purchases": "customer_id",
    "known_enrolments": "person_id",
    "known_messages": "person_id",
}


def _id(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _day(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.Date, nullable=nullable)


def _create(table: str, *columns: "sa.Column[Any]", found_by: Sequence[str]) -> None:
    """A table with an index by contact and one by each of the facts that find few contacts."""
    owner = OWNERS[table]
    told = sa.Column("told", sa.BigInteger, nullable=False)
    op.create_table(table, _id("id"), _id(owner), *columns, told, sa.PrimaryKeyConstraint("id", name=f"pk_{table}"))
    op.create_index(f"ix_{table}_{owner}", table, [owner])
    for column in found_by:
        op.create_index(f"ix_{table}_{column}", table, [column, owner])
    redirects.follow(op.get_bind(), table, owner)


def upgrade() -> None:
    telling.prepare(op.get_bind())
    _create(
        "known_memberships",
        *_text("type_code"),
        _day("joined_on"),
        _day("ended_on", nullable=True),
        _day("paid_until", nullable=True),
        sa.Column("active_on", DATEMULTIRANGE, nullable=False),
        sa.Column("grace_on", DATEMULTIRANGE, nullable=False),
        found_by=("type_code", "joined_on", "ended_on"),
    )
    _create(
        "known_purchases",
        *_text("product_code", "category"),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        _day("bought_on"),
        sa.Column("state", sa.String(40), nullable=False),
        found_by=("product_code", "category", "bought_on"),
    )
    _create(
        "known_enrolments",
        _id("session_id"),
        *_text("course_code", "topic"),
        sa.Column("state", sa.String(40), nullable=False),
        _day("enrolled_on"),
        _day("starts_on"),
        sa.Column("attended", sa.Boolean, nullable=False),
        found_by=("session_id", "course_code", "topic", "starts_on"),
    )
    _create(
        "known_messages",
        sa.Column("channel", sa.String(40), nullable=False),
        *_text("template"),
        _id("mailing_id", nullable=True),
        _day("sent_on"),
        sa.Column("state", sa.String(40), nullable=False),
        found_by=("mailing_id", "template", "sent_on"),
    )


def downgrade() -> None:
    for table in OWNERS:
        op.drop_table(table)
