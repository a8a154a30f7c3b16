"""The messages the suite sends by itself (N7), in the receiver's language.

Placeholders: given_name, seller, and what `facts.py` collects for the template.
"""

from services.notify.rules.texts import courses, membership, money, sessions, work
from services.notify.rules.texts.form import Words, text

CODE: dict[str, dict[str, Words]] = {
    "code_sms": {
        "fi": text("", "Kirjautumiskoodisi on {{code}}. Se on voimassa 5 minuuttia. Älä anna sitä kenellekään."),
        "sv": text("", "Din inloggningskod är {{code}}. Den gäller i 5 minuter. Lämna inte ut den till någon."),
        "en": text("", "Your sign-in code is {{code}}. It is valid for 5 minutes. Do not share it with anyone."),
    },
}
TEXTS = membership.TEXTS | money.TEXTS | courses.TEXTS | sessions.TEXTS | work.TEXTS | CODE

LEAVE = {
    "fi": "Etkö halua enää näitä viestejä? Peru ne tästä",
    "sv": "Vill du inte längre ha de här meddelandena? Avbeställ dem här",
    "en": "Do you not want these messages any more? Unsubscribe here",
}
"""Label of the address that ends marketing."""


def words(template: str, language: str) -> Words:
    """The text in `language`, or in Finnish."""
    versions = TEXTS[template]
    return versions.get(language) or versions["fi"]
