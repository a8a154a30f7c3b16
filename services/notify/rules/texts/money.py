"""Invoices, receipts, credit notes, refunds."""

from services.notify.rules.texts.form import Words, text

TEXTS: dict[str, dict[str, Words]] = {
    "invoice": {
        "fi": text(
            "Lasku {{number}}: {{amount}}, eräpäivä {{due_on}}",
            "Hei {{given_name}},",
            "liitteenä on lasku {{number}}. Summa on {{amount}} ja eräpäivä {{due_on}}. Käytä maksaessasi"
            " viitenumeroa {{reference}}.",
            "[[Katso lasku ja maksa|{{link}}]]",
        ),
        "sv": text(
            "Faktura {{number}}: {{amount}}, förfallodag {{due_on}}",
            "Hej {{given_name}},",
            "bifogat finns faktura {{number}}. Summan är {{amount}} och förfallodagen {{due_on}}. Använd"
            " referensnumret {{reference}} när du betalar.",
            "[[Se fakturan och betala|{{link}}]]",
        ),
        "en": text(
            "Invoice {{number}}: {{amount}}, due {{due_on}}",
            "Hello {{given_name}},",
            "please find attached invoice {{number}}. The amount is {{amount}}, due on {{due_on}}. Use the reference"
            " number {{reference}} when you pay.",
            "[[View the invoice and pay|{{link}}]]",
        ),
    },
    "receipt": {
        "fi": text(
            "Kuitti: lasku {{number}} on maksettu",
            "Hei {{given_name}},",
            "kiitos, olemme saaneet maksusi, {{amount}}. Lasku {{number}} on maksettu. Tosite on liitteenä.",
        ),
        "sv": text(
            "Kvitto: faktura {{number}} är betald",
            "Hej {{given_name}},",
            "tack, vi har tagit emot din betalning på {{amount}}. Faktura {{number}} är betald. Dokumentet är bifogat.",
        ),
        "en": text(
            "Receipt: invoice {{number}} is paid",
            "Hello {{given_name}},",
            "thank you, we have received your payment of {{amount}}. Invoice {{number}} is paid. The document is"
            " attached.",
        ),
    },
    "credit_note": {
        "fi": text(
            "Hyvityslasku {{number}}",
            "Hei {{given_name}},",
            "liitteenä on hyvityslasku {{number}}, jolla hyvitämme sinulle {{amount}}. Hyvitettyä laskua ei tarvitse"
            " maksaa.",
        ),
        "sv": text(
            "Kreditfaktura {{number}}",
            "Hej {{given_name}},",
            "bifogat finns kreditfaktura {{number}}, med vilken vi krediterar dig {{amount}}. Den krediterade fakturan"
            " behöver inte betalas.",
        ),
        "en": text(
            "Credit note {{number}}",
            "Hello {{given_name}},",
            "please find attached credit note {{number}}, by which we credit you {{amount}}. The credited invoice need"
            " not be paid.",
        ),
    },
    "refund": {
        "fi": text(
            "Maksu on palautettu",
            "Hei {{given_name}},",
            "olemme palauttaneet sinulle {{amount}}. Raha näkyy tililläsi muutaman pankkipäivän kuluessa.",
        ),
        "sv": text(
            "Betalningen är återbetald",
            "Hej {{given_name}},",
            "vi har återbetalat {{amount}} till dig. Pengarna syns på ditt konto inom några bankdagar.",
        ),
        "en": text(
            "Your payment was refunded",
            "Hello {{given_name}},",
            "we have refunded {{amount}} to you. The money will be on your account within a few banking days.",
        ),
    },
}
