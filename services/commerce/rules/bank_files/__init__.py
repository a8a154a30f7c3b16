"""Bank files as one stream of BankEntry values: camt.053, camt.054 (ISO 20022) and Finnish reference payments (KTL)."""

from services.commerce.rules.bank_files.entries import BankEntry, InvalidBankFile
from services.commerce.rules.bank_files.reader import BankFileKind, kind_of, read_bank_file

__all__ = ["BankEntry", "BankFileKind", "InvalidBankFile", "kind_of", "read_bank_file"]
