"""The base of commerce's mapped classes."""

from sqlalchemy.orm import DeclarativeBase

from chassis.tables import COLUMN_TYPES, new_metadata


class Base(DeclarativeBase):
    """Base of commerce's mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES
