"""From a template's text to the parts of a message. What persons typed is always inert.

A text is plain: paragraphs parted by blank lines, `[[label|address]]` on a line of its own for a link that should
stand out. Placeholders are replaced by name from an allowed set; nothing is evaluated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
LINK = re.compile(r"^\[\[([^|\]]+)\|(https?://[^\]\s]+)\]\]$")

PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
    '<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff">'
    '<div style="max-width:560px;margin:0 auto">{content}'
    '<p style="margin:32px 0 0;padding-top:16px;border-top:1px solid #d8dde5;font-size:14px;color:#5b6573">{footer}</p>'
    "</div></body></html>"
)
PARAGRAPH = '<p style="margin:0 0 16px">{text}</p>'
BUTTON = (
    '<p style="margin:0 0 16px"><a href="{address}" style="display:inline-block;padding:10px 18px;border-radius:6px;'
    'background:#14532d;color:#fff;text-decoration:none;font-weight:600">{label}</a></p>'
)


@dataclass(frozen=True)
class Rendered:
    """Subject (one line), plain text and HTML of a message."""

    subject: str
    text: str
    html: str


def fill(template: str, values: Mapping[str, str]) -> str:
    """`{{name}}` replaced by its value; an unknown placeholder becomes empty."""
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), ""), template)


def unknown_placeholders(template: str, allowed: set[str]) -> list[str]:
    """Placeholders that would stay empty, in the order of the text."""
    return [name for name in PLACEHOLDER.findall(template) if name not in allowed]


def render(subject: str, body: str, values: Mapping[str, str], *, language: str, footer: str) -> Rendered:
    """The message for one receiver. Values are put into the text as they are, into HTML escaped."""
    one_line = " ".join(fill(subject, values).split())
    paragraphs = [part for part in re.split(r"\n\s*\n", fill(body, values).strip()) if part.strip()]
    text = "\n\n".join(LINK.sub(r"\1: \2", part.strip()) for part in paragraphs)
    content = "".join(_paragraph(part.strip()) for part in paragraphs)
    html = PAGE.format(language=language, title=escape(one_line), content=content, footer=escape(footer))
    return Rendered(one_line, f"{text}\n\n-- \n{footer}\n", html)


def _paragraph(part: str) -> str:
    link = LINK.match(part)
    if link:
        return BUTTON.format(address=escape(link.group(2)), label=escape(link.group(1)))
    return PARAGRAPH.format(text=escape(part).replace("\n", "<br>"))
