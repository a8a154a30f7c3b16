"""No more newsletters: the page behind the link, and the one click of mail programs (RFC 8058, N8)."""

from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Rule
from contracts.notify import NotifyApi, Unsubscribe
from gateway.callers import link_token
from gateway.csrf import exempt
from gateway.limits import limit_form
from gateway.pages.door import Pages

notify = client(NotifyApi)
pages = Pages("leaving", __name__)
PER_MINUTE: Final = 300
"""A mail provider sends the clicks of many people from few addresses."""


@pages.form("/unsubscribe/<token>", may=Rule.PUBLIC)
@exempt
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask first: mail scanners open links. The form, and mail programs, send it."""
    if request.method == "GET":
        return render_template("leaving/unsubscribe.html", token=token)
    limit_form("unsubscribe", PER_MINUTE)
    notify.unsubscribe(Unsubscribe(token=link_token(token)))
    return render_template(
        "layout/message.html",
        title=_("You get no more newsletters"),
        text=_("This holds for the address the message came to. Messages about what you have ordered still come."),
    )
