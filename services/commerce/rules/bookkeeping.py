"""Double-entry postings of sales and payments; a posting that does not balance cannot be made (E7).

Amounts are signed euros: debit is positive, credit negative (as in Finnish journal exports); the sum is zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.commerce.rules.money import ZERO, total, whole_cents

LARGEST_ROUNDING = Decimal("1.00")


class Account(StrEnum):
    """The house chart of accounts, numbered like the usual Finnish charts; exports map the codes to others."""

    RECEIVABLES = "1700"
    CARD_CLEARING = "1780"  # captured by the payment provider, not yet on the bank account
    BANK = "1910"
    CUSTOMER_CREDIT = "2870"  # over-payments and other money that belongs to customers
    VAT_PAYABLE = "2939"
    SALES = "3000"
    MEMBERSHIP_FEES = "3100"
    COURSE_FEES = "3200"
    REMINDER_FEES = "3890"
    ROUNDING = "3990"
    CREDIT_LOSSES = "7790"
    INTEREST_INCOME = "9160"


class Occasion(StrEnum):
    """What happened; the text of the journal line belongs to the user interface."""

    INVOICE_ISSUED = "invoice_issued"
    INVOICE_CREDITED = "invoice_credited"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_REVERSED = "payment_reversed"
    CREDIT_USED = "credit_used"
    REFUND_PAID = "refund_paid"
    ROUNDING_WRITTEN_OFF = "rounding_written_off"
    CREDIT_LOSS = "credit_loss"
    REMINDER_CHARGED = "reminder_charged"
    PROVIDER_SETTLED = "provider_settled"


class UnbalancedPosting(ValueError):
    """Debits and credits differ, or there is nothing to post."""


class WrongPosting(ValueError):
    """An amount that makes no sense for the occasion, such as a negative payment."""


@dataclass(frozen=True)
class Entry:
    """One line of a posting: debit positive, credit negative."""

    account: Account
    amount: Decimal


@dataclass(frozen=True)
class Posting:
    """Entries of one occasion on one day; refuses to be empty, unbalanced or inexact."""

    on: date
    occasion: Occasion
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        balance = total(whole_cents(entry.amount) for entry in self.entries)
        if balance != ZERO:
            raise UnbalancedPosting(f"{self.occasion} on {self.on}: debits and credits differ by {balance}")
        if not self.entries or any(entry.amount == ZERO for entry in self.entries):
            raise UnbalancedPosting(f"{self.occasion} on {self.on}: a posting needs entries other than zero")

    def amount_on(self, account: Account) -> Decimal:
        """The sum of this posting on an account, debit positive."""
        return total(entry.amount for entry in self.entries if entry.account is account)

    def reversed(self, on: date, occasion: Occasion) -> "Posting":
        """The exact opposite, on another day."""
        return Posting(on, occasion, tuple(Entry(entry.account, -entry.amount) for entry in self.entries))


def invoice_issued(on: date, net_by_account: Mapping[Account, Decimal], vat: Decimal) -> Posting:
    """Receivables against income and VAT; negative sums make it a credit note's posting."""
    income = [(account, -net) for account, net in sorted(net_by_account.items())]
    gross = total(net_by_account.values()) + vat
    occasion = Occasion.INVOICE_ISSUED if gross >= ZERO else Occasion.INVOICE_CREDITED
    return _post(on, occasion, [(Account.RECEIVABLES, gross), *income, (Account.VAT_PAYABLE, -vat)])


def invoice_credited(on: date, net_by_account: Mapping[Account, Decimal], vat: Decimal) -> Posting:
    """The opposite of `invoice_issued` for the (positive) sums of a credit note."""
    issued = invoice_issued(on, net_by_account, vat)
    return issued.reversed(on, Occasion.INVOICE_CREDITED)


def payment_received(on: date, amount: Decimal, open_amount: Decimal, into: Account = Account.BANK) -> Posting:
    """Money for an invoice with `open_amount` left: what is over goes to the customer's credit, never to income."""
    _require_positive(amount, "a payment")
    settled = min(amount, max(open_amount, ZERO))
    settlement = [(Account.RECEIVABLES, -settled), (Account.CUSTOMER_CREDIT, settled - amount)]
    return _post(on, Occasion.PAYMENT_RECEIVED, [(_money_account(into), amount), *settlement])


def payment_reversed(on: date, payment: Posting) -> Posting:
    """A payment the bank or the card company took back."""
    return payment.reversed(on, Occasion.PAYMENT_REVERSED)


def credit_used(on: date, amount: Decimal) -> Posting:
    """A customer's earlier over-payment settles (part of) an invoice."""
    _require_positive(amount, "used credit")
    return _post(on, Occasion.CREDIT_USED, [(Account.CUSTOMER_CREDIT, amount), (Account.RECEIVABLES, -amount)])


def refund_paid(
    on: date, amount: Decimal, from_account: Account = Account.BANK, of: Account = Account.CUSTOMER_CREDIT
) -> Posting:
    """Money back to a customer: of the customer's credit, or of a credited invoice (`of` receivables)."""
    _require_positive(amount, "a refund")
    if of not in (Account.CUSTOMER_CREDIT, Account.RECEIVABLES):
        raise WrongPosting(f"a refund is paid of customer credit or receivables, not of account {of}")
    return _post(on, Occasion.REFUND_PAID, [(of, amount), (_money_account(from_account), -amount)])


def rounding_written_off(on: date, open_amount: Decimal) -> Posting:
    """A remainder of at most one euro, open (positive) or paid over (negative), closed for good."""
    if abs(open_amount) > LARGEST_ROUNDING:
        raise WrongPosting(f"{open_amount} is no rounding difference; at most {LARGEST_ROUNDING} may be written off so")
    return _post(
        on, Occasion.ROUNDING_WRITTEN_OFF, [(Account.ROUNDING, open_amount), (Account.RECEIVABLES, -open_amount)]
    )


def credit_loss(on: date, net: Decimal, vat: Decimal) -> Posting:
    """An invoice that will not be paid; its VAT comes back (arvonlisäverolaki 78 §)."""
    _require_positive(net + vat, "a credit loss")
    loss = [(Account.CREDIT_LOSSES, net), (Account.VAT_PAYABLE, vat)]
    return _post(on, Occasion.CREDIT_LOSS, [*loss, (Account.RECEIVABLES, -(net + vat))])


def reminder_charged(on: date, fee: Decimal, interest: Decimal) -> Posting:
    """A reminder's fee and late-payment interest, both outside VAT."""
    income = [(Account.REMINDER_FEES, -fee), (Account.INTEREST_INCOME, -interest)]
    return _post(on, Occasion.REMINDER_CHARGED, [(Account.RECEIVABLES, fee + interest), *income])


def provider_settled(on: date, amount: Decimal) -> Posting:
    """The payment provider's payout of captured card payments reaches the bank account."""
    _require_positive(amount, "a payout")
    return _post(on, Occasion.PROVIDER_SETTLED, [(Account.BANK, amount), (Account.CARD_CLEARING, -amount)])


def _post(on: date, occasion: Occasion, amounts: Iterable[tuple[Account, Decimal]]) -> Posting:
    return Posting(on, occasion, tuple(Entry(account, whole_cents(amount)) for account, amount in amounts if amount))


def _require_positive(amount: Decimal, what: str) -> None:
    if whole_cents(amount) <= ZERO:
        raise WrongPosting(f"{what} must be more than zero, not {amount}")


def _money_account(account: Account) -> Account:
    if account not in (Account.BANK, Account.CARD_CLEARING):
        raise WrongPosting(f"account {account} holds no money; use bank or card clearing")
    return account
