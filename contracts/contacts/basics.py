"""Basic data that persons and organisations have alike (C5)."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from contracts.base import Code, Data, EmailText, Language, Money, NonNegativeAmount, PhoneText
from contracts.contacts.addresses import Address

CustomerNumber = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")]
MOST_TAGS = 100
MOST_OTHERS = 10
"""Further phone numbers, or e-mail addresses, of one contact."""


class Gender(StrEnum):
    """What a person has said about the own gender. Nothing is derived from it, and it is derived from nothing."""

    WOMAN = "woman"
    MAN = "man"
    NONBINARY = "nonbinary"
    OTHER = "other"


class CustomerStatus(StrEnum):
    """Whether a contact buys from us already, or may one day."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"


class PaymentMethod(StrEnum):
    """How a customer gets and pays invoices."""

    EMAIL_INVOICE = "email_invoice"
    E_INVOICE = "e_invoice"
    PAPER_INVOICE = "paper_invoice"
    DIRECT_PAYMENT = "direct_payment"
    CARD = "card"
    CASH = "cash"


class DeliveryMethod(StrEnum):
    """How goods reach a customer."""

    POST = "post"
    COURIER = "courier"
    FREIGHT = "freight"
    PICKUP = "pickup"
    ELECTRONIC = "electronic"


class PhoneKind(StrEnum):
    """What a further phone number is."""

    MOBILE = "mobile"
    WORK = "work"
    HOME = "home"
    SWITCHBOARD = "switchboard"
    OTHER = "other"


class EmailKind(StrEnum):
    """What a further e-mail address is for."""

    WORK = "work"
    HOME = "home"
    BILLING = "billing"
    OTHER = "other"


class OtherPhone(Data):
    """A phone number beside the first one."""

    kind: PhoneKind = PhoneKind.OTHER
    number: PhoneText


class OtherEmail(Data):
    """An e-mail address beside the first one, kept in lower case."""

    kind: EmailKind = EmailKind.OTHER
    address: EmailText


class CreditLimit(Money):
    """How much a customer may owe, in euros."""

    amount: NonNegativeAmount
    currency: Annotated[str, StringConstraints(pattern="^EUR$")] = "EUR"


PaymentDays = Annotated[int, Field(ge=0, le=365)]
"""Days from an invoice's date until it is due."""
OtherPhones = Annotated[list[OtherPhone], Field(max_length=MOST_OTHERS)]
OtherEmails = Annotated[list[OtherEmail], Field(max_length=MOST_OTHERS)]
Addresses = Annotated[list[Address], Field(max_length=8)]
Tags = Annotated[list[Code], Field(max_length=MOST_TAGS)]

ShownColumns = Annotated[str, Field(max_length=4_000, pattern=r"^[a-z0-9_.,-]*$")]
AdditionalValues = Annotated[dict[Code, Any], Field(max_length=2_000)]


class ContactBasics(Data):
    """What any contact can be given. `email` and `phone` are the ones used first."""

    email: EmailText | None = None
    phone: PhoneText | None = None
    fax: PhoneText | None = None
    other_emails: OtherEmails = []
    other_phones: OtherPhones = []
    language: Language = Language.FI
    customer_number: CustomerNumber | None = None
    customer_status: CustomerStatus | None = None
    payment_method: PaymentMethod | None = None
    payment_days: PaymentDays | None = None
    delivery_method: DeliveryMethod | None = None
    credit_limit: CreditLimit | None = None
    addresses: Addresses = []
    tags: Tags = []
    fields: AdditionalValues = {}
    """Values of additional fields by code (C7)."""


class BasicChanges(Data):
    """Changes of the same; what is not given stays."""

    email: EmailText | None = None
    phone: PhoneText | None = None
    fax: PhoneText | None = None
    other_emails: OtherEmails | None = None
    other_phones: OtherPhones | None = None
    language: Language | None = None
    customer_number: CustomerNumber | None = None
    customer_status: CustomerStatus | None = None
    payment_method: PaymentMethod | None = None
    payment_days: PaymentDays | None = None
    delivery_method: DeliveryMethod | None = None
    credit_limit: CreditLimit | None = None
    addresses: Addresses | None = None
    tags: Tags | None = None
    fields: AdditionalValues | None = None


CLEARABLE = frozenset(
    {
        "email", "phone", "fax", "customer_number", "customer_status", "payment_method", "payment_days",
        "delivery_method", "credit_limit",
    }
)  # fmt: skip
"""What can be emptied by name; lists are emptied by an empty list."""
