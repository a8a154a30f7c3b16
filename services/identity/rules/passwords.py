"""Which passwords are too easy: those a guesser finds soon, whatever characters they mix (ASVS 5.0, 6.2)."""

from zxcvbn import zxcvbn

LOOKED_AT = 72
"""Characters that are judged; the rest of a longer password can only make it better."""
WEAK = 2
"""zxcvbn's scores below this can be guessed in less than a million tries."""


def too_easy(password: str, *known: str) -> bool:
    """Whether the password is easily guessed by somebody who knows the user name and the like."""
    judged = zxcvbn(password[:LOOKED_AT], user_inputs=["talkoo", *(each for each in known if each)])
    return bool(judged["score"] < WEAK)
