"""E-mail addresses and phone numbers in the form they are stored, and postal addresses as letters carry them."""

import re
from typing import Any

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email

HOME_REGION = "FI"

PLAIN_EMAIL = re.compile(
    r"(?=.{6,254}$)(?=[^@]{1,64}@)[A-Za-z0-9_-]+(?:[.+][A-Za-z0-9_-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:fi|com|net|org|se|ax|eu|info|dk|no|ee|de)"
)
"""Addresses that need no closer look: letters and digits at a well-known top level."""
PLAIN_MOBILE = re.compile(r"(?:\+358|00358|0)((?:4\d|50)\d{6,8})")
PUNCTUATION = str.maketrans("", "", " -()/.\u00a0\u2011\u2013")


def normal_email(text: str) -> str:
    """The address with its domain in lower case; raises ValueError with what is wrong. No DNS is asked."""
    if PLAIN_EMAIL.fullmatch(text) and "--" not in text:
        local, _, domain = text.partition("@")
        return f"{local}@{domain.lower()}"
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"This is not an e-mail address: {error}") from None


def sendable_email(address: str) -> str:
    """The address as mail servers take it: an international domain in its ASCII form."""
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def normal_phone(text: str, region: str = HOME_REGION) -> str:
    """The number in E.164, such as +358401234567; raises ValueError. Numbers without a country belong to `region`."""
    if region == HOME_REGION and (mobile := plain_mobile(text)):
        return mobile
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ValueError(f"{text} is not a phone number; write it as 040 1234567 or +358 40 1234567.") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError(f"{text} has too few or too many digits for a phone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def plain_mobile(text: str) -> str | None:
    """The number of a Finnish mobile phone in E.164, however grouped; None for others: they need a closer look."""
    mobile = PLAIN_MOBILE.fullmatch(text.translate(PUNCTUATION))
    return f"+358{mobile[1]}" if mobile else None


def letter_lines(address: dict[str, Any], language: str = "fi") -> list[str]:
    """The lines below the name: street, postal code with town in capitals, and the country of letters abroad."""
    place = f"{address.get('postal_code', '')} {address.get('city', '').upper()}".strip()
    country = address.get("country", HOME_REGION)
    abroad = "" if country == HOME_REGION else str(Locale(language).territories.get(country, country)).upper()
    return [line for line in (address.get("street", ""), place, abroad) if line] if place else []


def chosen_address(addresses: list[dict[str, Any]], *purposes: str) -> dict[str, Any]:
    """The first address of the first purpose that has one, else the first of all; empty without any."""
    for purpose in purposes:
        for address in addresses:
            if address.get("purpose", "postal") == purpose:
                return address
    return addresses[0] if addresses else {}
