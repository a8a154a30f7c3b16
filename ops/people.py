"""Invented people and organisations for demo data, imports and benchmarks: the same seed gives the same ones.

Finnish, Swedish and other names as they are mixed in Finland; organisations get a valid Y-tunnus check digit.
"""

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

GIVEN_FI = (
    (
        "Aino Eero Helmi Väinö Sofia Leo Eino Olivia Elias Venla Oliver Lilja Onni Aada Emil Ellen Toivo Pihla Niilo Eevi"
        " Otso"
        " Päivi Jörn Jyrki Sinikka Tapani Kyösti Marjatta Hannele Juhani Sirkka Raimo Tuulikki Ilkka Kaisa Mikko Anneli"
        " Pekka Ritva Jukka Liisa Timo Katriina Kari Maija Antti Johanna Matti Tuula Seppo Hilkka Risto Saara Veikko Outi"
    )
    .replace(" Äiti", "")
    .split()
)
GIVEN_SV = (
    "Åke Göran Björn Gunnel Märta Håkan Ulla Stig Sören Åsa Maj-Britt Karl-Erik Lars Birgitta Kerstin Nils Örjan"
).split()
GIVEN_OTHER = (
    "Olga Dmitri Amina Yusuf Linh Fatima Ahmed Siim Triin José Zoë Łukasz Agnieszka Nguyễn Maria Ivan Chloé".split()
)
FAMILY_FI = (
    "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen Saarinen"
    " Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Salo Laitinen Tuominen Rantanen Karjalainen Jokinen"
    " Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Väisänen Hiltunen Kallio Miettinen Leinonen Pitkänen Aaltonen"
    " Manninen Koivisto Hakala Anttila Laaksonen Hirvonen Lehto Räsänen Laakso Toivonen Äijälä Öhman-Kärki Yli-Hukkala"
).split()
FAMILY_SV = (
    "Åberg Öhman Lindström Söderholm Ekström Björklund Sjöberg Holmström af Österby Nyström Wikström Granlund".replace(
        "af Österby", "Österby"
    ).split()
)
FAMILY_OTHER = "Ivanova O'Connor Nguyen Kowalska García Hassan Abdi Tamm Müller Dubois Smith-Jones D'Angelo".split()
STEMS_FI = (
    "Aho Haka Halla Harju Heinä Honka Hovi Järvi Kaisla Kallio Kangas Karja Kataja Keto Kivi Korpi Koivu Koski Kuusi Laine"
    " Lampi Lehto Leppä Louhi Mänty Mäki Männikkö Myllä Niemi Niitty Oja Orava Paju Pelto Pihlaja Puro Raita Ranta Rauta"
    " Rinne Saari Salmi Salo Savi Selkä Suo Suvi Tammi Tervas Tuomi Uusi Vaara Vaahtera Vesi Viita Virta Vuori Ylä Ala"
).split()
ENDINGS_FI = (
    "nen la sto aho harju joki järvi kallio kangas korpi koski lahti lampi lehto luoma maa mäki niemi niitty oja pelto"
    " perä puro ranta rinne saari salmi salo suo talo vaara virta vuori"
).split()
WELL_KNOWN = 0.4
"""The share of Finnish speakers who have one of the common names; the others' names are many and rare."""
STREETS = (
    "Kirkkokatu Koulukuja Rantatie Mäkitie Asemakatu Puistotie Myllytie Torikatu Hämeentie Linnankatu Storgatan".split()
)
CITIES = (
    ("00100", "Helsinki"), ("02100", "Espoo"), ("33100", "Tampere"), ("20100", "Turku"), ("90100", "Oulu"),
    ("40100", "Jyväskylä"), ("70100", "Kuopio"), ("15110", "Lahti"), ("65100", "Vaasa"), ("68600", "Pietarsaari"),
    ("22100", "Maarianhamina"), ("96100", "Rovaniemi"), ("53100", "Lappeenranta"), ("04130", "Sipoo"),
)  # fmt: skip
BUSINESS = (
    "Rakennus Konsultointi Puutarha Kuljetus Ohjelmistot Leipomo Sähkö Kiinteistö Tilitoimisto Hoiva Metsä".split()
)
TITLES = "toimitusjohtaja sihteeri myyntipäällikkö kouluttaja hallintojohtaja insinööri rehtori".split()


@dataclass(frozen=True)
class InventedPerson:
    """A person that does not exist."""

    number: int
    given_name: str
    family_name: str
    email: str
    phone: str
    language: str
    birth_date: date
    street: str
    postal_code: str
    city: str


@dataclass(frozen=True)
class InventedOrganisation:
    """An organisation that does not exist, with a Y-tunnus of the right form."""

    number: int
    name: str
    business_id: str
    street: str
    postal_code: str
    city: str


def persons(count: int, seed: int = 1, domain: str = "example.org") -> Iterator[InventedPerson]:
    """`count` persons; their e-mail addresses differ by number."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        language = chance.choices(("fi", "sv", "en"), (85, 10, 5))[0]
        given, family = invented_name(chance, language)
        postal_code, city = chance.choice(CITIES)
        yield InventedPerson(
            number=number,
            given_name=given,
            family_name=family,
            email=f"{ascii_name(given)}.{ascii_name(family)}.{seed}.{number}@{domain}",
            phone=f"+35840{chance.randrange(10**7):07d}",
            language=language,
            birth_date=date(1935, 1, 1) + timedelta(days=chance.randrange(365 * 70)),
            street=f"{chance.choice(STREETS)} {chance.randrange(1, 120)}{chance.choice(('', ' A 4', ' B 12', ' C'))}",
            postal_code=postal_code,
            city=city,
        )


def organisations(count: int, seed: int = 1) -> Iterator[InventedOrganisation]:
    """`count` organisations."""
    chance = random.Random(seed * 7919)
    for number in range(1, count + 1):
        postal_code, city = chance.choice(CITIES)
        yield InventedOrganisation(
            number=number,
            name=f"{chance.choice(FAMILY_FI)} {chance.choice(BUSINESS)} {chance.choice(('Oy', 'Ab', 'ry', 'Osk'))} {number}",
            business_id=business_id((seed * 100_003 + number) * 10),
            street=f"{chance.choice(STREETS)} {chance.randrange(1, 120)}",
            postal_code=postal_code,
            city=city,
        )


def invented_name(chance: random.Random, language: str) -> tuple[str, str]:
    """A given name and a family name as speakers of the language have them."""
    if language == "sv":
        return chance.choice(GIVEN_SV), chance.choice(FAMILY_SV)
    if language == "en":
        return chance.choice(GIVEN_OTHER), chance.choice(FAMILY_OTHER)
    return chance.choice(GIVEN_FI), _finnish_family_name(chance)


def _finnish_family_name(chance: random.Random) -> str:
    if chance.random() < WELL_KNOWN:
        return chance.choice(FAMILY_FI)
    stem, ending = chance.choice(STEMS_FI), chance.choice(ENDINGS_FI)
    if ending == "la" and not set(stem.lower()) & set("aou"):
        ending = "lä"
    return stem + ending if stem.lower() != ending else stem


def ascii_name(name: str) -> str:
    """The name in lower-case ASCII letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z]+", "", plain) or "x"


def business_id(serial: int) -> str:
    """A Y-tunnus with a right check digit; serials whose digit would be 10 move on to the next that works."""
    while True:
        digits = f"{1_000_000 + serial % 8_000_000:07d}"
        rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        if rest != 1:
            return f"{digits}-{0 if rest == 0 else 11 - rest}"
        serial += 1
