"""Persons, organisations, affiliations, their history, fields, segments and imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ACTIVE = sa.text("state = 'active'")
NOT_DELETED = sa.text("deleted_at IS NULL")


def _id(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _key(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(collation="C"), nullable=nullable)


def _choice(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.String(40), nullable=False)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str, default: str | None = None, *, nullable: bool = False) -> "sa.Column[object]":
    server_default = sa.text(f"'{default}'::jsonb") if default else None
    return sa.Column(name, JSONB, nullable=nullable, server_default=server_default)


def _number(name: str, *, default: str | None = None, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer, nullable=nullable, server_default=default)


def _big(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger, nullable=True)


def _date(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Date, nullable=True)


def _flag(name: str, *, default: str | None = None) -> "sa.Column[object]":
    server_default = sa.text(default) if default else None
    return sa.Column(name, sa.Boolean, nullable=False, server_default=server_default)


def _contact_columns() -> "list[sa.Column[object]]":
    return [
        _id("id"),
        _text("email", nullable=True),
        _key("phone"),
        _choice("language"),
        _key("customer_number"),
        _json("addresses", "[]"),
        _text("city", default=""),
        _text("postal_code", default=""),
        _json("tags", "[]"),
        _json("fields", "{}"),
        _number("version", default="1"),
        _time("created_at"),
        _time("updated_at"),
        _key("email_key"),
        _key("sort_key", nullable=False),
        _text("search"),
    ]


def _index(table: str, *columns: str, where: object = None) -> None:
    op.create_index(f"ix_{table}_{columns[0]}", table, list(columns), postgresql_where=where)


def _given(column: str) -> object:
    return sa.text(f"{column} IS NOT NULL")


def _gin(table: str, column: str, operators: str, where: object = None) -> None:
    op.create_index(
        f"ix_{table}_{column}", table, [column], postgresql_using="gin", postgresql_ops={column: operators},
        postgresql_where=where,
    )  # fmt: skip


def _unique(table: str, column: str, condition: str) -> None:
    op.create_index(
        f"uq_{table}_{column}", table, [column], unique=True,
        postgresql_where=sa.text(f"{column} IS NOT NULL AND {condition}"),
    )  # fmt: skip


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    _create_persons()
    _create_organisations()
    _create_affiliations()
    _create_history()
    _create_fields_consents_segments()
    _create_imports()


def _create_persons() -> None:
    op.create_table(
        "persons",
        *_contact_columns(),
        _choice("state"),
        _text("given_name", default=""),
        _text("family_name", default=""),
        _date("birth_date"),
        _text("title", default=""),
        _id("linked_to", nullable=True),
        _json("banned_channels", "[]"),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.ForeignKeyConstraint(["linked_to"], ["persons.id"], name="fk_persons_linked_to"),
        sa.CheckConstraint("(state = 'linked') = (linked_to IS NOT NULL)", name=op.f("ck_persons_linked")),
        sa.CheckConstraint("state = 'erased' OR given_name <> '' OR family_name <> ''", name=op.f("ck_persons_named")),
    )
    _index("persons", "sort_key", "id", where=ACTIVE)
    for column in ("email_key", "phone", "birth_date", "linked_to"):
        _index("persons", column, where=_given(column))
    _unique("persons", "customer_number", "state = 'active'")
    _gin("persons", "search", "gin_trgm_ops", ACTIVE)
    _gin("persons", "tags", "jsonb_path_ops")
    _gin("persons", "fields", "jsonb_path_ops")


def _create_organisations() -> None:
    op.create_table(
        "organisations",
        *_contact_columns(),
        _text("name"),
        _key("business_id"),
        _id("parent_id", nullable=True),
        _time("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name="fk_organisations_parent_id"),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_organisations_not_own_parent")),
    )
    _index("organisations", "sort_key", "id", where=NOT_DELETED)
    for column in ("email_key", "parent_id"):
        _index("organisations", column, where=_given(column))
    _unique("organisations", "business_id", "deleted_at IS NULL")
    _unique("organisations", "customer_number", "deleted_at IS NULL")
    _gin("organisations", "search", "gin_trgm_ops", NOT_DELETED)
    _gin("organisations", "tags", "jsonb_path_ops")


def _create_affiliations() -> None:
    op.create_table(
        "affiliations",
        _id("id"),
        _id("person_id"),
        _id("organisation_id"),
        _text("title", default=""),
        _text("email", nullable=True),
        _text("phone", nullable=True),
        _text("role", default=""),
        _flag("decision_maker", default="false"),
        _date("starts_on"),
        _date("ends_on"),
        _json("fields", "{}"),
        _number("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_affiliations"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_affiliations_person_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_affiliations_organisation_id"),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_affiliations_ends_after_start")),
    )
    _index("affiliations", "person_id", "id")
    _index("affiliations", "organisation_id", "id")


def _create_history() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        _id("subject_id"),
        _time("changed_at"),
        _text("changed_by"),
        _text("channel"),
        _text("field"),
        _json("old", nullable=True),
        _json("new", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
    )
    _index("changes", "subject_id", "id")


def _create_fields_consents_segments() -> None:
    op.create_table(
        "fields",
        _text("applies_to"),
        _text("code"),
        _json("label"),
        _choice("type"),
        _json("choices", "[]"),
        _flag("retired", default="false"),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("applies_to", "code", name="pk_fields"),
    )
    op.create_table(
        "consents",
        _id("id"),
        _id("person_id"),
        _choice("channel"),
        _flag("allowed"),
        _text("evidence"),
        _time("recorded_at"),
        _text("recorded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_consents_person_id"),
    )
    _index("consents", "person_id", "id")
    op.create_table(
        "segments",
        _id("id"),
        _text("name"),
        _json("filter"),
        _number("version", default="1"),
        _time("created_at"),
        _text("created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
    )


def _create_imports() -> None:
    op.create_table(
        "imports",
        _id("id"),
        _text("job_id"),
        _text("file_key"),
        _text("file_name"),
        _choice("profile"),
        _flag("dry_run"),
        _time("started_at"),
        _text("started_by"),
        _json("counts", "{}"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_table(
        "import_rows",
        _id("import_id"),
        _number("number"),
        _json("raw"),
        _text("state", default="staged"),
        _text("reason", default=""),
        _text("column", default=""),
        _json("person", nullable=True),
        _json("organisation", nullable=True),
        _json("affiliation", nullable=True),
        *(_big(name) for name in ("number_key", "email_key", "birth_key", "fingerprint", "organisation_key")),
        _number("same_as", nullable=True),
        _id("person_id", nullable=True),
        _id("organisation_id", nullable=True),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_import_rows"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_rows_import_id", ondelete="CASCADE"),
    )
    _index("import_rows", "fingerprint", where=_given("fingerprint"))


def downgrade() -> None:
    for table in ("import_rows", "imports", "segments", "consents", "fields", "changes", "affiliations",
                  "organisations", "persons"):  # fmt: skip
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
