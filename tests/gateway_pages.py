"""The gateway's pages as its URL map has them: address, verb, and who may open them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import Flask

from chassis.ids import new_id
from contracts.access import Access, Rule
from gateway import api, assets, health, pages
from gateway.api import openapi

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
ALIASES = {"contacts": "persons", "join": "membership-types", "courses": "sessions"}
"""What the API calls the things of a page's address, where it calls them otherwise."""


def whole_gateway() -> Flask:
    """All addresses, without anything that answers them for real."""
    app = Flask("gateway", static_folder="static")
    for blueprint in (assets.blueprint, health.blueprint, api.blueprint, api.docs):
        app.register_blueprint(blueprint)
    pages.register(app)
    return app


@dataclass(frozen=True)
class PageRule:
    """One page under one verb; `rule` as Flask writes it."""

    rule: str
    verb: str
    may: tuple[Access, ...]

    @property
    def arguments(self) -> list[str]:
        """Names in the address, in order."""
        return ARGUMENT.findall(self.rule)

    @property
    def is_public(self) -> bool:
        return Rule.PUBLIC in self.may

    def address(self, things: dict[str, str]) -> str:
        """The page's address with an id for each argument, by the word that stands before it."""
        kinds = [ALIASES.get(kind, kind) for kind, part in pairwise(self.rule.split("/")) if part.startswith("<")]
        values = dict(zip(self.arguments, (things.get(kind) or str(new_id()) for kind in kinds), strict=True))
        return ARGUMENT.sub(lambda found: values[found[1]], self.rule)


def page_rules() -> list[PageRule]:
    """Every page that says who may open it, by address and verb."""
    app = whole_gateway()
    return sorted(
        (
            PageRule(rule.rule, verb, app.view_functions[rule.endpoint].may)  # type: ignore[attr-defined]
            for rule in app.url_map.iter_rules()
            if hasattr(app.view_functions[rule.endpoint], "may") and not rule.endpoint.startswith("api.")
            for verb in sorted((rule.methods or set()) & {"GET", "POST"})
        ),
        key=lambda each: (each.rule, each.verb),
    )


def first_things(office: Any) -> dict[str, str]:
    """The id of one thing of every kind that the API lists, by the kind's name in addresses; `office` sees all."""
    found = {"parked": "contacts"}
    for route in openapi.routes():
        if route.verb == "GET" and route.path.count("/") == 1 and not route.path_names and route.method is not None:
            rows = office.ask("GET", f"/api/v1{route.path}").json().get("data") or [{}]
            found[route.path.strip("/")] = rows[0].get("id") or str(new_id())
    return found
