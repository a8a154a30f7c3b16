"""Bad input at the HTTP door, as strangers send it: the right 4xx, and nothing changes."""

import io
import socket
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from chassis.ids import new_id
from gateway.api import openapi
from ops.demo.papers import camt_054
from ops.simulators.clients import wait_until

JSON = {"Content-Type": "application/json"}
CAMT = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
ENTITIES = b'<!DOCTYPE a [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
BODIES = {
    "utf-16": ('{"given_name":"A"}'.encode("utf-16"), 400),
    "latin-1": ('{"given_name":"ä"}'.encode("latin-1"), 400),
    "nul": (b'{"given_name":"a\\u0000","family_name":"B"}', 422),
    "not a number": (b'{"given_name":NaN}', 400),
    "no such day": (b'{"given_name":"A","family_name":"B","birth_date":"2026-02-30"}', 422),
    "second line": (b'{"given_name":"A\\r\\nBcc: x@example.org","family_name":"B"}', 422),
    "nested": (b'{"given_name":' + b"[" * 900 + b"]" * 900 + b"}", 400),
}
BANK_FILES = {
    "entity bomb": ENTITIES + CAMT + b"&b;</Document>",
    "external entity": ENTITIES + CAMT + b"&c;</Document>",
    "broken off": CAMT + b"<a>",
    "unknown encoding": b'<?xml version="1.0" encoding="zz"?><a/>',
    "nul": b"\0" * 1000,
    "too deep": b"<a>" * 100_000,
    "huge text": CAMT + b"<a>" + b"x" * 12_000_000 + b"</a></Document>",
    "another document": b'<Document xmlns="urn:x"/>',
}
LISTS = {
    "nul": ("a.csv", b"Etunimi,Sukunimi\n\0,\0\n"),
    "never closed": ("a.csv", b'Etunimi,Sukunimi\n"a'),
    "no names": ("a.csv", b"foo,bar\n1,2\n"),
    "too many columns": ("a.csv", b",".join(b"c%d" % i for i in range(20_000)) + b"\n"),
    "no zip": ("a.xlsx", b"PK\x03\x04junk"),
}


def key():
    return {"Idempotency-Key": str(new_id())}


def raw(whole, start, *headers, body=b""):
    """The status of a request as no client library would write it."""
    address = urlsplit(whole.base_url)
    lines = [start + b" HTTP/1.1", b"Host: " + address.netloc.encode(), b"Connection: close", *headers, b"", body]
    with socket.create_connection((address.hostname, address.port), 15) as connection:
        connection.sendall(b"\r\n".join(lines))
        return int(connection.makefile("rb").readline().split()[1])


def zip_bomb():
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<a/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(301):
                sheet.write(bytes(1_000_000))
    return content.getvalue()


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_is_refused(whole, name):
    content, status = BODIES[name]
    answer = whole.api.ask("POST", "/api/v1/persons", content=content, headers=dict(JSON))
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text


@pytest.mark.parametrize(("levels", "status"), [(50, 422), (110, 400), (200, 400), (240, 400)])
def test_a_filter_nested_too_deep_is_refused(whole, levels, status):
    tree = {"field": "city", "op": "eq", "value": "x"}
    for _ in range(levels):
        tree = {"all": [tree]}
    answer = whole.api.ask("POST", "/api/v1/segments/preview", json={"filter": tree})
    assert answer.status_code == status
    assert (answer.json()["code"] == "nested_too_deep") == (status == 400)


@pytest.mark.parametrize("op", ["eq", "contains", "starts"])
def test_C10_a_pattern_made_to_hang_is_a_text_like_others(whole, op):
    test = {"field": "name", "op": op, "value": "(a+)+$" * 10}
    assert whole.api.post("/segments/preview", {"filter": test})["count"] == 0


@pytest.mark.parametrize("price", ["-1", "-0.01", "1e999999", "NaN", "Infinity", "1,5", "0.001", None, []])
def test_a_price_that_cannot_be_is_refused(whole, price):
    product = {"code": f"x-{new_id().hex[-8:]}", "name": {"fi": "X"}, "category": "courses", "vat_code": "standard"}
    assert whole.api.ask("POST", "/api/v1/products", json=product | {"price": price}).status_code == 422


@pytest.mark.parametrize("name", BANK_FILES)
def test_a_bank_file_that_cannot_be_books_nothing(whole, name):
    before = whole.api.get("/bank-files")
    answer = whole.api.ask("POST", "/api/v1/bank-files", files={"file": ("a.xml", BANK_FILES[name])}, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    assert whole.api.get("/bank-files") == before


def test_a_key_belongs_to_one_request_whatever_the_operation(whole):
    """A request that is refused does not use its key up; one that is carried out does, for every other request."""
    one, person = key(), {"given_name": "Avain", "family_name": f"Kerran-{new_id()}"}
    refused = whole.api.ask("POST", "/api/v1/persons", json=person | {"email": "no address"}, headers=dict(one))
    made = whole.api.ask("POST", "/api/v1/persons", json=person, headers=dict(one))
    assert (refused.status_code, made.status_code) == (422, 201)
    before = whole.api.get("/bank-files")
    others = [
        whole.api.ask("POST", "/api/v1/persons", json=person | {"title": "x"}, headers=dict(one)),
        whole.api.ask("POST", "/api/v1/organisations", json={"name": person["family_name"]}, headers=dict(one)),
        whole.api.ask("POST", "/api/v1/bank-files", files={"file": ("a.xml", bank_file(whole))}, headers=dict(one)),
        whole.api.ask("POST", "/api/v1/bank-files", files={"file": ("a.xml", bank_file(whole))}, headers=dict(one)),
    ]
    assert [other.status_code for other in others] == [422, 422, 201, 422]
    assert {others[0].json()["code"], others[1].json()["code"], others[3].json()["code"]} == {"idempotency_key_reused"}
    assert len(whole.api.get("/bank-files")["data"]) == len(before["data"]) + 1
    assert len(whole.api.get("/persons", q=person["family_name"])["data"]) == 1
    assert whole.api.get("/organisations", q=person["family_name"])["data"] == []


def bank_file(whole):
    iban, today = whole.api.get("/settings/seller")["iban"], datetime.now(UTC).date()
    return camt_054(iban, today, f"K{new_id().hex[-10:]}", [("1.00", "", "Nimetön")])


FILE = ("a.csv", b"Etunimi,Sukunimi\nAino,Aho\n")
CUT_SHORT = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nEtunimi'
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
UPLOADS = {
    "JSON": ({"json": {"file": "x"}}, 415),
    "a plain form": ({"data": {"file": "x"}}, 415),
    "nothing": ({"content": b"", "headers": FORM}, 422),
    "cut short": ({"content": CUT_SHORT, "headers": FORM}, 422),
    "no boundary": ({"content": CUT_SHORT, "headers": {"Content-Type": "multipart/form-data"}}, 422),
    "a text for a file": ({"files": {"file": (None, b"Etunimi")}}, 422),
    "a file of another name": ({"files": {"other": FILE}}, 422),
    "a file without a name": ({"files": {"file": ("", FILE[1])}}, 422),
    "an empty file": ({"files": {"file": ("a.csv", b"")}}, 422),
    "a field that there is not": ({"files": [("file", FILE), ("colour", (None, b"red"))]}, 422),
    "a field given twice": ({"files": [("file", FILE), *[("csrf_token", (None, b"x"))] * 2]}, 422),
    "two thousand fields": ({"files": [("file", FILE), *[("x", (None, b"x"))] * 2_000]}, 413),
    "too much": ({"files": {"file": ("a.csv", b"Etunimi,Sukunimi\n" * 2_000_000)}}, 413),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_that_cannot_be_stores_nothing(whole, name):
    options, status = UPLOADS[name]
    whose = {side: whole.api.get(f"/{side}", limit=1)["data"][0]["id"] for side in ("persons", "organisations")}
    routes = [route for route in openapi.routes() if route.consumes == "multipart/form-data"]
    paths = {route.path.replace("{id}", whose.get(route.path.split("/")[1], "")): route.verb for route in routes}
    lists = [path.removesuffix("/preview") for path, verb in paths.items() if verb == "POST"]
    assert (len(lists), len(paths)) == (5, 6)  # bank files, imports and looks, documents on either side; the photo
    known = lambda: [[each["id"] for each in whole.api.get(path)["data"]] for path in lists]  # noqa: E731
    before = known()
    for path, verb in paths.items():
        headers = key() | options.get("headers", {})
        visitor = whole.visitor(whole.run["api_key"])  # the door hangs up on what is too large
        answer = visitor.ask(verb, f"/api/v1{path}", **options | {"headers": headers})
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
        if name == "too much":
            assert "20 MB" in answer.json()["detail"]
    assert not whole.api.get(f"/persons/{whose['persons']}")["has_photo"]
    assert known() == before


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a\\b\\c.csv", "\u202egpj.exe.csv", "x" * 2_000, "\x01\x02.csv", ".."]
)
def test_a_files_name_is_only_a_name(whole, name):
    job = whole.api.ask("POST", "/api/v1/imports", files={"file": (name, FILE[1])}, headers=key())
    assert job.status_code == 202, job.text
    shown = whole.api.get("/imports", limit=1)["data"][0]["file_name"]
    assert 0 < len(shown) <= 200
    assert not set(shown) & set("/\\\u202e\x01")


@pytest.mark.parametrize("name", [*LISTS, "zip bomb"])
def test_a_list_of_contacts_that_cannot_be_read_fails_with_a_reason(whole, name):
    file_name, content = LISTS.get(name) or ("a.xlsx", zip_bomb())
    job = whole.api.upload("/imports", file_name, content, dry_run="false")
    address = f"/jobs/{job['id']}"
    done = wait_until(lambda: _ended(whole.api.get(address)), 60, name)
    assert (done["state"], done["done"]) == ("failed", 0)
    assert done["result"]["reason"]


def _ended(job):
    return job if job["state"] in {"failed", "succeeded"} else None


@pytest.mark.parametrize(
    "wanted", ["http://[", "//[", "//evil.example", "/\\evil", "https://evil.example", "/%0d%0aA:b"]
)
def test_signing_in_leads_nowhere_else(whole, wanted):
    assert whole.visitor().ask("GET", f"/sign-in?next={wanted}").status_code == 200
    led = whole.staff().ask("GET", f"/sign-in?next={wanted}")
    assert (led.status_code, led.headers["Location"]) == (302, "/welcome")


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://evil.example", "[]"])
def test_a_form_from_elsewhere_is_refused(whole, origin):
    answer = whole.staff().ask("POST", "/api/v1/persons", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize("name", [b"talkoo_session", b"talkoo_visit", b"talkoo_flash", b"talkoo_lang"])
@pytest.mark.parametrize("value", [b"\xc3\xa9" * 43, b"\xff\xfe" * 22, b'"', b"x" * 43])
def test_a_cookie_of_garbage_is_nobodys(whole, name, value):
    cookie = b"Cookie: " + name + b"=" + value
    assert raw(whole, b"GET /sign-in", cookie) == 200
    assert raw(whole, b"GET /api/v1/me", cookie) == 401


@pytest.mark.parametrize("body", [b"zz\r\n{}\r\n0\r\n\r\n", b"2\r\n{}xx0\r\n\r\n"])
def test_a_wrongly_chunked_body_is_refused(whole, body):
    bearer = f"Authorization: Bearer {whole.run['api_key']}".encode()
    headers = (bearer, b"Content-Type: application/json", b"Transfer-Encoding: chunked")
    assert raw(whole, b"POST /api/v1/persons", *headers, body=body) == 400


@pytest.mark.parametrize("token", ["%00", "%ED%A0%80", "ä", "forged", "x" * 300])
def test_a_forged_link_opens_nothing(whole, token):
    pages = ("/join/follow", "/pay", "/offer", "/my/password")
    answers = [whole.visitor().ask("GET", f"{page}/{token}") for page in pages]
    answers.append(whole.visitor().ask("POST", f"/unsubscribe/{token}"))
    assert [answer.status_code for answer in answers] == [410] * 5


@pytest.mark.parametrize("query", ["view=month&month=2026-13", "view=month&month=%00", "cursor=garbage", "cursor=%00"])
def test_a_calendar_that_cannot_be_is_refused(whole, query):
    assert whole.visitor().ask("GET", f"/courses?{query}").status_code == 422


def test_names_of_markup_are_shown_as_text(whole):
    person = whole.api.post("/persons", {"given_name": "<script>alert(1)</script>", "family_name": "{{7*7}}"})
    page = whole.staff().ask("GET", f"/office/contacts/{person['id']}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{7*7}}" in page


def test_requests_longer_than_any_of_ours_are_refused(whole):
    for start, *headers in (
        (b"GET /sign-in?q=" + b"x" * 20_000,),
        (b"GET /sign-in", b"X-Long: " + b"x" * 20_000),
        (b"GET /sign-in", *(b"X-%d: 1" % number for number in range(300))),
    ):
        assert raw(whole, start, *headers) in {400, 414, 431}
    assert raw(whole, b"GET /sign-in") == 200
