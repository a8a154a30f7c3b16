"""Streaming reader of camt.053 (statement) and camt.054 (notification), message versions 02 to 08 and likely later.

Elements are found by their local names, so that the namespace's version does not matter. Only booked entries
(status BOOK) are read. ISO 20022; Finance Finland, "ISO 20022 account statement / transaction report guide".
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from services.commerce.rules.bank_files.camt_fields import all_texts, child, first_text, local_name, path_text
from services.commerce.rules.bank_files.entries import (
    BankEntry,
    Draft,
    EntryKeys,
    InvalidBankFile,
    clean_text,
    read_amount,
    read_date,
)
from services.commerce.rules.bank_files.limits import LimitedStream
from services.commerce.rules.iban import InvalidIban, normalise_iban
from services.commerce.rules.money import total

MESSAGES = ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
_REPORTS = ("Stmt", "Ntfctn")
_SIGNS = {"CRDT": 1, "DBIT": -1}
_NOT_PROVIDED = "NOTPROVIDED"


def read_camt(stream: LimitedStream) -> Iterator[BankEntry]:
    """The booked entries, batches split into their parts; raises InvalidBankFile."""
    keys, iban = EntryKeys(), ""
    try:
        for element in _finished_elements(stream):
            name = local_name(element)
            if name == "Acct" and _parent_name(element) in _REPORTS:
                iban = _account(element)
            elif name == "Ntry":
                keys.begin_batch()
                yield from (keys.entry(draft) for draft in _drafts(element, iban))
                _free(element)
            elif name in _REPORTS:
                iban = ""
                _free(element)
    except etree.XMLSyntaxError as error:
        raise InvalidBankFile("XML", "", error.lineno or 0, f"is not well-formed: {error.msg}") from error


def _finished_elements(stream: LimitedStream) -> Iterator[etree._Element]:
    """Elements as they end; refuses document types (entity bombs) and other messages at the first elements."""
    seen = 0
    parsing = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for event, element in parsing:
        if event == "end":
            yield element
            continue
        seen += 1
        if seen <= 2:
            _check_message(element, seen)
    if seen <= 1:
        raise InvalidBankFile("Document", "", 1, "is empty")


def _check_message(element: etree._Element, place: int) -> None:
    name = local_name(element)
    if place == 1 and _document_type(element):
        raise InvalidBankFile("DOCTYPE", "", 1, "a bank file may not define a document type or entities")
    if (place == 1 and name != "Document") or (place == 2 and name not in MESSAGES):
        raise InvalidBankFile("message", name, _line(element), "is not camt.053 or camt.054; choose another file")


def _document_type(root: etree._Element) -> str:
    information: Any = root.getroottree().docinfo
    return str(information.doctype)


def _account(element: etree._Element) -> str:
    text = path_text(element, "Id", "IBAN")
    try:
        return normalise_iban(text)
    except InvalidIban as error:
        raise InvalidBankFile("Acct/Id/IBAN", text, _line(element), "must be a valid IBAN") from error


def _drafts(entry: etree._Element, iban: str) -> list[Draft]:
    if first_text(entry, ("Sts", "Cd"), ("Sts",)) != "BOOK":
        return []
    if not iban:
        raise InvalidBankFile("Acct", "", _line(entry), "an entry comes before its account")
    whole = _draft(entry, iban)
    details = [part for group in _children(entry, "NtryDtls") for part in _children(group, "TxDtls")]
    if not details:
        return [_sum_only(entry, whole)]
    parts = [_part(detail, whole, only=len(details) == 1) for detail in details]
    if total(part.amount for part in parts) != whole.amount:
        raise InvalidBankFile("Ntry/Amt", str(whole.amount), whole.line, "its details (TxDtls) give another sum")
    return parts


def _draft(entry: etree._Element, iban: str) -> Draft:
    line = _line(entry)
    amount, currency = _amount(child(entry, "Amt"), line)
    booked = first_text(entry, ("BookgDt", "Dt"), ("BookgDt", "DtTm"), ("ValDt", "Dt"), ("ValDt", "DtTm"))
    return Draft(
        iban=iban,
        booked_on=read_date(booked, "BookgDt", line),
        amount=amount * _sign(entry, line),
        currency=currency,
        bank_reference=clean_text(path_text(entry, "AcctSvcrRef")),
        reference_text="",
        payer_name="",
        message=clean_text(path_text(entry, "AddtlNtryInf")),
        is_reversal=path_text(entry, "RvslInd").lower() in ("true", "1"),
        line=line,
        other_ids=clean_text(path_text(entry, "NtryRef")),
    )


def _sum_only(entry: etree._Element, whole: Draft) -> Draft:
    group = child(entry, "NtryDtls")
    count = path_text(group, "Btch", "NbOfTxs") if group is not None else ""
    size = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 1
    return Draft(**{**vars(whole), "batch_size": max(size, 1)})


def _part(detail: etree._Element, whole: Draft, *, only: bool) -> Draft:
    line = _line(detail)
    outgoing = whole.amount < 0
    references = child(detail, "Refs")
    other_ids = " ".join(all_texts(references, "EndToEndId", "TxId", "InstrId", "PmtInfId", "MsgId"))
    fields = {
        "amount": whole.amount if only else _part_amount(detail, whole, line),
        "bank_reference": clean_text(path_text(detail, "Refs", "AcctSvcrRef")) or whole.bank_reference,
        "reference_text": clean_text(path_text(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")),
        "payer_name": _party(detail, "Cdtr" if outgoing else "Dbtr"),
        "message": clean_text(" ".join(all_texts(child(detail, "RmtInf"), "Ustrd"))),
        "line": line,
        "other_ids": clean_text(other_ids.replace(_NOT_PROVIDED, "")),
    }
    return Draft(**{**vars(whole), **fields})


def _part_amount(detail: etree._Element, whole: Draft, line: int) -> Decimal:
    """Version 04 and later have the amount on the part; before, in its amount details."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        found = child(detail, *path)
        if found is not None and found.get("Ccy") == whole.currency:
            sign = (
                _sign(detail, line)
                if child(detail, "CdtDbtInd") is not None
                else _SIGNS["CRDT" if whole.amount >= 0 else "DBIT"]
            )
            return _amount(found, line)[0] * sign
    raise InvalidBankFile("TxDtls/Amt", "", line, f"a part of a batch has no amount in {whole.currency}")


def _amount(element: etree._Element | None, line: int) -> tuple[Decimal, str]:
    if element is None:
        raise InvalidBankFile("Amt", "", line, "is missing")
    currency = element.get("Ccy", "")
    if len(currency) != 3 or not (currency.isascii() and currency.isupper()):
        raise InvalidBankFile("Amt/Ccy", currency, line, "must be a currency such as EUR")
    return read_amount(element.text or "", "Amt", _line(element)), currency


def _sign(element: etree._Element, line: int) -> int:
    indicator = path_text(element, "CdtDbtInd")
    if indicator not in _SIGNS:
        raise InvalidBankFile("CdtDbtInd", indicator, line, "must be CRDT or DBIT")
    return _SIGNS[indicator]


def _party(detail: etree._Element, role: str) -> str:
    """The other party: the ultimate one if the payment was made on behalf of somebody."""
    parties = child(detail, "RltdPties")
    if parties is None:
        return ""
    paths = [(f"Ultmt{role}", "Nm"), (f"Ultmt{role}", "Pty", "Nm"), (role, "Nm"), (role, "Pty", "Nm")]
    return clean_text(first_text(parties, *paths))


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [found for found in element if local_name(found) == name]


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else local_name(parent)


def _line(element: etree._Element) -> int:
    line: int | None = getattr(element, "sourceline", None)
    return line or 0


def _free(element: etree._Element) -> None:
    """Forget an element that has been read, and what stood before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
