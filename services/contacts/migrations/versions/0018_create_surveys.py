"""Surveys, their versions and answers (C16). A version that was published never changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis import redirects

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FROZEN = """
CREATE FUNCTION refuse_change_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of a survey does not change';
END $$;
CREATE TRIGGER survey_versions_final BEFORE UPDATE ON survey_versions
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_version();
"""


def _id(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _json(name: str, default: str | None = None) -> "sa.Column[object]":
    value = sa.text(f"'{default}'::jsonb") if default else None
    return sa.Column(name, JSONB, nullable=False, server_default=value)


def _at(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def upgrade() -> None:
    op.create_table(
        "surveys",
        _id("id"),
        _json("title"),
        _json("intro"),
        _json("questions", "[]"),
        _number("published", "0"),
        sa.Column("closes_on", sa.Date),
        _at("closed_at", nullable=True),
        _at("created_at"),
        sa.Column("created_by", sa.Text, nullable=False),
        _number("version", "1"),
        _at("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
        sa.CheckConstraint("published >= 0", name=op.f("ck_surveys_published")),
    )
    deleted, there = sa.text("deleted_at IS NOT NULL"), sa.text("deleted_at IS NULL")
    op.create_index("ix_surveys_created_at", "surveys", ["created_at", "id"], postgresql_where=there)
    op.create_index("ix_surveys_deleted_at", "surveys", ["deleted_at"], postgresql_where=deleted)
    op.create_table(
        "survey_versions",
        _id("survey_id"),
        _number("number"),
        _json("title"),
        _json("intro"),
        _json("questions"),
        _at("published_at"),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "number", name="pk_survey_versions"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_survey_versions_survey_id", ondelete="CASCADE"),
    )
    op.execute(FROZEN)
    _create_answers()


def _create_answers() -> None:
    table = "survey_answers"
    op.create_table(
        table,
        _id("id"),
        _id("survey_id"),
        _number("number"),
        _id("person_id"),
        _json("answers"),
        _at("answered_at"),
        _at("changed_at"),
        sa.Column("answered_by", sa.Text, nullable=False),
        _number("version", "1"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=f"fk_{table}_person_id"),
        sa.ForeignKeyConstraint(
            ["survey_id", "number"],
            ["survey_versions.survey_id", "survey_versions.number"],
            name=f"fk_{table}_version",
            ondelete="CASCADE",
        ),
    )
    redirects.follow(op.get_bind(), table, "person_id")
    own = sa.text("merged_person_id IS NULL")
    op.create_index(f"uq_{table}_person", table, ["survey_id", "person_id"], unique=True, postgresql_where=own)
    op.create_index(f"ix_{table}_survey_id", table, ["survey_id", "changed_at", "id"])
    op.create_index(f"ix_{table}_person_id", table, ["person_id", "changed_at", "id"])
    op.create_index(
        f"ix_{table}_answers", table, ["answers"], postgresql_using="gin", postgresql_ops={"answers": "jsonb_path_ops"}
    )


def downgrade() -> None:
    redirects.unfollow(op.get_bind(), "survey_answers", "person_id")
    for table in ("survey_answers", "survey_versions", "surveys"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_version()")
