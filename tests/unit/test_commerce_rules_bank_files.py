"""Feature E7: bank files become entries that can be booked once and only once; bad files are refused with a reason."""

import io
import tracemalloc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commerce.rules.bank_files import BankEntry, InvalidBankFile, read_bank_file

BANK = Path(__file__).parent.parent / "data" / "bank"
FILES = ["camt053_v02.xml", "camt053_v08.xml", "camt054_v02.xml", "camt054_v08.xml", "ktl_sfs4017.txt"]
CAMT = (BANK / "camt054_v08.xml").read_bytes()
STATEMENT = (BANK / "camt053_v02.xml").read_bytes()
KTL = (BANK / "ktl_sfs4017.txt").read_bytes()
AINO = "2026112059340001"


def entries(content: bytes, limit: int = 10_000_000) -> list[BankEntry]:
    return list(read_bank_file(io.BytesIO(content), limit))


def by_bank_reference(content: bytes) -> dict[str, BankEntry]:
    return {entry.bank_reference: entry for entry in entries(content)}


@pytest.mark.parametrize("name", FILES)
def test_E7_reference_payment_reads_the_same_from_every_file(name: str) -> None:
    entry = by_bank_reference((BANK / name).read_bytes())[AINO]
    assert (entry.iban, entry.booked_on, entry.amount, entry.currency) == (
        "FI2112345600000785", date(2026, 11, 20), Decimal("48.40"), "EUR",
    )  # fmt: skip
    assert entry.reference == "20260001230"
    assert set(entry.payer_name.split()) == {"Aino", "Mäkelä"}


def test_E7_entry_has_one_key_in_statement_notification_and_ktl() -> None:
    keys = [{found.bank_reference: found.entry_key for found in entries((BANK / name).read_bytes())} for name in FILES]
    for archive_id in (AINO, "2026112059340002", "2026112059340003"):
        assert len({of_file[archive_id] for of_file in keys}) == 1


@pytest.mark.parametrize("name", FILES)
def test_E7_reading_again_gives_the_same_keys_and_none_twice(name: str) -> None:
    content = (BANK / name).read_bytes()
    keys = [entry.entry_key for entry in entries(content)]
    assert keys == [entry.entry_key for entry in entries(content)]
    assert len(set(keys)) == len(keys)


def test_batch_is_split_and_rf_reference_becomes_the_national_one() -> None:
    first, second, *_ = entries(CAMT)
    assert [first.amount, second.amount] == [Decimal("48.40"), Decimal("120.00")]
    assert (second.reference, second.payer_name) == ("1232", "Matti Öhman & Åsa Öhman")


def test_reversal_is_negative_and_marked_in_camt_and_ktl() -> None:
    for content in (CAMT, KTL):
        taken_back = by_bank_reference(content)["2026112059340003"]
        assert (taken_back.amount, taken_back.is_reversal) == (Decimal("-15.00"), True)


def test_free_text_payment_has_no_reference() -> None:
    donation = by_bank_reference(CAMT)["2026112059340004"]
    assert (donation.reference, donation.message) == (None, "Lahjoitus nuorille")


def test_statement_shows_charges_and_batch_sums_but_nothing_pending() -> None:
    found = by_bank_reference(STATEMENT)
    assert (found["2026112059340005"].amount, found["2026112059340005"].message) == (Decimal("-5.20"), "Palvelumaksu")
    assert found["2026112059340006"].batch_size == 3
    assert "2026112059340007" not in found


def test_wrong_reference_is_kept_as_text_for_people_to_read() -> None:
    entry = entries(CAMT.replace(b"00000000020260001230", b"20260001239"))[0]
    assert (entry.reference, entry.message) == (None, "20260001239")


def test_refused_direct_debit_is_no_money() -> None:
    assert "2026112059340008" not in by_bank_reference(KTL)


def test_ktl_reads_latin_1_and_utf_8_too() -> None:
    for encoding in ("iso-8859-1", "utf-8"):
        content = KTL.decode().replace("M{kel{", "Mäkelä").encode(encoding)
        assert entries(content)[0].payer_name == "Mäkelä Aino"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_camt_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    declared = "iso-8859-1" if encoding == "iso-8859-1" else encoding.removesuffix("-sig")
    content = CAMT.decode().replace('encoding="UTF-8"', f'encoding="{declared}"').encode(encoding)
    assert [entry.entry_key for entry in entries(content)] == [entry.entry_key for entry in entries(CAMT)]
    assert entries(content)[0].payer_name == "Aino Mäkelä"


def test_future_message_version_is_read_like_the_last_known() -> None:
    assert entries(CAMT.replace(b"camt.054.001.08", b"camt.054.001.13")) == entries(CAMT)


def test_equal_parts_under_one_bank_reference_are_two_payments() -> None:
    content = CAMT.replace(b"2026112059340002", AINO.encode()).replace(b"48.40", b"84.20").replace(b"120.00", b"84.20")
    first, second, *_ = entries(content)
    assert first.bank_reference == second.bank_reference
    assert first.entry_key != second.entry_key


def test_same_booking_twice_in_a_file_is_one_key() -> None:
    start, end = CAMT.index(b"<Ntry>"), CAMT.index(b"</Ntry>") + len(b"</Ntry>")
    doubled = CAMT[:end] + CAMT[start:end] + CAMT[end:]
    keys = [entry.entry_key for entry in entries(doubled)]
    assert len(keys) == len(set(keys)) + 2


def test_payments_without_any_bank_id_are_told_apart_by_their_order() -> None:
    nameless = CAMT.replace(b"<AcctSvcrRef>2026112059340001</AcctSvcrRef>", b"").replace(
        b"<AcctSvcrRef>2026112059340009</AcctSvcrRef>", b""
    )
    start, end = nameless.index(b"<Ntry>"), nameless.index(b"</Ntry>") + len(b"</Ntry>")
    doubled = nameless[:end] + nameless[start:end] + nameless[end:]
    unnamed = [entry for entry in entries(doubled) if not entry.bank_reference]
    assert len(unnamed) == len({entry.entry_key for entry in unnamed}) == 2
    assert [entry.entry_key for entry in entries(doubled)] == [entry.entry_key for entry in entries(doubled)]


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new, 1)


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'
BAD_FILES: list[tuple[str, bytes, str]] = [
    ("entity bomb", replaced(CAMT, DECLARATION, BOMB), "DOCTYPE"),
    ("external entity", replaced(CAMT, DECLARATION, EXTERNAL).replace(b"Aino", b"&a;"), "DOCTYPE"),
    ("cut short", CAMT[: len(CAMT) // 2], "XML"),
    ("wrong encoding", replaced(CAMT, "Mäkelä".encode(), "Mäkelä".encode("latin-1")), "XML"),
    ("unknown encoding", replaced(CAMT, b"UTF-8", b"X-NONE"), "XML"),
    ("other message", replaced(CAMT, b"BkToCstmrDbtCdtNtfctn>", b"CstmrCdtTrfInitn>"), "message"),
    ("no document", b"<html><body/></html>", "message"),
    ("empty document", b"<Document/>", "Document"),
    ("negative amount", replaced(CAMT, b">30.00<", b">-30.00<"), "Amt"),
    ("absurd amount", replaced(CAMT, b">30.00<", b">9999999999.00<"), "Amt"),
    ("exponent", replaced(CAMT, b">30.00<", b">3e9<"), "Amt"),
    ("parts of a cent", replaced(CAMT, b">30.00<", b">30.005<"), "Amt"),
    ("not a number", replaced(CAMT, b">30.00<", b">NaN<"), "Amt"),
    ("other digits", replaced(CAMT, b">30.00<", ">٣٠<".encode()), "Amt"),
    ("no currency", replaced(CAMT, b' Ccy="EUR"', b""), "Amt/Ccy"),
    ("no direction", replaced(CAMT, b"<CdtDbtInd>CRDT</CdtDbtInd>", b""), "CdtDbtInd"),
    ("impossible day", replaced(CAMT, b"2026-11-20", b"2026-13-45"), "BookgDt"),
    ("absurd year", replaced(CAMT, b"2026-11-20", b"9999-12-31"), "BookgDt"),
    ("parts differ from sum", replaced(CAMT, b">168.40<", b">168.41<"), "Ntry/Amt"),
    ("wrong account", replaced(CAMT, b"FI2112345600000785", b"FI2112345600000786"), "Acct/Id/IBAN"),
    ("no account", replaced(CAMT, b"<IBAN>FI2112345600000785</IBAN>", b""), "Acct/Id/IBAN"),
    ("endless nesting", DECLARATION + b"<Document>" + b"<BkToCstmrStmt>" * 5_000, "XML"),
    ("entry before its account", CAMT.replace(b"<Acct>", b"<Other>").replace(b"</Acct>", b"</Other>"), "Acct"),
    ("empty file", b"", "file"),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(100), "file"),
    ("ktl without sums", b"".join(KTL.splitlines(keepends=True)[:-1]), "record type"),
    ("ktl with a wrong sum", replaced(KTL, b"00000016840", b"00000016841"), "payment sum"),
    ("ktl with a wrong count", replaced(KTL, b"9000002", b"9000003"), "payment count"),
    ("ktl in marks", replaced(KTL, b"1A0000004840", b"2A0000004840"), "currency"),
    ("ktl with letters in the sum", replaced(KTL, b"0000004840", b"00000O4840"), "amount"),
    ("ktl with a negative sum", replaced(KTL, b"0000004840", b"-000004840"), "amount"),
    ("ktl with an impossible day", replaced(KTL, b"261120", b"261320"), "booking date"),
    ("ktl with a long line", replaced(KTL, b"M{kel{ Aino", b"M{kel{ Aino and more"), "record"),
    ("ktl of one endless line", b"0261121" + b"0" * 100_000, "line"),
    ("ktl of unknown records", KTL.replace(b"\n3", b"\n7"), "record type"),
]


@pytest.mark.parametrize(("content", "field"), [bad[1:] for bad in BAD_FILES], ids=[bad[0] for bad in BAD_FILES])
def test_E7_bad_file_is_refused_and_says_where(content: bytes, field: str) -> None:
    with pytest.raises(InvalidBankFile) as refused:
        entries(content)
    assert refused.value.field == field
    assert refused.value.reason


def test_error_names_the_line_and_a_short_value() -> None:
    with pytest.raises(InvalidBankFile, match=r"line 16, Amt 'x{57}\.\.\.'") as refused:
        entries(replaced(CAMT, b">48.40<", b">" + b"x" * 5_000 + b"<"))
    assert refused.value.line == CAMT[: CAMT.index(b">48.40<")].count(b"\n") + 1 == 16


def test_file_over_the_limit_is_refused_while_reading() -> None:
    with pytest.raises(InvalidBankFile, match="larger than"):
        entries(KTL.replace(b"\r\n", b"\r\n" + b" " * 80 + b"\r\n") * 200, limit=50_000)


def many_payments(count: int) -> bytes:
    start, end = CAMT.index(b"<Ntry>"), CAMT.index(b"</Ntry>") + len(b"</Ntry>")
    booking = CAMT[start:end]
    bookings = b"\n".join(booking.replace(b"2026112059", b"%010d" % number) for number in range(count))
    return CAMT[:start] + bookings + CAMT[end:]


def test_memory_does_not_grow_with_the_file() -> None:
    content = many_payments(1_000)
    tracemalloc.start()
    read = sum(1 for _ in read_bank_file(io.BytesIO(content)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 2_002
    assert peak < len(content) / 2 < 5_000_000


def mutated(content: bytes) -> Callable[[st.DataObject], bytes]:
    def mutate(data: st.DataObject) -> bytes:
        place = data.draw(st.integers(0, len(content) - 1))
        return content[:place] + data.draw(st.binary(max_size=3)) + content[place + data.draw(st.integers(0, 20)) :]

    return mutate


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_damaged_files_are_read_or_refused_but_never_crash(name: str, data: st.DataObject) -> None:
    damaged = mutated((BANK / name).read_bytes())(data)
    try:
        found = entries(damaged)
    except InvalidBankFile:
        return
    assert all(abs(entry.amount) <= Decimal("999999999.99") for entry in found)
