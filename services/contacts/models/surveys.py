"""Surveys, their published versions, and the answers of persons."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UUID as PgUuid  # noqa: N811
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Text,
    column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects, searching
from services.contacts.models.base import EMPTY_LIST, NOT_DELETED, Base, containment_index

DELETED = text("deleted_at IS NOT NULL")


class Survey(Base):
    """A survey as the office works on it. `published` is the number of its newest version, 0 before the first."""

    __tablename__ = "surveys"
    __table_args__ = (
        Index("ix_surveys_created_at", "created_at", "id", postgresql_where=NOT_DELETED),
        Index("ix_surveys_deleted_at", "deleted_at", postgresql_where=DELETED),
        searching.index("surveys", "title"),
        CheckConstraint("published >= 0", name="published"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[dict[str, Any]]
    intro: Mapped[dict[str, Any]]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    published: Mapped[int] = mapped_column(Integer, server_default="0")
    closes_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]


class SurveyVersion(Base):
    """What was published; the database refuses to change it."""

    __tablename__ = "survey_versions"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[dict[str, Any]]
    intro: Mapped[dict[str, Any]]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class SurveyAnswer(Base):
    """What a person answered to a version: once, unless two persons were merged."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "number"],
            ["survey_versions.survey_id", "survey_versions.number"],
            name="fk_survey_answers_version",
            ondelete="CASCADE",
        ),
        Index(
            "uq_survey_answers_person", "survey_id", "person_id", unique=True,
            postgresql_where=text("merged_person_id IS NULL"),
        ),
        Index("ix_survey_answers_survey_id", "survey_id", "changed_at", "id"),
        Index("ix_survey_answers_person_id", "person_id", "changed_at", "id"),
        containment_index("survey_answers", "answers"),
        redirects.index("survey_answers", "person_id"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    merged_person_id: Mapped[UUID | None]
    answers: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    answered_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


SURVEY_VALUES = table(
    "survey_answer_values",
    column("person_id", PgUuid()),
    column("survey_id", PgUuid()),
    column("question", Text()),
    column("value", Text()),
    column("number", Numeric()),
    column("answered_at", DateTime(timezone=True)),
)
"""A view of the answers: a row for each value. One of several choices is a row each; of a matrix `<row>=<choice>`."""
