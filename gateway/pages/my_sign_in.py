"""One's own sign-in: the password, the language, and the way out."""

from typing import Final

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Rule
from contracts.errors import FieldError, Invalid, NotSignedIn
from contracts.identity import ChangePassword, IdentityApi
from gateway.form_state import FormState
from gateway.limits import limit_form
from gateway.pages.door import Pages
from gateway.submitted import read, state

identity = client(IdentityApi)
pages = Pages("my_sign_in", __name__)
TRIES_PER_MINUTE: Final = 10
PASSWORDS: Final = ("old_password", "new_password")


@pages.form("/my/sign-in", may=Rule.SIGNED_IN)
def my_sign_in() -> ResponseReturnValue:
    """Change the password; sessions elsewhere end."""
    if request.method == "GET":
        return _page(FormState())
    limit_form("password", TRIES_PER_MINUTE)
    try:
        identity.change_password(read(ChangePassword, _typed()))
    except (Invalid, NotSignedIn) as error:
        if error.error_code == "session_ended":
            raise
        return _page(state(dict.fromkeys(PASSWORDS, ""), error)), 422
    flash(_("Your password is changed. If you were signed in elsewhere, that has ended."), "good")
    return redirect("/my/sign-in")


def _typed() -> dict[str, str]:
    """Both passwords, as they were typed; raises Invalid for those left empty."""
    given = {name: request.form.get(name, "") for name in PASSWORDS}
    missing = [FieldError(pointer=f"/{name}", code="missing", message="needed") for name in PASSWORDS if not given[name]]
    if missing:
        raise Invalid("A password is missing.", errors=missing)
    return given


def _page(f: FormState) -> str:
    return render_template("my/sign_in.html", f=f, username=g.principal.username)
