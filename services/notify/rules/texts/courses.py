"""Seats on courses: tickets, waiting list, offers, what expired or was cancelled."""

from services.notify.rules.texts.form import Words, text

TEXTS: dict[str, dict[str, Words]] = {
    "ticket": {
        "fi": text(
            "Lippusi: {{course}}",
            "Hei {{given_name}},",
            "paikkasi on vahvistettu: {{course}}, {{starts_at}}, {{place}}.",
            "Lippu on liitteenä. Näytä sen QR-koodi ovella.",
        ),
        "sv": text(
            "Din biljett: {{course}}",
            "Hej {{given_name}},",
            "din plats är bekräftad: {{course}}, {{starts_at}}, {{place}}.",
            "Biljetten är bifogad. Visa QR-koden vid dörren.",
        ),
        "en": text(
            "Your ticket: {{course}}",
            "Hello {{given_name}},",
            "your seat is confirmed: {{course}}, {{starts_at}}, {{place}}.",
            "The ticket is attached. Show its QR code at the door.",
        ),
    },
    "seat_held": {
        "fi": text(
            "Paikka on varattu sinulle: {{course}}",
            "Hei {{given_name}},",
            "sinulle on varattu paikka: {{course}}, {{starts_at}}, {{place}}. Maksa se viimeistään {{expires_at}}; sen"
            " jälkeen paikka vapautuu muille. Lippu tulee sähköpostilla heti maksun jälkeen.",
            "[[Maksa paikka|{{link}}]]",
        ),
        "sv": text(
            "En plats är reserverad för dig: {{course}}",
            "Hej {{given_name}},",
            "en plats är reserverad för dig: {{course}}, {{starts_at}}, {{place}}. Betala den senast {{expires_at}};"
            " därefter blir platsen ledig för andra. Biljetten kommer per e-post genast efter betalningen.",
            "[[Betala platsen|{{link}}]]",
        ),
        "en": text(
            "A seat is kept for you: {{course}}",
            "Hello {{given_name}},",
            "a seat is kept for you: {{course}}, {{starts_at}}, {{place}}. Pay it by {{expires_at}}; after that it is"
            " free for others. The ticket comes by e-mail as soon as it is paid.",
            "[[Pay the seat|{{link}}]]",
        ),
    },
    "waitlisted": {
        "fi": text(
            "Olet jonossa: {{course}}",
            "Hei {{given_name}},",
            "kurssi {{course}} ({{starts_at}}) on täynnä. Olet jonossa; numerosi on {{waiting_number}}. Tarjoamme"
            " paikkaa heti, kun se vapautuu.",
        ),
        "sv": text(
            "Du står i kö: {{course}}",
            "Hej {{given_name}},",
            "kursen {{course}} ({{starts_at}}) är fullsatt. Du står i kö; ditt nummer är {{waiting_number}}. Vi"
            " erbjuder en plats så snart den blir ledig.",
        ),
        "en": text(
            "You are on the waiting list: {{course}}",
            "Hello {{given_name}},",
            "the course {{course}} ({{starts_at}}) is full. You are on the waiting list with number"
            " {{waiting_number}}. We will offer you a seat as soon as one is free.",
        ),
    },
    "seat_offered": {
        "fi": text(
            "Paikka vapautui: {{course}}",
            "Hei {{given_name}},",
            "sinulle on vapautunut paikka: {{course}}, {{starts_at}}, {{place}}. Pidämme paikkaa sinulle"
            " {{expires_at}} asti.",
            "[[Ota paikka|{{link}}]]",
        ),
        "sv": text(
            "En plats blev ledig: {{course}}",
            "Hej {{given_name}},",
            "en plats har blivit ledig för dig: {{course}}, {{starts_at}}, {{place}}. Vi håller platsen till"
            " {{expires_at}}.",
            "[[Ta platsen|{{link}}]]",
        ),
        "en": text(
            "A seat is free: {{course}}",
            "Hello {{given_name}},",
            "a seat has become free for you: {{course}}, {{starts_at}}, {{place}}. We keep it for you until"
            " {{expires_at}}.",
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
            "varauksesi kurssille {{course}} raukesi, koska sitä ei maksettu ajoissa. Voit ilmoittautua uudelleen, jos"
            " paikkoja on.",
        ),
        "sv": text(
            "Din reservation har gått ut: {{course}}",
            "Hej {{given_name}},",
            "din reservation för kursen {{course}} gick ut eftersom den inte betalades i tid. Du kan anmäla dig på"
            " nytt om det finns platser.",
        ),
        "en": text(
            "Your reservation has expired: {{course}}",
            "Hello {{given_name}},",
            "your reservation for the course {{course}} has expired because it was not paid in time. You may enrol"
            " again if there are seats.",
        ),
    },
    "offer_expired": {
        "fi": text(
            "Tarjottu paikka meni seuraavalle: {{course}}",
            "Hei {{given_name}},",
            "tarjosimme sinulle paikkaa kurssille {{course}} ({{starts_at}}). Sitä ei otettu ajoissa, joten tarjosimme"
            " sen seuraavalle. Voit ilmoittautua uudelleen.",
        ),
        "sv": text(
            "Den erbjudna platsen gick till nästa: {{course}}",
            "Hej {{given_name}},",
            "vi erbjöd dig en plats på kursen {{course}} ({{starts_at}}). Den togs inte i tid, så vi erbjöd den till"
            " nästa. Du kan anmäla dig på nytt.",
        ),
        "en": text(
            "The offered seat went to the next: {{course}}",
            "Hello {{given_name}},",
            "we offered you a seat on the course {{course}} ({{starts_at}}). It was not taken in time, so we offered"
            " it to the next. You may enrol again.",
        ),
    },
    "enrolment_cancelled": {
        "fi": text(
            "Ilmoittautuminen peruttu: {{course}}",
            "Hei {{given_name}},",
            "ilmoittautumisesi kurssille {{course}} ({{starts_at}}) on peruttu. Mahdollinen maksu palautetaan"
            " samaa tietä kuin se maksettiin.",
        ),
        "sv": text(
            "Anmälan avbokad: {{course}}",
            "Hej {{given_name}},",
            "din anmälan till kursen {{course}} ({{starts_at}}) är avbokad. En eventuell betalning återbetalas samma"
            " väg som den gjordes.",
        ),
        "en": text(
            "Enrolment cancelled: {{course}}",
            "Hello {{given_name}},",
            "your enrolment for the course {{course}} ({{starts_at}}) is cancelled. What was paid is given back the"
            " way it was paid.",
        ),
    },
}
