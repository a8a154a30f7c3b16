"""Personal links (I3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.access import LinkPurpose
from contracts.errors import Conflict, Gone, NotFound
from contracts.identity import IssuedLink, IssueLink
from services.identity import secrets
from services.identity.models import Link

PASSWORD_PURPOSES = (LinkPurpose.SET_PASSWORD, LinkPurpose.FIRST_ADMINISTRATOR)


def issue(session: Session, request: IssueLink, now: datetime) -> IssuedLink:
    """Make the link, or give the token of the same link again. Raises Conflict when the id opens something else."""
    token = secrets.link_token(request.id)
    session.execute(
        insert(Link)
        .values(**request.model_dump(), token_hash=secrets.stored(token), created_at=now)
        .on_conflict_do_nothing(index_elements=["id"])
    )
    found = session.get_one(Link, request.id)
    same_person = request.person_id in {found.person_id, found.merged_person_id or found.person_id}
    if not same_person or (found.purpose, found.object_id) != (request.purpose, request.object_id):
        raise Conflict(f"The link {request.id} exists and opens something else.", code="link_exists")
    return IssuedLink(token=token)


def revoke(session: Session, link_id: UUID, now: datetime) -> None:
    """The link opens nothing any more; raises NotFound."""
    found = session.get(Link, link_id)
    if found is None:
        raise NotFound(f"There is no link {link_id}.", id=link_id)
    found.revoked_at = found.revoked_at or now


def use_password_link(session: Session, token: str, now: datetime) -> Link:
    """Use up a link that sets a password; raises Gone. One statement decides between two who hold the same link."""
    link: Link | None = session.scalar(
        update(Link)
        .where(
            Link.token_hash == secrets.stored(token),
            Link.purpose.in_(PASSWORD_PURPOSES),
            Link.used_at.is_(None),
            Link.revoked_at.is_(None),
            Link.expires_at > now,
        )
        .values(used_at=now)
        .returning(Link)
    )
    if link is None:
        raise Gone("This link was used, was withdrawn or has expired. Ask for a new one.", code="link_gone")
    return link


def revoke_password_links(session: Session, used: Link, now: datetime) -> None:
    """Other links that could set the same person's or account's password, or make one more first administrator, open
    nothing any more.
    """
    if used.purpose == LinkPurpose.FIRST_ADMINISTRATOR:
        same = Link.purpose == LinkPurpose.FIRST_ADMINISTRATOR
    else:
        whose = Link.person_id == used.person_id if used.person_id else Link.object_id == used.object_id
        same = and_(whose, Link.purpose == LinkPurpose.SET_PASSWORD)
    unused = Link.used_at.is_(None), Link.revoked_at.is_(None)
    session.execute(update(Link).where(same, *unused).values(revoked_at=now))


def forget_expired(session: Session, before: datetime) -> None:
    """Remove links that expired before a time."""
    session.execute(delete(Link).where(Link.expires_at < before))
