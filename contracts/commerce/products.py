"""Products and their list prices (E1)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import (
    ById,
    Code,
    Data,
    ListRequest,
    NonNegativeAmount,
    Page,
    Reply,
    Request,
    Translated,
    command,
    query,
)
from contracts.system import SystemApi


class ProductDetails(Data):
    """A product. `price` is the list price with VAT included; `vat_code` such as `standard`, `reduced`, `exempt`."""

    code: Code
    name: Translated
    category: Code
    price: NonNegativeAmount
    currency: Annotated[str, Field(pattern="^EUR$")] = "EUR"
    vat_code: Code = "standard"
    for_sale: bool = False
    """Shown in the web shop."""


class CreateProduct(ProductDetails, Request):
    """A new product. `id` may be chosen by the caller."""

    id: UUID | None = None


class Product(ProductDetails, Reply):
    """A product."""

    id: UUID
    version: int = 1


class ListProducts(ListRequest):
    """Products by code."""

    category: Code | None = None


class ProductsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.COMMERCE_WRITE)
    def create_product(self, request: CreateProduct) -> Product: ...

    @query(may=Rule.PUBLIC)
    def get_product(self, request: ById) -> Product: ...

    @query(may=Rule.PUBLIC)
    def list_products(self, request: ListProducts) -> Page[Product]: ...
