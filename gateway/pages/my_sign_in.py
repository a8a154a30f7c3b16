"""One's own sign-in: the password, the language, and the way out."""

from typing import Final

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Rule
from contracts.errors import Invalid
from contracts.identity import ChangePassword, IdentityApi
from gateway.form_state import FormState
from gateway.limits import limit_form
from gateway.pages.door import Pages
from gateway.sessions import close_session
from gateway.submitted import needed, read, state

identity = client(IdentityApi)
pages = Pages("my_sign_in", __name__)
TRIES_PER_MINUTE: Final = 10
PASSWORDS: Final = ("old_password", "new_password")


@pages.form("/my/sign-in", may=Rule.SIGNED_IN)
def my_sign_in() -> ResponseReturnValue:
    """Change the password; all sessions end, this one too."""
    if request.method == "GET":
        return _page(FormState())
    limit_form("password", TRIES_PER_MINUTE)
    try:
        identity.change_password(read(ChangePassword, _typed()))
    except Invalid as error:
        return _page(state(dict.fromkeys(PASSWORDS, ""), error)), 422
    flash(_("Your password is changed. Sign in with the new one; all other sessions have ended, too."), "good")
    response = redirect("/sign-in?next=/my/sign-in")
    close_session(response)
    return response


def _typed() -> dict[str, str]:
    """Both passwords, as they were typed; raises Invalid for those left empty."""
    given = {name: request.form.get(name, "") for name in PASSWORDS}
    needed(given, *PASSWORDS)
    return given


def _page(f: FormState) -> str:
    return render_template("my/sign_in.html", f=f, username=g.principal.username)
