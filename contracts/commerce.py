"""Commerce: products, prices, orders, payments, invoices, ledger (features E1-E10)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import (
    Amount,
    ById,
    Code,
    Data,
    Event,
    Language,
    Line,
    ListRequest,
    NonNegativeAmount,
    Nothing,
    OptionalLine,
    Page,
    PositiveAmount,
    Reply,
    Request,
    Text,
    Translated,
    command,
    query,
)
from contracts.system import SystemApi
from contracts.values import PLAIN, Day


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


class PriceAgreementDetails(Data):
    """A customer's own price for a product, or percent off a category, between two dates (E2)."""

    customer_id: UUID
    product_id: UUID | None = None
    category: Code | None = None
    price: PositiveAmount | None = None
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    valid_from: Day
    valid_to: Day | None = None


class CreatePriceAgreement(PriceAgreementDetails, Request):
    """A new price agreement: exactly one of product/category and one of price/percent."""


class PriceAgreement(PriceAgreementDetails, Reply):
    """A price agreement."""

    id: UUID


class QuoteLineRequest(Data):
    """One product wanted."""

    product_id: UUID
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    about: Translated | None = None
    """What exactly, where the product alone does not say it: the course and its day."""


class AskQuote(Request):
    """Prices for a customer (or nobody in particular) on a date (today when missing)."""

    customer_id: UUID | None = None
    lines: Annotated[list[QuoteLineRequest], Field(min_length=1, max_length=200)]
    on: Day | None = None


class PriceRule(Reply):
    """A rule that was looked at: `kind` such as list_price, membership, price_agreement, campaign; why (not) used."""

    kind: str
    price: Amount
    used: bool
    reason: str = ""
    source_id: UUID | None = None
    label: str = ""


class QuoteLine(Reply):
    """A priced line; `unit_price` and `total` include VAT."""

    product_id: UUID
    name: Translated
    about: Translated | None = None
    quantity: int
    list_price: Amount
    unit_price: Amount
    total: Amount
    vat_code: str
    vat_percent: Decimal
    rules: list[PriceRule] = []


class Quote(Reply):
    """A confirmed price, valid until `expires_at`, that an enrolment or order may refer to."""

    id: UUID
    customer_id: UUID | None
    lines: list[QuoteLine]
    total: Amount
    currency: str = "EUR"
    expires_at: datetime


class Prices(Reply):
    """Priced lines without a stored quote, for lists."""

    data: list[QuoteLine]


class OrderState(StrEnum):
    """Where an order is."""

    OPEN = "open"
    BILLED = "billed"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderLine(Reply):
    """A line of an order; sums include VAT. `price_kind` is the kind of the price rule used, see PriceRule."""

    product_id: UUID
    name: Translated
    about: Translated | None = None
    quantity: int
    list_price: Amount | None = None
    price_kind: str = ""
    unit_price: Amount
    total: Amount
    vat_percent: Decimal


class Order(Reply):
    """An order for one customer; `subject_kind`/`subject_id` say what it is for (`enrolment`, `membership`)."""

    id: UUID
    customer_id: UUID
    state: OrderState
    lines: list[OrderLine]
    total: Amount
    currency: str = "EUR"
    subject_kind: str = ""
    subject_id: UUID | None = None
    invoice_id: UUID | None = None
    created_at: datetime
    paid_at: datetime | None = None
    version: int = 1


class ListOrders(ListRequest):
    """Orders, newest first."""

    customer_id: UUID | None = None
    state: OrderState | None = None


class StartPayment(Request):
    """Pay an order or an invoice by card; the payer returns to `return_url` (a path of our own)."""

    order_id: UUID | None = None
    invoice_id: UUID | None = None
    return_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_.?=&%-]*$", max_length=300)] = "/my"
    language: Annotated[str, Field(pattern="^(fi|sv|en)$")] = "fi"


class PaymentState(StrEnum):
    """Where a payment is. `unknown`: the provider did not answer; a sweeper asks it."""

    CREATED = "created"
    PENDING = "pending"
    CAPTURED = "captured"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REFUNDED = "refunded"


class Payment(Reply):
    """A payment. `pay_url` leads to the provider's page while pending."""

    id: UUID
    order_id: UUID | None = None
    invoice_id: UUID | None = None
    customer_id: UUID | None = None
    provider: str
    state: PaymentState
    amount: Amount
    currency: str = "EUR"
    refunded: Amount = Decimal("0.00")
    pay_url: str | None = None
    created_at: datetime
    captured_at: datetime | None = None


class ListPayments(ListRequest):
    """Payments, newest first."""

    order_id: UUID | None = None
    customer_id: UUID | None = None


class ProviderCallback(Request):
    """A callback or return of a payment provider, as it came: names lower-cased, values untouched."""

    provider: Annotated[str, Field(pattern="^paytrail$")]
    parameters: Annotated[dict[str, str], Field(max_length=40)]


class CallbackResult(Reply):
    """What the callback led to; `fresh` is false for a repeat."""

    payment_id: UUID
    state: PaymentState
    fresh: bool
    return_path: str = "/"


class InvoiceState(StrEnum):
    """Open, (over)paid or credited; overdue is computed from the date."""

    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"


class InvoiceKind(StrEnum):
    """An invoice or a credit note."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceLine(Reply):
    """A line of an invoice; `description` and `detail` (what exactly, and why at this price) in its language."""

    description: str
    detail: str = ""
    quantity: Decimal
    unit_price: Amount
    vat_percent: Decimal
    net: Amount
    vat: Amount
    gross: Amount


class Invoice(Reply):
    """An issued invoice; never changes but for what is paid.

    `language` is the customer's when the document was made; Finnish until then, for some moments.
    """

    id: UUID
    number: str
    kind: InvoiceKind
    state: InvoiceState
    overdue: bool = False
    customer_id: UUID
    order_id: UUID | None = None
    credits_id: UUID | None = None
    subject_kind: str = ""
    subject_id: UUID | None = None
    issued_on: date
    due_on: date
    reference: str
    rf_reference: str
    barcode: str
    iban: str
    language: Language = Language.FI
    lines: list[InvoiceLine]
    net: Amount
    vat: Amount
    gross: Amount
    open_amount: Amount
    currency: str = "EUR"
    paid_on: date | None = None
    document_key: str | None = None
    qr: str = ""
    """Text of the QR code that a bank's app reads (EPC069-12), for what is open."""
    version: int = 1


class ListInvoices(ListRequest):
    """Invoices, newest first."""

    customer_id: UUID | None = None
    state: InvoiceState | None = None
    overdue: bool = False
    """Only what is open and past its due day."""
    q: Annotated[str, Field(max_length=60)] | None = None
    """Number or reference."""


class InvoiceFile(Reply):
    """Where an invoice's PDF lies and what it is called."""

    invoice_id: UUID
    customer_id: UUID
    number: str
    kind: InvoiceKind
    file_key: str
    gross: Amount
    due_on: date
    reference: str


class CreditInvoice(Request):
    """Credits an invoice wholly."""

    id: UUID
    reason: Line


class ImportBankFile(Request):
    """Books a stored bank file (camt.053, camt.054, KTL)."""

    file_key: Annotated[str, Field(max_length=120)]
    file_name: Line


class BankFile(Reply):
    """What a bank file held: entries new to us, matched by reference, unmatched, and seen before."""

    id: UUID
    file_name: str
    format: str
    imported_at: datetime
    entries: int
    matched: int
    unmatched: int
    duplicate: int


class BankEntry(Reply):
    """An entry of a bank file."""

    id: UUID
    booked_on: date
    amount: Amount
    reference: str = ""
    payer: str = ""
    message: str = ""
    state: str
    invoice_id: UUID | None = None


class ListBankEntries(ListRequest):
    """Entries of one bank file."""

    id: UUID


class OpenItem(Reply):
    """An invoice that is not paid wholly."""

    invoice_id: UUID
    number: str
    customer_id: UUID
    due_on: date
    gross: Amount
    open_amount: Amount
    days_overdue: int


class LedgerEntry(Reply):
    """One line of a posting: debit positive, credit negative."""

    id: UUID
    posting_id: UUID
    booked_on: date
    account: str
    amount: Amount
    text: str


class TrialBalanceLine(Reply):
    """The sum of one account."""

    account: str
    debit: Amount
    credit: Amount
    balance: Amount


class TrialBalance(Reply):
    """All accounts; `difference` is zero when the books balance."""

    lines: list[TrialBalanceLine]
    difference: Amount


class ListRefunds(ListRequest):
    """Refunds, newest first."""

    payment_id: UUID | None = None


class Refund(Reply):
    """Money given back through the provider."""

    id: UUID
    payment_id: UUID
    amount: Amount
    state: str
    created_at: datetime
    completed_at: datetime | None = None


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


# Events


class InvoiceIssued(Event):
    """An invoice or credit note has its number and cannot change any more."""

    type: ClassVar = "invoice.issued.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "invoice_id"
    invoice_id: UUID
    customer_id: UUID
    kind: InvoiceKind
    about_kind: str = ""
    about_id: UUID | None = None


class InvoiceDocumentReady(Event):
    """The PDF is stored and can be sent."""

    type: ClassVar = "invoice.document_ready.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "invoice_id"
    invoice_id: UUID
    customer_id: UUID
    kind: InvoiceKind
    paid: bool


class InvoicePaid(Event):
    """An invoice is paid wholly."""

    type: ClassVar = "invoice.paid.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "invoice_id"
    invoice_id: UUID
    customer_id: UUID
    paid_on: date
    about_kind: str = ""
    about_id: UUID | None = None


class PaymentCaptured(Event):
    """A card payment is ours; for an order about an enrolment the seat may be confirmed."""

    type: ClassVar = "payment.captured.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "payment_id"
    payment_id: UUID
    order_id: UUID | None
    customer_id: UUID | None
    about_kind: str = ""
    about_id: UUID | None = None


class OrderBilled(Event):
    """An order to be paid by invoice was billed; an enrolment about it is confirmed."""

    type: ClassVar = "order.billed.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "order_id"
    order_id: UUID
    invoice_id: UUID
    about_kind: str = ""
    about_id: UUID | None = None


class RefundCompleted(Event):
    """The provider has given the money back."""

    type: ClassVar = "refund.completed.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "refund_id"
    refund_id: UUID
    payment_id: UUID
    order_id: UUID | None
    customer_id: UUID | None
    amount: Decimal


class CommerceApi(SystemApi, name="commerce"):
    """Commerce's RPC methods."""

    @command(may=Permission.COMMERCE_WRITE)
    def create_product(self, request: CreateProduct) -> Product: ...

    @query(may=Rule.PUBLIC)
    def get_product(self, request: ById) -> Product: ...

    @query(may=Rule.PUBLIC)
    def list_products(self, request: ListProducts) -> Page[Product]: ...

    @command(may=Permission.COMMERCE_WRITE)
    def create_price_agreement(self, request: CreatePriceAgreement) -> PriceAgreement: ...

    @command(may=[Permission.COMMERCE_READ, Rule.OWN, Rule.PUBLIC])
    def make_quote(self, request: AskQuote) -> Quote: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, Rule.PUBLIC])
    def list_prices(self, request: AskQuote) -> Prices: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, LinkPurpose.TAKE_OFFER])
    def get_order(self, request: ById) -> Order: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_orders(self, request: ListOrders) -> Page[Order]: ...

    @command(may=[Permission.PAYMENTS_WRITE, Rule.OWN, LinkPurpose.TAKE_OFFER, LinkPurpose.PAY_INVOICE], deadline=8)
    def start_payment(self, request: StartPayment) -> Payment: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def get_payment(self, request: ById) -> Payment: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_payments(self, request: ListPayments) -> Page[Payment]: ...

    @command(may=Rule.PUBLIC)
    def receive_callback(self, request: ProviderCallback) -> CallbackResult: ...

    @query(may=Permission.COMMERCE_READ)
    def list_refunds(self, request: ListRefunds) -> Page[Refund]: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, LinkPurpose.PAY_INVOICE])
    def get_invoice(self, request: ById) -> Invoice: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, LinkPurpose.PAY_INVOICE])
    def get_invoice_file(self, request: ById) -> InvoiceFile: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_invoices(self, request: ListInvoices) -> Page[Invoice]: ...

    @command(may=Permission.COMMERCE_WRITE)
    def credit_invoice(self, request: CreditInvoice) -> Invoice: ...

    @command(may=Permission.PAYMENTS_WRITE, deadline=15)
    def import_bank_file(self, request: ImportBankFile) -> BankFile: ...

    @query(may=Permission.COMMERCE_READ)
    def get_bank_file(self, request: ById) -> BankFile: ...

    @query(may=Permission.COMMERCE_READ)
    def list_bank_files(self, request: ListRequest) -> Page[BankFile]: ...

    @query(may=Permission.COMMERCE_READ)
    def list_bank_entries(self, request: ListBankEntries) -> Page[BankEntry]: ...

    @query(may=Permission.COMMERCE_READ)
    def list_open_items(self, request: ListRequest) -> Page[OpenItem]: ...

    @query(may=Permission.COMMERCE_READ)
    def list_ledger_entries(self, request: ListRequest) -> Page[LedgerEntry]: ...

    @query(may=Permission.COMMERCE_READ)
    def get_trial_balance(self, request: Nothing) -> TrialBalance: ...

    @query(may=Rule.PUBLIC)
    def get_seller(self, request: Nothing) -> Seller: ...

    @command(may=Permission.SETTINGS_WRITE)
    def update_seller(self, request: UpdateSellerDetails) -> Seller: ...
