"""How rows of a file are read, which of them are the same, and what they change."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.contacts.basics import MOST_TAGS
from contracts.contacts.fields import FieldType
from services.contacts.rules import cells, personal_ids
from services.contacts.rules.columns import known_headers, titles
from services.contacts.rules.delivered_products import line_of
from services.contacts.rules.fields import DoesNotFit
from services.contacts.rules.import_merging import changes, without_room
from services.contacts.rules.import_rows import RowReader
from services.contacts.rules.names import fold
from services.contacts.rules.repeats import MAX_NAMESAKES, ORGANISATION_KEYS, PERSON_KEYS, Repeats
from services.contacts.spreadsheets.delimited import find_delimiter
from services.contacts.spreadsheets.encoding import CODE_PAGES, plausibility
from services.contacts.spreadsheets.limits import Unreadable

TODAY = date(2026, 11, 25)


@dataclass
class Definition:
    code: str
    type: FieldType
    label: dict[str, str]
    choices: list[str] = field(default_factory=list)
    retired: bool = False


def read(header, row, definitions=()):
    return RowReader(header.split(";"), definitions, TODAY).read(2, row.split(";"))


@pytest.mark.parametrize(
    "header",
    [
        "Etunimi;Sukunimi;Sähköposti;Puhelin;Syntymäaika;Kieli;Osoite;Postinumero;Postitoimipaikka",
        "Förnamn;Efternamn;E-post;Telefon;Födelsedatum;Språk;Adress;Postnummer;Postanstalt",
        "First name;Last name;E-mail;Phone;Date of birth;Language;Street;Postal code;City",
        "ETUNIMI ;sukunimi; sähkö-posti;gsm;SYNTYMÄPÄIVÄ;äidinkieli;Katuosoite;postinro;kaupunki",
    ],
)
def test_C11_headings_in_three_languages_mean_the_same(header):
    staged = read(header, "Aino;Aho;aino@Example.org;040 1234567;31.12.1980;ruotsi;Rantatie 1;100;Helsinki")
    assert staged.reason == ""
    found = staged.person
    assert found["addresses"] == [
        {"purpose": "postal", "street": "Rantatie 1", "postal_code": "00100", "city": "Helsinki"}
    ]
    assert (found["given_name"], found["family_name"], found["email"]) == ("Aino", "Aho", "aino@example.org")
    assert (found["phone"], found["birth_date"], found["language"]) == ("+358401234567", "1980-12-31", "sv")


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [("Aho, Aino", "Aino", "Aho"), ("Aino Maria Aho", "Aino Maria", "Aho"), ("Aho", "", "Aho"), ("Aho,", "", "Aho")],
)
def test_C11_a_name_in_one_column_is_split(name, given, family):
    person = read("Nimi;Kunta", f"{name};Espoo").person
    assert (person["given_name"], person["family_name"]) == (given, family)


def test_C11_a_name_beside_a_business_id_is_an_organisation():
    staged = read("Nimi;Y-tunnus", "Lumi Oy;FI02012566")
    assert staged.person is None
    assert (staged.organisation["name"], staged.organisation["business_id"]) == ("Lumi Oy", "0201256-6")


def test_C3_title_and_role_belong_to_the_affiliation_when_there_is_one():
    header = "Etunimi;Sukunimi;Organisaatio;Tehtävä;Päättäjä;Sähköposti"
    employed = read(header, "Aino;Aho;Lumi Oy;johtaja;x;aino@lumi.fi")
    assert {name: value for name, value in employed.affiliation.items() if name != "id"} == {
        "title": "johtaja", "decision_maker": True,
    }  # fmt: skip
    assert "title" not in employed.person
    assert "email" not in employed.organisation
    free = read(header, "Aino;Aho;;taiteilija;;")
    assert (free.affiliation, free.person["title"]) == (None, "taiteilija")


def test_C11_a_header_without_names_cannot_be_read():
    with pytest.raises(Unreadable):
        RowReader(["Osoite", "Kunta"], [], TODAY)


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u200e", "\u2060"])
def test_C11_what_comes_along_unseen_with_a_copied_text_is_left_out(unseen):
    staged = read(
        "Nimi;Sähköposti;Puhelin", f"Aino Hämä{unseen}läinen;{unseen}aino@example.org{unseen};040{unseen}1234567"
    )
    assert staged.reason == ""
    found = [staged.person[name] for name in ("family_name", "email", "phone")]
    assert found == ["Hämäläinen", "aino@example.org", "+358401234567"]
    assert fold(f"Hämä{unseen}läinen") == fold("Hämäläinen")


def test_C11_columns_that_mean_nothing_are_told():
    reader = RowReader(["Etunimi", "Kengännumero", "Etunimi", ""], [], TODAY)
    assert reader.ignored == ["Kengännumero", "Etunimi (2)", "Column 4"]


def test_C7_retired_fields_are_not_filled():
    size = Definition("size", FieldType.TEXT, {"fi": "Koko", "sv": "", "en": ""})
    gone = Definition("gone", FieldType.TEXT, {"fi": "Vanha", "sv": "", "en": ""}, retired=True)
    staged = read("Etunimi;Koko;Vanha", "Aino;xl;1", [size, gone])
    assert staged.person["fields"] == {"size": "xl"}


def test_titles_are_unique_and_printable():
    assert titles(["a", "a", " \0b\n c ", "", "x" * 100]) == ["a", "a (2)", "b c", "Column 4", "x" * 80]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("31.12.1980", date(1980, 12, 31)), ("1.2.1980", date(1980, 2, 1)), ("1980-02-01", date(1980, 2, 1)),
        ("1980-02-01 00:00:00", date(1980, 2, 1)), ("19800201", date(1980, 2, 1)), ("29.2.2000", date(2000, 2, 29)),
        ("1.2.1980 0.00.00", date(1980, 2, 1)), ("01/02/1980 00:00", date(1980, 2, 1)),
        ("01-02-1980", date(1980, 2, 1)),
    ],
)  # fmt: skip
def test_C11_dates_as_people_write_them(written, meant):
    assert cells.day(written) == meant


@pytest.mark.parametrize("written", ["31.2.1980", "29.2.1900", "32.1.1980", "1.13.1980", "1.1.80", "29221", "huhtikuu"])
def test_C11_dates_that_do_not_exist_are_refused_with_their_value(written):
    with pytest.raises(ValueError, match=written):
        cells.day(written)


@pytest.mark.parametrize("written", ["1.1.1849", "26.11.2026"])
def test_C11_nobody_is_born_tomorrow_or_two_centuries_ago(written):
    with pytest.raises(ValueError, match="date of birth"):
        cells.birth_date(written, TODAY)


def test_C11_nobody_is_born_tomorrow_by_a_personal_identity_code_either():
    told = read("Nimi;Syntymäaika", "Aino Aho;131052A308T")
    assert (told.code, told.column) == ("not_a_birth_date", "Syntymäaika")
    assert "308T" not in f"{told.reason}{told.params}{told.raw}"


@pytest.mark.parametrize(
    "written",
    [
        "040 123 4567",
        "+358 (40) 123-4567",
        "00358401234567",
        "358401234567",
        "401234567.0",
        "0401234567.0",
        "0401234567",
        "358401234567,00",
    ],
)
def test_C11_phone_numbers_as_people_and_spreadsheets_write_them(written):
    assert cells.phone(written) == "+358401234567"


@pytest.mark.parametrize(
    "written", ["4.01234567E+08", "4,01E8", "358401234567.5", "401234567,25", "12", "puhelin", "+999 1234567890123456"]
)
def test_C11_numbers_that_nobody_can_call_are_refused(written):
    with pytest.raises(ValueError, match=r"phone|rounded"):
        cells.phone(written)


def test_C11_a_cell_of_separators_is_an_empty_cell():
    assert read("Etunimi;Sukunimi;Puhelin;Matkapuhelin", "Aino;Aalto; ::: ;:::").code == ""


def test_C11_a_contact_with_more_numbers_than_a_card_holds_is_refused_as_a_whole():
    cells_of = [" ::: ".join(f"040 12345{kind}{n}" for n in range(6)) for kind in (1, 2)]
    row = read("Etunimi;Puhelin;Matkapuhelin;Työpuhelin", ";".join(["Aino", "040 7654321", *cells_of]))
    assert (row.code, row.params) == ("too_many_numbers", {"count": "12", "most": "10"})
    held = [{"kind": "work", "number": str(n)} for n in range(8)]
    more = [{"kind": "home", "number": str(n)} for n in range(20, 26)]
    assert changes({"other_phones": held}, {"other_phones": more}) == {"other_phones": [*more[:2], *held]}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1 234,50", 1234.5), ("1.234,50 €", 1234.5), ("1,234.50", 1234.5), ("1234.5", 1234.5), ("1.234.567", 1234567),
        ("1\u202f234,50 EUR", 1234.5), ("0", 0), ("12,5", 12.5),
    ],
)  # fmt: skip
def test_C12_sums_are_read_as_people_and_ledgers_write_them(written, meant):
    assert cells.amount(written) == meant
    assert cells.additional(Definition("a", FieldType.NUMBER, {"fi": "A"}))(written.strip(" €EUR")) == meant


@pytest.mark.parametrize("written", ["1.234", "-5", "1e9", "1_000", "12,34,56", "1.23,45", "٣", "NaN", "1,2.3"])
def test_C12_what_is_no_sum_or_could_be_two_is_refused(written):
    with pytest.raises(DoesNotFit) as caught:
        cells.amount(written)
    assert caught.value.code == "not_a_sum"


def test_C12_a_sum_that_no_book_holds_is_refused_where_it_is_reckoned():
    line = {"document": "1", "document_line": "1", "product_name": "x", "delivered_on": "2026-01-31"}
    with pytest.raises(DoesNotFit) as error:
        line_of(line | {"quantity": Decimal(1_000_000), "unit_net": Decimal(100_000)})
    assert error.value.code == "number_too_exact"


def test_C9_ten_thousand_tags_in_a_cell_reject_its_row_with_its_column():
    reader = RowReader(["Nimi", "Tunnisteet"], [], date(2026, 11, 26))
    row = reader.read(2, ["Aino Aho", ",".join(f"t{number}" for number in range(1_500))])
    assert (row.code, row.column, row.params) == ("too_many_tags", "Tunnisteet", {"count": "1500", "most": "100"})
    row = reader.read(3, ["Aino Aho", ",".join(f"t{number}" for number in range(10_000))])
    assert (row.code, row.column) == ("text_too_long", "Tunnisteet")


def test_C11_whatever_rejects_a_row_is_told_with_its_column():
    phones = [f"040 11111{number}" for number in range(10, 24)]
    reader = RowReader(["Nimi", "Puhelin", "Työpuhelin"], [], date(2026, 11, 26))
    rows = [
        ["", "040 1234567"],
        ["Aino Aho", "", "", "", "x"],
        ["Aino Aho", "", " ::: ".join(phones)],
        ["Aino Aho", " ::: ".join(phones[:7]), " ::: ".join(phones[7:])],
    ]
    found = [(row.code, row.column) for row in (reader.read(2, cells) for cells in rows)]
    assert found == [
        ("names_nobody", "Nimi"), ("too_many_cells", "Column 5"), ("too_many_numbers", "Työpuhelin"),
        ("too_many_numbers", "Työpuhelin"),
    ]  # fmt: skip


def test_C9_tags_become_codes():
    assert cells.tags("Hallitus; Kuoro,  å ä;;kuoro") == ["a-a", "hallitus", "kuoro"]


def test_C11_a_row_repeats_the_first_that_has_one_of_its_keys():
    repeats = Repeats(PERSON_KEYS)
    assert repeats.first_of(2, {"email": 1, "phone": 2}) is None
    assert repeats.first_of(3, {"phone": 2, "birth": 3}) == 2
    assert repeats.first_of(4, {"birth": 3}) == 2
    assert repeats.first_of(5, {"email": 9}) is None


def test_C11_rows_that_contradict_each_other_are_not_the_same():
    repeats = Repeats(PERSON_KEYS)
    assert repeats.first_of(2, {"phone": 1, "birth": 10}) is None
    assert repeats.first_of(3, {"phone": 1, "birth": 11}) is None
    assert repeats.first_of(4, {"phone": 1, "birth": 11}) == 3
    assert repeats.first_of(5, {"phone": 1, "number": 7, "birth": 10}) == 2
    assert repeats.first_of(6, {"phone": 1, "number": 8, "birth": 10}) is None


def test_C11_a_row_learned_from_keeps_others_apart():
    """Row 3 tells the birth date of row 2; from then on another date is another person."""
    repeats = Repeats(PERSON_KEYS)
    repeats.first_of(2, {"phone": 1})
    assert repeats.first_of(3, {"phone": 1, "birth": 10}) == 2
    assert repeats.first_of(4, {"phone": 1, "birth": 11}) is None


def test_C11_people_of_one_name_at_one_address_with_other_mail_are_two():
    repeats = Repeats(PERSON_KEYS)
    repeats.first_of(2, {"address": 1, "email": 10})
    assert repeats.first_of(3, {"address": 1, "email": 11}) is None
    assert repeats.first_of(4, {"address": 1}) == 2


def test_C11_a_file_of_namesakes_is_read_in_linear_time():
    repeats = Repeats(PERSON_KEYS)
    for number in range(20_000):
        assert repeats.first_of(number, {"phone": 1, "birth": number + 10}) is None
    assert len(repeats._namesakes[1]) == MAX_NAMESAKES


def test_C11_organisations_of_one_name_with_other_business_ids_are_two():
    repeats = Repeats(ORGANISATION_KEYS)
    assert repeats.first_of(2, {"name": 1, "business": 10}) is None
    assert repeats.first_of(3, {"name": 1, "business": 11}) is None
    assert repeats.first_of(4, {"name": 1}) == 2
    assert repeats.first_of(5, {"name": 2, "business": 11}) == 3


def test_C11_lists_grow_and_what_is_not_given_stays():
    stored = {
        "tags": ["a"], "fields": {"size": "m", "languages": ["fi"]}, "phone": None, "title": "FT",
        "addresses": [{"purpose": "postal", "street": "Rantatie 1", "city": "Espoo"}],
    }  # fmt: skip
    given = {
        "tags": ["b"], "fields": {"languages": ["sv"]}, "phone": "+3581", "title": "FT",
        "addresses": [{"purpose": "postal", "street": "Rantatie 2"}],
    }  # fmt: skip
    assert changes(stored, given) == {
        "tags": ["a", "b"], "fields": {"size": "m", "languages": ["fi", "sv"]}, "phone": "+3581",
        "addresses": [{"purpose": "postal", "street": "Rantatie 2", "city": "Espoo"}],
    }  # fmt: skip
    assert changes(stored | changes(stored, given), given) == {}


class LookedThrough(list):
    """A list that counts how often something is sought in it."""

    times = 0

    def __contains__(self, entry):
        self.times += 1
        return super().__contains__(entry)


def test_C9_what_finds_no_room_is_found_in_one_pass():
    stored = LookedThrough(f"t{number:03}" for number in range(MOST_TAGS))
    given = [f"u{number:03}" for number in range(MOST_TAGS)]
    assert without_room({"tags": stored}, {"tags": given}) == {"tags": given}
    assert stored.times == MOST_TAGS


SAMPLES = (
    "Väinö;Mäkinen", "Åsa;Öhman", "ÄIJÄLÄ;ÖHMAN", "Göran Sjöberg", "José;Müller", "Chloé Dubois",
)  # fmt: skip


@pytest.mark.parametrize("encoding", CODE_PAGES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_C11_an_old_code_page_is_known_by_a_single_name(sample, encoding):
    content = sample.encode(encoding)
    best = max(CODE_PAGES, key=lambda codec: plausibility(content.decode(codec, "replace")))
    assert content.decode(best) == sample


def test_C11_windows_and_latin_9_differ_in_few_letters_that_decide():
    for encoding, sample in (("iso8859-15", "Šimon;Žukov;Mäki"), ("cp1252", "O´Connor;Mäki;“x”")):
        content = sample.encode(encoding)
        best = max(CODE_PAGES, key=lambda codec: plausibility(content.decode(codec, "replace")))
        assert content.decode(best) == sample


@pytest.mark.parametrize("delimiter", list(";,\t|"))
def test_C11_the_delimiter_is_that_of_known_headings(delimiter):
    header = delimiter.join(("Sukunimi", "Etunimi", "Osoite"))
    assert find_delimiter([header, delimiter.join(("Aho", "Aino", "Rantatie 1; A, 2 | 3"))]) == delimiter
    assert known_headers(header.split(delimiter)) == 3


@given(st.text("0123456789-+AaUu:;\nx", max_size=40))
def test_a_text_that_may_hold_a_code_is_found_as_by_the_whole_pattern(text):
    assert personal_ids.may_hold_code(text) is (personal_ids.CODE.search(text) is not None)


@pytest.mark.parametrize("text", ["131052-308T", "x;010190A123B;y", "311299+999Y\n"])
def test_a_text_that_looks_like_a_code_may_hold_one(text):
    assert personal_ids.may_hold_code(text)


def test_C7_labels_that_hold_separators_are_found_among_several_choices():
    labels = {"both": "Suomi, ruotsi", "en": "englanti", "sv": "ruotsi"}
    choices = [{"code": code, "label": {"fi": label}, "retired": False} for code, label in labels.items()]
    read = cells.additional(Definition("k", FieldType.MULTI_CHOICE, {"fi": "Kielet"}, choices))
    assert read("Suomi, ruotsi") == ["both"]
    assert read("englanti, Suomi, ruotsi, ruotsi") == ["both", "en", "sv"]
    assert read("ruotsi; englanti;") == ["en", "sv"]
    with pytest.raises(DoesNotFit):
        read("Suomi, englanti")
    with pytest.raises(DoesNotFit):
        read("," * 5_000 + "x, " * 5_000)


@pytest.mark.parametrize(("cell", "title"), [("'=x", "=x"), ("'@x", "@x"), ("'-2+3", "-2+3"), ("'x", "'x"), ("'", "'")])
def test_C11_an_apostrophe_that_an_export_put_before_a_cell_goes_again(cell, title):
    assert read("Sukunimi;Titteli", f"Aho;{cell}").person["title"] == title
