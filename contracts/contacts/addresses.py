"""Postal addresses by purpose (C5)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.base import Data, OptionalLine


class AddressPurpose(StrEnum):
    """What a postal address is for (C5)."""

    POSTAL = "postal"
    VISITING = "visiting"
    DELIVERY = "delivery"
    BILLING = "billing"


class Address(Data):
    """A postal address. `country` is ISO 3166-1 alpha-2."""

    purpose: AddressPurpose = AddressPurpose.POSTAL
    street: OptionalLine = ""
    postal_code: Annotated[str, Field(max_length=12, pattern=r"^[A-Za-z0-9 -]*$")] = ""
    city: OptionalLine = ""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "FI"
