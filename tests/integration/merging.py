"""Merging persons and organisations in tests of them, and all that services store, to see what came back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import database_of
from chassis.ids import new_id
from contracts import courses, membership, notify
from contracts.base import ById
from contracts.commerce.invoices import ListInvoices
from contracts.commerce.orders import ListOrders
from contracts.commerce.payments import ListPayments
from contracts.contacts.merges import Merge, MergeOrganisations, MergePersons
from contracts.contacts.organisations import Organisation, UpdateOrganisation
from contracts.contacts.persons import UpdatePerson
from contracts.errors import ServiceError
from tests.integration.town import Town

Call = Callable[..., Any]
ASIDE = {
    "outbox", "inbox", "parked", "handled_commands", "jobs", "job_cancellations", "alembic_version", "changes",
    "merges", "redirects", "rate_limits", "audit_entries",
}  # fmt: skip
"""Messages, history and the record of merges itself."""
COUNTED_ON = {"version", "updated_at", "last_seen_at", "told"}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def kind_of(who: Any) -> str:
    """`person` or `organisation`."""
    return getattr(who, "kind", "organisation" if isinstance(who, Organisation) else "person")


def get(call: Call, who: Any) -> Any:
    """The card of somebody as it is now, also of a person by the id alone."""
    return call(f"get_{kind_of(who)}", ById(id=getattr(who, "id", who)))


def change(call: Call, who: Any, **changes: Any) -> Any:
    """Change the card as it is now."""
    request = UpdateOrganisation if kind_of(who) == "organisation" else UpdatePerson
    return call(f"update_{kind_of(who)}", request(id=who.id, version=get(call, who).version, **changes))


def merge(call: Call, survivor: Any, merged: Any, choices: Any = None, **more: Any) -> Merge:
    """Make one of two."""
    request = MergeOrganisations if kind_of(survivor) == "organisation" else MergePersons
    wanted = request(survivor_id=survivor.id, merged_id=merged.id, choices=choices or {}, **more)
    made: Merge = call(f"merge_{kind_of(survivor)}s", wanted)
    return made


def undo(call: Call, made: Merge) -> Any:
    """Make two of one again."""
    return call("undo_merge", ById(id=made.id))


def outcomes(*works: Callable[[], Any]) -> list[Any]:
    """What each work answers when all are done at once; the code of a refusal."""

    def attempt(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except ServiceError as error:
            return error.error_code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(attempt, works))


def all_rows(*services: str, aside: Container[str] = ASIDE) -> dict[str, Counter[str]]:
    """Every row of every table of the services, but for tables set `aside` and for what counts on."""
    found = {}
    for service in services:
        with database_of(service).reader() as reader:
            for (table,) in reader.execute(text(TABLES)).all():
                if table not in aside:
                    rows = reader.execute(text(f'SELECT to_jsonb(t) AS row FROM "{table}" t'))
                    shown = (sorted((k, v) for k, v in each.row.items() if k not in COUNTED_ON) for each in rows)
                    found[f"{service}.{table}"] = Counter(map(str, shown))
    return found


def belongings(town: Town, person_id: UUID) -> Counter[str]:
    """How much of each kind is listed for a person, and under which ids."""
    lists: dict[str, Any] = {
        "memberships": ("membership", "list_memberships", membership.ListMemberships(person_id=person_id)),
        "enrolments": ("courses", "list_enrolments", courses.ListEnrolments(person_id=person_id)),
        "orders": ("commerce", "list_orders", ListOrders(customer_id=person_id)),
        "invoices": ("commerce", "list_invoices", ListInvoices(customer_id=person_id)),
        "payments": ("commerce", "list_payments", ListPayments(customer_id=person_id)),
        "messages": ("notify", "list_messages", notify.ListMessages(person_id=person_id)),
    }
    found = {name: town.call(*asked).data for name, asked in lists.items()}
    for name in ("memberships", "enrolments", "messages"):
        service, method, by_person = lists[name]
        by_persons = type(by_person)(person_ids=f"{person_id},{new_id()}")
        assert town.call(service, method, by_persons).data == found[name]
    for rows in found.values():
        for row in rows:
            assert getattr(row, "person_id", None) or getattr(row, "customer_id", None)
    return Counter({name: len(rows) for name, rows in found.items()})
