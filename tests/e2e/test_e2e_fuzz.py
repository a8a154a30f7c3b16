"""schemathesis reads the OpenAPI document and asks what it allows and what it forbids: no 5xx, nothing undocumented."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.api import openapi

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
"""Of each operation, the same in every run; more of them find more."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


schema = schemathesis.openapi.from_dict(openapi.document())
OPERATIONS = [
    (method, path)
    for path, methods in schema.raw_schema["paths"].items()
    for method in methods
    if method in {"get", "post", "put", "patch", "delete"}
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_R5_every_operation_answers_as_documented(method, path, whole):
    headers = {"Authorization": f"Bearer {whole.run['api_key']}"}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=schema[path][method].as_strategy())
    def asked(case):
        answer = case.call(base_url=f"{whole.base_url}/api/v1", headers=headers, timeout=30)
        case.validate_response(answer, checks=CHECKS)

    asked()


def test_there_are_operations_to_ask():
    assert len(OPERATIONS) > 200
