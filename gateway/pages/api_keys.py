"""API keys of other systems (I6): the secret is shown once."""

from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis import clock
from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.errors import Invalid, NotAllowed
from contracts.identity import ApiKey, CreateApiKey, IdentityApi
from gateway.asked import ask_first, asked, list_state
from gateway.form_state import FormState
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.right_words import choices, in_words
from gateway.submitted import day, form_command, read, state, typed, without_empty

identity = client(IdentityApi)
pages = Pages("office_api_keys", __name__)
PLACE: Final = "/office/settings/api-keys"
COLUMNS: Final = (
    Column("name", lazy_gettext("System"), "main"),
    Column("rights", lazy_gettext("Rights")),
    Column("expires_at", lazy_gettext("Ends"), "date"),
    Column("last_used_at", lazy_gettext("Last used"), "date"),
    Column("state", lazy_gettext("State")),
)


@pages.get(PLACE, may=Permission.IDENTITY_READ)
def list_keys() -> str:
    """All keys, the newest first."""
    return _list()


def _list(made: ApiKey | None = None) -> str:
    found = identity.list_api_keys(asked(ListRequest, limit=50))
    return render_template(
        "settings/api_keys.html",
        state=list_state(),
        columns=COLUMNS,
        found=found,
        made=made,
        in_words=in_words,
        all=len(Permission),
    )


@pages.form(f"{PLACE}/new", may=Permission.IDENTITY_WRITE)
def new_key() -> ResponseReturnValue:
    """Name, rights and end of a new key; then its secret, once."""
    page = partial(render_template, "settings/api_key_form.html", rights=choices())
    if request.method == "GET":
        return page(f=FormState())
    values: dict[str, Any] = {**typed("name", "expires_at"), "permissions": request.form.getlist("permissions")}
    try:
        with form_command():
            made = identity.create_api_key(read(CreateApiKey, _wanted(values)))
    except (Invalid, NotAllowed) as error:
        return page(f=state(values, error)), 422
    return _list(made), {"Cache-Control": "no-store"}


def _wanted(values: dict[str, Any]) -> dict[str, Any]:
    """The last day is the last one on which the key works."""
    wanted = dict(values)
    day(wanted, "expires_at")
    if wanted["expires_at"]:
        wanted["expires_at"] = clock.start_of(wanted["expires_at"] + timedelta(days=1))
    return without_empty(wanted) | {"permissions": wanted["permissions"]}


@pages.post(f"{PLACE}/<uuid:key_id>/revoke", may=Permission.IDENTITY_WRITE)
def revoke(key_id: UUID) -> ResponseReturnValue:
    """The key works no more; asked first, as it cannot be undone."""
    text = _("The system that uses it is refused from now on.")
    if question := ask_first(_("Revoke the key?"), text, _("Revoke"), PLACE):
        return question
    with form_command():
        identity.revoke_api_key(ById(id=key_id))
    flash(_("The key works no more."), "good")
    return redirect(PLACE)
