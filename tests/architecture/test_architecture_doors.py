"""Every address of the gateway says who may come in (R6: 0 undeclared endpoints)."""

from flask import Flask

from contracts.access import Access
from gateway import api, assets, health, pages
from gateway.api import openapi

OPEN = {
    "static", "assets.style", "assets.accent",  # what browsers need before anybody signs in; no data
    "health.livez", "health.readyz", "health.metrics",  # for the operator's machines; no personal data
    "api.get_openapi", "docs.show_docs",  # the contract itself
}  # fmt: skip


def whole_gateway() -> Flask:
    app = Flask("gateway", static_folder="static")
    for blueprint in (assets.blueprint, health.blueprint, api.blueprint, api.docs):
        app.register_blueprint(blueprint)
    pages.register(app)
    return app


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
