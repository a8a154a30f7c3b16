"""Sessions that have another time or place than people enrolled for."""

from services.notify.rules.texts.courses import SEAT
from services.notify.rules.texts.form import Words, text


def _moved(subject: str, greeting: str, news: str, before: str, end: str) -> Words:
    """What has changed, what it is now, what it was, and what the receiver may do."""
    was = f"{before}\n{{{{when_before}}}}\n{{{{place_before}}}}"
    return text(f"{subject}: {{{{course}}}}", f"{greeting} {{{{given_name}}}},", news, SEAT, was, end)


def _finnish(end: str) -> Words:
    news = "kurssin aika tai paikka on muuttunut. Uudet tiedot:"
    return _moved("Aika tai paikka on muuttunut", "Hei", news, "Aiemmat tiedot:", end)


def _swedish(end: str) -> Words:
    news = "kursens tid eller plats har ändrats. Nya uppgifter:"
    return _moved("Tid eller plats har ändrats", "Hej", news, "Tidigare uppgifter:", end)


def _english(end: str) -> Words:
    news = "the time or place of the course has changed. The new details:"
    return _moved("New time or place", "Hello", news, "Before:", end)


TEXTS: dict[str, dict[str, Words]] = {
    "session_moved": {
        "fi": _finnish(
            "Ilmoittautumisesi on ennallaan. Jos et pääse, peru se omilla sivuillasi tai vastaa tähän viestiin."
        ),
        "sv": _swedish(
            "Din anmälan är oförändrad. Om du inte kan komma kan du avboka den på dina egna sidor eller svara på det"
            " här meddelandet."
        ),
        "en": _english(
            "Your enrolment stands. If you cannot come, cancel it on your own pages or reply to this message."
        ),
    },
    "session_moved_ticket": {
        "fi": _finnish(
            "Paikkasi on tallella, ja uusi lippu on liitteenä. Jos et pääse, peru ilmoittautumisesi omilla sivuillasi"
            " tai vastaa tähän viestiin."
        ),
        "sv": _swedish(
            "Du har din plats kvar och en ny biljett är bifogad. Om du inte kan komma kan du avboka din anmälan på dina"
            " egna sidor eller svara på det här meddelandet."
        ),
        "en": _english(
            "Your seat is kept, and your new ticket is attached. If you cannot come, cancel your enrolment on your own"
            " pages or reply to this message."
        ),
    },
}
