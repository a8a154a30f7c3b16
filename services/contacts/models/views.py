"""What each user wants to see."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.views import ViewName
from services.contacts.models.base import EMPTY_LIST, Base


class View(Base):
    """Columns of a list, or facts or sections of a card, as somebody has chosen them (C8)."""

    __tablename__ = "views"

    owner: Mapped[str] = mapped_column(primary_key=True)
    """Kind and id of the account."""
    name: Mapped[ViewName] = mapped_column(primary_key=True)
    shown: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    hidden: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    saved_at: Mapped[datetime]
