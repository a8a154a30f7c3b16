"""What customers have follows persons that are merged; postings stay as they were booked."""

from alembic import op

from chassis import redirects

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FOLLOWING = ("price_agreements", "orders", "invoices", "payments")
FINAL = """
CREATE OR REPLACE FUNCTION refuse_change_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may_change CONSTANT text[] := '{open_amount,paid_on,credited_on,version%s}';
BEGIN
    IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'invoice %% is issued; only what is paid of it may change', OLD.number USING ERRCODE = '23001';
    END IF;
    %s
    RETURN NEW;
END $$;
"""
ONLY_AS_MERGED = """
    IF NEW.customer_id <> OLD.customer_id
       AND NEW.customer_id <> known_as(coalesce(OLD.merged_customer_id, OLD.customer_id)) THEN
        RAISE EXCEPTION 'invoice % is issued to another customer', OLD.number USING ERRCODE = '23001';
    END IF;
"""


def upgrade() -> None:
    for table in FOLLOWING:
        redirects.follow(op.get_bind(), table, "customer_id")
    op.execute(FINAL % (",customer_id,merged_customer_id", ONLY_AS_MERGED))


def downgrade() -> None:
    op.execute(FINAL % ("", ""))
    for table in FOLLOWING:
        redirects.unfollow(op.get_bind(), table, "customer_id")
