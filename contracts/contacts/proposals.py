"""Persons who came from the web, until they are accepted or linked."""

from typing import ClassVar
from uuid import UUID

from contracts.access import Rule
from contracts.base import Event, Reply, Request, command
from contracts.contacts.persons import PersonDetails
from contracts.system import SystemApi


class ProposePerson(PersonDetails, Request):
    """A person who came from the web. `id` is chosen by the caller, so that a repeat proposes nobody twice."""

    id: UUID


class AcceptPerson(Request):
    """A proposed person joins the register, or is linked to the contact that the person already is."""

    id: UUID
    link_to: UUID | None = None


class PersonRef(Reply):
    """The id under which a person is known now (after links and merges)."""

    id: UUID


class PersonAccepted(Event):
    """A proposed person is in the register now, as `person_id` (another id when linked to an existing contact)."""

    type: ClassVar = "person.accepted.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "proposed_id"
    proposed_id: UUID
    person_id: UUID


class ProposalsApi(SystemApi):
    """RPC methods."""

    @command(may=Rule.SYSTEM)
    def propose_person(self, request: ProposePerson) -> PersonRef: ...

    @command(may=Rule.SYSTEM)
    def accept_person(self, request: AcceptPerson) -> PersonRef: ...
