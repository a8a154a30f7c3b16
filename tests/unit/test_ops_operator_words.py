"""What operators' commands say when something is wrong, and the report of an import."""

import csv
import json

import httpx
import pytest

from contracts.contacts.imports import ImportRow
from ops.operator.__main__ import main
from ops.operator.door import Door, Refused, explanation
from ops.operator.importing import write_report


def answered(status, body):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, content=content, request=httpx.Request("POST", "http://suite.test/api/v1/imports"))


def test_a_problem_document_is_told_with_its_fields():
    problem = {
        "title": "invalid",
        "detail": "This file cannot be imported.",
        "errors": [{"pointer": "/file", "code": "file_empty", "message": "The file is empty."}],
        "request_id": "abc",
    }
    assert explanation(answered(422, problem)) == "This file cannot be imported.\n  /file: The file is empty."


def test_a_field_that_repeats_the_detail_is_told_once():
    problem = {"detail": "The file is empty.", "errors": [{"pointer": "/file", "message": "The file is empty."}]}
    assert explanation(answered(422, problem)) == "The file is empty."


def test_a_defect_is_told_with_the_request_id():
    assert "Request id: abc" in explanation(answered(500, {"detail": "Something went wrong.", "request_id": "abc"}))


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", [], {"title": "no detail"}, b""])
def test_an_answer_that_is_no_problem_document_is_told_by_its_status(body):
    assert explanation(answered(502, body)) == "POST /api/v1/imports was answered 502."


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (None, "No suite runs from this checkout"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"base_url": "http://127.0.0.1:1"}', "cannot be read"),
        ('{"base_url": "http://127.0.0.1:1", "api_key": null}', "holds no API key"),
    ],
)
def test_without_a_usable_run_file_the_advice_is_to_start_the_suite(tmp_path, content, advice):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Refused, match=advice) as refused:
        Door.of_run_file(path)
    assert "./talkoo up" in str(refused.value)


@pytest.mark.parametrize(
    "words",
    [
        ["jobs"],
        ["jobs", "cancel", "contacts-1"],
        ["dead-letters", "list"],
        ["dead-letters", "replay", "contacts", "--all"],
        ["import", __file__],
    ],
)
def test_a_suite_that_does_not_answer_ends_a_command_with_a_sentence(tmp_path, monkeypatch, capsys, words):
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"base_url": "http://127.0.0.1:1", "api_key": "talkoo_x_y"}))
    monkeypatch.setenv("TALKOO_RUN_FILE", str(run))
    assert main(words) == 1
    assert "Talkoo does not answer at http://127.0.0.1:1" in capsys.readouterr().err


def test_C11_a_file_that_is_not_there_is_named(tmp_path, monkeypatch, capsys):
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"base_url": "http://127.0.0.1:1", "api_key": "talkoo_x_y"}))
    monkeypatch.setenv("TALKOO_RUN_FILE", str(run))
    assert main(["import", str(tmp_path / "none.csv")]) == 1
    assert "none.csv cannot be read: No such file or directory." in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["dead-letters"], ["dead-letters", "replay", "contacts"], ["import"]])
def test_words_that_are_not_understood_end_with_2(words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_C11_the_report_of_rejected_rows_holds_their_cells_and_no_formulas(tmp_path):
    rows = [
        ImportRow(number=3, state="rejected", column="email", reason="Not an address.", raw={"Nimi": "Åsa", "A": None}),
        ImportRow(number=9, state="rejected", reason="No name.", raw={"Nimi": '=HYPERLINK("x")', "B": "-1"}),
    ]
    write_report(tmp_path / "rejected.csv", rows)
    with (tmp_path / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.reader(file, delimiter=";"))
    assert told == [
        ["row", "column", "reason", "Nimi", "A", "B"],
        ["3", "email", "Not an address.", "Åsa", "", ""],
        ["9", "", "No name.", '\'=HYPERLINK("x")', "", "'-1"],
    ]


def test_C11_a_telephone_number_of_the_report_can_be_imported_again(tmp_path):
    rows = [ImportRow(number=3, state="rejected", reason="No name.", raw={"Puh": "+358 401234567", "A": "\n=1+1"})]
    write_report(tmp_path / "rejected.csv", rows)
    with (tmp_path / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";"))[1][3:] == ["+358 401234567", "'\n=1+1"]
