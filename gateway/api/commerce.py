"""Products, prices, orders, payments, invoices, bank files, ledger."""

from uuid import UUID

from flask import Response, request

from chassis import files
from chassis.rpc import client
from contracts.access import Permission, Rule
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.bank_files import BankFile, ImportBankFile
from contracts.commerce.payments import CallbackResult, ProviderCallback
from gateway.api.door import answer
from gateway.api.downloads import download
from gateway.api.forms import FileForm
from gateway.api.providers import from_provider
from gateway.api.routes import Resource
from gateway.api.uploads import form_fields, stored_file

commerce = client(CommerceApi)
resource = Resource(CommerceApi, "Commerce")
MOST_PARAMETERS = 40

resource.get("/products", CommerceApi.list_products, "Products by code")
resource.post("/products", CommerceApi.create_product, "A new product", status=201, location="/products/{id}",
              example={"code": "course-day", "name": {"fi": "Kurssipäivä"}, "category": "courses",
                       "price": "120.00", "vat_code": "standard"})  # fmt: skip
resource.get("/products/{id}", CommerceApi.get_product, "One product")
resource.post("/price-agreements", CommerceApi.create_price_agreement, "A customer's own price", status=201,
              example={"customer_id": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10", "category": "courses", "percent": 10,
                       "valid_from": "2027-01-01"})  # fmt: skip
resource.post("/prices/quote", CommerceApi.make_quote, "A confirmed price, explained line by line", status=201)

resource.get("/orders", CommerceApi.list_orders, "Orders, newest first")
resource.get("/orders/{id}", CommerceApi.get_order, "One order")
for _side in ("person", "organisation"):
    resource.get(f"/{_side}s/{{customer_id}}/purchases", CommerceApi.list_purchases,
                 f"What the {_side} has bought, ordered here or told by accounting; newest first",
                 operation=f"list_purchases_of_{_side}")  # fmt: skip
resource.get("/purchases", CommerceApi.list_purchases,
             "What a customer has bought, ordered here or told by accounting; newest first")  # fmt: skip

resource.get("/payments", CommerceApi.list_payments, "Card payments, newest first")
resource.post(
    "/payments",
    CommerceApi.start_payment,
    "Pay an order or an invoice by card; go on at `pay_url`",
    status=201,
    location="/payments/{id}",
    key_required=True,
    example={"invoice_id": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10", "return_path": "/my/invoices"},
)
resource.get("/payments/{id}", CommerceApi.get_payment, "One payment")
resource.get("/refunds", CommerceApi.list_refunds, "Refunds, newest first")

resource.get("/invoices", CommerceApi.list_invoices, "Invoices and credit notes, newest first")
resource.get("/invoices/{id}", CommerceApi.get_invoice, "One invoice")
resource.post(
    "/invoices/{id}/credit",
    CommerceApi.credit_invoice,
    "Credit an invoice wholly",
    status=201,
    location="/invoices/{id}",
    key_required=True,
    example={"reason": "Billed twice"},
)

resource.get("/bank-files", CommerceApi.list_bank_files, "Bank files, newest first")
resource.get("/bank-files/{id}", CommerceApi.get_bank_file, "What a bank file held")
resource.get("/bank-files/{id}/entries", CommerceApi.list_bank_entries, "The entries of a bank file")
resource.get("/ledger/open-items", CommerceApi.list_open_items, "Invoices that are not paid wholly")
resource.get("/ledger/entries", CommerceApi.list_ledger_entries, "Postings, newest first")
resource.get("/ledger/trial-balance", CommerceApi.get_trial_balance, "The sums of all accounts")

resource.get("/settings/seller", CommerceApi.get_seller, "The association's own details")
resource.put("/settings/seller", CommerceApi.update_seller, "Change the details that invoices carry")


def get_invoice_pdf(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The invoice as PDF."""
    found = commerce.get_invoice_file(ById(id=id))
    return download(files.load(found.file_key), f"{found.kind}-{found.number}.pdf")


def import_bank_file() -> Response:
    """Store the file and book what is new in it."""
    form_fields()
    key, name = stored_file("commerce")
    booked = commerce.import_bank_file(ImportBankFile(file_key=key, file_name=name))
    return answer(BANK_FILE, booked.model_dump(mode="json"))


def receive_payment_callback(provider: str) -> Response:
    """What the provider tells us, by address; only what it has signed counts."""
    parameters = dict(list(request.args.to_dict().items())[:MOST_PARAMETERS])
    result = commerce.receive_callback(from_provider(ProviderCallback, provider, parameters=parameters))
    return answer(CALLBACK, result.model_dump(mode="json"))


resource.view(
    "GET",
    "/invoices/{id}.pdf",
    get_invoice_pdf,
    "The invoice as PDF",
    (Permission.COMMERCE_READ, Rule.OWN),
    produces="application/pdf",
)
resource.view(
    "POST",
    "/bank-files",
    import_bank_file,
    "Book a bank file (camt.053, camt.054, reference payments)",
    (Permission.PAYMENTS_WRITE,),
    status=201,
    location="/bank-files/{id}",
    key_required=True,
    request=FileForm,
    reply=BankFile,
    consumes="multipart/form-data",
)
BANK_FILE = resource.routes[-1]
resource.view(
    "GET",
    "/payments/providers/{provider}/callback",
    receive_payment_callback,
    "A payment provider's signed callback",
    (Rule.PUBLIC,),
    reply=CallbackResult,
)
CALLBACK = resource.routes[-1]
