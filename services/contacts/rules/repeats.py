"""Which rows of one file are the same person, or the same organisation.

Each row has keys: what it would be recognised by. It repeats the first row with which it shares a key, unless the two
contradict each other in what tells people of one name apart: a number, a date of birth.
"""

from collections.abc import Iterator, Mapping

MAX_KEYS = 1_100_000
"""How many are remembered of a file, some 140 bytes each: with seven keys in each row, those of 157,000 rows."""
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
    """One person or organisation of the file: its first row, and the keys that tell it from namesakes."""

    __slots__ = ("first", "known")

    def __init__(self, first: int, known: tuple[int | None, ...]) -> None:
        self.first, self.known = first, known

    def agrees(self, keys: tuple[int | None, ...], in_what: tuple[int, ...]) -> bool:
        known = self.known
        return all(known[at] is None or keys[at] is None or known[at] == keys[at] for at in in_what)

    def learn(self, keys: tuple[int | None, ...]) -> None:
        self.known = tuple(new if old is None else old for old, new in zip(self.known, keys, strict=True))


class Repeats:
    """Remembers the rows of a file; ask with each row in its order."""

    def __init__(self, rules: Mapping[str, tuple[str, ...]]) -> None:
        self._identifying = tuple(sorted({name for in_what in rules.values() for name in in_what}))
        places = {name: place for place, name in enumerate(self._identifying)}
        self._rules = [(name, tuple(places[each] for each in in_what)) for name, in_what in rules.items()]
        self._first: dict[int, _Somebody] = {}
        self._namesakes: dict[int, list[_Somebody]] = {}

    @property
    def keys(self) -> int:
        """How many are remembered."""
        return len(self._first)

    def first_of(self, number: int, keys: Mapping[str, int]) -> int | None:
        """The earlier row that this one repeats, or None; `keys` are hashes by the names of the rules."""
        telling = tuple(map(keys.get, self._identifying))
        found = self._known(keys, telling)
        if found is not None:
            found.learn(telling)
        somebody = found or _Somebody(number, telling)
        for key in keys.values():
            self._remember(somebody, key)
        return found.first if found else None

    def _known(self, keys: Mapping[str, int], telling: tuple[int | None, ...]) -> _Somebody | None:
        for name, in_what in self._rules:
            if name in keys:
                for somebody in self._behind(keys[name]):
                    if somebody.agrees(telling, in_what):
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
