"""Changes are noted for the read models of other services; what there is already is told once."""

from alembic import op

from chassis import telling

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_PRODUCT = "SELECT DISTINCT order_id FROM order_lines WHERE product_id = NEW.id"


def upgrade() -> None:
    telling.prepare(op.get_bind())
    telling.note(op.get_bind(), "orders", "order")
    telling.note(op.get_bind(), "order_lines", "order", "SELECT DISTINCT order_id FROM changed")
    telling.note_columns(op.get_bind(), "products", "code", "order", OF_PRODUCT)
    telling.note_all(op.get_bind(), "orders", "order")


def downgrade() -> None:
    for table in ("orders", "order_lines", "products"):
        telling.forget(op.get_bind(), table)
