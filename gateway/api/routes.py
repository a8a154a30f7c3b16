"""What an address of the API does: one row per operation, from which requests are served and OpenAPI is written.

    contacts = Resource(ContactsApi, "Contacts")
    contacts.get("/persons/{id}", ContactsApi.get_person, "One person")

A request's path, query or JSON body, and the version in If-Match fill the fields of the method's request; names are
the same everywhere. Who may call is said by the contract.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from contracts.access import Access
from contracts.base import Kind, Method, Service, methods_of

Verb = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
VERSION = "version"


@dataclass(frozen=True)
class Route:
    """One operation. `location` is the address of what was made, filled from the reply."""

    verb: Verb
    path: str
    summary: str
    tag: str
    operation: str
    may: tuple[Access, ...]
    status: int = 200
    location: str = ""
    key_required: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    """Fields that the address itself decides, such as `state` of the waiting list."""
    example: Mapping[str, Any] | None = None
    service: str = ""
    method: Method | None = None
    view: Callable[..., Any] | None = None
    """A view of its own, for what is not one call with JSON in and out; then the three below describe it."""
    request: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    consumes: str = "application/json"
    produces: str = "application/json"
    also: tuple[int, ...] = ()
    """Further statuses that the view answers."""

    @property
    def path_names(self) -> list[str]:
        """Names in the path, in order."""
        return [part[1:-1] for part in self.path.replace(".", "/").split("/") if part.startswith("{")]

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        rule = self.path
        for name in self.path_names:
            rule = rule.replace(f"{{{name}}}", f"<{self._converter(name)}{name}>")
        return rule

    def _converter(self, name: str) -> str:
        if self.method is None:
            return "uuid:" if name == "id" else ""
        return "uuid:" if self.method.request.model_fields[name].annotation in (UUID, UUID | None) else ""

    @property
    def versioned(self) -> bool:
        """Whether the version comes in If-Match."""
        changes = self.verb in {"PUT", "PATCH", "DELETE"}
        return changes and self.method is not None and VERSION in self.method.request.model_fields

    @property
    def has_body(self) -> bool:
        """Whether the request's fields come as JSON, not as query."""
        return self.verb in {"POST", "PUT", "PATCH"}

    @property
    def open_fields(self) -> list[str]:
        """Fields of the request that neither path, If-Match nor the address fills."""
        model = self.method.request if self.method else self.request
        if model is None:
            return []
        taken = {*self.path_names, *self.given}
        if self.versioned:
            taken.add(VERSION)
        if self.verb == "PATCH":
            taken.add("clear")
        return [name for name in model.model_fields if name not in taken]


class Resource:
    """Collects the routes that lead to one service."""

    def __init__(self, api: type[Service], tag: str) -> None:
        self.service, self.tag = api.service_name, tag
        self.routes: list[Route] = []
        self._methods = methods_of(api)

    def get(self, path: str, call: Callable[..., Any], summary: str, **more: Any) -> None:
        """Read one thing or a list."""
        self._add("GET", path, call, summary, **more)

    def post(self, path: str, call: Callable[..., Any], summary: str, **more: Any) -> None:
        """Make something, or do something with it."""
        self._add("POST", path, call, summary, **more)

    def put(self, path: str, call: Callable[..., Any], summary: str, **more: Any) -> None:
        """Replace something, based on the version in If-Match."""
        self._add("PUT", path, call, summary, **more)

    def patch(self, path: str, call: Callable[..., Any], summary: str, **more: Any) -> None:
        """Change some fields (RFC 7396: null empties), based on the version in If-Match."""
        self._add("PATCH", path, call, summary, **more)

    def delete(self, path: str, call: Callable[..., Any], summary: str, **more: Any) -> None:
        """Remove something."""
        self._add("DELETE", path, call, summary, status=204, **more)

    def _add(self, verb: Verb, path: str, call: Callable[..., Any], summary: str, **more: Any) -> None:
        method = self._methods[call.__name__]
        assert method.kind is Kind.QUERY or verb != "GET", f"{path}: GET changes nothing"
        operation = more.pop("operation", method.name)
        self.routes.append(
            Route(verb, path, summary, self.tag, operation, method.may, service=self.service, method=method, **more)
        )

    def view(
        self, verb: Verb, path: str, view: Callable[..., Any], summary: str, may: tuple[Access, ...], **more: Any
    ) -> None:
        """An operation with a view of its own; `more` describes what goes in and out."""
        self.routes.append(Route(verb, path, summary, self.tag, view.__name__, may, view=view, **more))
