"""Files of imports, from their bytes to rows as COPY stores them: read and checked, without a database."""

from services.contacts.staging.lines import COPY, Part
from services.contacts.staging.opening import opened
from services.contacts.staging.reading import Asked, Heading

__all__ = ["COPY", "Asked", "Heading", "Part", "opened"]
