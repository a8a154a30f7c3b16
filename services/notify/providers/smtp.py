"""Sending over SMTP (N3) with a pool of kept connections.

A message counts as handed over once the server has answered 250 to its final dot. A connection lost before the dot is
a temporary failure; after it the outcome is unknown, and a second try carries the same Message-ID.
"""

import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, LifoQueue
from threading import BoundedSemaphore
from urllib.parse import unquote, urlsplit

from services.notify.providers.failures import DeliveryFailure, OutcomeUnknown, PermanentFailure, TemporaryFailure
from services.notify.providers.mime import OutgoingMail

ASK_AFTER = 5.0
"""Seconds a connection may lie idle before it is asked (NOOP) whether it still works."""
MAX_MESSAGES = 200
"""Messages over one connection; servers dislike endless ones."""
LINE_START_DOT = re.compile(rb"(?m)^\.")
LOST = (smtplib.SMTPServerDisconnected, OSError)
CLOSING = 421


@dataclass(frozen=True)
class SmtpServer:
    """Where to send. `security` is plain, starttls or tls; `user` empty means no sign-in."""

    host: str
    port: int
    security: str = "plain"
    user: str = ""
    password: str = ""

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """smtp://host:25, smtp+starttls://user:password@host:587 or smtps://user:password@host:465."""
        parts = urlsplit(url)
        known = {"smtp": ("plain", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
        if parts.scheme not in known or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://host:port, smtp+starttls:// or smtps://")
        security, port = known[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or port, security, user, password)


@dataclass
class _Connection:
    smtp: smtplib.SMTP
    used_at: float
    messages: int = 0


class SmtpSender:
    """A pool of at most `size` connections to one server. Thread safe. `timeout` in seconds holds for every step."""

    def __init__(self, server: SmtpServer, *, size: int = 4, timeout: float = 20.0) -> None:
        self._server = server
        self._timeout = timeout
        self._free: LifoQueue[_Connection] = LifoQueue()
        self._places = BoundedSemaphore(size)

    def send(self, mail: OutgoingMail) -> None:
        """Hand the message over. Raises TemporaryFailure, PermanentFailure or OutcomeUnknown."""
        with self._places:
            connection = self._begin(mail)
            try:
                _hand_over(connection.smtp, mail)
            except DeliveryFailure as failure:
                self._after_failure(connection, failure)
                raise
            except BaseException:
                connection.smtp.close()
                raise
            self._keep(connection)

    def close(self) -> None:
        """Say good-bye on all free connections."""
        with suppress(Empty):
            while True:
                _quit(self._free.get_nowait().smtp)

    def _begin(self, mail: OutgoingMail) -> _Connection:
        """A connection that has taken MAIL FROM. A kept one that turns out dead is replaced: nothing was sent on it."""
        while (kept := self._kept()) is not None:
            try:
                self._open_envelope(kept, mail)
            except _Dead:
                kept.smtp.close()
            else:
                return kept
        connection = self._connect()
        try:
            self._open_envelope(connection, mail)
        except _Dead as error:
            connection.smtp.close()
            raise TemporaryFailure("connection lost before the message was sent") from error
        return connection

    def _open_envelope(self, connection: _Connection, mail: OutgoingMail) -> None:
        """MAIL FROM. _Dead when the connection is lost or the server is closing it."""
        try:
            size = [f"size={len(mail.content)}"] if connection.smtp.has_extn("size") else []
            code, text = connection.smtp.mail(mail.return_path, size)
        except LOST as error:
            raise _Dead from error
        if code == CLOSING:
            raise _Dead
        if code != 250:
            failure = _refusal("the sender", code, text)
            self._after_failure(connection, failure)
            raise failure

    def _kept(self) -> _Connection | None:
        with suppress(Empty):
            while True:
                connection = self._free.get_nowait()
                if time.monotonic() - connection.used_at < ASK_AFTER or _answers(connection.smtp, "noop"):
                    return connection
                connection.smtp.close()
        return None

    def _keep(self, connection: _Connection) -> None:
        connection.messages += 1
        connection.used_at = time.monotonic()
        if connection.messages >= MAX_MESSAGES:
            _quit(connection.smtp)
        else:
            self._free.put(connection)

    def _after_failure(self, connection: _Connection, failure: DeliveryFailure) -> None:
        """After a refusal the connection goes on (RSET); after anything else it is given up."""
        if failure.code not in (0, CLOSING) and _answers(connection.smtp, "rset"):
            self._keep(connection)
        else:
            connection.smtp.close()

    def _connect(self) -> _Connection:
        """A new connection, signed in. Whatever fails here is temporary: no message was offered."""
        try:
            return _Connection(self._opened(), time.monotonic())
        except smtplib.SMTPResponseException as error:
            raise TemporaryFailure(f"the mail server answered {error.smtp_code}", code=error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(f"the mail server cannot be used: {type(error).__name__}") from error

    def _opened(self) -> smtplib.SMTP:
        server, name = self._server, socket.gethostname()
        if server.security == "tls":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=self._timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=self._timeout)
        try:
            if server.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


class _Dead(Exception):
    """The connection was lost before anything of the message was sent."""


def _hand_over(smtp: smtplib.SMTP, mail: OutgoingMail) -> None:
    """RCPT TO, DATA, the content, the final dot: the step that decides, apart from the others."""
    try:
        _expect(250, "the recipient", *smtp.rcpt(mail.recipient))
        smtp.putcmd("data")
        _expect(354, "DATA", *smtp.getreply())
        smtp.send(_dot_stuffed(mail.content))
    except LOST as error:
        raise TemporaryFailure("connection lost before the message was sent") from error
    try:
        smtp.send(b".\r\n")
        code, text = smtp.getreply()
    except LOST as error:
        raise OutcomeUnknown("connection lost after the message was sent, before the answer") from error
    _expect(250, "the message", code, text)


def _dot_stuffed(content: bytes) -> bytes:
    """The content as it goes over the wire: a dot at the start of a line doubled, CRLF at the end (RFC 5321, 4.5.2)."""
    stuffed = LINE_START_DOT.sub(b"..", content)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _expect(wanted: int, what: str, code: int, text: bytes) -> None:
    """Raise the failure a reply means. 251 (will forward) is as good as 250."""
    if code != wanted and not (wanted == 250 and code in (251, 252)):
        raise _refusal(what, code, text)


def _refusal(what: str, code: int, text: bytes) -> DeliveryFailure:
    """4xx may pass, 5xx not. A refused recipient is at fault unless the enhanced code (RFC 3463) says policy, 5.7.x."""
    message = f"the mail server refused {what}: {code}"
    if code // 100 != 5:
        return TemporaryFailure(message, code=max(code, 0))
    of_recipient = what == "the recipient" and not text.startswith(b"5.7.")
    return PermanentFailure(message, code=code, of_recipient=of_recipient)


def _answers(smtp: smtplib.SMTP, command: str) -> bool:
    try:
        return smtp.docmd(command)[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _quit(smtp: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()
