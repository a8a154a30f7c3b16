"""The accounts that work here: names for what they do, and choices for whom something is given to."""

from collections.abc import Iterable
from uuid import UUID

from flask import g

from chassis.rpc import client, or_nothing
from contracts.base import ByIds, Nothing
from contracts.identity import Colleague, IdentityApi

identity = client(IdentityApi)


def names_of(account_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Their user names, of former colleagues too; none while identity is away."""
    wanted = [each for each in dict.fromkeys(account_ids) if each is not None]
    if not wanted:
        return {}
    found = or_nothing(lambda: identity.get_colleagues(ByIds(ids=wanted)))
    return {each.id: each.name for each in found.data} if found else {}


def colleagues() -> list[Colleague]:
    """Everybody who works here, oneself first; nobody while identity is away."""
    found = or_nothing(lambda: identity.list_colleagues(Nothing()))
    return sorted(found.data, key=lambda each: each.id != own_account()) if found else []


def choices(current: UUID | None = None) -> list[tuple[UUID, str]]:
    """Ids and names for a select; `current` may be somebody who does not work here any more."""
    found = [(each.id, each.name) for each in colleagues()]
    if current is not None and current not in dict(found):
        found += names_of([current]).items()
    return found


def own_account() -> UUID | None:
    """The account that is signed in."""
    return g.principal.account_id if g.principal else None
