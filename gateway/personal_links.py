"""Pages that a personal link opens (I3): one thing, for one purpose; opening them uses nothing up."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from contracts.access import LinkPurpose
from contracts.errors import Gone
from gateway.callers import by_link


@contextmanager
def opened(token: str, purpose: LinkPurpose) -> Iterator[UUID]:
    """Make the calls of this block as the link; yields the id of what it opens.

    Raises Gone when the link is used, withdrawn or expired, and when it was made for another purpose.
    """
    with by_link(token) as link:
        if link.link_purpose is not purpose or link.link_object is None:
            raise Gone("This link does not lead here; open it from the message as it is.", code="link_gone")
        yield link.link_object
