"""The association's own details that invoices need (E6)."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import Data, Line, Nothing, OptionalLine, Reply, Request, Text, command, query
from contracts.system import SystemApi
from contracts.values import PLAIN


class SellerDetails(Data):
    """The association's own details that invoices need."""

    name: Line
    business_id: Annotated[str, Field(max_length=20)] = ""
    vat_id: Annotated[str, Field(max_length=20)] = ""
    street: OptionalLine = ""
    postal_code: Annotated[str, Field(max_length=12)] = ""
    city: OptionalLine = ""
    email: OptionalLine = ""
    phone: OptionalLine = ""
    website: OptionalLine = ""
    iban: Annotated[str, Field(max_length=42)]
    bic: Annotated[str, Field(max_length=11)] = ""
    payment_term_days: Annotated[int, Field(ge=0, le=180)] = 14
    late_interest_percent: Annotated[Decimal, Field(ge=0, le=30), PLAIN] = Decimal("8.0")
    invoice_prefix: Annotated[str, Field(max_length=6, pattern=r"^[0-9]*$")] = ""
    terms: Text = ""


class UpdateSellerDetails(SellerDetails, Request):
    """New details; invoices issued before keep theirs."""

    version: int


class Seller(SellerDetails, Reply):
    """The details in force."""

    version: int


class SellerApi(SystemApi):
    """RPC methods."""

    @query(may=Rule.PUBLIC)
    def get_seller(self, request: Nothing) -> Seller: ...

    @command(may=Permission.SETTINGS_WRITE)
    def update_seller(self, request: UpdateSellerDetails) -> Seller: ...
