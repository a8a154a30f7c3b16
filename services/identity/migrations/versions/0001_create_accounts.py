"""Accounts, roles, sessions, codes, links, API keys, audit, rate limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CASCADE = "CASCADE"


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _yes_no(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _bytes(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    _create_accounts()
    _create_sign_in()
    _create_links_and_keys()
    _create_records()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        _id("id"),
        _text("username"),
        _text("username_key"),
        _text("email", nullable=True),
        _text("email_key", nullable=True),
        _id("person_id", nullable=True),
        _text("phone", nullable=True),
        _text("password_hash", nullable=True),
        _yes_no("sms_code"),
        _yes_no("code_instead"),
        _yes_no("disabled"),
        sa.Column("language", sa.String(40), nullable=False),
        _time("created_at"),
        _time("last_signed_in_at", nullable=True),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("username_key", name="uq_accounts_username_key"),
        sa.UniqueConstraint("email_key", name="uq_accounts_email_key"),
        sa.UniqueConstraint("person_id", name="uq_accounts_person_id"),
    )
    op.create_table(
        "roles",
        _text("code"),
        _text("name"),
        sa.Column("permissions", JSONB, nullable=False),
        _yes_no("sms_code"),
        sa.PrimaryKeyConstraint("code", name="pk_roles"),
    )
    op.create_table(
        "account_roles",
        _id("account_id"),
        _text("role_code"),
        sa.PrimaryKeyConstraint("account_id", "role_code", name="pk_account_roles"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_account_roles_account_id", ondelete=CASCADE),
    )
    op.create_index("ix_account_roles_role_code", "account_roles", ["role_code"])


def _create_sign_in() -> None:
    op.create_table(
        "sessions",
        _id("id"),
        _bytes("token_hash"),
        _id("account_id"),
        _time("created_at"),
        _time("last_seen_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id", ondelete=CASCADE),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_last_seen_at", "sessions", ["last_seen_at"])
    op.create_table(
        "challenges",
        _id("id"),
        _id("account_id"),
        _bytes("code_hash"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_challenges_account_id", ondelete=CASCADE),
    )
    op.create_index("ix_challenges_account_id_created_at", "challenges", ["account_id", "created_at"])


def _create_links_and_keys() -> None:
    op.create_table(
        "links",
        _id("id"),
        _bytes("token_hash"),
        sa.Column("purpose", sa.String(40), nullable=False),
        _id("person_id", nullable=True),
        _id("object_id", nullable=True),
        _yes_no("single_use"),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("token_hash", name="uq_links_token_hash"),
    )
    op.create_index("ix_links_person_id", "links", ["person_id"])
    op.create_table(
        "api_keys",
        _id("id"),
        _text("name"),
        _text("prefix"),
        _bytes("token_hash"),
        sa.Column("permissions", JSONB, nullable=False),
        _time("created_at"),
        _text("created_by"),
        _time("expires_at", nullable=True),
        _time("last_used_at", nullable=True),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("prefix", name="uq_api_keys_prefix"),
    )


def _create_records() -> None:
    op.create_table(
        "audit_entries",
        _id("id"),
        _time("at"),
        *(_text(name) for name in ("action", "actor", "subject", "address", "outcome")),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_table(
        "rate_limits",
        _text("key"),
        sa.Column("used", sa.Integer, nullable=False),
        _time("ends_at"),
        sa.PrimaryKeyConstraint("key", name="pk_rate_limits"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_rate_limits_ends_at", "rate_limits", ["ends_at"])


def downgrade() -> None:
    for table in (
        *("rate_limits", "audit_entries", "api_keys", "links", "challenges", "sessions"),
        *("account_roles", "roles", "accounts"),
    ):
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
