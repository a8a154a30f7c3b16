"""Commerce's RPC methods and event handlers."""

from datetime import date

from chassis import personal_data
from chassis.following import follows
from chassis.rpc import client
from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts.access import Permission, PrincipalKind
from contracts.base import ById, ListRequest, Nothing, Page
from contracts.commerce import CommerceApi
from contracts.commerce.bank_files import BankEntry, BankFile, ImportBankFile, ListBankEntries
from contracts.commerce.deliveries import (
    DeliveriesTaken,
    DeliveriesTakenBack,
    ListPurchases,
    Purchase,
    TakeBackDeliveries,
    TakeDeliveries,
)
from contracts.commerce.invoices import CreditInvoice, Invoice, InvoiceFile, ListInvoices
from contracts.commerce.ledger import LedgerEntry, OpenItem, TrialBalance
from contracts.commerce.orders import ListOrders, Order
from contracts.commerce.payments import (
    CallbackResult,
    ListPayments,
    ListRefunds,
    Payment,
    ProviderCallback,
    Refund,
    StartPayment,
)
from contracts.commerce.prices import AskQuote, CreatePriceAgreement, PriceAgreement, Prices, Quote
from contracts.commerce.products import CreateProduct, ListProducts, Product
from contracts.commerce.seller import Seller, UpdateSellerDetails
from contracts.contacts.erasures import PersonErased
from contracts.contacts.merges import OrganisationMerged, OrganisationUnmerged, PersonMerged, PersonUnmerged
from contracts.courses import EnrolmentCancelled, HoldExpired, SeatHeld
from contracts.errors import Invalid, NotAllowed
from contracts.membership import AgreementOpened, AskEntitlements, MembershipApi
from services.commerce.commands import bank_files, callbacks, catalogue, crediting, deliveries, orders, quotes
from services.commerce.commands.payments import Target
from services.commerce.prices import Buyer, priced_lines
from services.commerce.process import bank_files as stored_bank_files
from services.commerce.process import card_payments, notices
from services.commerce.queries import catalogue as products
from services.commerce.queries import invoices, ledger, payments, purchases
from services.commerce.queries import orders as order_list
from services.commerce.queries.scope import Scope
from services.commerce.seller import current_seller

membership = client(MembershipApi)
GATEWAY = "gateway"


class CommerceService(SystemMethods, CommerceApi):
    """Products, prices, orders, payments, invoices, ledger."""

    def create_product(self, request: CreateProduct) -> Product:
        return catalogue.create_product(self.session, request)

    def get_product(self, request: ById) -> Product:
        return products.get_product(self.reader, request.id)

    def list_products(self, request: ListProducts) -> Page[Product]:
        return products.list_products(self.reader, request, for_sale_only=not self._sees_all)

    def create_price_agreement(self, request: CreatePriceAgreement) -> PriceAgreement:
        return catalogue.create_price_agreement(self.session, request)

    def make_quote(self, request: AskQuote) -> Quote:
        if request.on is not None and request.on != self.today and not self._sees_all:
            raise Invalid.field("/on", "not_today", "A quote is made at today's prices; leave the date out.")
        on = request.on or self.today
        buyer = self._buyer(request, on)
        return quotes.make_quote(self.session, request, buyer, on, self.now)

    def list_prices(self, request: AskQuote) -> Prices:
        on = request.on or self.today
        return Prices(data=priced_lines(self.reader, request.lines, self._buyer(request, on), on))

    def get_order(self, request: ById) -> Order:
        return order_list.get_order(self.reader, request.id, self._scope)

    def list_orders(self, request: ListOrders) -> Page[Order]:
        return order_list.list_orders(self.reader, request, self._scope)

    def list_purchases(self, request: ListPurchases) -> Page[Purchase]:
        return purchases.list_purchases(self.reader, request, self._scope)

    def take_deliveries(self, request: TakeDeliveries) -> DeliveriesTaken:
        return deliveries.take(self.session, request)

    def take_back_deliveries(self, request: TakeBackDeliveries) -> DeliveriesTakenBack:
        return deliveries.take_back(self.session, request, self.now)

    def start_payment(self, request: StartPayment) -> Payment:
        target = Target(*payments.find_target(self.reader, request, self._scope))
        return card_payments.start(self, target, request)

    def get_payment(self, request: ById) -> Payment:
        return payments.get_payment(self.reader, request.id, self._scope)

    def list_payments(self, request: ListPayments) -> Page[Payment]:
        return payments.list_payments(self.reader, request, self._scope)

    def receive_callback(self, request: ProviderCallback) -> CallbackResult:
        notice = notices.read(request.parameters)
        return callbacks.receive(self.session, notice, self.today, self.now)

    def list_refunds(self, request: ListRefunds) -> Page[Refund]:
        return payments.list_refunds(self.reader, request)

    def get_invoice(self, request: ById) -> Invoice:
        return invoices.get_invoice(self.reader, request.id, self._scope, self.today)

    def get_invoice_file(self, request: ById) -> InvoiceFile:
        return invoices.get_invoice_file(self.reader, request.id, self._scope)

    def list_invoices(self, request: ListInvoices) -> Page[Invoice]:
        return invoices.list_invoices(self.reader, request, self._scope, self.today)

    def credit_invoice(self, request: CreditInvoice) -> Invoice:
        return crediting.credit_invoice(self.session, request, self.today, self.now)

    def import_bank_file(self, request: ImportBankFile) -> BankFile:
        read = stored_bank_files.read(request.file_key)
        return bank_files.import_file(self.session, request.file_key, request.file_name, read, self.now)

    def get_bank_file(self, request: ById) -> BankFile:
        return ledger.get_bank_file(self.reader, request.id)

    def list_bank_files(self, request: ListRequest) -> Page[BankFile]:
        return ledger.list_bank_files(self.reader, request)

    def list_bank_entries(self, request: ListBankEntries) -> Page[BankEntry]:
        return ledger.list_bank_entries(self.reader, request)

    def list_open_items(self, request: ListRequest) -> Page[OpenItem]:
        return ledger.list_open_items(self.reader, request, self.today)

    def list_ledger_entries(self, request: ListRequest) -> Page[LedgerEntry]:
        return ledger.list_ledger_entries(self.reader, request)

    def get_trial_balance(self, request: Nothing) -> TrialBalance:
        return ledger.get_trial_balance(self.reader)

    def get_seller(self, request: Nothing) -> Seller:
        return current_seller(self.reader)

    def update_seller(self, request: UpdateSellerDetails) -> Seller:
        return catalogue.update_seller(self.session, request)

    @subscribe(SeatHeld)
    def open_order(self, event: SeatHeld) -> None:
        orders.open_for_seat(self.session, event, self.today, self.now)

    @subscribe(AgreementOpened)
    def bill_agreement(self, event: AgreementOpened) -> None:
        orders.bill_agreement(self.session, event, self.today, self.now)

    @subscribe(EnrolmentCancelled)
    def end_order(self, event: EnrolmentCancelled) -> None:
        if event.order_id is not None:
            orders.end(self.session, event.order_id, refund=event.refund, today=self.today, now=self.now)

    @subscribe(HoldExpired)
    def expire_order(self, event: HoldExpired) -> None:
        if event.order_id is not None:
            orders.expire(self.session, event.order_id, self.now)

    @subscribe(PersonErased)
    def erase_person(self, event: PersonErased) -> None:
        personal_data.erase(self.session, self.service_name, event.person_id, event.person_ids, self.now)

    follow_merged_person = follows(PersonMerged, "survivor_id")
    follow_unmerged_person = follows(PersonUnmerged, "person_id")
    follow_merged_organisation = follows(OrganisationMerged, "survivor_id")
    follow_unmerged_organisation = follows(OrganisationUnmerged, "organisation_id")

    @property
    def _sees_all(self) -> bool:
        """Whether the caller may see and price for everybody: the suite's services and the office."""
        system = self.principal.kind is PrincipalKind.SYSTEM and self.principal.id != GATEWAY
        return system or self.principal.has(Permission.COMMERCE_READ)

    @property
    def _scope(self) -> Scope:
        return Scope(self.only_person, self.only_object)

    def _buyer(self, request: AskQuote, on: date) -> Buyer:
        """The customer asked for, with the discounts of memberships; raises NotAllowed for somebody else's prices."""
        if request.customer_id is None:
            return Buyer()
        if not self._sees_all and request.customer_id != self.principal.person_id:
            raise NotAllowed("You may ask for your own prices only.")
        found = membership.get_entitlements(AskEntitlements(person_id=request.customer_id, on=on))
        return Buyer(request.customer_id, tuple(found.data))
