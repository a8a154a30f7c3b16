"""Invented people and organisations for demo data, imports and benchmarks: the same seed gives the same ones.

Finnish, Swedish and other names as they are mixed in Finland; organisations get a valid Y-tunnus check digit.
"""

import random
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

GIVEN_FI = (
    "Timo Juha Päivi Anne Tuula Matti Kari Mikko Antti Pirjo Jari Ritva Jukka Sari Hannu Minna Markku Tiina Pekka Seppo"
    " Leena Johanna Heikki Petri Mika Sirpa Janne Hanna Marja Tuija Ilkka Marko Laura Sami Anna Heidi Pasi Eija Riitta"
    " Raija Tarja Pentti Jani Ari Olli Kirsi Merja Mari Ville Teemu Aleksi Jenni Katja Esa Vesa Harri Arto Jorma Eeva"
    " Anja Niina Sanna Maria Erkki Reijo Raimo Jussi Lauri Eero Satu Emilia Henna Outi Liisa Kaisa Veikko Risto Maija"
    " Tapani Juhani Aino Väinö Helmi Sofia Leo Eino Olivia Elias Venla Oliver Lilja Onni Aada Emil Ellen Toivo Pihla"
    " Niilo Eevi Otso Jyrki Sinikka Kyösti Marjatta Hannele Sirkka Tuulikki Anneli Katriina Hilkka Saara Iida Veeti"
    " Elsa Eetu Aatu Kerttu Lumi Vilho Hilla Oiva Pinja Joona Peppi Kauko Voitto Tyyne Impi Urho Yrjö Jörn"
).split()
"""Beginning with the most common."""
GIVEN_SV = (
    "Maria Karl Anna Johan Birgitta Lars Kristina Erik Margareta Anders Elisabeth Per Eva Nils Åke Göran Björn Gunnel"
    " Märta Håkan Ulla Stig Sören Åsa Kerstin Bo Christer Ann-Christin Henrik Camilla Maj-Britt Karl-Erik Örjan Sixten"
).split()
GIVEN_OTHER = (
    "Olga Dmitri Maria Ahmed Fatima Ivan Siim Triin Yusuf Linh Amina José Agnieszka Nguyễn Chloé Zoë Łukasz".split()
)
FAMILY_FI = (
    "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen Saarinen"
    " Salminen Heinonen Niemi Heikkilä Kinnunen Salonen Turunen Salo Laitinen Tuominen Rantanen Karjalainen Jokinen"
    " Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Väisänen Hiltunen Kallio Miettinen Leinonen Pitkänen Aaltonen"
    " Manninen Koivisto Hakala Anttila Laaksonen Hirvonen Lehto Räsänen Laakso Toivonen Äijälä Öhman-Kärki Yli-Hukkala"
).split()
FAMILY_SV = (
    "Johansson Nyman Lindholm Karlsson Andersson Lindström Nyström Åberg Öhman Söderholm Ekström Björklund Sjöberg"
    " Holmström Österby Wikström Granlund Backman Sundqvist Häggblom Sandström Westerlund Enlund Nygård Kronqvist"
).split()
FAMILY_OTHER = "Ivanova Nguyen Hassan Tamm Abdi Kowalska García Müller Dubois O'Connor Smith-Jones D'Angelo".split()
STEMS_FI = (
    "Aho Haka Halla Harju Heinä Honka Hovi Järvi Kaisla Kallio Kangas Karja Kataja Keto Kivi Korpi Koivu Koski Kuusi Laine"
    " Lampi Lehto Leppä Louhi Mänty Mäki Männikkö Myllä Niemi Niitty Oja Orava Paju Pelto Pihlaja Puro Raita Ranta Rauta"
    " Rinne Saari Salmi Salo Savi Selkä Suo Suvi Tammi Tervas Tuomi Uusi Vaara Vaahtera Vesi Viita Virta Vuori Ylä Ala"
).split()
ENDINGS_FI = (
    "nen la sto aho harju joki järvi kallio kangas korpi koski lahti lampi lehto luoma maa mäki niemi niitty oja pelto"
    " perä puro ranta rinne saari salmi salo suo talo vaara virta vuori"
).split()
WELL_KNOWN = 0.25
"""The share of Finnish speakers who have one of the common names; the others' names are many and rare."""
FLATTER = 15
"""The commonest of some names has twice as many bearers as the 16th, three times as many as the 31st."""
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
MOST_ORGANISATIONS = 500_009
"""Of one seed; so the first eight seeds have business ids of their own."""
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
            business_id=business_id((seed * MOST_ORGANISATIONS + number) * 2),
            street=f"{chance.choice(STREETS)} {chance.randrange(1, 120)}",
            postal_code=postal_code,
            city=city,
        )


def invented_name(chance: random.Random, language: str) -> tuple[str, str]:
    """A given name and a family name as speakers of the language have them."""
    given, family = NAMES.get(language, (FINNISH_GIVEN, FINNISH_FAMILY))
    return given(chance), family(chance)


def _by_rank(names: Sequence[str]) -> Callable[[random.Random], str]:
    """Chooses among names in the order of their frequency."""
    shares = list(accumulate(1 / (rank + FLATTER) for rank in range(len(names))))
    return lambda chance: names[bisect_right(shares, chance.random() * shares[-1])]


def _finnish_family_name(chance: random.Random) -> str:
    if chance.random() < WELL_KNOWN:
        return WELL_KNOWN_FAMILY(chance)
    stem, ending = STEM(chance), ENDING(chance)
    if ending == "la" and not set(stem.lower()) & set("aou"):
        ending = "lä"
    return stem + ending if stem.lower() != ending else stem


FINNISH_GIVEN, FINNISH_FAMILY = _by_rank(GIVEN_FI), _finnish_family_name
WELL_KNOWN_FAMILY, STEM, ENDING = _by_rank(FAMILY_FI), _by_rank(STEMS_FI), _by_rank(ENDINGS_FI)
NAMES = {"sv": (_by_rank(GIVEN_SV), _by_rank(FAMILY_SV)), "en": (_by_rank(GIVEN_OTHER), _by_rank(FAMILY_OTHER))}


@lru_cache(10_000)
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
