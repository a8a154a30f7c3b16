"""The accounts that activities and tasks name, asked from identity; before the transaction begins."""

from uuid import UUID

from sqlalchemy import Connection

from chassis.rpc import client
from contracts.base import ByIds
from contracts.errors import Invalid
from contracts.identity import Colleague, IdentityApi
from services.contacts.queries import recipients

identity = client(IdentityApi)


def _colleague(account_id: UUID) -> Colleague | None:
    found = next(iter(identity.get_colleagues(ByIds(ids=[account_id])).data), None)
    return found if found and found.works_here else None


def works_here(account_id: UUID) -> bool:
    """Whether the account still belongs to the office."""
    return _colleague(account_id) is not None


def colleague(account_id: UUID, pointer: str) -> Colleague:
    """Who works here under this account; raises Invalid at `pointer`."""
    found = _colleague(account_id)
    if found is None:
        raise Invalid.field(pointer, "no_such_colleague", f"Nobody works here under the account {account_id}.")
    return found


def refuse_unreachable(reader: Connection, found: Colleague) -> None:
    """Raise Invalid when no reminder can be sent: neither the account nor its person has an e-mail address."""
    person_ids = [found.person_id] if found.person_id else []
    if not found.email and not any(each.email for each in recipients.get_many(reader, person_ids).data):
        message = f"No e-mail address is known for {found.name}; a reminder could not be sent."
        raise Invalid.field("/remind_at", "no_reminder_address", message)
