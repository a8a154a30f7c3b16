"""The double-entry ledger: postings, open items, trial balance (E7)."""

from datetime import date
from uuid import UUID

from contracts.access import Permission
from contracts.base import Amount, ListRequest, Nothing, Page, Reply, query
from contracts.system import SystemApi


class OpenItem(Reply):
    """An invoice that is not paid wholly."""

    invoice_id: UUID
    number: str
    customer_id: UUID
    due_on: date
    gross: Amount
    open_amount: Amount
    days_overdue: int


class LedgerEntry(Reply):
    """One line of a posting: debit positive, credit negative."""

    id: UUID
    posting_id: UUID
    booked_on: date
    account: str
    amount: Amount
    text: str


class TrialBalanceLine(Reply):
    """The sum of one account."""

    account: str
    debit: Amount
    credit: Amount
    balance: Amount


class TrialBalance(Reply):
    """All accounts; `difference` is zero when the books balance."""

    lines: list[TrialBalanceLine]
    difference: Amount


class LedgerApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.COMMERCE_READ)
    def list_open_items(self, request: ListRequest) -> Page[OpenItem]: ...

    @query(may=Permission.COMMERCE_READ)
    def list_ledger_entries(self, request: ListRequest) -> Page[LedgerEntry]: ...

    @query(may=Permission.COMMERCE_READ)
    def get_trial_balance(self, request: Nothing) -> TrialBalance: ...
