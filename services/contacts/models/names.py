"""The words of names."""

from sqlalchemy import BigInteger, ColumnElement, Identity, Index, func, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from services.contacts.models.base import Base, key_column


class NameWord(Base):
    """A word of somebody's name, folded; kept by triggers of `persons`.

    Two transactions at once may write the same word; which words nobody bears any more is found out every night.
    """

    __tablename__ = "name_words"
    __table_args__ = (
        Index("ix_name_words_word", "word"),
        Index(
            "ix_name_words_alike",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    word: Mapped[str] = key_column()


def words_of(search: ColumnElement[str]) -> ColumnElement[list[str]]:
    """The words of a person's `search`, as the index `ix_persons_words` has them."""
    return func.string_to_array(func.btrim(search), literal_column("' '"))
