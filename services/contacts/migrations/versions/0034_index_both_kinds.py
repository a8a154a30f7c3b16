"""Whether a contact is merged or in a pair is found without reading all pairs and merges, when it is removed."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NAMED = {"merges": ("survivor", "merged"), "duplicate_candidates": ("first", "second")}
KINDS = ("person", "organisation")
COLUMNS = [(table, f"{side}_{kind}") for table, sides in NAMED.items() for side in sides for kind in KINDS]


def upgrade() -> None:
    for table, column in COLUMNS:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in COLUMNS:
        op.drop_index(f"ix_{table}_{column}", table)
