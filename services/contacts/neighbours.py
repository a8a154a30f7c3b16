"""What the other services say about a person, asked one after the other; who is away is named, not waited for long."""

from collections.abc import Callable, Collection
from typing import Final, TypeVar
from uuid import UUID

from chassis.rpc import client
from contracts.base import ById, ByIds
from contracts.commerce import CommerceApi
from contracts.courses import CoursesApi
from contracts.errors import Unavailable
from contracts.identity import IdentityApi
from contracts.membership import MembershipApi
from contracts.notify import NotifyApi
from contracts.personal_data import ErasurePart
from contracts.system import SystemApi

T = TypeVar("T")
commerce = client(CommerceApi)
SERVICES: Final[dict[str, SystemApi]] = {
    "membership": client(MembershipApi),
    "courses": client(CoursesApi),
    "commerce": commerce,
    "notify": client(NotifyApi),
    "identity": client(IdentityApi),
}


def erasure_parts(own: ErasurePart, person_id: UUID) -> tuple[list[ErasurePart], list[str]]:
    """What each service has erased or would, this one first, and who does not answer."""
    found, away = _of_all(lambda service: service.get_erasure_part(ById(id=person_id)))
    return [own, *found], away


def held(ids: Collection[UUID]) -> tuple[set[UUID], list[str]]:
    """Those of up to 1,000 ids that any other service holds something about, and who does not answer."""
    found, away = _of_all(lambda service: service.find_held(ByIds(ids=list(ids))))
    return {each for part in found for each in part.ids}, away


def _of_all(ask: Callable[[SystemApi], T]) -> tuple[list[T], list[str]]:
    found, away = [], []
    for name, service in SERVICES.items():
        try:
            found.append(ask(service))
        except Unavailable:
            away.append(name)
    return found, away
