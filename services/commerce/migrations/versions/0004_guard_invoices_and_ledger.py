"""What the database itself refuses: changing what was issued or booked, and sums that do not agree (E6, E7)."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: what was issued or booked is final', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END $$;

CREATE FUNCTION refuse_change_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE may_change CONSTANT text[] := '{open_amount,paid_on,credited_on,version}';
BEGIN
    IF to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'invoice % is issued; only what is paid of it may change', OLD.number USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted numeric; found numeric;
BEGIN
    SELECT gross INTO wanted FROM invoices WHERE id = NEW.invoice_id;
    SELECT coalesce(sum(gross), 0) INTO found FROM invoice_lines WHERE invoice_id = NEW.invoice_id;
    IF wanted <> found THEN
        RAISE EXCEPTION 'the lines of an invoice give %, the invoice %', found, wanted USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION check_posting_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE difference numeric;
BEGIN
    SELECT sum(amount) INTO difference FROM ledger_entries WHERE posting_id = NEW.posting_id;
    IF difference <> 0 THEN
        RAISE EXCEPTION 'a posting is out of balance by %', difference USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER invoices_change BEFORE UPDATE ON invoices
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_invoice();
CREATE TRIGGER invoices_delete BEFORE DELETE ON invoices
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_lines_final BEFORE UPDATE OR DELETE ON invoice_lines
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_final BEFORE UPDATE OR DELETE ON postings
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_final BEFORE UPDATE OR DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER invoice_lines_sums AFTER INSERT ON invoice_lines DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_invoice_sums();
CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_posting_balance();
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)


def downgrade() -> None:
    for name in ("refuse_change", "refuse_change_of_invoice", "check_invoice_sums", "check_posting_balance"):
        op.execute(f"DROP FUNCTION {name}() CASCADE")
