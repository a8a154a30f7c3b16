"""The messages the suite sends by itself (N7), in the receiver's language.

Placeholders: given_name, seller, and what `facts.py` collects for the template. A text with `sms` is short.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Subject and body in one language."""

    subject: str
    body: str


def _words(subject: str, *paragraphs: str) -> Words:
    return Words(subject, "\n\n".join(paragraphs))


TEXTS: dict[str, dict[str, Words]] = {
    "application_received": {
        "fi": _words(
            "Jäsenhakemuksesi on vastaanotettu",
            "Hei {{given_name}},",
            "kiitos hakemuksestasi ({{type_name}}). Hakemuksesi numero on {{number}}. Käsittelemme sen ja kerromme"
            " päätöksestä sähköpostitse.",
            "[[Seuraa hakemustasi|{{link}}]]",
            "Linkki on henkilökohtainen. Älä jaa sitä muille.",
        ),
        "sv": _words(
            "Vi har tagit emot din medlemsansökan",
            "Hej {{given_name}},",
            "tack för din ansökan ({{type_name}}). Ansökans nummer är {{number}}. Vi behandlar den och meddelar"
            " beslutet per e-post.",
            "[[Följ din ansökan|{{link}}]]",
            "Länken är personlig. Dela den inte med andra.",
        ),
        "en": _words(
            "We have received your membership application",
            "Hello {{given_name}},",
            "thank you for your application ({{type_name}}). Its number is {{number}}. We will look at it and tell you"
            " the decision by e-mail.",
            "[[Follow your application|{{link}}]]",
            "The link is personal. Please do not share it.",
        ),
    },
    "application_rejected": {
        "fi": _words(
            "Päätös jäsenhakemuksestasi",
            "Hei {{given_name}},",
            "emme valitettavasti voi hyväksyä hakemustasi {{number}}.",
            "Perustelu: {{reason}}",
            "Voit kysyä päätöksestä vastaamalla tähän viestiin.",
        ),
        "sv": _words(
            "Beslut om din medlemsansökan",
            "Hej {{given_name}},",
            "vi kan tyvärr inte godkänna din ansökan {{number}}.",
            "Motivering: {{reason}}",
            "Du kan fråga om beslutet genom att svara på detta meddelande.",
        ),
        "en": _words(
            "The decision on your membership application",
            "Hello {{given_name}},",
            "unfortunately we cannot accept your application {{number}}.",
            "Reason: {{reason}}",
            "You may ask about the decision by answering this message.",
        ),
    },
    "invoice": {
        "fi": _words(
            "Lasku {{number}}: {{amount}}, eräpäivä {{due_on}}",
            "Hei {{given_name}},",
            "liitteenä on lasku {{number}}. Summa on {{amount}} ja eräpäivä {{due_on}}. Käytä maksaessasi"
            " viitenumeroa {{reference}}.",
            "[[Katso lasku ja maksa|{{link}}]]",
        ),
        "sv": _words(
            "Faktura {{number}}: {{amount}}, förfallodag {{due_on}}",
            "Hej {{given_name}},",
            "bifogat finns faktura {{number}}. Summan är {{amount}} och förfallodagen {{due_on}}. Använd"
            " referensnumret {{reference}} när du betalar.",
            "[[Se fakturan och betala|{{link}}]]",
        ),
        "en": _words(
            "Invoice {{number}}: {{amount}}, due {{due_on}}",
            "Hello {{given_name}},",
            "please find invoice {{number}} attached. The sum is {{amount}}, due on {{due_on}}. Use the reference"
            " {{reference}} when paying.",
            "[[See the invoice and pay|{{link}}]]",
        ),
    },
    "receipt": {
        "fi": _words(
            "Kuitti: lasku {{number}} on maksettu",
            "Hei {{given_name}},",
            "kiitos, olemme saaneet maksun {{amount}}. Lasku {{number}} on maksettu. Tosite on liitteenä.",
        ),
        "sv": _words(
            "Kvitto: faktura {{number}} är betald",
            "Hej {{given_name}},",
            "tack, vi har fått betalningen {{amount}}. Faktura {{number}} är betald. Verifikatet är bifogat.",
        ),
        "en": _words(
            "Receipt: invoice {{number}} is paid",
            "Hello {{given_name}},",
            "thank you, we have received {{amount}}. Invoice {{number}} is paid. The document is attached.",
        ),
    },
    "credit_note": {
        "fi": _words(
            "Hyvityslasku {{number}}",
            "Hei {{given_name}},",
            "liitteenä on hyvityslasku {{number}}, summa {{amount}}.",
        ),
        "sv": _words(
            "Kreditfaktura {{number}}",
            "Hej {{given_name}},",
            "bifogat finns kreditfaktura {{number}}, summa {{amount}}.",
        ),
        "en": _words(
            "Credit note {{number}}",
            "Hello {{given_name}},",
            "please find credit note {{number}} attached, sum {{amount}}.",
        ),
    },
    "welcome": {
        "fi": _words(
            "Tervetuloa jäseneksi",
            "Hei {{given_name}},",
            "jäsenyytesi ({{type_name}}) on voimassa. Aseta salasana, niin näet jäsenyytesi, laskusi ja kurssit"
            " jäsenhintaan.",
            "[[Aseta salasana|{{link}}]]",
            "Linkki on henkilökohtainen ja voimassa 14 päivää.",
        ),
        "sv": _words(
            "Välkommen som medlem",
            "Hej {{given_name}},",
            "ditt medlemskap ({{type_name}}) är i kraft. Välj ett lösenord så ser du ditt medlemskap, dina fakturor"
            " och kurserna till medlemspris.",
            "[[Välj lösenord|{{link}}]]",
            "Länken är personlig och gäller i 14 dagar.",
        ),
        "en": _words(
            "Welcome as a member",
            "Hello {{given_name}},",
            "your membership ({{type_name}}) is valid. Set a password to see your membership, your invoices and the"
            " courses at member prices.",
            "[[Set a password|{{link}}]]",
            "The link is personal and valid for 14 days.",
        ),
    },
    "password_link": {
        "fi": _words(
            "Aseta uusi salasana",
            "Hei,",
            "joku pyysi linkkiä salasanan asettamiseen tälle tilille. Jos se et ollut sinä, sinun ei tarvitse tehdä"
            " mitään.",
            "[[Aseta salasana|{{link}}]]",
            "Linkki on voimassa kaksi tuntia.",
        ),
        "sv": _words(
            "Välj ett nytt lösenord",
            "Hej,",
            "någon bad om en länk för att välja lösenord till det här kontot. Om det inte var du behöver du inte göra"
            " något.",
            "[[Välj lösenord|{{link}}]]",
            "Länken gäller i två timmar.",
        ),
        "en": _words(
            "Set a new password",
            "Hello,",
            "somebody asked for a link to set the password of this account. If it was not you, there is nothing to do.",
            "[[Set a password|{{link}}]]",
            "The link is valid for two hours.",
        ),
    },
    "ticket": {
        "fi": _words(
            "Lippusi: {{course}}",
            "Hei {{given_name}},",
            "paikkasi on vahvistettu: {{course}}, {{starts_at}}, {{place}}.",
            "Lippu on liitteenä. Näytä sen QR-koodi ovella.",
        ),
        "sv": _words(
            "Din biljett: {{course}}",
            "Hej {{given_name}},",
            "din plats är bekräftad: {{course}}, {{starts_at}}, {{place}}.",
            "Biljetten är bifogad. Visa QR-koden vid dörren.",
        ),
        "en": _words(
            "Your ticket: {{course}}",
            "Hello {{given_name}},",
            "your seat is confirmed: {{course}}, {{starts_at}}, {{place}}.",
            "The ticket is attached. Show its QR code at the door.",
        ),
    },
    "waitlisted": {
        "fi": _words(
            "Olet jonossa: {{course}}",
            "Hei {{given_name}},",
            "kurssi {{course}} ({{starts_at}}) on täynnä. Olet jonossa; numerosi on {{waiting_number}}. Tarjoamme"
            " paikkaa heti, kun se vapautuu.",
        ),
        "sv": _words(
            "Du står i kö: {{course}}",
            "Hej {{given_name}},",
            "kursen {{course}} ({{starts_at}}) är fullsatt. Du står i kö; ditt nummer är {{waiting_number}}. Vi"
            " erbjuder en plats så snart den blir ledig.",
        ),
        "en": _words(
            "You are on the waiting list: {{course}}",
            "Hello {{given_name}},",
            "the course {{course}} ({{starts_at}}) is full. You are on the waiting list with number"
            " {{waiting_number}}. We will offer you a seat as soon as one is free.",
        ),
    },
    "seat_offered": {
        "fi": _words(
            "Paikka vapautui: {{course}}",
            "Hei {{given_name}},",
            "sinulle on vapautunut paikka: {{course}}, {{starts_at}}, {{place}}. Pidämme paikkaa sinulle"
            " {{expires_at}} asti.",
            "[[Ota paikka|{{link}}]]",
        ),
        "sv": _words(
            "En plats blev ledig: {{course}}",
            "Hej {{given_name}},",
            "en plats har blivit ledig för dig: {{course}}, {{starts_at}}, {{place}}. Vi håller platsen till"
            " {{expires_at}}.",
            "[[Ta platsen|{{link}}]]",
        ),
        "en": _words(
            "A seat is free: {{course}}",
            "Hello {{given_name}},",
            "a seat has become free for you: {{course}}, {{starts_at}}, {{place}}. We keep it for you until"
            " {{expires_at}}.",
            "[[Take the seat|{{link}}]]",
        ),
    },
    "seat_offered_sms": {
        "fi": _words("", "Paikka vapautui: {{course}}. Ota se viimeistään {{expires_at}}: {{link}}"),
        "sv": _words("", "En plats blev ledig: {{course}}. Ta den senast {{expires_at}}: {{link}}"),
        "en": _words("", "A seat is free: {{course}}. Take it by {{expires_at}}: {{link}}"),
    },
    "hold_expired": {
        "fi": _words(
            "Varauksesi raukesi: {{course}}",
            "Hei {{given_name}},",
            "varauksesi kurssille {{course}} raukesi, koska sitä ei maksettu ajoissa. Voit ilmoittautua uudelleen, jos"
            " paikkoja on.",
        ),
        "sv": _words(
            "Din reservation har gått ut: {{course}}",
            "Hej {{given_name}},",
            "din reservation för kursen {{course}} gick ut eftersom den inte betalades i tid. Du kan anmäla dig på"
            " nytt om det finns platser.",
        ),
        "en": _words(
            "Your reservation has expired: {{course}}",
            "Hello {{given_name}},",
            "your reservation for the course {{course}} has expired because it was not paid in time. You may enrol"
            " again if there are seats.",
        ),
    },
    "offer_expired": {
        "fi": _words(
            "Tarjottu paikka meni seuraavalle: {{course}}",
            "Hei {{given_name}},",
            "tarjosimme sinulle paikkaa kurssille {{course}} ({{starts_at}}). Sitä ei otettu ajoissa, joten tarjosimme"
            " sen seuraavalle. Voit ilmoittautua uudelleen.",
        ),
        "sv": _words(
            "Den erbjudna platsen gick till nästa: {{course}}",
            "Hej {{given_name}},",
            "vi erbjöd dig en plats på kursen {{course}} ({{starts_at}}). Den togs inte i tid, så vi erbjöd den till"
            " nästa. Du kan anmäla dig på nytt.",
        ),
        "en": _words(
            "The offered seat went to the next: {{course}}",
            "Hello {{given_name}},",
            "we offered you a seat on the course {{course}} ({{starts_at}}). It was not taken in time, so we offered"
            " it to the next. You may enrol again.",
        ),
    },
    "enrolment_cancelled": {
        "fi": _words(
            "Ilmoittautuminen peruttu: {{course}}",
            "Hei {{given_name}},",
            "ilmoittautumisesi kurssille {{course}} ({{starts_at}}) on peruttu. Mahdollinen maksu palautetaan"
            " samaa tietä kuin se maksettiin.",
        ),
        "sv": _words(
            "Anmälan avbokad: {{course}}",
            "Hej {{given_name}},",
            "din anmälan till kursen {{course}} ({{starts_at}}) är avbokad. En eventuell betalning återbetalas samma"
            " väg som den gjordes.",
        ),
        "en": _words(
            "Enrolment cancelled: {{course}}",
            "Hello {{given_name}},",
            "your enrolment for the course {{course}} ({{starts_at}}) is cancelled. What was paid is given back the"
            " way it was paid.",
        ),
    },
    "refund": {
        "fi": _words(
            "Maksu on palautettu",
            "Hei {{given_name}},",
            "olemme palauttaneet sinulle {{amount}}. Raha näkyy tililläsi muutaman pankkipäivän kuluessa.",
        ),
        "sv": _words(
            "Betalningen är återbetald",
            "Hej {{given_name}},",
            "vi har återbetalat {{amount}} till dig. Pengarna syns på ditt konto inom några bankdagar.",
        ),
        "en": _words(
            "Your payment was refunded",
            "Hello {{given_name}},",
            "we have refunded {{amount}}. The money will show on your account within some bank days.",
        ),
    },
    "code_sms": {
        "fi": _words("", "Kirjautumiskoodisi on {{code}}. Se on voimassa 5 minuuttia. Älä anna sitä kenellekään."),
        "sv": _words("", "Din inloggningskod är {{code}}. Den gäller i 5 minuter. Ge den inte till någon."),
        "en": _words("", "Your sign-in code is {{code}}. It is valid for 5 minutes. Do not give it to anybody."),
    },
}


LEAVE = {
    "fi": "Etkö halua näitä viestejä? Peruuta ne tästä",
    "sv": "Vill du inte ha de här meddelandena? Avbeställ dem här",
    "en": "No more of these messages? Unsubscribe here",
}
"""Label of the address that ends marketing."""


def words(template: str, language: str) -> Words:
    """The text in `language`, or in Finnish."""
    versions = TEXTS[template]
    return versions.get(language) or versions["fi"]
