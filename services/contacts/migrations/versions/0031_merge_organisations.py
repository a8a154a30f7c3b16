"""Organisations are found twice and merged as persons are (C13); what names one follows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from chassis import redirects

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

FOLLOWING = ("affiliations", "activity_contacts", "task_contacts", "project_members", "documents")
LINKS = (("activity_contacts", "activity_id"), ("task_contacts", "task_id"), ("project_members", "project_id"))
NUMBERS = ("customer_number", "business_id")
MERGED = sa.text("linked_to IS NOT NULL")
NAMED = {"merges": ("survivor", "merged"), "duplicate_candidates": ("first", "second")}
KINDS = ("person", "organisation")


def upgrade() -> None:
    for table in FOLLOWING:
        redirects.follow(op.get_bind(), table, "organisation_id")
    redirects.follow(op.get_bind(), "organisations", "parent_id")
    _unique_links(sa.text("merged_organisation_id IS NULL"))
    _lead_organisations()
    for table, sides in NAMED.items():
        _of_both_kinds(table, sides)
    op.alter_column("duplicate_keys", "person_id", new_column_name="contact_id")


def _unique_links(where: "sa.TextClause | None") -> None:
    for table, owner in LINKS:
        name = f"uq_{table}_organisation"
        op.drop_index(name, table)
        op.create_index(name, table, ["organisation_id", owner], unique=True, postgresql_where=where)


def _lead_organisations() -> None:
    table = "organisations"
    op.add_column(table, sa.Column("linked_to", UUID(as_uuid=True)))
    op.create_foreign_key(f"fk_{table}_linked_to", table, table, ["linked_to"], ["id"])
    op.create_index(f"ix_{table}_linked_to", table, ["linked_to"], postgresql_where=MERGED)
    for name in NUMBERS:
        op.create_index(f"ix_{table}_merged_{name}", table, [name], postgresql_where=MERGED)
    op.create_check_constraint(op.f(f"ck_{table}_linked"), table, "linked_to IS NULL OR deleted_at IS NOT NULL")


def _of_both_kinds(table: str, sides: tuple[str, ...]) -> None:
    op.add_column(table, sa.Column("kind", sa.String(40), nullable=False, server_default="person"))
    for side in sides:
        op.drop_constraint(f"fk_{table}_{side}_id", table, type_="foreignkey")
        for kind in KINDS:
            name = f"{side}_{kind}"
            is_one = sa.Computed(f"CASE WHEN kind = '{kind}' THEN {side}_id END", persisted=True)
            op.add_column(table, sa.Column(name, UUID(as_uuid=True), is_one))
            op.create_foreign_key(f"fk_{table}_{name}", table, f"{kind}s", [name], ["id"])


def _send_back() -> None:
    """What followed a merged organisation names it again, before nothing remembers that it did."""
    for table, column in (*((table, "organisation_id") for table in FOLLOWING), ("organisations", "parent_id")):
        merged = f"merged_{column}"
        op.execute(f"UPDATE {table} SET {column} = {merged}, {merged} = NULL WHERE {merged} IS NOT NULL")  # noqa: S608


def downgrade() -> None:
    _send_back()
    op.alter_column("duplicate_keys", "contact_id", new_column_name="person_id")
    for table, sides in NAMED.items():
        op.execute(f"DELETE FROM {table} WHERE kind <> 'person'")  # noqa: S608
        for side in sides:
            for kind in KINDS:
                op.drop_column(table, f"{side}_{kind}")
            op.create_foreign_key(f"fk_{table}_{side}_id", table, "persons", [f"{side}_id"], ["id"])
        op.drop_column(table, "kind")
    op.drop_constraint(op.f("ck_organisations_linked"), "organisations", type_="check")
    op.drop_column("organisations", "linked_to")
    _unique_links(None)
    redirects.unfollow(op.get_bind(), "organisations", "parent_id")
    for table in FOLLOWING:
        redirects.unfollow(op.get_bind(), table, "organisation_id")
