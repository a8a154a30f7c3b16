"""No command of contacts takes a personal identity code, in whichever of its texts it stands (C5)."""

from copy import deepcopy

import pytest
from pydantic import ValidationError

from chassis import execution
from chassis.access import EVERYTHING
from chassis.service import ServiceBase, service_class
from contracts.access import ANONYMOUS
from contracts.base import Kind, methods_of
from contracts.contacts import ContactsApi
from gateway.api.examples import Examples
from services.contacts.rules.refused_codes import texts_of

CODE = "131052-308T"
COMMANDS = {name: each for name, each in methods_of(ContactsApi).items() if each.kind is Kind.COMMAND}


def example_of(method):
    schema = method.request.model_json_schema()
    return Examples(schema.get("$defs", {})).of_reply(schema)


def replaced(payload, pointer, text):
    """The payload with another text at the pointer."""
    changed = deepcopy(payload)
    *way, last = [int(part) if part.isdigit() else part for part in pointer.split("/")[1:]]
    place = changed
    for part in way:
        place = place[part]
    place[last] = text
    return changed


def spoilt(method):
    """Requests as the contract takes them, with a code in one of their texts, by pointer."""
    payload = example_of(method)
    for pointer, _text in texts_of(payload):
        changed = replaced(payload, pointer, f"Tunnus {CODE}")
        try:
            kept = dict(texts_of(method.request.model_validate(changed).model_dump()))
        except ValidationError:
            continue
        if CODE in kept.get(pointer, ""):
            yield pointer, changed


@pytest.mark.parametrize("name", COMMANDS)
def test_C5_a_code_in_any_text_is_refused_before_the_command_begins(name, monkeypatch):
    monkeypatch.setattr(execution, "verify", lambda _token, _now: ANONYMOUS)
    monkeypatch.setattr(execution, "authorise", lambda _method, _principal: EVERYTHING)
    monkeypatch.setattr(execution, "database_of", lambda _name: pytest.fail("it has begun"))
    for pointer, payload in spoilt(COMMANDS[name]):
        told = execution.answer(service_class("contacts"), COMMANDS[name], payload, {})["error"]
        assert [(each["pointer"], each["code"]) for each in told["errors"]] == [(pointer, "personal_id")]


def test_C5_the_examples_reach_the_texts_of_commands():
    reached = {(name, pointer) for name, method in COMMANDS.items() for pointer, _payload in spoilt(method)}
    assert {("create_person", "/family_name"), ("define_field", "/label/fi"), ("create_survey", "/intro/sv")} <= reached
    assert {("create_segment", "/filter/value"), ("save_mapping", "/name"), ("start_import", "/file_name")} <= reached
    assert len({name for name, _pointer in reached}) > 30


def test_one_place_refuses_for_all_commands():
    refusing = [each for each in service_class("contacts").__mro__ if "refuse_unstorable" in vars(each)]
    assert [each.__name__ for each in refusing] == ["ContactsMethods", ServiceBase.__name__]
