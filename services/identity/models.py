"""Tables of identity."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import redirects, searching
from chassis.tables import COLUMN_TYPES, new_metadata
from contracts.access import LinkPurpose
from contracts.base import Language


class Base(DeclarativeBase):
    """Base of identity's mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES | {bytes: LargeBinary}


class Account(Base):
    """Somebody who can sign in. `username_key` and `email_key` are what names are compared by.

    A person has one account; two persons who are merged may have had one each, and both go on.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        Index("uq_accounts_person_id", "person_id", unique=True, postgresql_where=text("merged_person_id IS NULL")),
        Index("ix_accounts_person_id", "person_id"),
        searching.index("accounts", "username"),
        redirects.index("accounts", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[UUID | None]
    merged_person_id: Mapped[UUID | None]
    phone: Mapped[str | None]
    """E.164; codes go there."""
    password_hash: Mapped[str | None]
    sms_code: Mapped[bool]
    code_instead: Mapped[bool]
    disabled: Mapped[bool]
    language: Mapped[Language] = mapped_column(String(40))
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class Role(Base):
    """A role that the office has made; the built-in ones are in rules.built_in_roles."""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    permissions: Mapped[list[str]]
    sms_code: Mapped[bool]


class AccountRole(Base):
    """A role that an account has, built-in or made by the office. Roles are never removed."""

    __tablename__ = "account_roles"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    role_code: Mapped[str] = mapped_column(primary_key=True, index=True)


class SessionRow(Base):
    """A signed-in browser. Only the token's SHA-256 is kept."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)


class Challenge(Base):
    """A code that was sent by SMS and waits to be entered."""

    __tablename__ = "challenges"
    __table_args__ = (Index("ix_challenges_account_id_created_at", "account_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes]
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Link(Base):
    """A personal link (I3). Its token is derived from the id; only the token's SHA-256 is kept."""

    __tablename__ = "links"
    __table_args__ = (redirects.index("links", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(String(40))
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    merged_person_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    single_use: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key for another system (I6): only the key's SHA-256 is kept, its prefix stays readable."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[bytes]
    permissions: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """A sign-in or privileged action. Rows are only ever added."""

    __tablename__ = "audit_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str]
    actor: Mapped[str]
    subject: Mapped[str]
    address: Mapped[str]
    outcome: Mapped[str]


class RateLimit(Base):
    """What was taken from a limit in its window. The table is UNLOGGED: a crash empties it, which harms nobody."""

    __tablename__ = "rate_limits"
    __table_args__ = (Index("ix_rate_limits_ends_at", "ends_at"), {"prefixes": ["UNLOGGED"]})

    key: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime]
