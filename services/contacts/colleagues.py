"""The accounts that activities and tasks name, asked from identity; before the transaction begins."""

from uuid import UUID

from chassis.rpc import client
from contracts.base import ByIds
from contracts.errors import Invalid
from contracts.identity import Colleague, IdentityApi

identity = client(IdentityApi)


def colleague(account_id: UUID, pointer: str) -> Colleague:
    """Who works here under this account; raises Invalid at `pointer`."""
    found = next(iter(identity.get_colleagues(ByIds(ids=[account_id])).data), None)
    if found is None or not found.works_here:
        raise Invalid.field(pointer, "no_such_colleague", f"Nobody works here under the account {account_id}.")
    return found
