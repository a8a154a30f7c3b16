"""Roles: named sets of permissions (I4)."""

from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import Nothing
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound
from contracts.identity import IdentityApi, Role, SaveRole
from gateway.asked import list_state
from gateway.form_state import FormState
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.right_words import choices, in_words, role_name
from gateway.submitted import form_command, read, state, typed

identity = client(IdentityApi)
pages = Pages("office_roles", __name__)
PLACE: Final = "/office/settings/roles"
COLUMNS: Final = (Column("name", lazy_gettext("Role"), "main"), Column("permissions", lazy_gettext("Rights")))


@pages.get(PLACE, may=Permission.IDENTITY_READ)
def list_roles() -> str:
    """All roles with what they allow."""
    roles = identity.list_roles(Nothing()).data
    return render_template(
        "settings/roles.html",
        state=list_state(),
        columns=COLUMNS,
        roles=roles,
        name=role_name,
        in_words=in_words,
        all=len(Permission),
    )


@pages.form(f"{PLACE}/new", may=Permission.IDENTITY_WRITE)
def new_role() -> ResponseReturnValue:
    """A role of the office's own."""
    return _saved() if request.method == "POST" else _form(FormState())


@pages.form(f"{PLACE}/<code>", may=Permission.IDENTITY_WRITE)
def role(code: str) -> ResponseReturnValue:
    """What a role allows; what everybody with it may do changes at once."""
    found = next((each for each in identity.list_roles(Nothing()).data if each.code == code), None)
    if found is None or found.built_in:
        raise NotFound(f"There is no role {code[:40]} that could be changed.")
    return _saved(found) if request.method == "POST" else _form(FormState(_shown(found)), found)


def _shown(found: Role) -> dict[str, Any]:
    return {"name": found.name, "permissions": found.permissions, "sms_code": "yes" if found.sms_code else ""}


def _saved(found: Role | None = None) -> ResponseReturnValue:
    values: dict[str, Any] = {**typed("code", "name", "sms_code"), "permissions": request.form.getlist("permissions")}
    wanted = values | {"code": found.code if found else values["code"], "sms_code": bool(values["sms_code"])}
    try:
        with form_command():
            made = identity.save_role(read(SaveRole, wanted))
    except (Invalid, Conflict, NotAllowed) as error:
        return _form(state(values, error), found), 422
    flash(_("The role %(name)s is saved. It holds from now on.", name=made.name), "good")
    return redirect(PLACE)


def _form(f: FormState, found: Role | None = None) -> str:
    return render_template("settings/role.html", f=f, role=found, rights=choices())
