"""Pages that say one thing: errors by HTTP status, in the user's words, with the request id."""

from typing import Any, Final

from flask import render_template
from flask_babel import lazy_gettext as _

TEXTS: Final[dict[int, tuple[Any, Any]]] = {
    400: (
        _("We did not understand that"),
        _("Something in the address or the form was not as it should be. Go back, check it, and try again."),
    ),
    401: (_("Sign in first"), _("This page is for people who have signed in.")),
    403: (
        _("This page is not open to you"),
        _("You are signed in, but have no right to this. Ask the office if you think you should."),
    ),
    404: (
        _("There is nothing here"),
        _("The page may have moved, or the address has a typing error. Search for it, or start from the front page."),
    ),
    405: (_("That cannot be done here"), _("Go back and use the buttons of the page.")),
    409: (
        _("Somebody was quicker"),
        _("This has changed since you opened it. Go back, look at it as it is now, and decide again."),
    ),
    410: (
        _("This link no longer works"),
        _("Write to us or call, and you get a new one."),
    ),
    412: (
        _("Somebody was quicker"),
        _("This has changed since you opened it. Go back, look at it as it is now, and decide again."),
    ),
    413: (_("That is too big"), _("Choose a smaller file. The form says how big it may be.")),
    415: (_("We cannot read that kind of file"), _("The form says which kinds it takes.")),
    422: (_("Something has to be corrected"), _("Go back and check what you typed.")),
    429: (_("A little slower, please"), _("There were many attempts in a short time. Wait a minute and try again.")),
    500: (
        _("Something went wrong on our side"),
        _("Nothing you did. What you had saved is safe. Try again; if it happens again, tell us."),
    ),
    503: (
        _("This part is taking a break"),
        _("It is usually back within a minute, and nothing is lost. Try again in a moment."),
    ),
}
"""Title and text by status; others are shown as 400 or 500."""


def error_page(status: int, request_id: str, detail: str = "") -> tuple[str, int]:
    """The page for an HTTP status. `detail` says more, in the user's language, where it is known."""
    title, text = TEXTS.get(status) or TEXTS[400 if status < 500 else 500]
    actions = [{"label": _("Sign in"), "url": "/sign-in"}] if status == 401 else []
    page = render_template(
        "layout/message.html",
        code=status,
        title=title,
        text=text,
        detail=detail,
        request_id=request_id,
        actions=actions,
    )
    return page, status
