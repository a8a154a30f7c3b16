"""Every address of the gateway says who may come in (R6: 0 undeclared endpoints)."""

from contracts.access import Access
from gateway.api import openapi
from tests.gateway_pages import page_rules, whole_gateway

OPEN = {
    "static", "assets.style", "assets.accent",  # what browsers need before anybody signs in; no data
    "health.livez", "health.readyz", "health.metrics",  # for the operator's machines; no personal data
    "api.get_openapi", "docs.show_docs",  # the contract itself
}  # fmt: skip
MOVING = {
    "decide_application", "open_membership", "end_membership",  # approving and opening send an invoice
    "enrol", "cancel_enrolment", "take_offer",
    "start_payment", "credit_invoice", "import_bank_file", "launch_mailing",
}  # fmt: skip
"""What carried out twice would cost somebody money, a seat, or a second letter."""


def test_R6_every_page_and_every_operation_says_who_may_come_in():
    views = whole_gateway().view_functions
    undeclared = {name for name, view in views.items() if not getattr(view, "may", None)}
    assert undeclared == OPEN


def test_R6_what_is_declared_are_rights():
    views = whole_gateway().view_functions
    for name in views.keys() - OPEN:
        assert all(isinstance(right, Access) for right in views[name].may), name


def test_every_operation_of_the_api_is_served_and_documented_once():
    views = whole_gateway().view_functions
    operations = [f"api.{route.operation}" for route in openapi.routes()]
    assert len(operations) == len(set(operations))
    assert set(operations) == {name for name in views if name.startswith("api.")} - OPEN


def test_what_moves_money_seats_or_messages_asks_for_an_idempotency_key():
    asking = {route.operation for route in openapi.routes() if route.key_required}
    assert asking == MOVING


def test_the_pages_are_found_by_their_addresses():
    """Tests of who may see what are made of this list."""
    found = {(each.rule, each.verb) for each in page_rules()}
    assert {("/my/invoices/<uuid:invoice_id>", "GET"), ("/office/contacts/new", "POST"), ("/join", "GET")} <= found
    assert len(found) > 100
