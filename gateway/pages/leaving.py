"""No more newsletters: the page behind the link, and the one click of mail programs (RFC 8058, N8).

Opening a link changes nothing, so that mail scanners may follow it. The one click needs no form of ours, its undo does.
"""

from typing import Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from chassis.rpc import client
from contracts.access import Rule
from contracts.notify import NotifyApi, Resubscribe, Unsubscribe
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
    left = notify.unsubscribe(Unsubscribe(token=link_token(token)))
    return render_template("leaving/left.html", token=token, can_undo=left.can_undo)


@pages.post("/unsubscribe/<token>/undo", may=Rule.PUBLIC)
def resubscribe(token: str) -> str:
    """Take back what this link did, and nothing else."""
    limit_form("unsubscribe", PER_MINUTE)
    back = notify.resubscribe(Resubscribe(token=link_token(token)))
    return render_template("leaving/back.html", token=token, unsubscribed=back.unsubscribed)
