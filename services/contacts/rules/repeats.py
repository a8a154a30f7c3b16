"""Which rows of one file are the same person, or the same organisation.

Each row has keys: what it would be recognised by. It repeats the first row with which it shares a key, unless the two
contradict each other in what tells people of one name apart: a number, a date of birth.
"""

from collections.abc import Iterator, Mapping

MAX_NAMESAKES = 16
"""How many different persons behind one key are looked at; a file full of namesakes must not take hours."""

PERSON_KEYS: Mapping[str, tuple[str, ...]] = {
    "number": ("birth",),
    "email": ("number", "birth"),
    "birth": ("number",),
    "phone": ("number", "birth"),
    "address": ("number", "birth", "email"),
    "fingerprint": (),
    "colleague": ("number", "birth"),
}
"""Keys from the strongest to the weakest, and which others must not contradict."""
ORGANISATION_KEYS: Mapping[str, tuple[str, ...]] = {
    "business": (),
    "number": ("business",),
    "name": ("business", "number"),
}


class _Somebody:
    """One person or organisation of the file: its first row, and what tells it from namesakes."""

    __slots__ = ("first", "known")

    def __init__(self, first: int) -> None:
        self.first = first
        self.known: dict[str, int] = {}

    def agrees(self, keys: Mapping[str, int], in_what: tuple[str, ...]) -> bool:
        return all(self.known.get(name, keys.get(name)) == keys.get(name, self.known.get(name)) for name in in_what)


class Repeats:
    """Remembers the rows of a file; ask with each row in its order."""

    def __init__(self, rules: Mapping[str, tuple[str, ...]]) -> None:
        self._rules = rules
        self._identifying = frozenset(name for in_what in rules.values() for name in in_what)
        self._first: dict[int, _Somebody] = {}
        self._namesakes: dict[int, list[_Somebody]] = {}

    def first_of(self, number: int, keys: Mapping[str, int]) -> int | None:
        """The earlier row that this one repeats, or None; `keys` are hashes by the names of the rules."""
        found = self._known(keys)
        somebody = found or _Somebody(number)
        for name, key in keys.items():
            if name in self._identifying:
                somebody.known.setdefault(name, key)
            self._remember(somebody, key)
        return found.first if found else None

    def _known(self, keys: Mapping[str, int]) -> _Somebody | None:
        for name, in_what in self._rules.items():
            if name in keys:
                for somebody in self._behind(keys[name]):
                    if somebody.agrees(keys, in_what):
                        return somebody
        return None

    def _behind(self, key: int) -> Iterator[_Somebody]:
        if key in self._first:
            yield self._first[key]
            yield from self._namesakes.get(key, ())

    def _remember(self, somebody: _Somebody, key: int) -> None:
        if self._first.setdefault(key, somebody) is somebody:
            return
        others = self._namesakes.setdefault(key, [])
        if somebody not in others and len(others) < MAX_NAMESAKES:
            others.append(somebody)
