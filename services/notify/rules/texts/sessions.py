"""Sessions that have another time or place than people enrolled for."""

from services.notify.rules.texts.courses import SEAT
from services.notify.rules.texts.form import Words, text

BEFORE = {
    "fi": "Aiemmin:\n{{when_before}}\n{{place_before}}",
    "sv": "Tidigare:\n{{when_before}}\n{{place_before}}",
    "en": "Before:\n{{when_before}}\n{{place_before}}",
}
"""What a session was before it was moved."""

TEXTS: dict[str, dict[str, Words]] = {
    "session_moved": {
        "fi": text(
            "Aika tai paikka on muuttunut: {{course}}",
            "Hei {{given_name}},",
            "kurssin aika tai paikka on muuttunut. Nyt se on:",
            SEAT,
            BEFORE["fi"],
            "Ilmoittautumisesi on ennallaan. Jos et pääse, peru se omilla sivuillasi tai vastaa tähän viestiin.",
        ),
        "sv": text(
            "Tid eller plats har ändrats: {{course}}",
            "Hej {{given_name}},",
            "kursens tid eller plats har ändrats. Nu är den:",
            SEAT,
            BEFORE["sv"],
            "Din anmälan är oförändrad. Om du inte kan komma kan du avboka den på dina egna sidor eller svara på det"
            " här meddelandet.",
        ),
        "en": text(
            "New time or place: {{course}}",
            "Hello {{given_name}},",
            "the time or place of the course has changed. It is now:",
            SEAT,
            BEFORE["en"],
            "Your enrolment stands. If you cannot come, cancel it on your own pages or reply to this message.",
        ),
    },
    "session_moved_ticket": {
        "fi": text(
            "Aika tai paikka on muuttunut: {{course}}",
            "Hei {{given_name}},",
            "kurssin aika tai paikka on muuttunut. Nyt se on:",
            SEAT,
            BEFORE["fi"],
            "Paikkasi on tallella, ja uusi lippu on liitteenä. Jos et pääse, peru ilmoittautumisesi omilla sivuillasi"
            " tai vastaa tähän viestiin.",
        ),
        "sv": text(
            "Tid eller plats har ändrats: {{course}}",
            "Hej {{given_name}},",
            "kursens tid eller plats har ändrats. Nu är den:",
            SEAT,
            BEFORE["sv"],
            "Du har din plats kvar och en ny biljett är bifogad. Om du inte kan komma kan du avboka din anmälan på dina"
            " egna sidor eller svara på det här meddelandet.",
        ),
        "en": text(
            "New time or place: {{course}}",
            "Hello {{given_name}},",
            "the time or place of the course has changed. It is now:",
            SEAT,
            BEFORE["en"],
            "Your seat is kept, and your new ticket is attached. If you cannot come, cancel your enrolment on your own"
            " pages or reply to this message.",
        ),
    },
}
