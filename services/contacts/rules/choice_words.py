"""How files name the choices of contacts, besides by their codes (C11): among them the words that pages export."""

GENDERS = {
    "woman": ("nainen", "n", "kvinna", "k", "female", "f", "w"),
    "man": ("mies", "m", "male"),
    "nonbinary": ("muunsukupuolinen", "icke-binär", "ickebinär", "non-binary"),
    "other": ("muu", "annat", "annan"),
}
CUSTOMER_STATUSES = {
    "customer": ("asiakas", "kund"),
    "prospect": ("prospekti", "mahdollinen asiakas", "potentiell kund", "lead"),
}
PAYMENT_METHODS = {
    "email_invoice": (
        "sähköpostilasku", "sähköposti", "e-postfaktura", "email", "lasku sähköpostilla", "faktura per e-post",
        "invoice by e-mail",
    ),
    "e_invoice": ("verkkolasku", "e-lasku", "e-faktura", "nätfaktura", "einvoice"),
    "paper_invoice": (
        "paperilasku", "kirje", "lasku", "pappersfaktura", "faktura", "invoice", "lasku paperilla",
        "faktura på papper", "invoice on paper",
    ),
    "direct_payment": ("suoramaksu", "direktbetalning"),
    "card": ("kortti", "korttimaksu", "kort", "kortilla", "med kort", "by card"),
    "cash": ("käteinen", "kontant", "käteisellä", "in cash"),
}  # fmt: skip
DELIVERY_METHODS = {
    "post": ("posti", "post", "mail", "postitse", "per post", "by post"),
    "courier": ("kuriiri", "lähetti", "bud", "kurir", "lähetin kautta", "med bud", "by courier"),
    "freight": ("rahti", "kuljetusliike", "frakt", "rahtina", "som frakt", "as freight"),
    "pickup": ("nouto", "avhämtning", "pick-up", "picked up"),
    "electronic": ("sähköinen", "sähköisesti", "elektronisk", "digital", "elektroniskt", "electronically"),
}
