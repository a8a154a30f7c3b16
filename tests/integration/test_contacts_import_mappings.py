"""Looking at a file first, and what its columns mean (C11), on a real database."""

import pytest

from chassis import files
from chassis.ids import new_id
from contracts.base import ById, JobById, ListRequest
from contracts.contacts.import_mappings import ListMappings, PreviewImport, SaveMapping
from contracts.contacts.imports import ImportProfile, StartImport
from contracts.contacts.persons import CreatePerson, DeleteContact, ListPersons
from contracts.errors import Invalid, NotAllowed, NotFound
from services.contacts.commands.imports import id_of
from tests.integration.conftest import staff
from tests.integration.importing import counts

STRANGE = (
    "Kuka;Missä tavoittaa;Luuri;Y;Muuta\n"
    "Aalto, Aino;aino@example.org;040 1234567;0201256-6;131052-308T\nEskola, Eino;;09 765432;;\n"
)


def stored(content):
    key = files.new_key("contacts", ".csv")
    files.store(key, content.encode())
    return key


def look(imports, content, **more):
    """The columns of a file, by what they seem to mean."""
    wanted = PreviewImport(file_key=stored(content), file_name="a.csv", **more)
    done = imports.finish(imports.call("preview_import", wanted))
    assert done.state == "succeeded", done.result
    return imports.call("get_import_columns", ById(id=id_of(done.id)))


def meanings(found):
    return {each.title: each.target for each in found.columns}


def start(imports, content, **more):
    wanted = StartImport(file_key=stored(content), file_name="a.csv", dry_run=False, **more)
    done = imports.finish(imports.call("start_import", wanted))
    return imports.call("get_import", ById(id=id_of(done.id)))


def test_C11_a_look_at_a_file_shows_columns_samples_and_what_they_may_mean(imports):
    found = look(imports, "Etunimi;Namn;Kotikatu;Surname\nAino;Aalto;Tie 1;Aalto\n")
    assert meanings(found) == {"Etunimi": "given_name", "Namn": "name", "Kotikatu": "", "Surname": "family_name"}
    assert found.columns[2].samples == ["Tie 1"]
    assert {"email", "street", "organisation"} <= {*found.targets}
    assert imports.call("list_persons", ListPersons()).data == []
    assert imports.call("list_imports", ListRequest()).data == []


OUTLOOK = (
    "First Name,Last Name,Company,Job Title,Business Street,Business City,Business Postal Code,"
    "Business Country/Region,Mobile Phone,E-mail Address"
)
GOOGLE = (
    "First Name,Last Name,Organization Name,Organization Title,Address 1 - Street,Address 1 - City,"
    "Address 1 - Postal Code,Address 1 - Country,Phone 1 - Value,E-mail 1 - Value"
)


@pytest.mark.parametrize("heading", [OUTLOOK, GOOGLE], ids=["Outlook", "Google"])
def test_C11_exports_of_address_books_are_understood(imports, heading):
    content = f"{heading}\nAino,Aalto,Lumi Oy,Chair,Rantatie 1,Helsinki,00100,Finland,040 1234567,aino@example.org\n"
    found = [each.target for each in look(imports, content).columns]
    assert found[:4] == ["given_name", "family_name", "organisation", "title"]
    assert found[4:8] == ["street", "city", "postal_code", "country"]
    assert found[8] in {"phone", "mobile_phone"}
    assert counts(start(imports, content)) == {"created": 1}
    (aino,) = imports.call("list_persons", ListPersons()).data
    assert (aino.email, aino.phone, aino.city) == ("aino@example.org", "+358401234567", "Helsinki")


def test_C11_contents_tell_what_headings_do_not(imports):
    found = look(imports, STRANGE)
    assert meanings(found) == {
        "Kuka": "", "Missä tavoittaa": "email", "Luuri": "phone", "Y": "business_id", "Muuta": "birth_date",
    }  # fmt: skip
    assert "308T" not in str(found.columns[4].samples)


def test_C11_columns_mean_what_the_user_says_and_nothing_else(imports):
    said = {"Kuka": "name", "Missä tavoittaa": "email"}
    made = start(imports, STRANGE.replace("131052-308T", ""), mapping=said)
    assert counts(made) == {"created": 2}
    aino = next(each for each in imports.call("list_persons", ListPersons()).data if "Aino" in each.name)
    assert (aino.email, aino.phone) == ("aino@example.org", None)
    assert made.mapping == said


def test_C11_a_saved_mapping_is_used_again_and_replaced_under_its_name(imports):
    wanted = SaveMapping(name="Old register", columns={"Kuka": "name", "Luuri": "mobile_phone", "Y": ""})
    made = imports.call("save_mapping", wanted)
    again = imports.call("save_mapping", wanted.model_copy(update={"columns": {"Kuka": "name", "Luuri": "", "Y": ""}}))
    assert again.id == made.id
    assert [each.name for each in imports.call("list_mappings", ListMappings()).data] == ["Old register"]
    content = "KUKA;Luuri;Y;Sähköposti\nAalto, Aino;040 1234567;0201256-6;aino@example.org\n"
    assert meanings(look(imports, content, mapping_id=made.id)) == {
        "KUKA": "name", "Luuri": "", "Y": "", "Sähköposti": "email"
    }  # fmt: skip
    assert counts(start(imports, content, mapping_id=made.id)) == {"created": 1}
    (aino,) = imports.call("list_persons", ListPersons()).data
    assert (aino.name, aino.email, aino.phone) == ("Aino Aalto", "aino@example.org", None)
    imports.call("delete_mapping", ById(id=made.id))
    with pytest.raises(NotFound):
        imports.call("delete_mapping", ById(id=made.id))
    with pytest.raises(NotFound):
        start(imports, content, mapping_id=made.id)


@pytest.mark.parametrize(
    ("columns", "pointer", "code"),
    [
        ({"Kuka": "nickname"}, "/mapping/Kuka", "unknown_target"),
        ({"Kuka": "fields.nothing"}, "/mapping/Kuka", "unknown_target"),
        ({"a/b": "name", "c": "name"}, "/mapping/c", "target_twice"),
        ({"Kuka": "person_name"}, "/mapping/Kuka", "unknown_target"),
    ],
)
def test_C11_meanings_that_there_are_not_are_refused_with_their_column(imports, columns, pointer, code):
    for refused in (
        lambda: imports.call("save_mapping", SaveMapping(name="x", columns=columns)),
        lambda: start(imports, STRANGE, mapping=columns),
    ):
        with pytest.raises(Invalid) as caught:
            refused()
        assert [(each.pointer, each.code) for each in caught.value.errors] == [(pointer, code)]


def test_C11_a_mapping_is_given_or_named(imports):
    with pytest.raises(Invalid) as caught:
        start(imports, STRANGE, mapping={"Kuka": "name"}, mapping_id=imports.call(
            "save_mapping", SaveMapping(name="x", columns={"Kuka": "name"})).id)  # fmt: skip
    assert caught.value.errors[0].pointer == "/mapping_id"


def test_C11_a_file_that_cannot_be_read_says_so_when_it_is_looked_at(imports):
    content = 'Etunimi;Sukunimi\nAino;"Aalto\n'
    wanted = PreviewImport(file_key=stored(content), file_name="a.csv")
    done = imports.finish(imports.call("preview_import", wanted))
    assert (done.state, done.result["code"], done.result["row"]) == ("failed", "quotation_open", 2)
    assert imports.call("get_import_columns", ById(id=id_of(done.id))).columns == []


def test_C11_a_dry_run_and_the_import_after_it_use_one_mapping(imports):
    content = "A;B\nAino;Aalto\n"
    said = {"A": "given_name", "B": "family_name"}
    wanted = StartImport(file_key=stored(content), file_name="a.csv", mapping=said, profile=ImportProfile.CONTACTS)
    imports.finish(imports.call("start_import", wanted))
    imports.finish(imports.call("start_import", wanted.model_copy(update={"dry_run": False})))
    assert [each.name for each in imports.call("list_persons", ListPersons()).data] == ["Aino Aalto"]


def test_C11_C17_samples_go_with_the_person_they_are_about(imports):
    found = look(imports, "Etunimi;Sukunimi;Sähköposti\nAino;Aalto;aino@example.org\n")
    made = imports.call("create_person", CreatePerson(given_name="Aino", family_name="Aalto", email="aino@example.org"))
    imports.call("delete_person", DeleteContact(id=made.id, version=1))
    again = imports.call("get_import_columns", ById(id=found.id))
    assert "aino" not in str(again).lower()


def test_C11_who_may_not_import_may_not_look_either(imports, call_service):
    nobody = staff()
    nobody = nobody.model_copy(update={"permissions": frozenset({"contacts.read"})})
    for method, request in (
        ("preview_import", PreviewImport(file_key="contacts/a", file_name="a.csv")),
        ("save_mapping", SaveMapping(name="x", columns={})),
        ("list_mappings", ListMappings()),
        ("get_import_columns", ById(id=new_id())),
    ):
        with pytest.raises(NotAllowed):
            call_service("contacts", method, request, principal=nobody)
    with pytest.raises(NotFound):
        imports.call("get_job", JobById(id=f"contacts-{new_id()}"))


def test_C11_saved_mappings_stand_in_finnish_order_and_pages_do_not_overlap(imports):
    for name in ("Öinen", "eilinen", "Äskeinen", "Arkisto", "Åbo"):
        imports.call("save_mapping", SaveMapping(name=name, columns={"Kuka": "name"}))
    seen, cursor = [], None
    while True:
        page = imports.call("list_mappings", ListMappings(limit=2, cursor=cursor))
        seen += [each.name for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["Arkisto", "eilinen", "Åbo", "Äskeinen", "Öinen"]
