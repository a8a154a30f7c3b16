"""What each user wants to see: columns of the lists, facts and sections of the cards, in the own order (C8)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.access import Permission
from contracts.base import Data, Done, Nothing, Reply, Request, command, query
from contracts.system import SystemApi

MOST_KEYS = 2_500
"""More than all fields that there can be."""


class ViewName(StrEnum):
    """A list, or one of the two parts of a card."""

    CONTACTS = "contacts"
    ORGANISATIONS = "organisations"
    PERSON_FACTS = "person-facts"
    PERSON_SECTIONS = "person-sections"
    ORGANISATION_FACTS = "organisation-facts"
    ORGANISATION_SECTIONS = "organisation-sections"


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,79}$")]
Keys = Annotated[list[Key], Field(max_length=MOST_KEYS)]


class ViewChoice(Data):
    """What is shown, in this order, and what is not; what is in neither came later and stands where it does for all."""

    name: ViewName
    shown: Keys
    hidden: Keys = []


class SaveView(ViewChoice, Request):
    """Remembers the choice for the caller's account, on every device."""


class ViewByName(Request):
    """Names a view."""

    name: ViewName


class View(ViewChoice, Reply):
    """The caller's own choice."""


class Views(Reply):
    """The views that the caller has chosen; the others are as for everybody."""

    data: list[View]


class ViewsApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def list_views(self, request: Nothing) -> Views: ...

    @command(may=Permission.CONTACTS_READ)
    def save_view(self, request: SaveView) -> View: ...

    @command(may=Permission.CONTACTS_READ)
    def reset_view(self, request: ViewByName) -> Done: ...
