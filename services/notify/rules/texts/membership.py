"""Membership and the way into the suite: from application to password."""

from services.notify.rules.texts.form import Words, text

TEXTS: dict[str, dict[str, Words]] = {
    "application_received": {
        "fi": text(
            "Jäsenhakemuksesi on vastaanotettu",
            "Hei {{given_name}},",
            "kiitos hakemuksestasi ({{type_name}}). Hakemuksesi numero on {{number}}. Käsittelemme sen ja kerromme"
            " päätöksestä sähköpostitse.",
            "[[Seuraa hakemustasi|{{link}}]]",
            "Linkki on henkilökohtainen. Älä jaa sitä muille.",
        ),
        "sv": text(
            "Vi har tagit emot din medlemsansökan",
            "Hej {{given_name}},",
            "tack för din ansökan ({{type_name}}). Ansökans nummer är {{number}}. Vi behandlar den och meddelar"
            " beslutet per e-post.",
            "[[Följ din ansökan|{{link}}]]",
            "Länken är personlig. Dela den inte med andra.",
        ),
        "en": text(
            "We have received your membership application",
            "Hello {{given_name}},",
            "thank you for your application ({{type_name}}). Its number is {{number}}. We will look into it and let you"
            " know our decision by e-mail.",
            "[[Follow your application|{{link}}]]",
            "The link is personal. Please do not share it.",
        ),
    },
    "application_rejected": {
        "fi": text(
            "Päätös jäsenhakemuksestasi",
            "Hei {{given_name}},",
            "emme valitettavasti voi hyväksyä hakemustasi {{number}}.",
            "Perustelu: {{reason}}",
            "Jos haluat kysyä päätöksestä, vastaa tähän viestiin.",
        ),
        "sv": text(
            "Beslut om din medlemsansökan",
            "Hej {{given_name}},",
            "vi kan tyvärr inte godkänna din ansökan {{number}}.",
            "Motivering: {{reason}}",
            "Om du vill fråga om beslutet kan du svara på det här meddelandet.",
        ),
        "en": text(
            "The decision on your membership application",
            "Hello {{given_name}},",
            "unfortunately we cannot accept your application {{number}}.",
            "Reason: {{reason}}",
            "If you have questions about the decision, just reply to this message.",
        ),
    },
    "welcome": {
        "fi": text(
            "Tervetuloa jäseneksi",
            "Hei {{given_name}},",
            "jäsenyytesi ({{type_name}}) on nyt voimassa. Aseta salasana, niin näet jäsenyytesi, laskusi ja kurssit"
            " jäsenhintaan.",
            "[[Aseta salasana|{{link}}]]",
            "Linkki on henkilökohtainen ja voimassa 14 päivää.",
        ),
        "sv": text(
            "Välkommen som medlem",
            "Hej {{given_name}},",
            "ditt medlemskap ({{type_name}}) gäller nu. Välj ett lösenord så ser du ditt medlemskap, dina fakturor"
            " och kurserna till medlemspris.",
            "[[Välj lösenord|{{link}}]]",
            "Länken är personlig och gäller i 14 dagar.",
        ),
        "en": text(
            "Welcome as a member",
            "Hello {{given_name}},",
            "your membership ({{type_name}}) is now in force. Set a password to see your membership, your invoices and"
            " the courses at member prices.",
            "[[Set a password|{{link}}]]",
            "The link is personal and valid for 14 days.",
        ),
    },
    "password_link": {
        "fi": text(
            "Aseta uusi salasana",
            "Hei,",
            "joku pyysi linkkiä, jolla tämän osoitteen tilille asetetaan uusi salasana. Jos se et ollut sinä, sinun ei"
            " tarvitse tehdä mitään.",
            "[[Aseta salasana|{{link}}]]",
            "Linkki on voimassa kaksi tuntia.",
        ),
        "sv": text(
            "Välj ett nytt lösenord",
            "Hej,",
            "någon bad om en länk för att välja ett nytt lösenord till kontot med den här adressen. Om det inte var du"
            " behöver du inte göra något.",
            "[[Välj lösenord|{{link}}]]",
            "Länken gäller i två timmar.",
        ),
        "en": text(
            "Set a new password",
            "Hello,",
            "somebody asked for a link to set a new password for the account with this address. If it was not you, you"
            " need not do anything.",
            "[[Set a password|{{link}}]]",
            "The link is valid for two hours.",
        ),
    },
}
