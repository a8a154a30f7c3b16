"""Sign-ins and privileged actions, newest first (I6)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client, or_nothing
from contracts.access import Permission
from contracts.base import ByIds, ListRequest
from contracts.identity import AuditEntry, Colleague, IdentityApi
from gateway.asked import asked, list_state
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import may

identity = client(IdentityApi)
pages = Pages("office_audit_log", __name__)
UUID_FORM: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COLUMNS: Final = (
    Column("action", lazy_gettext("What"), "main"),
    Column("at", lazy_gettext("When"), "date"),
    Column("actor", lazy_gettext("Who")),
    Column("subject", lazy_gettext("About")),
    Column("address", lazy_gettext("From")),
)
ACTIONS: Final[Mapping[str, Any]] = {
    "sign_in": _p("audit log", "Sign-in"),
    "sign_out": _p("audit log", "Sign-out"),
    "password.changed": _p("audit log", "Password changed"),
    "password.reset_asked": _p("audit log", "New password asked for"),
    "password.set_by_link": _p("audit log", "Password set by link"),
    "account.created": _p("audit log", "User made"),
    "account.updated": _p("audit log", "User changed"),
    "role.saved": _p("audit log", "Role saved"),
    "api_key.created": _p("audit log", "API key made"),
    "api_key.revoked": _p("audit log", "API key revoked"),
    "export.started": _p("audit log", "Contacts exported"),
    "export.fetched": _p("audit log", "Exported file fetched"),
    "link.revoked": _p("audit log", "Personal link withdrawn"),
}


@pages.get("/office/audit-log", may=Permission.IDENTITY_READ)
def audit_log() -> str:
    """Who signed in or did something privileged, and how it ended."""
    found = identity.list_audit(asked(ListRequest, limit=50))
    return render_template(
        "settings/audit_log.html",
        state=list_state(),
        columns=COLUMNS,
        found=found,
        actions=ACTIONS,
        names=_names(found.data),
    )


def _names(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """User names by what the entries call accounts: `account:<id>` or `<id>`."""
    texts = {text.removeprefix("account:") for each in entries for text in (each.actor, each.subject)}
    names = {"anonymous": _("Not signed in"), "system:worker": _("The system itself")}
    for key in identity.list_api_keys(ListRequest(limit=200)).data:
        names |= {str(key.id): key.name, f"api_key:{key.id}": key.name}
    for found in _accounts([UUID(text) for text in texts if UUID_FORM.fullmatch(text)]):
        names |= {str(found.id): found.name, f"account:{found.id}": found.name}
    return names


def _accounts(ids: list[UUID]) -> list[Colleague]:
    if not ids or not may(Permission.ACTIVITIES_READ):
        return []
    found = or_nothing(lambda: identity.get_colleagues(ByIds(ids=ids)))
    return found.data if found else []
