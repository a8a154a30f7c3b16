"""Tables of commerce."""

from services.commerce.models.bank import BankEntry, BankEntryState, BankFile
from services.commerce.models.base import Base
from services.commerce.models.catalogue import PriceAgreement, Product, Quote, Seller
from services.commerce.models.deliveries import Delivery
from services.commerce.models.invoices import Invoice, InvoiceDocument, InvoiceLine, NumberSeries
from services.commerce.models.ledger import LedgerEntry, Posting
from services.commerce.models.orders import EndedOrder, Order, OrderLine
from services.commerce.models.payments import LIVE, Payment, Refund, RefundState

__all__ = [
    "LIVE",
    "BankEntry",
    "BankEntryState",
    "BankFile",
    "Base",
    "Delivery",
    "EndedOrder",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "LedgerEntry",
    "NumberSeries",
    "Order",
    "OrderLine",
    "Payment",
    "Posting",
    "PriceAgreement",
    "Product",
    "Quote",
    "Refund",
    "RefundState",
    "Seller",
]
