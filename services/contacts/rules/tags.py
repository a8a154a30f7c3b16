"""Tags (C9): expressions of them, and what a filter says after a tag got another name."""

from typing import Any

from contracts.errors import Invalid

MOST_TAGS = 20
TESTED = frozenset({"tag", "organisation.tag"})


def codes_of(text: str, name: str) -> list[str]:
    """The tags of one part of an expression; raises Invalid when there are too many."""
    codes = sorted({code for code in text.split(",") if code})
    if len(codes) > MOST_TAGS:
        raise Invalid.field(f"/{name}", "too_long", f"At most {MOST_TAGS} tags are taken here.")
    return codes


def tests_tag(tree: dict[str, Any], code: str) -> bool:
    """Whether a segment's filter tests this tag anywhere."""
    return renamed(tree, code, "") != renamed(tree, code, code)


def renamed(tree: dict[str, Any], code: str, to: str) -> dict[str, Any]:
    """The filter with one tag in place of another."""
    if tree.get("field") in TESTED:
        return {**tree, "value": _value(tree.get("value"), code, to)} if "value" in tree else tree
    return {
        name: [renamed(each, code, to) for each in part] if isinstance(part, list) else part
        for name, part in tree.items()
    }


def _value(value: Any, code: str, to: str) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(_value(each, code, to) for each in value))
    return to if isinstance(value, str) and value.lower() == code else value
