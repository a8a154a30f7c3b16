"""What the columns of a file mean, by their headers in Finnish, Swedish and English."""

from collections.abc import Mapping, Sequence

from services.contacts.rules import personal_ids
from services.contacts.rules.names import fold

HEADERS: dict[str, tuple[str, ...]] = {
    "given_name": (
        "Etunimi", "Etunimet", "Kutsumanimi", "Förnamn", "Tilltalsnamn", "First name", "Given name", "N given",
    ),
    "family_name": ("Sukunimi", "Efternamn", "Släktnamn", "Last name", "Family name", "Surname", "N family"),
    "name": ("Nimi", "Koko nimi", "Namn", "Hela namnet", "Name", "Full name", "FN"),
    "email": (
        "Sähköposti", "Sähköpostiosoite", "S-posti", "E-post", "E-postadress", "Epost", "Email", "E-mail", "Mail",
        "Email address", "E-mail address", "E-mail 1 - Value", "Sähköposti 1", "Sähköpostiosoite 1", "E-postadress 1",
    ),
    "phone": (
        "Puhelin", "Puhelinnumero", "Puh", "Telefon", "Telefonnummer", "Phone", "Phone number", "Phone 1 - Value",
        "Primary Phone", "Ensisijainen puhelin", "Ensisijainen puhelinnumero", "Primär telefon", "TEL",
    ),
    "language": ("Kieli", "Äidinkieli", "Asiointikieli", "Språk", "Modersmål", "Language", "LANG"),
    "birth_date": (
        "Syntymäaika", "Syntymäpäivä", "Syntynyt", "Födelsedatum", "Födelsetid", "Född", "Date of birth", "Birth date",
        "Birthday", "Born", "BDAY", "Henkilötunnus", "Hetu", "Personbeteckning", "Personal identity code",
    ),
    "title": (
        "Titteli", "Nimike", "Ammatti", "Tehtävä", "Tehtävänimike", "Asema", "Titel", "Yrke", "Uppgift", "Befattning",
        "Title", "Job title", "Position", "Profession", "Organization Title", "Organization 1 - Title",
    ),
    "gender": ("Sukupuoli", "Kön", "Gender", "Sex"),
    "mobile_phone": (
        "Matkapuhelin", "Matkapuhelinnumero", "Kännykkä", "GSM", "Mobil", "Mobiltelefon", "Mobilnummer", "Mobile",
        "Mobile phone", "Cell phone", "TEL cell",
    ),
    "work_phone": (
        "Työpuhelin", "Puhelin työ", "Työpuhelinnumero", "Puhelin (työ)", "Arbetstelefon", "Telefon arbete",
        "Business Phone", "Work phone", "TEL work",
    ),
    "home_phone": (
        "Kotipuhelin", "Puhelin koti", "Kotipuhelinnumero", "Puhelin (koti)", "Hemtelefon", "Telefon hem", "Home Phone",
        "TEL home",
    ),
    "switchboard_phone": (
        "Vaihde", "Puhelinvaihde", "Yrityksen päänumero", "Yrityksen puhelin", "Växel", "Switchboard",
        "Company Main Phone", "TEL main",
    ),
    "other_phone": (
        "Muu puhelin", "Muu puhelinnumero", "Annan telefon", "Other Phone", "Phone 2 - Value", "Telephone 2",
        "TEL other",
    ),
    "fax": ("Faksi", "Telefax", "Fax", "Faksinumero", "Työfaksi", "Faxnummer", "Business Fax", "TEL fax"),
    "work_email": (
        "Työsähköposti", "Sähköposti työ", "Arbetsepost", "E-post arbete", "Work e-mail", "Work email",
        "EMAIL work",
    ),
    "home_email": ("Kotisähköposti", "Sähköposti koti", "E-post hem", "Home e-mail", "Home email", "EMAIL home"),
    "billing_email": (
        "Laskutussähköposti", "Faktureringsepost", "Billing e-mail", "Billing email", "Invoice email",
        "EMAIL billing",
    ),
    "other_email": (
        "Muu sähköposti", "Sähköposti 2", "Sähköpostiosoite 2", "Sähköposti 2, osoite", "Annan e-post",
        "E-postadress 2",
        "Other e-mail", "E-mail 2 Address", "E-mail 2 - Value", "EMAIL other",
    ),
    "customer_status": ("Asiakkuus", "Asiakastila", "Kundstatus", "Customer status"),
    "payment_method": ("Maksutapa", "Laskutustapa", "Betalningssätt", "Payment method"),
    "payment_days": ("Maksuehto", "Maksuaika", "Betalningsvillkor", "Betalningstid", "Payment terms", "Payment days"),
    "delivery_method": ("Toimitustapa", "Leveranssätt", "Delivery method"),
    "credit_limit": ("Luottoraja", "Kreditgräns", "Credit limit"),
    "role": ("Rooli", "Roll", "Role"),
    "customer_number": (
        "Asiakasnumero", "Asiakasnro", "Jäsennumero", "Kundnummer", "Medlemsnummer", "Customer number", "Customer no",
        "Member number",
    ),
    "street": (
        "Osoite", "Katuosoite", "Lähiosoite", "Postiosoite", "Adress", "Gatuadress", "Näradress", "Postadress",
        "Address", "Street", "Street address", "Postal address", "Business Street", "Home Street", "Address 1 - Street",
        "Työosoite, katu", "Työosoitteen katu", "Katuosoite (työ)", "Työpaikan katuosoite", "Kotiosoite, katu",
        "Kotiosoitteen katu", "Katuosoite (koti)", "Kotikatuosoite", "ADR street",
    ),
    "postal_code": (
        "Postinumero", "Postinro", "Postnummer", "Postnr", "Postal code", "Postcode", "Zip", "Zip code",
        "Business Postal Code", "Home Postal Code", "Address 1 - Postal Code",
        "Työosoite, postinumero", "Työosoitteen postinumero", "Postinumero (työ)", "Kotiosoite, postinumero",
        "Kotiosoitteen postinumero", "Postinumero (koti)", "ADR code",
    ),
    "city": (
        "Postitoimipaikka", "Kaupunki", "Paikkakunta", "Kunta", "Postanstalt", "Ort", "Stad", "City", "Town",
        "Business City", "Home City", "Address 1 - City",
        "Työosoite, kaupunki", "Työosoitteen kaupunki", "Kaupunki (työ)", "Työosoite, postitoimipaikka",
        "Kotiosoite, kaupunki", "Kotiosoitteen kaupunki", "Kaupunki (koti)", "Kotiosoite, postitoimipaikka", "ADR city",
    ),
    "country": (
        "Maa", "Land", "Country", "Business Country", "Business Country/Region", "Home Country", "Home Country/Region",
        "Address 1 - Country", "Työosoite, maa", "Työosoitteen maa", "Kotiosoite, maa", "Kotiosoitteen maa", "Maa/alue",
        "ADR country",
    ),
    "tags": ("Tunnisteet", "Ryhmät", "Avainsanat", "Taggar", "Etiketter", "Grupper", "Tags", "Labels", "Groups",
             "Luokat", "Kategoriat", "Kategorier", "Categories", "Group Membership"),
    "organisation": (
        "Organisaatio", "Yritys", "Yhteisö", "Työnantaja", "Organisation", "Företag", "Arbetsgivare", "Organization",
        "Company", "Employer", "Organization Name", "Organization 1 - Name",
        "ORG",
    ),
    "business_id": ("Y-tunnus", "LY-tunnus", "FO-nummer", "Business id", "Company id"),
    "decision_maker": ("Päättäjä", "Beslutsfattare", "Decision maker"),
}  # fmt: skip


OF_REGISTERS: dict[str, tuple[str, ...]] = {
    "name": ("Nimi 1", "Jäsenen nimi", "Asiakkaan nimi", "Etu- ja sukunimi", "Medlemmens namn", "Kundens namn"),
    "email": ("Sähköpostit",),
    "phone": ("Puhelin 1", "Puhelinnumero 1", "Puh. nro", "Puhelinnro", "Telefon 1"),
    "other_phone": ("Puhelin 2", "Puhelinnumero 2", "Telefon 2"),
    "mobile_phone": ("Matkapuh.", "Matkapuh", "Matkapuhelin 1"),
    "language": ("Laskutuskieli", "Laskun kieli", "Kielikoodi"),
    "birth_date": ("Syntymäpvm", "Synt.aika", "Syntymäaika (pp.kk.vvvv)"),
    "customer_number": (
        "Jäsennro", "Jäsen nro", "Jäsentunnus", "Jäsen-ID", "Asiakas nro", "Asiakaskoodi", "Asiakastunnus",
        "Asiakkaan numero", "Medlemsnr", "Kundnr", "Kundkod",
    ),
    "business_id": ("Yritystunnus", "Y-tunnus/henkilötunnus", "Y-tunnus / HETU"),
    "payment_days": ("Maksuehto (pv)", "Maksuehto pv", "Maksuaika (pv)"),
    "street": (
        "Kotiosoite", "Postitusosoite", "Osoite 1", "Osoiterivi 1", "Laskutusosoite", "Laskutusosoite, katuosoite",
        "Laskutuskatuosoite", "Hemadress", "Faktureringsadress",
    ),
    "postal_code": ("Pnro", "Laskutuspostinro", "Laskutuspostinumero", "Laskutusosoite, postinumero"),
    "city": (
        "Postitmp", "Postitp", "Laskutuskaupunki", "Laskutuspostitoimipaikka", "Laskutusosoite, postitoimipaikka",
    ),
    "country": ("Maakoodi", "Maatunnus", "Laskutusmaa", "Laskutusosoite, maa", "Landskod"),
    "tags": ("Jäsenryhmä", "Jäsenryhmät", "Jäsenlaji", "Jäsentyyppi", "Ryhmä", "Asiakasryhmä"),
    "organisation": ("Yrityksen nimi", "Yhteisön nimi", "Työpaikka"),
}  # fmt: skip
"""What member registers and customer ledgers of this country call them besides."""
MAX_TITLE = 80
COURTESY = frozenset({"title", "titteli", "titel"})
POSITIONS = frozenset({"jobtitle", "tehtavanimike", "befattning"})
"""Where an address book has a column for the position, a title is Mr or Dr."""


def squeeze(header: str) -> str:
    """A header as it is compared: folded, without spaces."""
    return fold(header).replace(" ", "")


MEANINGS = {
    squeeze(header): target
    for several in (OF_REGISTERS, HEADERS)
    for target, headers in several.items()
    for header in headers
}


def meaning(header: str) -> str | None:
    """The target of a column, or None when its header says nothing to us."""
    return MEANINGS.get(squeeze(header))


def known_headers(cells: Sequence[str]) -> int:
    """How many of the cells are headers we know."""
    return len({meaning(cell) for cell in cells} - {None})


def targets(
    header: Sequence[str], additional: Mapping[str, str], otherwise: Mapping[str, str] | None = None
) -> dict[int, str]:
    """Target by column number. The first of two wins.

    `additional` has `fields.<code>` by squeezed code and label; `otherwise` what headers mean in files of this kind.
    """
    otherwise = otherwise or {}
    found: dict[int, str] = {}
    courteous = COURTESY if any(squeeze(cell) in POSITIONS for cell in header) else frozenset()
    for number, cell in enumerate(header):
        key = squeeze(cell)
        known = None if key in courteous else meaning(cell)
        target = otherwise[key] if key in otherwise else known or additional.get(key)
        if target and target not in found.values():
            found[number] = target
    return found


def titles(header: Sequence[str]) -> list[str]:
    """The headers made unique, so that they can name the cells of a row, without personal identity codes."""
    seen: dict[str, int] = {}
    result = []
    for number, cell in enumerate(header, start=1):
        printable = "".join(each if each.isprintable() else " " for each in cell[:MAX_TITLE])
        title = personal_ids.masked(" ".join(printable.split())) or f"Column {number}"
        seen[title] = seen.get(title, 0) + 1
        result.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return result
