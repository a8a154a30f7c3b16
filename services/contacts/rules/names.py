"""Names: their order in Finnish, and how they are folded so that a search finds them.

Finnish alphabetical order (SFS 4600): digits, a-z with v and w apart, then å, ä, ö; æ sorts as ä, ø as ö; other
accents do not count. The key is compared byte by byte (collation "C"): `{`, `|` and `}` follow `z`.
"""

import unicodedata
from functools import lru_cache

MANY = {"ß": "ss", "þ": "th", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ŋ": "n", "ŧ": "t", "ħ": "h"}
LAST_IN_FINNISH = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"}
SEARCHED_AS = {"æ": "ae", "ø": "o"}
SHORTEST_SWAPPED = 4
MAX_SWAPS = 30
OFTEN = 2_000
"""So many names or places are remembered: the same ones come again and again."""
LONGEST_KEY = 401
"""Two names of 200 characters. A character may become six (`㌖`); a row of an index would not hold them."""
APOSTROPHES = "'’ʼ`´"
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060"))
"""What comes along unseen when a text is copied: places to break a word, joints, marks of direction."""


class _Letters(dict[int, str]):
    """A table for str.translate that works out each character when it first occurs."""

    def __init__(self, special: dict[str, str]) -> None:
        super().__init__()
        self._special = MANY | special

    def __missing__(self, code: int) -> str:
        self[code] = found = self._letter(chr(code))
        return found

    def _letter(self, character: str) -> str:
        if character in self._special:
            return self._special[character]
        if character in APOSTROPHES or ord(character) in INVISIBLE:
            return ""
        base = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
        return base if base.isalnum() else ("" if unicodedata.combining(character) else " ")


_ORDER = _Letters(LAST_IN_FINNISH)
_SEARCH = _Letters(SEARCHED_AS)


def clean(text: str) -> str:
    """The text in Unicode's composed form (NFC), with single spaces and without what nobody sees."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    return " ".join(text.split())


def fold(text: str) -> str:
    """Lower-case words without accents: "Åke Öhman-Niño" becomes "ake ohman nino"."""
    lower = unicodedata.normalize("NFC", text).lower()
    return " ".join(lower.translate(_SEARCH).split())


def swaps(words: str) -> list[str]:
    """Folded words with two neighbouring letters of one word swapped, as a hasty typist does; short words stay."""
    found = {
        words[:at] + words[at + 1] + words[at] + words[at + 2 :]
        for at in range(len(words) - 1)
        if " " not in words[at : at + 2] and words[at] != words[at + 1]
        if len(_word_at(words, at)) >= SHORTEST_SWAPPED
    }
    return sorted(found)[:MAX_SWAPS]


def _word_at(words: str, at: int) -> str:
    return words[words.rfind(" ", 0, at) + 1 :].partition(" ")[0]


def sort_key(*parts: str) -> str:
    """Names in the order they are sorted by, such as family name, given name."""
    return " ".join(key for part in parts if (key := _in_order(part)))[:LONGEST_KEY]


@lru_cache(OFTEN)
def _in_order(part: str) -> str:
    return "!".join(unicodedata.normalize("NFC", part).lower().translate(_ORDER).split())


def search_text(name: str, *phones: str | None) -> str:
    """What the search index holds of a contact. Every word begins after a space."""
    return " ".join([f" {fold(name)}", *(phone.lstrip("+") for phone in phones if phone)])
