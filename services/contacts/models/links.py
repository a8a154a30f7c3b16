"""Rows that join something to a contact: to a person or to an organisation."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis import redirects


def link_constraints(table: str, owner: str) -> tuple[CheckConstraint | Index, ...]:
    """One contact a row, each once for its owner unless two contacts were merged; found from both sides."""
    return (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_contact"),
        *(_once(table, side, owner) for side in ("person", "organisation")),
        *(contact_index(table, side) for side in ("person", "organisation")),
        Index(f"ix_{table}_{owner}", owner),
        redirects.index(table, "person_id"),
        redirects.index(table, "organisation_id"),
    )


def _once(table: str, side: str, owner: str) -> Index:
    own = text(f"merged_{side}_id IS NULL")
    return Index(f"uq_{table}_{side}", f"{side}_id", owner, unique=True, postgresql_where=own)


def contact_index(table: str, side: str) -> Index:
    """What is a contact's own, also what came with another contact, which the unique index leaves out."""
    return Index(f"ix_{table}_{side}_id", f"{side}_id", postgresql_where=text(f"{side}_id IS NOT NULL"))


class ContactLink:
    """Columns of such a row; the owner's id is added by each table."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)

    @declared_attr
    def person_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """The person, or None when it is an organisation."""
        return mapped_column(ForeignKey("persons.id"))

    merged_person_id: Mapped[UUID | None]

    @declared_attr
    def organisation_id(cls) -> Mapped[UUID | None]:  # noqa: N805
        """The organisation, or None when it is a person."""
        return mapped_column(ForeignKey("organisations.id"))

    merged_organisation_id: Mapped[UUID | None]
