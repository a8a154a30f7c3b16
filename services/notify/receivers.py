"""Who messages go to: persons of the register, and colleagues by their accounts. Asked for a batch at a time."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis.rpc import client
from contracts.base import ByIds
from contracts.contacts import ContactsApi
from contracts.contacts.recipients import Recipient
from contracts.identity import Colleague, IdentityApi

contacts = client(ContactsApi)
identity = client(IdentityApi)


def receivers_of(messages: Iterable[Any]) -> dict[UUID, Recipient]:
    """Receivers by the id of their person, or of their account."""
    claimed = list(messages)
    colleagues = _colleagues({each.account_id for each in claimed if each.account_id})
    person_ids = {each.person_id for each in [*claimed, *colleagues] if each.person_id}
    persons = {each.id: each for each in contacts.get_recipients(ByIds(ids=sorted(person_ids))).data}
    return persons | {each.id: _as_recipient(each, persons) for each in colleagues}


def _colleagues(account_ids: set[UUID]) -> list[Colleague]:
    return identity.get_colleagues(ByIds(ids=sorted(account_ids))).data if account_ids else []


def _as_recipient(colleague: Colleague, persons: dict[UUID, Recipient]) -> Recipient:
    """The account's own address, else its person's."""
    person = persons.get(colleague.person_id) if colleague.person_id else None
    email = colleague.email or (person.email if person else None)
    return Recipient(
        id=colleague.id,
        name=person.name if person else colleague.name,
        given_name=person.given_name if person else colleague.name,
        email=email,
        language=colleague.language,
    )
