"""Incoming reference payments (KTL, "Saapuvat viitemaksut"): 90 characters a line, as Finance Finland describes.

`0` header, `3` reference payment or `5` direct debit, `9` sums; a file may hold several such batches. Texts may be
in 7-bit SFS 4017, where `{|}[\\]` stand for `äöåÄÖÅ`, in ISO 8859-1 or in UTF-8.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.commerce.rules.bank_files.entries import BankEntry, Draft, EntryKeys, InvalidBankFile, clean_text
from services.commerce.rules.bank_files.limits import LONGEST_LINE, LimitedStream
from services.commerce.rules.iban import InvalidIban, finnish_iban
from services.commerce.rules.money import CENT, ZERO

RECORD_LENGTH = 90
SFS_4017 = str.maketrans("{|}[\\]", "äöåÄÖÅ")
_EURO, _PAID, _CORRECTION = "1", "0", "1"


class _Field:
    """A field of a record: its name and its columns."""

    def __init__(self, name: str, start: int, length: int) -> None:
        self.name, self.start, self.end = name, start, start + length

    def of(self, record: str) -> str:
        return record[self.start : self.end]

    def number(self, record: str, line: int) -> int:
        text = self.of(record)
        if not (text.isascii() and text.isdigit()):
            raise InvalidBankFile(self.name, text, line, f"must be {self.end - self.start} digits")
        return int(text)


_ACCOUNT, _BOOKED_ON = _Field("account", 1, 14), _Field("booking date", 15, 6)
_ARCHIVE_ID, _REFERENCE = _Field("archive id", 27, 16), _Field("reference", 43, 20)
_PAYER, _CURRENCY, _AMOUNT = _Field("payer", 63, 12), _Field("currency", 75, 1), _Field("amount", 77, 10)
_CORRECTION_CODE, _RESULT = _Field("correction code", 87, 1), _Field("result code", 89, 1)
_SUM_FIELDS = (_Field("payment count", 1, 6), _Field("payment sum", 7, 11))
_CORRECTION_SUM_FIELDS = (_Field("correction count", 18, 6), _Field("correction sum", 24, 11))


class _Batch:
    """Counts and sums in cents between a header and its sums record."""

    def __init__(self) -> None:
        self.payments, self.corrections = [0, 0], [0, 0]

    def add(self, amount: Decimal) -> None:
        counted = self.payments if amount >= ZERO else self.corrections
        counted[0] += 1
        counted[1] += int(abs(amount) / CENT)

    def check(self, record: str, line: int) -> None:
        fields = (*_SUM_FIELDS, *_CORRECTION_SUM_FIELDS)
        for field, found in zip(fields, (*self.payments, *self.corrections), strict=True):
            if field.number(record, line) != found:
                raise InvalidBankFile(field.name, field.of(record), line, f"the records before it give {found}")


def read_ktl(stream: LimitedStream) -> Iterator[BankEntry]:
    """The paid entries; raises InvalidBankFile for wrong fields, wrong sums and a file cut short."""
    keys, batch, line = EntryKeys(), None, 0
    for line, record in _records(stream):
        kind = record[0]
        if kind == "0" and batch is None:
            batch = _Batch()
        elif kind in "35" and batch is not None:
            if _is_paid(record):
                draft = _draft(record, line)
                batch.add(draft.amount)
                keys.begin_batch()
                yield keys.entry(draft)
        elif kind == "9" and batch is not None:
            batch.check(record, line)
            batch = None
        else:
            raise InvalidBankFile(
                "record type", kind, line, "does not belong here; 0, 3 or 5, and 9 must follow in order"
            )
    if batch is not None:
        raise InvalidBankFile("record type", "", line, "the file is cut short: its sums (record 9) are missing")


def _records(stream: LimitedStream) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(_lines(stream), start=1):
        text = _decode(raw).rstrip("\r\n\x1a ")
        if text:
            yield number, text.ljust(RECORD_LENGTH)


def _lines(stream: LimitedStream) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read():
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        if len(rest) > LONGEST_LINE:
            raise InvalidBankFile("line", "", 0, f"is longer than {LONGEST_LINE} characters; this is no KTL file")
    yield rest


def _decode(raw: bytes) -> str:
    if raw.isascii():
        return raw.decode("ascii")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-1")


def _is_paid(record: str) -> bool:
    """A direct debit the payer's bank refused (result code other than 0) is no entry on the account."""
    return record[0] == "3" or _RESULT.of(record) == _PAID


def _draft(record: str, line: int) -> Draft:
    if len(record) != RECORD_LENGTH:
        raise InvalidBankFile("record", record, line, f"has {len(record)} characters instead of {RECORD_LENGTH}")
    if _CURRENCY.of(record) != _EURO:
        raise InvalidBankFile(_CURRENCY.name, _CURRENCY.of(record), line, "must be 1 (euro)")
    correction = _CORRECTION_CODE.of(record) == _CORRECTION
    amount = _AMOUNT.number(record, line) * CENT
    return Draft(
        iban=_iban(record, line),
        booked_on=_day(record, line),
        amount=-amount if correction else amount,
        currency="EUR",
        bank_reference=_ARCHIVE_ID.of(record).strip(),
        reference_text=_REFERENCE.of(record).strip(),
        payer_name=clean_text(_PAYER.of(record).translate(SFS_4017)),
        message="",
        is_reversal=correction,
        line=line,
    )


def _iban(record: str, line: int) -> str:
    try:
        return finnish_iban(_ACCOUNT.of(record))
    except InvalidIban as error:
        raise InvalidBankFile(
            _ACCOUNT.name, _ACCOUNT.of(record), line, "must be an account number of 14 digits"
        ) from error


def _day(record: str, line: int) -> date:
    text = _BOOKED_ON.of(record)
    _BOOKED_ON.number(record, line)
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError as error:
        raise InvalidBankFile(_BOOKED_ON.name, text, line, "must be a day as YYMMDD") from error
