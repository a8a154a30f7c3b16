"""Files that cannot be imported, or only in part: told clearly, nothing half done, the worker lives on."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import date

import pytest
import xlsxwriter
from sqlalchemy import text

from chassis import files
from chassis.apart import ROOT
from chassis.database import database_of
from contracts.access import Permission
from contracts.base import ById, JobById
from contracts.contacts.import_mappings import PreviewImport
from contracts.contacts.imports import ImportProfile
from contracts.errors import NotFound
from services.contacts.spreadsheets.failed_formulas import BLOCK, COLUMNS, ROWS, FailedCells
from services.contacts.spreadsheets.limits import MAX_COLUMNS
from services.contacts.spreadsheets.workbook import UNPACKING
from services.contacts.spreadsheets.workbook import rows as workbook_rows
from services.contacts.staging import lines as staged
from tests.integration.conftest import staff
from tests.integration.importing import counts

SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
        f'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook {SPREADSHEET} xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    ),
}


def workbook(rows: str, shared: str = f"<sst {SPREADSHEET}/>", packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An XLSX file made by hand: the rows of its sheet, its shared strings."""
    content = io.BytesIO()
    sheet = f"<worksheet {SPREADSHEET}><sheetData>{rows}</sheetData></worksheet>"
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, part in {**PARTS, "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared}.items():
            archive.writestr(name, part)
    return content.getvalue()


def text_cell(place: str, content: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{content}</t></is></c>'


HEADINGS = ("Etunimi", "Sukunimi", "Syntymäaika", "Asiakasnumero", "Puhelin", "Postinumero", "Titteli")
NAMED = f'<row r="1">{text_cell("A1", "Nimi")}</row><row r="2">{text_cell("A2", "Aino Aho")}</row>'


def laughs() -> str:
    """Shared strings that grow to 10^9 characters when their entities are expanded."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 9))
    return f'<!DOCTYPE x [<!ENTITY e0 "{"ha" * 5}">{entities}]><sst {SPREADSHEET}><si><t>&e8;</t></si></sst>'


def bomb() -> bytes:
    """20 MB of blanks in a sheet."""
    return workbook(NAMED + " " * BLANK)


def lying_bomb() -> bytes:
    """The same, with its sheet said to be small."""
    size = len(f"<worksheet {SPREADSHEET}><sheetData></sheetData></worksheet>{NAMED}") + BLANK
    return bomb().replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little"))


def one_string_everywhere() -> bytes:
    """One long text in 400,000 cells."""
    cells = "<c t='s'><v>0</v></c>" * 20
    rows = "".join(f'<row r="{number}">{cells}</row>' for number in range(3, 20_000))
    return workbook(NAMED + rows, f"<sst {SPREADSHEET}><si><t>{'x' * 30_000}</t></si></sst>", zipfile.ZIP_STORED)


FAILED = "<c t='e'><v>#N/A</v></c>"


def laughing_sheet() -> bytes:
    """A cell with a failed formula in a sheet whose entities grow to 10^9 characters when they are expanded."""
    declared = laughs().partition("<sst")[0]
    rows = f'{NAMED}<row r="3"><c r="A3" t="e"><v>&e8;</v></c>{FAILED}</row>'
    return with_sheet(f"{declared}<worksheet {SPREADSHEET}><sheetData>{rows}</sheetData></worksheet>")


def endless_tag() -> bytes:
    """One of 40 MB, that a parser would look at again for every few bytes more."""
    return workbook(f'{NAMED}<row>{FAILED}</row><row x="{"ab" * 20_000_000}"/>', packing=zipfile.ZIP_STORED)


def with_sheet(sheet: str) -> bytes:
    """A workbook whose sheet is no other than this text."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, part)
    return content.getvalue()


def empty_archive() -> bytes:
    """A ZIP archive without any of a workbook's parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    return content.getvalue()


def many_parts() -> bytes:
    """A workbook with as many parts as no spreadsheet program writes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(2_501):
            archive.writestr(f"xl/{number}.xml", "")
    return content.getvalue()


def thousand_errors() -> str:
    return "".join(f"<row><c t='e'><v>#{number}!</v></c></row>" for number in range(1_000))


BLANK = 20_000_000
SHARED = NAMED.replace(text_cell("A2", "Aino Aho"), '<c r="A2" t="s"><v>0</v></c>')
DECLARED = f"<!DOCTYPE x><worksheet {SPREADSHEET}><sheetData>{NAMED}<row>{FAILED}</row></sheetData></worksheet>"
FAR_CELL = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
WORKBOOKS = {
    "a zip bomb": (bomb, "packed suspiciously tight"),
    "a zip bomb that lies about its size": (lying_bomb, ""),
    "an entity bomb": (lambda: workbook(SHARED, laughs()), "cannot be read"),
    "an entity bomb in the sheet": (laughing_sheet, "cannot be read"),
    "a document type in the sheet": (lambda: with_sheet(DECLARED), "cannot be read"),
    "an endless tag": (endless_tag, "cannot be read"),
    "errors of a thousand kinds": (lambda: workbook(f"{NAMED}{thousand_errors()}"), "cannot be read"),
    "one string in every cell": (one_string_everywhere, "more memory or time"),
    "a cell at the far end": (lambda: workbook(NAMED + FAR_CELL), "more memory or time"),
    "a column at the far end": (lambda: workbook(NAMED + "<row r='3'><c r='XFD3'><v>1</v></c></row>"), "16384 columns"),
    "a broken archive": (lambda: workbook(NAMED)[:-200], ""),
    "a ZIP that is none": (lambda: b"PK\x03\x04" + b"\0" * 200, ""),
    "a ZIP of something else": (empty_archive, "not CSV or XLSX"),
    "a ZIP of many parts": (many_parts, "has 2501 parts"),
    "an empty sheet": (lambda: workbook(""), "no rows"),
    "a sheet with headings alone": (lambda: workbook(f'<row r="1">{text_cell("A1", "Nimi")}</row>'), "no rows below"),
    "an old XLS": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save the sheet as XLSX"),
}
TEXTS = {
    "headings alone": (b"Etunimi;Sukunimi\n", "no rows below"),
    "blank lines": (b"\n\n  \n", "no rows"),
    "no column of names": (b"Osoite;Kaupunki\nRantatie 1;Espoo\n", "No column holds names"),
    "a million columns": (b"Nimi" + b";x" * 1_000_000 + b"\n" + b";" * 1_000_000, "characters"),
    "many columns": (b"Nimi" + b";x" * MAX_COLUMNS + b"\nAino Aho\n", f"{MAX_COLUMNS + 1} columns"),
    "a quotation mark that is never closed": (b'Nimi\n"Aino Aho\n' + b"Eero Aho\n" * 50_000, "never closed"),
    "a quotation mark in the middle": (b'Nimi;Titteli\n"Aino" Aho;x\n', "closing quotation mark"),
    "NUL characters": (b"Nimi\nAi\0no Aho\n", "NUL"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "no text"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not CSV or XLSX"),
    "one endless quoted row": (b"Nimi,Titteli\n" + b'"a\n",' * 400_000, "characters"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKBOOKS)
def test_C11_a_bad_workbook_fails_its_job_in_words(imports, name):
    make, words = WORKBOOKS[name]
    told = imports.failure(make(), "people.xlsx")
    assert told["reason"]
    assert words in told["reason"]
    assert nothing_stored(told)


@pytest.mark.parametrize("name", TEXTS)
def test_C11_a_bad_text_file_fails_its_job_in_words(imports, name):
    content, words = TEXTS[name]
    told = imports.failure(content)
    assert words in told["reason"]
    assert nothing_stored(told)


@pytest.mark.parametrize(
    "name", ["a zip bomb", "a cell at the far end", "a broken archive", "a million columns", "a PDF"]
)
def test_C11_a_bad_file_fails_the_look_at_it_too(imports, name):
    make, words = WORKBOOKS[name] if name in WORKBOOKS else (lambda: TEXTS[name][0], TEXTS[name][1])
    key = files.new_key("contacts")
    files.store(key, make())
    done = imports.finish(imports.call("preview_import", PreviewImport(file_key=key, file_name="a.xlsx")))
    assert done.state == "failed"
    assert words in done.result["reason"]
    assert nothing_stored(done.result)


@pytest.mark.parametrize("profile", [ImportProfile.ACCOUNTING_CUSTOMERS, ImportProfile.ADDRESS_PROVIDER])
@pytest.mark.parametrize("name", ["a zip bomb", "a million columns", "a quotation mark that is never closed"])
def test_C11_C12_a_bad_file_of_any_profile_fails_its_job_in_words(imports, profile, name):
    make, words = WORKBOOKS[name] if name in WORKBOOKS else (lambda: TEXTS[name][0], TEXTS[name][1])
    told = imports.failure(make(), profile=profile)
    assert words in told["reason"] or told["code"] == "no_number_column"
    assert nothing_stored(told)


def test_C11_a_file_of_too_many_rows_fails_its_job(imports, monkeypatch):
    monkeypatch.setattr(staged, "MAX_ROWS", 2_500)
    told = imports.failure(b"Nimi\n" + b"Aino Aho\n" * 2_501)
    assert (told["row"], told["reason"]) == (2_502, "The file has more than 2500 rows; split it.")
    assert nothing_stored(told)


def nothing_stored(told):
    assert told["import_id"]
    with database_of("contacts").reader() as reader:
        tables = ("persons", "organisations", "import_rows")
        return [reader.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables] == [0, 0, 0]


MEASURE = """
import resource, subprocess, sys
command = [sys.executable, "-m", *sys.argv[1:]]
code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def large_workbook() -> bytes:
    """A good one: 20,000 rows of 12 texts that differ."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(20_000):
            sheet.write_row(row, 0, [f"jotakin {row} {column}" for column in range(12)])
    return content.getvalue()


@pytest.mark.parametrize(
    ("make", "ends_with"), [(large_workbook, {0}), (one_string_everywhere, range(-20, 5)), (lying_bomb, range(-20, 5))]
)
def test_C11_unpacking_a_workbook_takes_less_than_300_megabytes(tmp_path, make, ends_with):
    file = tmp_path / "people.xlsx"
    file.write_bytes(make())
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, UNPACKING, file], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    code, megabytes = map(int, told.split())
    assert code in ends_with
    assert 10 < megabytes <= 300


READ = """
import sys
from datetime import date
from pathlib import Path
from uuid import uuid4
from contracts.contacts.imports import ImportProfile
from services.contacts.staging import Asked, opened
asked = Asked(Path(sys.argv[1]), str(uuid4()), ImportProfile.CONTACTS, date(2026, 11, 26), {}, True, [])
"""
PASS_OVER = """
with opened(asked) as (_heading, parts):
    for part in parts:
        pass
"""


def many_cells() -> bytes:
    """400,000 cells in 20,000 rows."""
    cells = "".join(text_cell("", f"jotakin {number}") for number in range(19)).replace(' r=""', "")
    row = f'<row><c t="inlineStr"><is><t>Aino Aho</t></is></c>{cells}</row>'
    return workbook(NAMED + row * 20_000, packing=zipfile.ZIP_STORED)


def test_C11_a_workbook_of_a_hundred_thousand_persons_is_unpacked(tmp_path):
    file = tmp_path / "people.xlsx"
    cells = "".join(text_cell("", f"jotakin {number}") for number in range(11)).replace(' r=""', "")
    row = f'<row><c t="inlineStr"><is><t>Aino Aho</t></is></c>{cells}</row>'
    file.write_bytes(workbook(NAMED + row * 100_000, packing=zipfile.ZIP_STORED))
    assert sum(1 for _ in workbook_rows(file)) > 100_000


TOGETHER = """
import os
import services.contacts.jobs, services.contacts.worker
from ops.bench.processes import megabytes, watched
alone = megabytes(os.getpid())
with watched(os.getpid()) as seen:
    PASS_OVER
print(alone, max(seen))
"""


def memory_of_reading(tmp_path, content):
    """Of a worker alone, and of it with all processes that read a file for it, at most; megabytes."""
    file, script = tmp_path / "people.xlsx", tmp_path / "reading.py"
    file.write_bytes(content)
    script.write_text(READ + TOGETHER.replace("PASS_OVER", PASS_OVER.replace("\n", "\n    ")))
    told = subprocess.run([sys.executable, script, file], cwd=ROOT, check=True, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}).stdout  # fmt: skip
    return map(float, told.split())


def test_C11_worker_and_the_processes_that_read_for_it_take_less_than_300_megabytes(tmp_path):
    worker, together = memory_of_reading(tmp_path, many_cells())
    assert worker + 40 < together < 300


def wide_rows(size: int) -> bytes:
    """Rows of as many long cells as are taken; one letter of each needs four bytes in memory."""
    row = ";".join(["Aino \U0001f600ho", *["x" * 200] * (MAX_COLUMNS - 1)]).encode()
    headings = ";".join(["Nimi", *(f"c{number}" for number in range(1, MAX_COLUMNS))]).encode()
    return headings + b"\n" + (row + b"\n") * (size // len(row))


def heavy_cards(size: int) -> bytes:
    """Cards as large as they may be, and one with nothing but a picture."""
    note = b"NOTE:\xf0\x9f\x98\x80" + b"x" * 90_000 + b"\n"
    card = b"BEGIN:VCARD\nFN:Aino Aho\n" + note * 10 + b"END:VCARD\n"
    picture = b"BEGIN:VCARD\nFN:Aino Aho\nPHOTO;ENCODING=b:" + b"A" * 900_000 + b"\n A" * 1_000_000 + b"\nEND:VCARD\n"
    return picture + card * (size // len(card))


@pytest.mark.parametrize(("make", "size"), [(wide_rows, 25_000_000), (heavy_cards, 10_000_000)])
def test_C11_reading_a_large_file_takes_less_than_300_megabytes(tmp_path, make, size):
    worker, together = memory_of_reading(tmp_path, make(size))
    assert worker + 30 < together < 300


def test_C11_everybody_who_may_import_is_told_why_a_file_of_a_colleague_failed(imports, call_service):
    job = imports.finish(imports.start(b'Nimi\n"Aino Aho\n'))
    asked = JobById(id=job.id)
    colleague = staff(Permission.CONTACTS_IMPORT)
    told = call_service("contacts", "get_job", asked, principal=colleague)
    assert (told.state, told.result["code"], told.result["row"]) == ("failed", "quotation_open", 2)
    stranger = staff(Permission.CONTACTS_WRITE)
    with pytest.raises(NotFound):
        call_service("contacts", "get_job", asked, principal=stranger)


def test_C11_after_a_bomb_the_next_import_works(imports):
    imports.failure(bomb(), "people.xlsx")
    assert counts(imports.run(workbook(NAMED), "people.xlsx")) == {"created": 1}


def test_C11_cells_of_a_workbook_mean_what_they_show(imports):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "d.m.yyyy"})
        sheet.write_row(
            1, 0, ["Etunimi", "Sukunimi", "Syntymäaika", "Asiakasnumero", "Puhelin", "Postinumero", "Titteli"]
        )
        sheet.write_row(2, 0, ["Aino", "Aho"])
        sheet.write_datetime(2, 2, date(1980, 12, 31), day)
        sheet.write_string(2, 3, "007")
        sheet.write_number(2, 4, 401234567)
        sheet.write_number(2, 5, 100)
        sheet.write_formula(2, 6, '="joh"&"taja"', None, "johtaja")
        sheet.write_row(4, 0, ["Eero", "Aho", "31.2.1980"])
        sheet.write_row(5, 0, ["Leo", "Aho", "", "", "4.01234567E+08"])
        sheet.write_row(6, 0, ["Otso", "Aho", "", "", 3.5])
        sheet.write_blank(9, 0, None, day)
    made = imports.run(content.getvalue(), "people.xlsx")
    assert counts(made) == {"created": 1, "rejected": 3}
    assert [(row.number, row.column) for row in imports.rows(made, "rejected")] == [
        (5, "Syntymäaika"), (6, "Puhelin"), (7, "Puhelin"),
    ]  # fmt: skip
    aino = imports.call("get_person", ById(id=imports.rows(made, "created")[0].person_id))
    assert (aino.birth_date, aino.customer_number, aino.phone) == (date(1980, 12, 31), "007", "+358401234567")
    assert (aino.addresses[0].postal_code, aino.title) == ("00100", "johtaja")


@pytest.mark.parametrize("before", [0, 2])
def test_C11_cells_of_a_workbook_whose_formula_failed_reject_their_row(imports, before):
    """Also on the second sheet, below and right of empty rows and columns."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        hidden, sheet = book.add_worksheet(), book.add_worksheet()
        hidden.write_formula(before + 1, before, "=1/0", None, "#DIV/0!")
        hidden.hide()
        sheet.activate()
        for row, cells in enumerate(
            [("Etunimi", "Sukunimi", "Titteli"), ("Aino", "Aho"), ("Eero", "Elo")], start=before
        ):
            sheet.write_row(row, before, cells)
        sheet.write_formula(before + 2, before + 2, "=VLOOKUP(1;2;3)", None, "#N/A")
    made = imports.run(content.getvalue(), "people.xlsx")
    assert counts(made) == {"created": 1, "rejected": 1}
    (rejected,) = imports.rows(made, "rejected")
    assert (rejected.number, rejected.column, rejected.code) == (before + 3, "Titteli", "failed_formula")
    assert rejected.params == {"value": "#N/A"}


def test_C11_any_number_of_failed_formulas_in_columns_that_nobody_reads_are_passed_by(imports):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Etunimi", "Sukunimi", "Titteli", *(f"Hinta {number}" for number in range(20))])
        for row in range(1, 601):
            sheet.write_row(row, 0, ["Aino", f"Aho {row}"])
            for column in range(3, 23):
                sheet.write_formula(row, column, "=VLOOKUP(1;2;3)", None, "#REF!")
        sheet.write_formula(300, 2, "=1/0", None, "#DIV/0!")
    made = imports.run(content.getvalue(), "people.xlsx")
    assert counts(made) == {"created": 599, "rejected": 1}
    (rejected,) = imports.rows(made, "rejected")
    assert (rejected.number, rejected.column, rejected.params) == (301, "Titteli", {"value": "#DIV/0!"})


@pytest.mark.parametrize(
    "cells",
    [
        [(3, 2, "#N/A"), (3, 1, "#REF!"), (0, 5, "#N/A")],
        [(ROWS - 1, COLUMNS - 1, "x"), (0, 0, "y"), (ROWS, 0, "z"), (0, COLUMNS, "z"), (-1, 0, "z"), (0, -1, "z")],
    ],
)
def test_C11_failed_cells_are_told_by_row_in_whatever_order_they_come(cells):
    found = FailedCells()
    for cell in cells:
        found.add(*cell)
    found.arrange()
    there = sorted(cell for cell in cells if cell[2] != "z")
    assert [(row, *each) for row in sorted({cell[0] for cell in there}) for each in found.in_row(row)] == there
    assert [*found.in_row(1)] == []


def failed_row(*cells: str, at: str = "") -> str:
    return f"<row {at}>{''.join(cells)}</row>"


HERE, EMPTY = "<c t='str'><v>x</v></c>", "<c/>"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (failed_row(HERE, FAILED, HERE), [["x", "#N/A", "x"]]),
        (failed_row(HERE) + failed_row(EMPTY, FAILED), [["x", ""], ["", "#N/A"]]),
        (failed_row(FAILED, at="r='3'") + failed_row(FAILED), [[], [], ["#N/A"], ["#N/A"]]),
        (failed_row('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', FAILED, at="r='2'"), [[], ["#DIV/0!", "#N/A"]]),
        (failed_row('<c r="AB1" t="e"><v>#REF!</v></c>', HERE), [["#REF!", "x"]]),
        (failed_row(HERE, '<c t="e"/>', HERE), [["x", "", "x"]]),
    ],
)  # fmt: skip
def test_C11_cells_whose_formula_failed_are_found_where_they_stand(tmp_path, rows, found):
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook(rows))
    assert list(workbook_rows(file)) == found


def test_C11_a_million_failed_formulas_fit_into_the_memory_of_unpacking(tmp_path):
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook(failed_row(HERE, FAILED * 20) * 50_000, packing=zipfile.ZIP_STORED))
    read = list(workbook_rows(file))
    assert (len(read), read[0], read[-1]) == (50_000, ["x", *["#N/A"] * 20], read[0])


@pytest.mark.parametrize("shift", range(7))
def test_C11_the_mark_of_a_failed_formula_is_found_across_blocks(tmp_path, shift):
    start = len(f"<worksheet {SPREADSHEET}><sheetData>")
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook(" " * (BLOCK - start - len("<row ><c ") - shift) + failed_row(FAILED)))
    assert list(workbook_rows(file)) == [["#N/A"]]


@pytest.mark.parametrize("before", ["an empty sheet", "a hidden one", "none"])
def test_C11_of_a_workbook_the_first_sheet_counts_that_is_shown_and_holds_something(imports, before):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        if before != "none":
            first = book.add_worksheet()
        if before == "a hidden one":
            first.write_column(0, 0, ["Nimi", "Eero Elo"])
            first.hide()
        people, other = book.add_worksheet(), book.add_worksheet()
        people.write_column(0, 0, ["Nimi", "Aino Aho"])
        other.write_column(0, 0, ["Nimi", "Leo Lahti"])
        people.activate()
    made = imports.run(content.getvalue(), "people.xlsx")
    assert [row.raw for row in imports.rows(made)] == [{"Nimi": "Aino Aho"}]


def test_C11_formulas_in_text_are_stored_as_they_stand(imports):
    made = imports.run('Etunimi;Sukunimi;Titteli\nAino;Aho;"=HYPERLINK(""http://a"";""b"")"\n')
    aino = imports.call("get_person", ById(id=imports.rows(made)[0].person_id))
    assert aino.title == '=HYPERLINK("http://a";"b")'


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("Ai\x07no;Aho;;", "Etunimi", "U+0007"),
        ("Ai\u202eno;Aho;;", "Etunimi", "U+202E"),
        ("Ai\x84no;Aho;;", "Etunimi", "U+0084"),
        ("#N/A;Aho;;", "Etunimi", "formula"),
        ("Aino;#PUUTTUU!;;", "Sukunimi", "formula"),
        (f"{'A' * 201};Aho;;", "Etunimi", "201 characters"),
        (f"{'A' * 10_001};Aho;;", "Etunimi", "10001 characters"),
        ("Aino;Aho;12 34 x;", "Asiakasnumero", "12 34 x"),
        ("Aino;Aho;;0201256-7", "Y-tunnus", "0201256-7"),
        ("Aino;Aho;;0201256-6", "Y-tunnus", "has no name"),
        ("Aino;Aho;;;31.2.2026", "Syntymäaika", "31.2.2026"),
        ("Aino;Aho;;;;3.58401234567E+11", "Puhelin", "rounded"),
        (f"Aino;Aho;;;;;{','.join(f't{number}' for number in range(1_500))}", "Tunnisteet", "1500 tags"),
        (f"Aino;Aho;;;;;{','.join(f't{number}' for number in range(10_000))}", "Tunnisteet", "characters"),
        ('Aino;Aho;;;;"' + "\n".join(f"04012345{at:02}" for at in range(11)) + '"', "Puhelin", "11 numbers"),
    ],
)
def test_C11_a_bad_cell_rejects_its_row_and_no_other(imports, row, column, words):
    headings = "Etunimi;Sukunimi;Asiakasnumero;Y-tunnus;Syntymäaika;Puhelin;Tunnisteet"
    made = imports.run(f"{headings}\n{row}\nEero;Aho;;\n")
    assert counts(made) == {"created": 1, "rejected": 1}
    (rejected,) = imports.rows(made, "rejected")
    assert (rejected.number, rejected.column) == (2, column)
    assert words in rejected.reason


def test_C11_bytes_of_another_encoding_reject_their_row_alone(imports):
    good = "".join(f"Väinö {chr(97 + n)};Hämäläinen\n" for n in range(10))
    made = imports.run(b"Etunimi;Sukunimi\n" + good.encode() + "Åke;Sjöberg\n".encode("cp1252"))
    assert counts(made) == {"created": 10, "rejected": 1}
    assert imports.rows(made, "rejected")[0].number == 12


@pytest.mark.parametrize("encoding", ["cp1252", "iso8859-15", "cp850", "mac_roman"])
def test_C11_utf_8_in_a_file_of_an_old_code_page_rejects_its_row_alone(imports, encoding):
    good = "".join(f"Väinö {chr(97 + n)};Hämäläinen\n" for n in range(10))
    made = imports.run(b"Etunimi;Sukunimi\n" + good.encode(encoding) + "Åke;Sjöberg\nJyrki;Äijälä\n".encode())
    assert counts(made) == {"created": 10, "rejected": 2}
    told = [(row.number, row.code, row.column) for row in imports.rows(made, "rejected")]
    assert told == [(12, "other_encoding", "Etunimi"), (13, "other_encoding", "Sukunimi")]


@pytest.mark.parametrize(("of_headings", "of_rows"), [("utf-8", "cp1252"), ("cp1252", "utf-8")])
def test_C11_headings_of_another_encoding_than_the_rest_fail_the_job(imports, of_headings, of_rows):
    rows = "".join(f"Väinö {chr(97 + n)};Hämäläinen;\n" for n in range(10))
    told = imports.failure("Etunimi;Sukunimi;Sähköposti\n".encode(of_headings) + rows.encode(of_rows))
    assert (told["code"], told["row"]) == ("heading_encoding", 1)


def test_C11_a_line_that_says_the_delimiter_is_no_heading(imports):
    made = imports.run('sep=|\r\nNimi|Titteli\r\nAino Aho|a;b;c\r\n"Eero Elo|x\r\n"|y|z|\r\n')
    assert [(row.number, row.raw) for row in imports.rows(made, "created")] == [
        (3, {"Nimi": "Aino Aho", "Titteli": "a;b;c"})
    ]
    assert [row.code for row in imports.rows(made, "rejected")] == ["too_many_cells"]


def test_C11_a_nul_far_into_a_file_rejects_its_row(imports):
    before = b"".join(b"%s %d;Aho\n" % (b"Aino" * 40, number) for number in range(500))
    made = imports.run(b"Etunimi;Sukunimi\n" + before + b"E\0ero;Aho\n")
    assert counts(made) == {"created": 500, "rejected": 1}
    assert imports.rows(made, "rejected")[0].raw["Etunimi"] == "E\ufffdero"


def test_C11_cells_of_several_lines_are_one_row(imports):
    made = imports.run('Etunimi;Sukunimi;Osoite\nAino;Aho;"Rantatie 1\nA 2"\nEero;Aho;;\n')
    assert [(row.number, row.state) for row in imports.rows(made)] == [(2, "created"), (3, "created")]
    aino = imports.call("get_person", ById(id=imports.rows(made)[0].person_id))
    assert aino.addresses[0].street == "Rantatie 1 A 2"


def test_C11_what_unpacks_workbooks_loads_nothing_large():
    loaded = f"import sys, {UNPACKING}; print(*[each for each in ('pydantic', 'sqlalchemy') if each in sys.modules])"
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert told.split() == []
