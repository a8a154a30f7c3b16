"""Finding the parts of a camt element by local names, whatever the namespace's version."""

from lxml import etree


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element at a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((found for found in element if local_name(found) == name), None)
    return element


def path_text(element: etree._Element | None, *path: str) -> str:
    """The trimmed text at a path, "" when there is none."""
    found = child(element, *path)
    return "" if found is None else (found.text or "").strip()


def first_text(element: etree._Element, *paths: tuple[str, ...]) -> str:
    """The first text found at one of several paths, "" when there is none."""
    return next((text for path in paths if (text := path_text(element, *path))), "")


def all_texts(element: etree._Element | None, *names: str) -> list[str]:
    """The texts of all children with one of the names, in their order."""
    if element is None:
        return []
    return [found.text.strip() for found in element if local_name(found) in names and found.text]
