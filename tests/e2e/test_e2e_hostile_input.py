"""Input that cannot be, for every operation and every form, made from the contracts and the forms themselves.

The right 4xx each time, never a 5xx, and at the end no database holds anything else than before.
"""

import base64
import json
import types
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Union, get_args, get_origin

import pytest
from lxml import html
from pydantic import AwareDatetime

from chassis.ids import new_id
from gateway.api import openapi
from gateway.robots import TRAP
from tests import members
from tests.e2e.records import changes, settled, worker_held
from tests.gateway_pages import first_things, page_rules

JSON = {"Content-Type": "application/json"}
CONTENTS = {
    "nothing": (b"", 400),
    "half an object": (b'{"name": "x"', 400),
    "two objects": (b"{}{}", 400),
    "a comment": (b"{} // all", 400),
    "single quotes": (b"{'name': 'x'}", 400),
    "not a number": (b'{"price": NaN}', 400),
    "half a letter": (b'{"name": "\\ud800"}', 400),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), 400),
    "ISO 8859-1": ('{"name": "ä"}'.encode("latin-1"), 400),
    "a list": (b"[]", 422),
    "a text": (b'"x"', 422),
    "null": (b"null", 422),
    "an unknown field": (b'{"no_such_field": 1}', 422),
    "many unknown fields": (json.dumps({f"f{number}": 1 for number in range(500)}).encode(), 422),
    "nested": (b'{"no_such_field":' + b"[" * 190 + b"]" * 190 + b"}", 422),
    "nested deeper": (b'{"no_such_field":' + b"[" * 900 + b"]" * 900 + b"}", 400),
}
UNEXPECTED = {"a field where none is taken": (b'{"no_such_field": 1}', 422)}


@pytest.fixture(scope="module")
def member(whole):
    """A member with one of most things that a form can be about."""
    made = members.new_member(whole, "Lomake")
    members.join(whole, made)
    members.enrol(whole, made, members.new_session(whole), payment="invoice")
    members.first_message(whole, made)
    return made


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(whole, member):
    """Seen once over all tests of the file, so that it costs little; a failure names the tables.

    What other files have left behind changes by itself when its time has come; not while the worker is held.
    """
    staff = [whole.staff("admin"), whole.api]
    settled(whole)
    with worker_held(whole):
        before = settled(whole)
        yield staff
        assert changes(before, settled(whole)) == []


def with_body():
    """Operations that take JSON."""
    taken = [route for route in openapi.routes() if route.has_body and route.consumes == "application/json"]
    return [route for route in taken if route.method or route.request]


def address_of(route):
    path = route.path
    for name in route.path_names:
        path = path.replace(f"{{{name}}}", str(new_id()) if name.endswith("id") else "contacts")
    return f"/api/v1{path}"


def headers():
    return JSON | {"Idempotency-Key": str(new_id()), "If-Match": '"1-0"'}


def test_bodies_that_cannot_be_read_are_refused_by_every_operation(whole):
    wrong = []
    for route in with_body():
        for name, (content, status) in (CONTENTS if route.open_fields else UNEXPECTED).items():
            answer = whole.api.ask(route.verb, address_of(route), content=content, headers=headers())
            is_problem = answer.headers["Content-Type"] == "application/problem+json"
            if answer.status_code != status or not is_problem:
                wrong.append((route.operation, name, answer.status_code, answer.text[:100]))
    assert wrong == []


HOSTILE = {
    Decimal: ["1_000", "١٢٠", "１２", "1e3", "NaN", "Infinity", "12,50", " 5", "", True, [], {}],
    date: ["2026-02-30", "2025-02-29", "20261125", 20261125, "0001-01-01", "9999-12-31", "25.11.2026",
           "2026-11-25T10:00:00Z", ""],
    AwareDatetime: ["2026-02-30T10:00:00Z", 1770000000, "1770000000", "2026-11-25", "0001-01-01T00:00:00+02:00",
               "9999-12-31T23:59:59-05:00", "2026-11-25T25:00:00Z", ""],
    time: ["24:00", "09:60", "9.30", "0930", 34200, "09:30Z", "", []],
    int: ["x", "١", 1.5, "1.5", 10**30, "", []],
    bool: ["maybe", 2, "", []],
}  # fmt: skip
"""By the type of a field: what is none of it."""


def kinds(annotation):
    """The types of HOSTILE inside an annotation."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return kinds(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return {kind for part in get_args(annotation) for kind in kinds(part)}
    return {kind for kind in HOSTILE if annotation is kind}


def typed_fields(route):
    """(field, type) of what the operation takes as numbers, days, times and yes or no."""
    model = route.method.request if route.method else route.request
    return [(name, kind) for name in route.open_fields for kind in kinds(model.model_fields[name].annotation)]


def test_numbers_days_and_times_that_cannot_be_are_refused_where_they_stand(whole):
    wrong, seen = [], set()
    for route in with_body():
        for name, kind in typed_fields(route):
            seen.add(kind)
            for value in HOSTILE[kind]:
                answer = whole.api.ask(route.verb, address_of(route), json={name: value}, headers=headers())
                pointers = [each["pointer"] for each in answer.json()["errors"]]
                if answer.status_code != 422 or f"/{name}" not in pointers:
                    wrong.append((route.operation, name, value, answer.status_code, pointers))
    assert wrong == []
    assert seen == HOSTILE.keys()


def cursor_of(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


CURSORS = [
    "\0", "!", "x", cursor_of(), cursor_of(None), cursor_of(True), cursor_of({}), cursor_of([1]), cursor_of("\0"),
    cursor_of(2**70), cursor_of("\0", "\0"), cursor_of(1, 2, 3, 4), cursor_of("x", "y"),
]  # fmt: skip


def test_parameters_that_cannot_be_are_refused_by_every_list(whole):
    wrong, asked = [], 0
    for route in (each for each in openapi.routes() if each.verb == "GET" and each.method is not None):
        pages = "next_cursor" in route.method.reply.model_fields
        for name in (each for each in route.open_fields if pages or each != "cursor"):
            values = CURSORS if name == "cursor" else ["a\0b", "x" * 3_000, "٣", "2026-02-30"]
            is_typed = name == "cursor" or kinds(route.method.request.model_fields[name].annotation)
            for value in values:
                asked += 1
                answer = whole.api.ask("GET", address_of(route), params={name: value})
                refused = answer.status_code in {400, 404, 422}
                if not refused and (is_typed or "\0" in value or answer.status_code != 200):
                    wrong.append((route.operation, name, value[:20], answer.status_code, answer.text[:100]))
    assert wrong == []
    assert asked > 300


TYPED = {"text", "email", "tel", "date", "password", "number", "textarea"}
"""What is kept, unlike words to search by, which send a form only to show it again."""
SPOILED = {"NUL": "a\0b", "escape": "\x1b[2J", "endless": "x" * 20_000}


def forms_of(visitor, address):
    """(action, values, names of what is typed) of every form on a page that is sent and has something to type."""
    answer = visitor.ask("GET", address)
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return
    page = html.fromstring(answer.text)
    page.make_links_absolute(str(answer.url))
    for form in page.forms:
        inputs = [each for each in form.inputs if each.name and each.name != TRAP]
        typed = [each.name for each in inputs if (getattr(each, "type", None) or each.tag) in TYPED]
        if form.method == "POST" and typed:
            yield form.action, dict(form.form_values()), typed


def test_forms_refuse_what_cannot_be_typed(whole, member):
    """As a visitor, as a member, as an administrator: each form that each sees, with every field spoiled."""
    things = first_things(whole.api) | member.facts
    visitor = whole.visitor()
    visitor.page("/sign-in")
    seen, wrong = {}, []
    for who in (visitor, member.visitor, whole.staff("admin")):
        for page in (each for each in page_rules() if each.verb == "GET" and each.arguments != ["token"]):
            for action, values, typed in forms_of(who, page.address(things)):
                if action in seen:
                    continue
                seen[action] = typed
                for name, text in SPOILED.items():
                    spoiled = values | dict.fromkeys(typed, text)
                    answer = who.ask("POST", action, data=spoiled)
                    if not 400 <= answer.status_code < 500:
                        wrong.append((action, name, answer.status_code))
    assert wrong == []
    assert len(seen) > 20


def test_a_form_key_that_cannot_be_is_refused(whole):
    form = {"given_name": "Väärä", "family_name": "Avain", "csrf_token": whole.staff("admin").csrf}
    for key in ("\0", "a\nb", "\x7f"):
        answer = whole.staff("admin").ask("POST", "/office/contacts/new", data=form | {"form_key": key})
        assert answer.status_code == 422
