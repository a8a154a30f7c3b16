"""The services behind the door."""

from typing import Final

from contracts.commerce import CommerceApi
from contracts.contacts import ContactsApi
from contracts.courses import CoursesApi
from contracts.identity import IdentityApi
from contracts.membership import MembershipApi
from contracts.notify import NotifyApi
from contracts.system import SystemApi

APIS: Final[tuple[type[SystemApi], ...]] = (
    ContactsApi,
    MembershipApi,
    CoursesApi,
    CommerceApi,
    NotifyApi,
    IdentityApi,
)
