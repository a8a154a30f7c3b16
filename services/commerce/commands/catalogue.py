"""Products, price agreements, the seller's details (E1, E2, I5)."""

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import redirects
from chassis.ids import new_id
from contracts.commerce.prices import CreatePriceAgreement, PriceAgreement
from contracts.commerce.products import CreateProduct, Product
from contracts.commerce.seller import Seller, SellerDetails, UpdateSellerDetails
from contracts.errors import Conflict, Invalid, Stale
from services.commerce import answers, models
from services.commerce.rules.iban import InvalidIban, normalise_iban
from services.commerce.rules.vat import VatCode


def create_product(session: Session, request: CreateProduct) -> Product:
    """A new product. Raises Invalid for an unknown VAT code, Conflict when id or code is taken."""
    if request.vat_code not in set(VatCode):
        raise Invalid.field("/vat_code", "unknown_vat_code", f"The VAT code must be one of {', '.join(VatCode)}.")
    values = request.model_dump(mode="json", exclude={"id"}) | {"id": request.id or new_id(), "price": request.price}
    made = session.execute(
        insert(models.Product).values(version=1, **values).on_conflict_do_nothing().returning(models.Product)
    ).scalar_one_or_none()
    if made is None:
        raise Conflict(f"There is a product {request.code} already; choose another code.", code="product_exists")
    return answers.product(made)


def create_price_agreement(session: Session, request: CreatePriceAgreement) -> PriceAgreement:
    """A customer's own price. Raises Invalid when scope, effect or dates contradict each other."""
    if (request.product_id is None) == (request.category is None):
        raise Invalid.field("/product_id", "one_of", "Give either a product or a category.")
    if (request.price is None) == (request.percent is None):
        raise Invalid.field("/price", "one_of", "Give either a price or a percentage.")
    if request.price is not None and request.category is not None:
        raise Invalid.field("/price", "price_of_category", "A price needs a product; for a category give a percentage.")
    if request.valid_to is not None and request.valid_to < request.valid_from:
        raise Invalid.field("/valid_to", "before_start", "The agreement ends before it begins.")
    if request.product_id is not None and session.get(models.Product, request.product_id) is None:
        raise Invalid.field("/product_id", "unknown_product", f"There is no product {request.product_id}.")
    customer_id = redirects.known_as(session, request.customer_id)
    agreement = models.PriceAgreement(id=new_id(), **request.model_dump() | {"customer_id": customer_id})
    session.add(agreement)
    session.flush()
    return answers.price_agreement(agreement)


def update_seller(session: Session, request: UpdateSellerDetails) -> Seller:
    """New details of the association; invoices issued before keep theirs. Raises Invalid, Stale."""
    try:
        iban = normalise_iban(request.iban)
    except InvalidIban as error:
        raise Invalid.field("/iban", "invalid_iban", "This is not a valid IBAN; check the account number.") from error
    details = SellerDetails(**request.model_dump(exclude={"version"}) | {"iban": iban})
    stored, version = details.model_dump(mode="json"), request.version + 1
    statement = insert(models.Seller).values(id=1, details=stored, version=version).on_conflict_do_nothing()
    changed = session.execute(
        update(models.Seller)
        .where(models.Seller.version == request.version)
        .values(details=stored, version=version)
        .returning(models.Seller.version)
    ).scalar_one_or_none()
    first = changed is None and request.version == 1
    if first:
        changed = session.execute(statement.returning(models.Seller.version)).scalar_one_or_none()
    if changed is None:
        raise Stale("Somebody has changed the details since you read them; read them again.")
    return Seller(**details.model_dump(), version=version)
