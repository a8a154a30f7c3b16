"""The texts of the payment page."""

from decimal import Decimal

from babel.numbers import format_currency

LANGUAGES = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}
LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
TEXTS = {
    "fi": {
        "stripe": "Testimaksu: rahaa ei liiku",
        "title": "Maksu",
        "to_pay": "Maksettavaa",
        "reference": "Viite",
        "receipt_to": "Sähköposti",
        "pay": "Maksa kortilla",
        "cancel": "Keskeytä ja palaa myyjälle",
        "paid": "Maksu on suoritettu.",
        "cancelled": "Maksu on keskeytetty.",
        "back": "Takaisin myyjälle",
        "unknown": "Maksua ei löydy. Palaa verkkokauppaan ja yritä uudelleen.",
        "languages": "Kieli",
    },
    "sv": {
        "stripe": "Testbetalning: inga pengar rör sig",
        "title": "Betalning",
        "to_pay": "Att betala",
        "reference": "Referens",
        "receipt_to": "E-post",
        "pay": "Betala med kort",
        "cancel": "Avbryt och återgå till säljaren",
        "paid": "Betalningen är genomförd.",
        "cancelled": "Betalningen är avbruten.",
        "back": "Tillbaka till säljaren",
        "unknown": "Betalningen hittades inte. Gå tillbaka till butiken och försök igen.",
        "languages": "Språk",
    },
    "en": {
        "stripe": "Test payment: no money moves",
        "title": "Payment",
        "to_pay": "To pay",
        "reference": "Reference",
        "receipt_to": "E-mail",
        "pay": "Pay by card",
        "cancel": "Cancel and go back to the shop",
        "paid": "The payment is done.",
        "cancelled": "The payment was cancelled.",
        "back": "Back to the shop",
        "unknown": "There is no such payment. Go back to the shop and try again.",
        "languages": "Language",
    },
}


def money(cents: int, lang: str) -> str:
    """Cents as an amount in euros the way the language writes it."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=LOCALES[lang])
