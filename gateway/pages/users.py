"""Who may sign in: accounts with their roles, and how they sign in (I2, I4)."""

from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, ListRequest, Nothing
from contracts.errors import Conflict, Invalid, NotAllowed, ServiceError, Stale
from contracts.identity import Account, AskPasswordReset, CreateAccount, IdentityApi, Role, UpdateAccount
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import persons_by_id
from gateway.pages.right_words import role_name
from gateway.submitted import form_command, read, state, typed, without_empty

identity = client(IdentityApi)
pages = Pages("office_users", __name__)
PLACE: Final = "/office/settings/users"
COLUMNS: Final = (
    Column("username", lazy_gettext("User name"), "main"),
    Column("person", lazy_gettext("Person")),
    Column("roles", lazy_gettext("Roles")),
    Column("state", lazy_gettext("State")),
    Column("last_signed_in_at", lazy_gettext("Last signed in"), "date"),
)
WAYS: Final = ("sms_code", "code_instead")
REFUSED: Final = (Invalid, Conflict, NotAllowed, Stale)


@pages.get(PLACE, may=Permission.IDENTITY_READ)
def list_users() -> str:
    """All accounts, the newest first."""
    found = identity.list_accounts(asked(ListRequest, limit=50))
    persons = persons_by_id(each.person_id for each in found.data if each.person_id)
    names = {role.code: role_name(role) for role in _roles()}
    return render_template(
        "settings/users.html", state=list_state(), columns=COLUMNS, found=found, persons=persons, names=names
    )


def _roles() -> list[Role]:
    return identity.list_roles(Nothing()).data


@pages.form(f"{PLACE}/new", may=Permission.IDENTITY_WRITE)
def new_user() -> ResponseReturnValue:
    """A new account; its owner chooses the password by a link that comes by e-mail."""
    if request.method == "GET":
        return _form(FormState({"language": "fi"}))
    values = _typed("username", "email", "phone", "language", *WAYS)
    try:
        with form_command():
            made = identity.create_account(read(CreateAccount, without_empty(values | _ways(values))))
            identity.ask_password_reset(AskPasswordReset(username=made.username))
    except REFUSED as error:
        return _form(state(values, error)), 422
    flash(_("%(name)s can choose a password now: the link is on its way.", name=made.username), "good")
    return redirect(f"{PLACE}/{made.id}")


@pages.form(f"{PLACE}/<uuid:account_id>", may=Permission.IDENTITY_WRITE)
def user(account_id: UUID) -> ResponseReturnValue:
    """Roles, ways to sign in, and whether the account may sign in at all."""
    account = identity.get_account(ById(id=account_id))
    if request.method == "GET":
        return _form(FormState(_shown(account)), account)
    values = _typed("phone", "version", "disabled", *WAYS)
    wanted = {"id": account_id, **values, **_ways(values), "disabled": bool(values["disabled"])}
    try:
        with form_command():
            identity.update_account(read(UpdateAccount, wanted | {"phone": values["phone"] or None}))
    except REFUSED as error:
        return _form(state(values, error), account), 422
    flash(_("Saved. It holds from now on."), "good")
    return redirect(f"{PLACE}/{account_id}")


@pages.post(f"{PLACE}/<uuid:account_id>/password", may=Permission.IDENTITY_WRITE)
def send_link(account_id: UUID) -> ResponseReturnValue:
    """A link to choose a new password, to the account's own address."""
    account = identity.get_account(ById(id=account_id))
    try:
        with form_command():
            identity.ask_password_reset(AskPasswordReset(username=account.username))
    except ServiceError as error:
        flash(state({}, error).problems[0], "bad")
    else:
        flash(_("A link to choose a new password is on its way to %(name)s.", name=account.username), "good")
    return redirect(f"{PLACE}/{account_id}")


def _typed(*names: str) -> dict[str, Any]:
    return {**typed(*names), "roles": request.form.getlist("roles")}


def _ways(values: dict[str, Any]) -> dict[str, bool]:
    return {name: bool(values[name]) for name in WAYS}


def _shown(account: Account) -> dict[str, Any]:
    ticked = {name: "yes" if getattr(account, name) else "" for name in (*WAYS, "disabled")}
    return account.model_dump(include={"phone", "roles", "version"}) | ticked


def _form(f: FormState, account: Account | None = None) -> str:
    person = persons_by_id([account.person_id]).get(account.person_id) if account and account.person_id else None
    roles = [(role.code, role_name(role), "") for role in _roles()]
    return render_template("settings/user.html", f=f, account=account, person=person, roles=roles)
