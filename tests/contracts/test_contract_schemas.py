"""The committed schemas are what the contracts give; a change of a contract shows in review."""

import pytest
from jsonschema import Draft202012Validator

from chassis.service import SERVICES
from contracts import values
from contracts.base import methods_of
from ops import contract_schemas

METHODS = [
    (service, method) for service in SERVICES for method in methods_of(contract_schemas.api_of(service)).values()
]


def test_committed_schemas_are_those_of_the_contracts():
    assert contract_schemas.differing() == [], "run: python -m ops.contract_schemas write"


@pytest.mark.parametrize("service", SERVICES)
def test_every_schema_is_valid(service):
    described = contract_schemas.interface_schema(service)
    for method in described["methods"].values():
        Draft202012Validator.check_schema(method["request"])
        Draft202012Validator.check_schema(method["reply"])
    for schema in described["events"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(("service", "method"), METHODS, ids=lambda each: getattr(each, "name", each))
def test_every_method_says_who_may_call_it_and_refuses_unknown_fields(service, method):
    assert method.may, f"{service}.{method.name} does not say who may call it"
    assert method.request.model_config["extra"] == "forbid"
    assert method.reply.model_config["extra"] == "ignore"
    assert 0 < method.deadline <= 15


READ_BY_US = {values._number, values._day, values._moment, values._time_of_day}


def read_by_pydantic(schema):
    """Days, times and decimal numbers in a core schema that are not read as contracts.values says."""
    if isinstance(schema, dict):
        if schema.get("type") == "function-before" and schema["function"]["function"] in READ_BY_US:
            return
        if schema.get("type") in ("date", "datetime", "decimal", "time"):
            yield schema["type"]
        for part in schema.values():
            yield from read_by_pydantic(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from read_by_pydantic(part)


@pytest.mark.parametrize(("service", "method"), METHODS, ids=lambda each: getattr(each, "name", each))
def test_days_times_and_numbers_of_requests_are_read_strictly(service, method):
    found = list(read_by_pydantic(method.request.__pydantic_core_schema__))
    assert found == [], f"{service}.{method.name}: use Day, Moment, TimeOfDay, PLAIN (contracts.values), Amount"


@pytest.mark.parametrize("service", SERVICES)
def test_events_are_named_after_what_happened_and_carry_no_personal_data(service):
    personal = {
        "name",
        "given_name",
        "family_name",
        "email",
        "phone",
        "address",
        "birth_date",
        "street",
        "reason",
        "note",
    }
    for event in contract_schemas.events_of(service):
        noun, _, version = event.type.rpartition(".")
        assert "." in noun, event.type
        assert version.startswith("v"), event.type
        assert event.subject_id in event.model_fields, event.type
        assert not personal & set(event.model_fields), event.type
