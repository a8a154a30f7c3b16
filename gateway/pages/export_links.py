"""Where the list that is shown goes to a file."""

from urllib.parse import urlencode

from flask import request

from contracts.contacts.segments import SegmentKind

FILTERS = ("q", "tag", "tags_all", "tags_any", "tags_none")


def export_url(of: SegmentKind) -> str:
    """The page that exports the list of this address."""
    given = {name: text for name in FILTERS if (text := request.args.get(name, "").strip())}
    return f"/office/exports/new?{urlencode({'of': of.value, **given})}"
