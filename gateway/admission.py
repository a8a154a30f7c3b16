"""Who may come in at an address of the API or at a page: told before anything of the request is read.

The services check again, for what they give and do.
"""

from flask import g

from chassis.access import refusal
from contracts.access import Access, Permission, Rule
from contracts.errors import NotSignedIn, Unavailable


def admit(rights: tuple[Access, ...]) -> None:
    """Let the caller in, or raise NotSignedIn, NotAllowed or, when nobody can tell, Unavailable."""
    if Rule.PUBLIC in rights:
        return
    who = g.principal
    if who is None:
        if g.get("identity_away"):
            raise Unavailable("The part that knows who you are does not answer; try again in a moment.")
        raise NotSignedIn("Sign in to do this.")
    if Rule.SIGNED_IN in rights or (Rule.OWN in rights and who.person_id):
        return
    if not any(isinstance(right, Permission) and right.value in who.permissions for right in rights):
        raise refusal(rights)
