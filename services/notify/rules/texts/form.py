"""The form of a text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Subject and body in one language; an SMS has no subject."""

    subject: str
    body: str


def text(subject: str, *paragraphs: str) -> Words:
    """A text of paragraphs."""
    return Words(subject, "\n\n".join(paragraphs))
