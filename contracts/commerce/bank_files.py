"""Bank files and their entries, matched to invoices by reference (E7)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import Amount, ById, Line, ListRequest, Page, Reply, Request, command, query
from contracts.system import SystemApi


class ImportBankFile(Request):
    """Books a stored bank file (camt.053, camt.054, KTL)."""

    file_key: Annotated[str, Field(max_length=120)]
    file_name: Line


class BankFile(Reply):
    """What a bank file held: entries new to us, matched by reference, unmatched, and seen before."""

    id: UUID
    file_name: str
    format: str
    imported_at: datetime
    entries: int
    matched: int
    unmatched: int
    duplicate: int


class BankEntry(Reply):
    """An entry of a bank file."""

    id: UUID
    booked_on: date
    amount: Amount
    reference: str = ""
    payer: str = ""
    message: str = ""
    state: str
    invoice_id: UUID | None = None


class ListBankEntries(ListRequest):
    """Entries of one bank file."""

    id: UUID


class BankFilesApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.PAYMENTS_WRITE, deadline=15)
    def import_bank_file(self, request: ImportBankFile) -> BankFile: ...

    @query(may=Permission.COMMERCE_READ)
    def get_bank_file(self, request: ById) -> BankFile: ...

    @query(may=Permission.COMMERCE_READ)
    def list_bank_files(self, request: ListRequest) -> Page[BankFile]: ...

    @query(may=Permission.COMMERCE_READ)
    def list_bank_entries(self, request: ListBankEntries) -> Page[BankEntry]: ...
