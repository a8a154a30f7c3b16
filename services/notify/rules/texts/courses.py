"""Seats on courses: tickets, waiting list, offers, what expired or was cancelled."""

from services.notify.rules.texts.form import Words, text

SEAT = "{{course}}\n{{when}}\n{{place}}"
"""What a seat is on, as a paragraph of its own."""

TEXTS: dict[str, dict[str, Words]] = {
    "ticket": {
        "fi": text(
            "Lippusi: {{course}}",
            "Hei {{given_name}},",
            "paikkasi on vahvistettu.",
            SEAT,
            "Lippu on liitteenä. Näytä sen QR-koodi ovella.",
        ),
        "sv": text(
            "Din biljett: {{course}}",
            "Hej {{given_name}},",
            "din plats är bekräftad.",
            SEAT,
            "Biljetten är bifogad. Visa QR-koden vid dörren.",
        ),
        "en": text(
            "Your ticket: {{course}}",
            "Hello {{given_name}},",
            "your seat is confirmed.",
            SEAT,
            "Your ticket is attached. Show its QR code at the door.",
        ),
    },
    "seat_held": {
        "fi": text(
            "Paikka on varattu sinulle: {{course}}",
            "Hei {{given_name}},",
            "olemme varanneet sinulle paikan.",
            SEAT,
            "Maksa paikka viimeistään {{expires_at}}. Sen jälkeen se vapautuu muille. Lippu tulee sähköpostilla heti"
            " maksun jälkeen.",
            "[[Maksa paikka|{{link}}]]",
        ),
        "sv": text(
            "En plats är reserverad för dig: {{course}}",
            "Hej {{given_name}},",
            "vi har reserverat en plats för dig.",
            SEAT,
            "Betala platsen senast {{expires_at}}. Därefter blir den ledig för andra. Biljetten kommer per e-post"
            " genast efter betalningen.",
            "[[Betala platsen|{{link}}]]",
        ),
        "en": text(
            "A seat is reserved for you: {{course}}",
            "Hello {{given_name}},",
            "we have reserved a seat for you.",
            SEAT,
            "Please pay for it by {{expires_at}}. After that it becomes free for others. Your ticket comes by e-mail as"
            " soon as you have paid.",
            "[[Pay for the seat|{{link}}]]",
        ),
    },
    "waitlisted": {
        "fi": text(
            "Olet jonossa: {{course}}",
            "Hei {{given_name}},",
            "kurssi on täynnä, ja olet nyt jonossa.",
            SEAT,
            "Kun paikka vapautuu ja on sinun vuorosi, tarjoamme sitä sinulle sähköpostilla ja tekstiviestillä. Sinun ei"
            " tarvitse tehdä mitään.",
        ),
        "sv": text(
            "Du står i kö: {{course}}",
            "Hej {{given_name}},",
            "kursen är fullsatt och du står nu i kö.",
            SEAT,
            "När en plats blir ledig och det är din tur erbjuder vi dig den per e-post och textmeddelande. Du behöver"
            " inte göra något.",
        ),
        "en": text(
            "You are on the waiting list: {{course}}",
            "Hello {{given_name}},",
            "the course is full, and you are now on the waiting list.",
            SEAT,
            "When a seat becomes free and it is your turn, we will offer it to you by e-mail and text message. There is"
            " nothing you need to do.",
        ),
    },
    "seat_offered": {
        "fi": text(
            "Paikka vapautui: {{course}}",
            "Hei {{given_name}},",
            "sinulle on vapautunut paikka.",
            SEAT,
            "Pidämme paikkaa sinulle {{expires_at}} asti. Sen jälkeen tarjoamme sitä seuraavalle.",
            "[[Ota paikka|{{link}}]]",
        ),
        "sv": text(
            "En plats blev ledig: {{course}}",
            "Hej {{given_name}},",
            "en plats har blivit ledig för dig.",
            SEAT,
            "Vi håller platsen åt dig till {{expires_at}}. Därefter erbjuder vi den till nästa.",
            "[[Ta platsen|{{link}}]]",
        ),
        "en": text(
            "A seat is free: {{course}}",
            "Hello {{given_name}},",
            "a seat has become free for you.",
            SEAT,
            "We keep it for you until {{expires_at}}. After that we offer it to the next person.",
            "[[Take the seat|{{link}}]]",
        ),
    },
    "seat_offered_sms": {
        "fi": text("", "Paikka vapautui: {{course}}. Ota se viimeistään {{expires_at}}: {{link}}"),
        "sv": text("", "En plats blev ledig: {{course}}. Ta den senast {{expires_at}}: {{link}}"),
        "en": text("", "A seat is free: {{course}}. Take it by {{expires_at}}: {{link}}"),
    },
    "hold_expired": {
        "fi": text(
            "Varauksesi raukesi: {{course}}",
            "Hei {{given_name}},",
            "varauksesi raukesi, koska sitä ei maksettu ajoissa.",
            SEAT,
            "Voit ilmoittautua uudelleen, jos paikkoja on.",
        ),
        "sv": text(
            "Din reservation har gått ut: {{course}}",
            "Hej {{given_name}},",
            "din reservation gick ut eftersom den inte betalades i tid.",
            SEAT,
            "Du kan anmäla dig på nytt om det finns platser.",
        ),
        "en": text(
            "Your reservation has expired: {{course}}",
            "Hello {{given_name}},",
            "your reservation has expired because it was not paid for in time.",
            SEAT,
            "You can enrol again if there are seats.",
        ),
    },
    "offer_expired": {
        "fi": text(
            "Paikkatarjous raukesi: {{course}}",
            "Hei {{given_name}},",
            "tarjosimme sinulle paikkaa, mutta sitä ei otettu ajoissa. Tarjous on rauennut.",
            SEAT,
            "Voit ilmoittautua uudelleen.",
        ),
        "sv": text(
            "Erbjudandet om en plats har gått ut: {{course}}",
            "Hej {{given_name}},",
            "vi erbjöd dig en plats, men den togs inte i tid. Erbjudandet har gått ut.",
            SEAT,
            "Du kan anmäla dig på nytt.",
        ),
        "en": text(
            "The offer of a seat has expired: {{course}}",
            "Hello {{given_name}},",
            "we offered you a seat, but it was not taken in time. The offer has expired.",
            SEAT,
            "You can enrol again.",
        ),
    },
    "enrolment_cancelled": {
        "fi": text(
            "Ilmoittautuminen peruttu: {{course}}",
            "Hei {{given_name}},",
            "ilmoittautumisesi on peruttu.",
            SEAT,
        ),
        "sv": text(
            "Anmälan avbokad: {{course}}",
            "Hej {{given_name}},",
            "din anmälan är avbokad.",
            SEAT,
        ),
        "en": text(
            "Enrolment cancelled: {{course}}",
            "Hello {{given_name}},",
            "your enrolment has been cancelled.",
            SEAT,
        ),
    },
    "enrolment_refunded": {
        "fi": text(
            "Ilmoittautuminen peruttu: {{course}}",
            "Hei {{given_name}},",
            "ilmoittautumisesi on peruttu.",
            SEAT,
            "Korttimaksu palautetaan kortille, ja lasku hyvitetään: maksamatonta laskua ei tarvitse maksaa.",
        ),
        "sv": text(
            "Anmälan avbokad: {{course}}",
            "Hej {{given_name}},",
            "din anmälan är avbokad.",
            SEAT,
            "En kortbetalning återbetalas till kortet och fakturan krediteras: en obetald faktura behöver inte"
            " betalas.",
        ),
        "en": text(
            "Enrolment cancelled: {{course}}",
            "Hello {{given_name}},",
            "your enrolment has been cancelled.",
            SEAT,
            "A card payment is returned to the card, and the invoice is credited: there is no need to pay an unpaid"
            " one.",
        ),
    },
}
