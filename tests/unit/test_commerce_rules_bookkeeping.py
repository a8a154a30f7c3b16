"""Feature E7: every posting balances, and one that does not cannot exist."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commerce.rules import bookkeeping as book
from services.commerce.rules.bookkeeping import (
    Account,
    Entry,
    Occasion,
    Posting,
    UnbalancedPosting,
    WrongPosting,
)
from services.commerce.rules.money import InexactMoney, total

ON = date(2026, 11, 23)
positive = st.decimals("0.01", "100000", places=2)


def balance(postings: list[Posting], account: Account) -> Decimal:
    return total(posting.amount_on(account) for posting in postings)


@pytest.mark.parametrize(
    "amounts", [(), (Decimal(10),), (Decimal(10), Decimal("-9.99")), (Decimal(0), Decimal(0))], ids=str
)
def test_E7_unbalanced_or_empty_posting_is_refused(amounts: tuple[Decimal, ...]) -> None:
    with pytest.raises(UnbalancedPosting):
        Posting(ON, Occasion.INVOICE_ISSUED, tuple(Entry(Account.BANK, amount) for amount in amounts))


def test_parts_of_a_cent_are_refused_even_when_they_balance() -> None:
    with pytest.raises(InexactMoney):
        Posting(
            ON, Occasion.CREDIT_USED, (Entry(Account.BANK, Decimal("0.005")), Entry(Account.SALES, Decimal("-0.005")))
        )


def test_invoice_debits_receivables_and_credits_income_and_vat() -> None:
    posting = book.invoice_issued(
        ON, {Account.COURSE_FEES: Decimal("100.00"), Account.SALES: Decimal("20.00")}, Decimal("30.60")
    )
    assert posting.entries == (
        Entry(Account.RECEIVABLES, Decimal("150.60")),
        Entry(Account.SALES, Decimal("-20.00")),
        Entry(Account.COURSE_FEES, Decimal("-100.00")),
        Entry(Account.VAT_PAYABLE, Decimal("-30.60")),
    )


def test_invoice_without_vat_has_no_empty_entry() -> None:
    posting = book.invoice_issued(ON, {Account.MEMBERSHIP_FEES: Decimal("45.00")}, Decimal("0.00"))
    assert {entry.account for entry in posting.entries} == {Account.RECEIVABLES, Account.MEMBERSHIP_FEES}


def test_E7_credit_note_cancels_its_invoice_on_every_account() -> None:
    sums = ({Account.SALES: Decimal("100.00")}, Decimal("25.50"))
    pair = [book.invoice_issued(ON, *sums), book.invoice_credited(ON, *sums)]
    assert all(balance(pair, account) == 0 for account in Account)
    assert pair[1].occasion is Occasion.INVOICE_CREDITED


def test_E7_over_payment_belongs_to_the_customer_not_to_income() -> None:
    posting = book.payment_received(ON, Decimal("60.00"), open_amount=Decimal("45.00"))
    assert posting.amount_on(Account.RECEIVABLES) == Decimal("-45.00")
    assert posting.amount_on(Account.CUSTOMER_CREDIT) == Decimal("-15.00")


def test_E7_part_payment_leaves_the_rest_open() -> None:
    posting = book.payment_received(ON, Decimal("20.00"), Decimal("45.00"), into=Account.CARD_CLEARING)
    assert posting.amount_on(Account.RECEIVABLES) == Decimal("-20.00")
    assert posting.amount_on(Account.CARD_CLEARING) == Decimal("20.00")


def test_payment_of_a_closed_invoice_is_all_credit() -> None:
    posting = book.payment_received(ON, Decimal("45.00"), open_amount=Decimal("0.00"))
    assert posting.amount_on(Account.CUSTOMER_CREDIT) == Decimal("-45.00")


def test_credit_is_used_and_refunded() -> None:
    story = [
        book.payment_received(ON, Decimal("60.00"), Decimal("45.00")),
        book.credit_used(ON, Decimal("10.00")),
        book.refund_paid(ON, Decimal("5.00")),
    ]
    assert balance(story, Account.CUSTOMER_CREDIT) == 0
    assert balance(story, Account.BANK) == Decimal("55.00")


def test_card_payments_reach_the_bank_with_the_payout() -> None:
    story = [
        book.payment_received(ON, Decimal("45.00"), Decimal("45.00"), Account.CARD_CLEARING),
        book.provider_settled(ON, Decimal("45.00")),
    ]
    assert balance(story, Account.CARD_CLEARING) == 0


@pytest.mark.parametrize("open_amount", [Decimal("0.03"), Decimal("-0.03")])
def test_rounding_difference_closes_both_ways(open_amount: Decimal) -> None:
    assert book.rounding_written_off(ON, open_amount).amount_on(Account.RECEIVABLES) == -open_amount


def test_credit_loss_takes_the_vat_back_and_reminder_has_none() -> None:
    assert book.credit_loss(ON, Decimal("100.00"), Decimal("25.50")).amount_on(Account.VAT_PAYABLE) == Decimal("25.50")
    assert book.reminder_charged(ON, Decimal("5.00"), Decimal("0.61")).amount_on(Account.RECEIVABLES) == Decimal("5.61")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: book.payment_received(ON, Decimal("-1.00"), Decimal("1.00")),
        lambda: book.payment_received(ON, Decimal("1.00"), Decimal("1.00"), into=Account.SALES),
        lambda: book.refund_paid(ON, Decimal("0.00")),
        lambda: book.refund_paid(ON, Decimal("1.00"), of=Account.SALES),
        lambda: book.rounding_written_off(ON, Decimal("1.01")),
        lambda: book.credit_used(ON, Decimal("-2.00")),
    ],
)
def test_senseless_amounts_are_refused(wrong: object) -> None:
    with pytest.raises(WrongPosting):
        wrong()  # type: ignore[operator]


@given(positive, st.decimals("0", "100000", places=2), st.sampled_from([Account.BANK, Account.CARD_CLEARING]))
def test_E7_any_payment_balances_and_its_reversal_undoes_it(
    amount: Decimal, open_amount: Decimal, into: Account
) -> None:
    payment = book.payment_received(ON, amount, open_amount, into)
    pair = [payment, book.payment_reversed(ON, payment)]
    assert total(entry.amount for entry in payment.entries) == 0
    assert -payment.amount_on(Account.RECEIVABLES) <= open_amount
    assert all(balance(pair, account) == 0 for account in Account)
