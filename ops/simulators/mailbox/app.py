"""The mailbox's pages and JSON."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request

from ops.simulators.faults import Faults
from ops.simulators.mailbox import reading
from ops.simulators.mailbox.store import Mail, Store
from ops.simulators.server import add_fault_routes, simulator_app

SHOWN = 200
MAX_LIMIT = 10_000
HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


class MailboxWeb:
    """Pages for people and `/api/messages` for tests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        """Add the addresses to the application."""
        app.add_url_rule("/", "inbox", self.inbox)
        app.add_url_rule("/messages/<int:mail_id>", "message", self.message)
        app.add_url_rule("/messages/<int:mail_id>/html", "html", self.html)
        app.add_url_rule("/messages/<int:mail_id>/inline/<path:cid>", "inline", self.inline)
        app.add_url_rule("/api/messages", "list", self.list_messages)
        app.add_url_rule("/api/messages", "clear", self.clear, methods=["DELETE"])
        app.add_url_rule("/api/messages/<int:mail_id>", "read", self.read)
        app.add_url_rule("/api/messages/<int:mail_id>/raw", "raw", self.raw)
        app.add_url_rule("/api/messages/<int:mail_id>/attachments/<int:index>", "attachment", self.attachment)

    def inbox(self) -> str:
        """The newest messages, to one recipient when `?to=` is given."""
        to = request.args.get("to", "").strip()
        mails = [mail.summary for mail in self._store.listed(to, "", SHOWN)]
        total = self._store.count()
        return render_template("inbox.html", title="Mailbox", mails=mails, to=to, total=total, refresh=5)

    def message(self, mail_id: int) -> str:
        """One message: headers, HTML in a sandbox, text, attachments."""
        content = reading.content(self._mail(mail_id))
        return render_template("message.html", title=content["subject"] or "Message", mail=content)

    def html(self, mail_id: int) -> Response:
        """The HTML part alone, without scripts, for the sandboxed frame."""
        page = reading.html_page(self._mail(mail_id))
        if page is None:
            abort(404, "the message has no HTML part")
        return Response(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": HTML_POLICY})

    def inline(self, mail_id: int, cid: str) -> Response:
        """A picture the HTML part refers to."""
        found = reading.inline_image(self._mail(mail_id), cid)
        if found is None:
            abort(404, "no such picture")
        return Response(found.content, content_type=found.content_type)

    def list_messages(self) -> Response:
        """`?to=&since=&limit=`: summaries, newest first."""
        limit = request.args.get("limit", "200")
        if not limit.isdecimal():
            raise ValueError("limit must be a number")
        to, since = request.args.get("to", ""), request.args.get("since", "").replace(" ", "+")
        mails = self._store.listed(to, since, min(int(limit), MAX_LIMIT))
        return jsonify(messages=[mail.summary for mail in mails], total=self._store.count())

    def clear(self) -> tuple[str, int]:
        """Forget all messages."""
        self._store.clear()
        return "", 204

    def read(self, mail_id: int) -> Any:
        """One message with its parts."""
        return jsonify(reading.content(self._mail(mail_id)))

    def raw(self, mail_id: int) -> Response:
        """The message as it came."""
        return Response(self._mail(mail_id).raw, content_type="message/rfc822")

    def attachment(self, mail_id: int, index: int) -> Response:
        """One attachment, always as a download."""
        found = reading.attachment(self._mail(mail_id), index)
        if found is None:
            abort(404, "no such attachment")
        response = Response(found.content, content_type=found.content_type)
        response.headers.set("Content-Disposition", "attachment", filename=found.name)
        return response

    def _mail(self, mail_id: int) -> Mail:
        mail = self._store.get(mail_id)
        if mail is None:
            abort(404, f"there is no message {mail_id}")
        return mail


def create_app(store: Store, faults: Faults) -> Flask:
    """The application over a store that the SMTP side fills."""
    app = simulator_app(__name__, Path(__file__).parent)
    MailboxWeb(store).register(app)
    add_fault_routes(app, faults)
    return app
