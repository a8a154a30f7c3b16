"""What a saved filter uses: kept in the builder although it is offered to nobody any more, so that no row gets lost."""

from collections.abc import Iterator

from contracts.contacts.segments import SegmentFilter


def tests_in(tree: SegmentFilter) -> Iterator[SegmentFilter]:
    """The filter and all its parts."""
    yield tree
    for parts in (tree.all, tree.any, tree.none):
        for part in parts or ():
            yield from tests_in(part)


def names_in(tree: SegmentFilter) -> set[str]:
    """The fields of a filter, and the relations that they and its `has` are about."""
    found = {each.field or "" for each in tests_in(tree)}
    starts = {name.partition(".")[0] for name in found}
    relations = {"affiliation" if each == "organisation" else each for each in starts}
    return found | relations | {each.has or "" for each in tests_in(tree)}


def codes_in(tree: SegmentFilter) -> Iterator[tuple[str, str]]:
    """The texts that a filter compares with, each with its field."""
    for each in tests_in(tree):
        values = each.value if isinstance(each.value, list) else [each.value]
        yield from ((each.field or "", value) for value in values if isinstance(value, str))
