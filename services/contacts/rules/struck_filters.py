"""Filters of segments that name an erased person, and the filter without the name (C17)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from chassis.mentions import NOTHING, Mentions, struck


def struck_filter(tree: Any, mentions: Mentions) -> Any:
    """The filter of a segment without the person in its values, also where two of them are both names."""
    said = {each.strip().lower() for each in _values(tree) if isinstance(each, str)}
    pairs = [name for name in mentions.names if {each.lower() for each in name} <= said]
    alone = "|".join(re.escape(part) for name in sorted(pairs) for part in name)
    patterns = [mentions.pattern, re.compile(rf"\A\s*(?:{alone})\s*\Z", re.IGNORECASE) if alone else NOTHING]
    return _with_values(tree, lambda value: struck(struck(value, patterns[0]), patterns[1]))


def _values(tree: Any) -> Iterator[Any]:
    """The values of all tests, those of lists one by one."""
    for name, part in tree.items():
        if name == "value":
            yield from part if isinstance(part, list) else [part]
        elif isinstance(part, list):
            for each in part:
                yield from _values(each)


def _with_values(tree: Any, changed: Callable[[Any], Any]) -> Any:
    return {
        name: changed(part)
        if name == "value"
        else [_with_values(each, changed) for each in part]
        if isinstance(part, list)
        else part
        for name, part in tree.items()
    }
