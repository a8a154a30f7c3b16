"""Tags that are in use already, to choose from and to be reminded of."""

from collections.abc import Mapping
from functools import lru_cache
from time import monotonic
from typing import Final

from chassis.rpc import client, or_nothing
from contracts.contacts import ContactsApi
from contracts.contacts.tags import ByTags, ListTags, Tag

contacts = client(ContactsApi)
SECONDS: Final = 30
MOST: Final = 200


def known_tags() -> tuple[Tag, ...]:
    """The most used ones first, as they were some seconds ago: counting a large register takes a while.

    None while contacts does not answer. Only for those who may read the register.
    """
    return or_nothing(lambda: _counted(int(monotonic() // SECONDS))) or ()


@lru_cache(maxsize=1)
def _counted(_time: int) -> tuple[Tag, ...]:
    return tuple(contacts.list_tags(ListTags(limit=MOST)).data)


def typed_tags(query: Mapping[str, str]) -> dict[str, str]:
    """The parts of an expression of tags, as they were typed into a list's search."""
    return {name: ",".join(query.get(name, "").lower().replace(",", " ").split()) for name in ByTags.model_fields}
