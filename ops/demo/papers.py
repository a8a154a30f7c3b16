"""Files the story brings along: contact lists as CSV and XLSX, a bank file."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

import xlsxwriter

from ops.people import InventedOrganisation, InventedPerson

HEADINGS = (
    "Etunimi",
    "Sukunimi",
    "Sähköposti",
    "Puhelin",
    "Kieli",
    "Syntymäaika",
    "Osoite",
    "Postinumero",
    "Postitoimipaikka",
)
EMPLOYMENT = ("Organisaatio", "Y-tunnus", "Tehtävä")


def cells(person: InventedPerson) -> list[str]:
    """A person's row under HEADINGS, dates the Finnish way."""
    born = person.birth_date
    return [
        person.given_name,
        person.family_name,
        person.email,
        person.phone,
        person.language,
        f"{born.day}.{born.month}.{born.year}",
        person.street,
        person.postal_code,
        person.city,
    ]


def csv_file(
    people: Iterable[InventedPerson], *, encoding: str = "utf-8", delimiter: str = ",", extra: str = ""
) -> bytes:
    """A CSV file; `extra` is put after the last row as it is."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(cells(person) for person in people)
    return (text.getvalue() + extra).encode(encoding, "replace")


def xlsx_file(people: Iterable[InventedPerson], employers: list[InventedOrganisation], title: str) -> bytes:
    """An Excel workbook of persons with their employers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Jäsenet")
        sheet.write_row(0, 0, [*HEADINGS, *EMPLOYMENT])
        for row, person in enumerate(people, start=1):
            employer = employers[row % len(employers)]
            sheet.write_row(row, 0, [*cells(person), employer.name, employer.business_id, title])
    return content.getvalue()


def is_finnish_reference(reference: str) -> bool:
    """Whether the last digit is the check digit of the others (weights 7, 3, 1 from the right)."""
    digits = [int(each) for each in reversed(reference)]
    weighted = sum(digit * (7, 3, 1)[place % 3] for place, digit in enumerate(digits[1:]))
    return len(digits) >= 4 and (weighted + digits[0]) % 10 == 0


def camt_054(iban: str, booked_on: date, message_id: str, payments: list[tuple[str, str, str]]) -> bytes:
    """A bank's notice of credits: payments as (amount, reference, payer)."""
    entries = "".join(
        f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>{booked_on}</Dt></BookgDt><ValDt><Dt>{booked_on}</Dt></ValDt>
<AcctSvcrRef>{message_id}{number:04d}</AcctSvcrRef><NtryDtls><TxDtls>
<Refs><AcctSvcrRef>{message_id}{number:04d}</AcctSvcrRef></Refs>
<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>
<RltdPties><Dbtr><Nm>{escape(payer)}</Nm></Dbtr></RltdPties>
<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""
        for number, (amount, reference, payer) in enumerate(payments, start=1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{booked_on}T06:00:00+02:00</CreDtTm></GrpHdr>
<Ntfctn><Id>{message_id}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>{entries}</Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>""".encode()
