"""What the shell of a page shows of the association and of the user: handed to every template as `shell`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from flask import Flask, current_app, g, request

from gateway import navigation


@dataclass(frozen=True, slots=True)
class Association:
    """Own name, accent colour `#rrggbb` (empty: the built-in one) and the contact line of the page foot."""

    name: str = "Talkoo"
    accent: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """Who is signed in. `rights` are permission names; None shows everything (style guide)."""

    name: str
    rights: Collection[str] | None = field(default_factory=frozenset)
    is_staff: bool = False
    is_member: bool = False

    @property
    def initials(self) -> str:
        """First letters of the first and the last name, for narrow screens."""
        names = self.name.split()
        return "".join(name[0] for name in (names[:1] + names[1:][-1:])).upper()


@dataclass(frozen=True)
class Shell:
    """One request's shell. `inbox_count` is the number of things waiting in the inbox, None when not known."""

    association: Association = field(default_factory=Association)
    user: User | None = None
    inbox_count: int | None = None

    @cached_property
    def office(self) -> list[navigation.Link]:
        """Sections of the staff side."""
        rights = self.user.rights if self.user else frozenset()
        return list(navigation.offered(navigation.OFFICE, _pages(), rights))

    @cached_property
    def member(self) -> list[navigation.Link]:
        """Tabs of the member side."""
        return list(navigation.offered(navigation.MEMBER, _pages(), None))

    @cached_property
    def public(self) -> list[navigation.Link]:
        """Links of the public side."""
        return list(navigation.offered(navigation.PUBLIC, _pages(), None))


def init_shell(app: Flask, make: Callable[[], Shell], csrf_token: Callable[[], str]) -> None:
    """Give every page `shell` (made by `make()`) and every template `here(link)` and `csrf_token()`.

    Components are imported without context, so they see `csrf_token()`, but not `shell`. Each form carries a new
    `form_key()`, which its handler passes on as the id of the command where a second effect would hurt.
    """
    app.jinja_env.globals.update(here=here, csrf_token=csrf_token, form_key=lambda: str(uuid4()))

    @app.context_processor
    def shell() -> dict[str, Any]:
        return {"shell": make()}


def here(link: navigation.Link) -> str:
    """`page` when the request is for this link's own address, `true` when below it, else empty (for aria-current).

    A page that stands elsewhere than its address says, sets `g.page_path`.
    """
    path = str(g.get("page_path", request.path)).rstrip("/")
    if path == link.path:
        return "page" if "page_path" not in g else "true"
    return "true" if link.contains(path) else ""


def _pages() -> Collection[str] | None:
    """Addresses of pages that exist, so that the navigation never leads into the void; None shows all."""
    if current_app.config.get("SHOW_ALL_SECTIONS"):
        return None
    return {rule.rule.rstrip("/") for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
