"""From a template's text to the parts of a message. What persons typed is always inert.

A text is plain: paragraphs parted by blank lines, `[[label|address]]` as a paragraph of its own for a link that should
stand out. The template is taken apart before values are put in, and nothing is evaluated: a value can add neither a
placeholder, a link, a paragraph nor markup.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
LINK = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")
ADDRESS = re.compile(r"https?://\S+")
UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
    '<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;'
    'overflow-wrap:anywhere">'
    '<div style="max-width:560px;margin:0 auto">{content}'
    '<p style="margin:32px 0 0;padding-top:16px;border-top:1px solid #d8dde5;font-size:14px;color:#5b6573">{footer}</p>'
    "</div></body></html>"
)
PARAGRAPH = '<p style="margin:0 0 16px">{text}</p>'
BUTTON = (
    '<p style="margin:0 0 16px"><a href="{address}" style="display:inline-block;padding:10px 18px;border-radius:6px;'
    'background:#14532d;color:#fff;text-decoration:none;font-weight:600">{label}</a></p>'
)
FOOTER_LINK = '<br><a href="{address}" style="color:inherit">{label}</a>'


@dataclass(frozen=True)
class Rendered:
    """Subject (one line), plain text and HTML of a message."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Footer:
    """Who writes; for marketing also the address that ends it and its label."""

    sender: str
    leave_label: str = ""
    leave_address: str = ""


@dataclass(frozen=True)
class _Paragraph:
    """One paragraph of a template: as text, as HTML, and the address when it is a link. Placeholders still in."""

    text: str
    html: str
    address: str = ""


def fill(template: str, values: Mapping[str, str]) -> str:
    """`{{name}}` replaced by its value; an unknown placeholder becomes empty."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), ""), template)


def fill_line(template: str, values: Mapping[str, str]) -> str:
    """The filled template on one line, without anything unprintable."""
    return " ".join(fill(template, _printable(values)).split())


def unknown_placeholders(template: str, allowed: set[str]) -> list[str]:
    """Placeholders that would stay empty, in the order of the text."""
    return [name for name in PLACEHOLDER.findall(template) if name not in allowed]


def render(subject: str, body: str, values: Mapping[str, str], *, language: str, footer: Footer) -> Rendered:
    """The message for one receiver. Values are put into the text as they are, into HTML escaped."""
    plain = _printable(values)
    escaped = {name: _as_html(value) for name, value in plain.items()}
    shown = [_shown(paragraph, plain, escaped) for paragraph in _paragraphs(body)]
    title = " ".join(fill(subject, plain).split())
    html = PAGE.format(
        language=language,
        title=escape(title),
        content="".join(html for _, html in shown),
        footer=_footer_html(footer),
    )
    return Rendered(title, "\n\n".join(text for text, _ in shown) + _footer_text(footer), html)


def _printable(values: Mapping[str, str]) -> dict[str, str]:
    return {name: UNPRINTABLE.sub("", value) for name, value in values.items()}


def _as_html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


@lru_cache(maxsize=256)
def _paragraphs(body: str) -> tuple[_Paragraph, ...]:
    parts = (part.strip() for part in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n")))
    return tuple(_paragraph(part) for part in parts if part)


def _paragraph(part: str) -> _Paragraph:
    link = LINK.fullmatch(part)
    if link is None:
        return _Paragraph(part, _as_html(part))
    label, address = link.group(1), link.group(2)
    return _Paragraph(label, escape(label), address)


def _shown(paragraph: _Paragraph, plain: Mapping[str, str], escaped: Mapping[str, str]) -> tuple[str, str]:
    """Text and HTML of one paragraph; a link whose address is none is shown as text."""
    text, html = fill(paragraph.text, plain), fill(paragraph.html, escaped)
    address = fill(paragraph.address, plain)
    if not ADDRESS.fullmatch(address):
        return text, PARAGRAPH.format(text=html)
    return f"{text}: {address}", BUTTON.format(address=escape(address), label=html)


def _footer_text(footer: Footer) -> str:
    leave = f"\n{footer.leave_label}: {footer.leave_address}" if footer.leave_address else ""
    return f"\n\n-- \n{footer.sender}{leave}\n"


def _footer_html(footer: Footer) -> str:
    leave = FOOTER_LINK.format(address=escape(footer.leave_address), label=escape(footer.leave_label))
    return escape(footer.sender) + (leave if footer.leave_address else "")
