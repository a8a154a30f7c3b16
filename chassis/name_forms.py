"""The forms of a name in Finnish and Swedish sentences: `Aalto: Aallon, Aaltoa`, `Virtanen: Virtasen`, `Ek: Eks`."""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

CASES: Final = "in|n|a|ä|ta|tä|lla|llä|lta|ltä|lle|ssa|ssä|sta|stä|en|on|ön|un|yn|an|än|ksi|na|nä|s"
ENDING: Final = f"(?:[:'\u2019]?i?(?:{CASES}))"
AFTER_WEAK: Final = "(?:n|lla|llä|lta|ltä|lle|ssa|ssä|sta|stä|ksi)"
"""Endings before which a name changes, as in `Lahti: Lahden` and `Lahtea`."""
WEAKER: Final = (
    ("kk", "k"), ("pp", "p"), ("tt", "t"), ("lt", "ll"), ("nt", "nn"), ("rt", "rr"), ("mp", "mm"), ("nk", "ng"),
    ("ht", "hd"), ("rk", "r"), ("rk", "rj"), ("lk", "l"), ("lk", "lj"), ("hk", "h"), ("lp", "lv"), ("rp", "rv"),
    ("t", "d"), ("p", "v"), ("k", ""), ("k", "v"),
)  # fmt: skip
"""Consonants before the last vowel, and what they become in closed syllables."""
VOWELS: Final = "aeiouyåäö"
LAST_SYLLABLE: Final = re.compile(rf"(?<=[{VOWELS}])([^\W\d_{VOWELS}]{{1,2}})([{VOWELS}])\Z", re.IGNORECASE)


def beginning(name: str) -> str:
    """What all forms of a name begin with, in lower case."""
    forms = [stem for stem, _ in stems(name.lower())]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*forms, strict=False))
    return "".join(letters[0] for letters in alike)


def stems(name: str) -> Iterator[tuple[str, str]]:
    """What endings follow in the forms of a name, and which endings, as a pattern."""
    yield name, f"{ENDING}?"
    if name.endswith("nen"):
        yield f"{name[:-3]}se", f"{ENDING}?"
        yield f"{name[:-3]}s", "(?:ta|tä)"
    elif name.endswith("s"):
        yield f"{name[:-1]}kse", f"{ENDING}?"
        yield f"{name[:-1]}{name[-2:-1]}", AFTER_WEAK
    elif found := LAST_SYLLABLE.search(name):
        yield from _weaker(name[: found.start()], found[1], found[2])


def _weaker(head: str, consonants: str, vowel: str) -> Iterator[tuple[str, str]]:
    """`Aalto: Aallon`, `Lahti: Lahden, Lahtea`, `Järvi: Järven`."""
    if vowel == "i":
        yield f"{head}{consonants}e", f"{ENDING}?"
    for strong, weak in WEAKER:
        if strong == consonants.lower():
            for each in (vowel, "e") if vowel == "i" else vowel:
                yield f"{head}{weak}{each}", AFTER_WEAK
