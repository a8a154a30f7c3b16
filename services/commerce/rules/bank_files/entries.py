"""What every bank file comes down to: booked entries, and the checks their values must pass."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from services.commerce.rules.money import InexactMoney, whole_cents
from services.commerce.rules.references import InvalidReference, normalise_reference

LARGEST_AMOUNT = Decimal("999999999.99")
FIRST_YEAR, LAST_YEAR = 2000, 2099
LONGEST_TEXT = 1_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff]+")
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,5})?")


class InvalidBankFile(ValueError):
    """A file that is not to be booked: which field, with which value, on which line (0 when unknown)."""

    def __init__(self, field: str, value: str, line: int, reason: str) -> None:
        """`reason` says in English what is wrong and what to do."""
        shown = value if len(value) <= 60 else f"{value[:57]}..."
        super().__init__(f"line {line}, {field} {shown!r}: {reason}")
        self.field, self.value, self.line, self.reason = field, shown, line, reason


@dataclass(frozen=True)
class BankEntry:
    """One booked entry of a bank account.

    `amount` is signed euros: positive came in, negative went out (or was taken back, then `is_reversal`).
    `bank_reference` is the bank's own id (archive id) or "". `reference` is in canonical form (see
    `references.normalise_reference`) or None; what could not be read as one is kept in `message`.
    `payer_name` is the other party. `batch_size` is over 1 when the file gives only the sum of a batch; such a sum
    is for reconciliation and must not be booked as a payment, its parts come in camt.054 or KTL.
    `entry_key` is 64 hex digits, the same whenever and in whatever file the entry comes again.
    """

    entry_key: str
    iban: str
    booked_on: date
    amount: Decimal
    currency: str
    bank_reference: str
    reference: str | None
    payer_name: str
    message: str
    is_reversal: bool
    batch_size: int
    line: int


@dataclass(frozen=True)
class Draft:
    """An entry before it has its key. `other_ids` (such as the end-to-end id) tell it apart if the bank gives none."""

    iban: str
    booked_on: date
    amount: Decimal
    currency: str
    bank_reference: str
    reference_text: str
    payer_name: str
    message: str
    is_reversal: bool
    line: int
    batch_size: int = 1
    other_ids: str = ""


class EntryKeys:
    """Gives entries their keys while one file is read.

    With a bank reference the key is account, day, amount, currency and that reference, so that camt.053, camt.054
    and KTL agree. Equal parts of one batch get an ordinal, since some banks repeat the batch's reference on each
    part. Without a bank reference all known texts make the key, with an ordinal among equals in the file: reading
    the same file again gives the same keys.
    """

    def __init__(self) -> None:
        self._in_batch: Counter[str] = Counter()
        self._in_file: Counter[str] = Counter()

    def begin_batch(self) -> None:
        """The next entries are parts of a new booking."""
        self._in_batch.clear()

    def entry(self, draft: Draft) -> BankEntry:
        """The finished entry of a draft."""
        reference, message = _split_reference(draft.reference_text, draft.message)
        parts = [draft.iban, draft.booked_on.isoformat(), str(draft.amount), draft.currency, draft.bank_reference]
        counts = self._in_batch
        if not draft.bank_reference:
            parts += [draft.other_ids, draft.reference_text, draft.payer_name, draft.message]
            counts = self._in_file
        fingerprint = "\x1f".join(parts)
        ordinal = counts[fingerprint]
        counts[fingerprint] += 1
        return BankEntry(
            entry_key=hashlib.sha256(f"{fingerprint}\x1f{ordinal}".encode()).hexdigest(),
            iban=draft.iban,
            booked_on=draft.booked_on,
            amount=draft.amount,
            currency=draft.currency,
            bank_reference=draft.bank_reference,
            reference=reference,
            payer_name=draft.payer_name,
            message=message,
            is_reversal=draft.is_reversal,
            batch_size=draft.batch_size,
            line=draft.line,
        )


def clean_text(text: str | None) -> str:
    """Text fit to be shown and stored: control and direction characters become single spaces, at most 1,000 long."""
    return " ".join(_CONTROL.sub(" ", text or "").split())[:LONGEST_TEXT]


def read_amount(text: str, field: str, line: int) -> Decimal:
    """A positive or zero amount with at most two significant decimals; raises InvalidBankFile."""
    stripped = text.strip()
    if not _AMOUNT.fullmatch(stripped):
        raise InvalidBankFile(field, text, line, "must be an amount such as 12.34, without a sign")
    try:
        amount = whole_cents(Decimal(stripped))
    except (InexactMoney, InvalidOperation) as error:
        raise InvalidBankFile(field, text, line, "has parts of a cent") from error
    if amount > LARGEST_AMOUNT:
        raise InvalidBankFile(field, text, line, f"is more than {LARGEST_AMOUNT}; check the file")
    return amount


def read_date(text: str, field: str, line: int) -> date:
    """The day of an ISO date or date and time between 2000 and 2099; raises InvalidBankFile."""
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise InvalidBankFile(field, text, line, "must be a date such as 2026-11-23") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidBankFile(field, text, line, f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _split_reference(reference_text: str, message: str) -> tuple[str | None, str]:
    if not reference_text.strip("0 "):
        return None, message
    try:
        return normalise_reference(reference_text), message
    except InvalidReference:
        return None, " ".join(filter(None, (message, reference_text)))
