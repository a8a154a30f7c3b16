"""Words for types of documents, and how large a file is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from flask_babel import lazy_pgettext as _p

from contracts.contacts.documents import DocumentType
from gateway.i18n import number

TYPE: Final[Mapping[DocumentType, Any]] = {
    DocumentType.QUOTATION_REQUEST: _p("document", "Request for quotation"),
    DocumentType.OFFER: _p("document", "Offer"),
    DocumentType.ORDER: _p("document", "Order"),
    DocumentType.CONTRACT: _p("document", "Contract"),
    DocumentType.LETTER: _p("document", "Letter"),
    DocumentType.MINUTES: _p("document", "Minutes"),
    DocumentType.CERTIFICATE: _p("document", "Certificate"),
    DocumentType.PICTURE: _p("document", "Picture"),
    DocumentType.OTHER: _p("document", "Other"),
}
KILO, MEGA = 1_000, 1_000_000


def types() -> list[tuple[str, Any]]:
    """The types as choices."""
    return [(kind.value, label) for kind, label in TYPE.items()]


def document_section() -> dict[str, Any]:
    """What a card needs for its section of documents."""
    return {"document_words": TYPE, "document_size": size_in_words}


def size_in_words(size: int) -> str:
    """A number of bytes as people read it."""
    if size < MEGA:
        return f"{number(max(size // KILO, 1))} kB"
    return f"{number(Decimal(size) / MEGA, 1)} MB"
