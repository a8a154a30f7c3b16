"""Signing in and out, codes by SMS, forgotten and new passwords."""

from functools import partial
from typing import Final

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from chassis.rpc import client
from contracts.access import LinkPurpose, Rule
from contracts.contacts import ContactsApi
from contracts.errors import Gone, Invalid, NotSignedIn, ServiceError
from contracts.identity import AskPasswordReset, EnterCode, IdentityApi, SessionToken, SetPassword, SignIn, SignInResult
from gateway.callers import by_link, session_token
from gateway.form_state import FormState
from gateway.limits import limit_form
from gateway.pages.door import Pages
from gateway.sessions import close_session, open_session
from gateway.submitted import form_command, needed, read, state, typed, without_empty

identity = client(IdentityApi)
contacts = client(ContactsApi)
pages = Pages("signing_in", __name__)
TRIES_PER_MINUTE: Final = 30
PASSWORD_LINKS: Final = {LinkPurpose.SET_PASSWORD, LinkPurpose.FIRST_ADMINISTRATOR}


@pages.form("/sign-in", may=Rule.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """User name and password, or a code in place of the password."""
    if request.method == "GET":
        if g.principal is not None:
            return redirect(_next())
        return render_template("signing_in/sign_in.html", f=FormState({"next": _next()}))
    limit_form("sign-in", TRIES_PER_MINUTE)
    values = {**typed("username"), "next": _next()}
    by_code = "by_code" in request.form
    try:
        needed(values, "username")
        password = request.form.get("password", "")
        if not by_code and not password:
            raise Invalid.field("/password", "missing", _("This is needed."))
        wanted = {"username": values["username"], "password": None if by_code else password}
        result = identity.sign_in(read(SignIn, {**wanted, **_from_where()}))
    except ServiceError as error:
        return render_template("signing_in/sign_in.html", f=state({**values, "password": ""}, error)), _status(error)
    return _go_on(result)


def _from_where() -> dict[str, str | None]:
    return {"address": request.remote_addr or "", "previous_session": session_token() or None}


def _status(error: ServiceError) -> int:
    return 429 if error.kind == "too_many" else 503 if error.kind == "unavailable" else 422


def _go_on(result: SignInResult) -> ResponseReturnValue:
    """To where the visitor wanted to go, or to the code."""
    if result.session_token is None:
        return render_template("signing_in/code.html", f=FormState(_challenge(result)), hint=result.phone_hint)
    response = redirect(_next())
    open_session(response, result.session_token)
    return response


def _challenge(result: SignInResult) -> dict[str, str]:
    return {"challenge_id": str(result.challenge_id), "next": _next()}


@pages.post("/sign-in/code", may=Rule.PUBLIC)
def enter_code() -> ResponseReturnValue:
    """The code that came by SMS."""
    limit_form("code", TRIES_PER_MINUTE)
    values = {**typed("challenge_id", "code"), "next": _next()}
    try:
        given = {"challenge_id": values["challenge_id"], "code": "".join(values["code"].split())}
        result = identity.enter_code(read(EnterCode, {**given, "address": request.remote_addr or ""}))
    except ServiceError as error:
        return render_template("signing_in/code.html", f=state(values, error), hint=""), _status(error)
    return _go_on(result)


@pages.post("/sign-out", may=Rule.PUBLIC)
def sign_out() -> Response:
    """The session ends at once."""
    if token := session_token():
        identity.sign_out(SessionToken(token=token))
    flash(_("You have signed out."), "good")
    response = redirect("/")
    close_session(response)
    return response


@pages.form("/sign-in/forgotten", may=Rule.PUBLIC)
def forgotten() -> ResponseReturnValue:
    """Ask for a link to set a new password; the answer does not tell who has an account."""
    if request.method == "GET":
        return render_template("signing_in/forgotten.html", f=FormState())
    limit_form("forgotten", 10)
    values = typed("username")
    try:
        needed(values, "username")
        with form_command():
            identity.ask_password_reset(read(AskPasswordReset, {**values, "address": request.remote_addr or ""}))
    except ServiceError as error:
        return render_template("signing_in/forgotten.html", f=state(values, error)), _status(error)
    return render_template(
        "layout/message.html",
        title=_("Look into your e-mail"),
        text=_("If there is an account of that name, a link to set a new password is on its way to its owner."),
    )


@pages.form("/my/password/<token>", may=Rule.PUBLIC)
def set_password(token: str) -> ResponseReturnValue:
    """Set the password by a personal link; opening the page uses nothing up."""
    with by_link(token) as link:
        if link.link_purpose not in PASSWORD_LINKS:
            raise Gone("This link sets no password.", code="link_gone")
    page = partial(render_template, "signing_in/set_password.html", token=token)
    named = link.link_purpose is LinkPurpose.FIRST_ADMINISTRATOR or "username" in request.form
    if request.method == "GET":
        return page(f=FormState(), named=named)
    limit_form("password", TRIES_PER_MINUTE)
    name = typed("username") if named else {}
    try:
        wanted = {"token": token, "password": request.form.get("password", ""), **without_empty(name)}
        account = identity.set_password(read(SetPassword, wanted))
    except Invalid as error:
        found = state({**name, "password": ""}, error)
        return page(f=found, named=named or "username" in found.errors), 422
    flash(_("Your password is set. Sign in with it."), "good")
    return redirect(f"/sign-in?username={account.username}" if "@" not in account.username else "/sign-in")


def _next() -> str:
    """Where to go after signing in: a path of our own, else the own page or the office."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else "/welcome"


@pages.get("/welcome", may=Rule.SIGNED_IN)
def welcome() -> Response:
    """To the office for staff, to the own page for others."""
    if g.principal is None:
        raise NotSignedIn("Sign in first.")
    return redirect("/office" if g.principal.permissions else "/my")
