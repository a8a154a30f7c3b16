"""Commerce's work beside the service: documents, refunds, payments that hang, old quotes."""

from chassis.clock import local_date
from chassis.worker import Worker, periodic
from services.commerce.commands import quotes
from services.commerce.process import card_payments, documents, refunds


@periodic("render_invoices", every=5.0)
def render_invoices(worker: Worker) -> bool:
    """Make the PDFs of issued invoices."""
    return documents.render_due(worker.transaction, worker.now())


@periodic("send_refunds", every=5.0)
def send_refunds(worker: Worker) -> bool:
    """Give money back through the provider."""
    return refunds.send_next(worker.transaction, local_date(worker.now()), worker.now())


@periodic("check_payments", every=5.0)
def check_payments(worker: Worker) -> bool:
    """Ask the provider about payments that hang."""
    return card_payments.check_due(worker.transaction, local_date(worker.now()), worker.now())


@periodic("drop_quotes", every=3600.0)
def drop_quotes(worker: Worker) -> bool:
    """Forget quotes long expired."""
    with worker.transaction() as session:
        return quotes.drop_old(session, worker.now())
