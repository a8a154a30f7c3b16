"""What courses does in the background: expiry of holds and offers, tickets."""

from itertools import chain

from chassis.logs import log
from chassis.worker import Worker, periodic
from services.courses import tickets as documents
from services.courses.commands import expiry, tickets
from services.courses.commands.enrolments import RENDER_TICKETS


@periodic("expire_holds", every=1.0)
def expire_holds(worker: Worker) -> bool:
    """Give seats whose time is over to the next, one transaction per session; more sessions may be due."""
    now = worker.now()
    with worker.transaction() as session:
        due = expiry.sessions_with_due(session, now)
    for session_id in due:
        with worker.transaction() as session:
            expiry.expire_due(session, session_id, now)
    return len(due) == expiry.MOST_SESSIONS


@periodic(RENDER_TICKETS, every=5.0)
def render_tickets(worker: Worker) -> bool:
    """Make a batch of tickets; a worker that dies leaves them to the next after a minute. More may be due."""
    with worker.transaction() as session:
        claimed = list(tickets.claim(session, worker.now()))
        items = tickets.items_of(session, claimed) if claimed else {}
    if not claimed:
        return False
    holders, organiser = documents.holders(claimed), documents.organiser()
    products = documents.product_names(chain.from_iterable(items.values()))
    for row in claimed:
        holder = holders.get(row.person_id)
        if holder is None:
            log.warning("ticket_without_holder", enrolment_id=str(row.id))
            continue
        try:
            key = documents.store_ticket(row, holder, organiser, items.get(row.id, ()), products)
        except Exception as error:
            log.error("ticket_failed", enrolment_id=str(row.id), exc_info=error)
            continue
        with worker.transaction() as session:
            tickets.store(session, row, key)
    return len(claimed) == tickets.BATCH
