"""Commerce: products, prices, orders, payments, invoices, ledger (features E1-E10); one module a capability."""

from contracts.commerce.bank_files import BankFilesApi
from contracts.commerce.deliveries import DeliveriesApi
from contracts.commerce.invoices import InvoicesApi
from contracts.commerce.ledger import LedgerApi
from contracts.commerce.orders import OrdersApi
from contracts.commerce.payments import PaymentsApi
from contracts.commerce.prices import PricesApi
from contracts.commerce.products import ProductsApi
from contracts.commerce.seller import SellerApi


class CommerceApi(
    BankFilesApi,
    DeliveriesApi,
    InvoicesApi,
    LedgerApi,
    OrdersApi,
    PaymentsApi,
    PricesApi,
    ProductsApi,
    SellerApi,
    name="commerce",
):
    """Commerce's RPC methods."""
