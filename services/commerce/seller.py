"""The association's own details in force, for queries and for the issuing of invoices."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from contracts.commerce.seller import Seller
from services.commerce import models
from services.commerce.config import DEFAULT_SELLER


def current_seller(source: Connection | Session) -> Seller:
    """The details the office entered, or the example ones (version 1) as long as it has not."""
    row = source.execute(select(models.Seller.__table__)).one_or_none()
    if row is None:
        return Seller(**DEFAULT_SELLER.model_dump(), version=1)
    return Seller(**row.details, version=row.version)
