"""Reading a stored bank file before the transaction begins."""

import io

from chassis import files, native
from contracts.errors import Invalid
from services.commerce.commands.bank_files import ReadFile, digest_of
from services.commerce.rules.bank_files import BankFileKind, InvalidBankFile, kind_of, read_bank_file

MOST_ENTRIES = 200_000
_HEAD = 4_096


def read(file_key: str) -> ReadFile:
    """The entries of a stored file. Raises NotFound, or Invalid with field, value and line of what is wrong."""
    content = files.load(file_key)
    try:
        return native.run(_read, content)
    except InvalidBankFile as error:
        raise Invalid.field(
            "/file", "invalid_bank_file", str(error), field=error.field, value=error.value, line=error.line
        ) from error


def _read(content: bytes) -> ReadFile:
    entries = []
    for entry in read_bank_file(io.BytesIO(content)):
        entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise InvalidBankFile(
                "file", "", entry.line, f"has more than {MOST_ENTRIES} entries; ask for a shorter period"
            )
    return ReadFile(digest_of(content), _format(content[:_HEAD]), entries)


def _format(head: bytes) -> str:
    if kind_of(head) is BankFileKind.KTL:
        return "ktl"
    return "camt.053" if b"BkToCstmrStmt" in head else "camt.054"
