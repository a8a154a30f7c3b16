"""How a section of pages is declared: like a blueprint, but each page says who may open it.

    pages = Pages("office_contacts", __name__)

    @pages.get("/office/contacts", may=Permission.CONTACTS_READ)
    def list_contacts() -> str: ...

`Rule.PUBLIC` opens a page to everybody, `Rule.SIGNED_IN` to any account, `Rule.OWN` to accounts of a person. The
services check again, for what they give and do.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint

from contracts.access import Access
from gateway.admission import admit

V = TypeVar("V", bound=Callable[..., Any])


class Pages(Blueprint):
    """A section of pages."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        self.addresses: list[tuple[str, list[str]]] = []
        """Every address of the section with its verbs."""

    def get(self, rule: str, *, may: Access | tuple[Access, ...], **options: Any) -> Callable[[V], V]:  # type: ignore[override]
        """A page to read."""
        return self.page(rule, may=may, methods=["GET"], **options)

    def post(self, rule: str, *, may: Access | tuple[Access, ...], **options: Any) -> Callable[[V], V]:  # type: ignore[override]
        """A form that is sent."""
        return self.page(rule, may=may, methods=["POST"], **options)

    def form(self, rule: str, *, may: Access | tuple[Access, ...], **options: Any) -> Callable[[V], V]:
        """A page with a form that is sent to the same address."""
        return self.page(rule, may=may, methods=["GET", "POST"], **options)

    def page(self, rule: str, *, may: Access | tuple[Access, ...], **options: Any) -> Callable[[V], V]:
        """A page under an address, open to those who may."""
        rights = may if isinstance(may, tuple) else (may,)

        def declare(view: V) -> V:
            @wraps(view)
            def guarded(**path: Any) -> Any:
                admit(rights)
                return view(**path)

            guarded.may = rights  # type: ignore[attr-defined]
            self.add_url_rule(rule, view.__name__, guarded, **options)
            self.addresses.append((rule, options["methods"]))
            return view

        return declare
