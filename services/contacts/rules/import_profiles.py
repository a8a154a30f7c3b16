"""What each profile of imports makes of a row's values: whom the row is about, and whose its details are (C11, C12)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.contacts.basics import CustomerStatus
from contracts.contacts.imports import ImportProfile
from services.contacts.rules import delivered_products
from services.contacts.rules.columns import HEADERS, squeeze
from services.contacts.rules.import_contacts import (
    affiliation_of,
    fingerprint,
    organisation_keys,
    organisation_of,
    person_keys,
    person_of,
)

Values = dict[str, Any]
PERSONAL = frozenset({"given_name", "family_name", "title", "gender", "birth_date", "role", "decision_maker"})
NAMES = frozenset({"given_name", "family_name", "name", "organisation"})
COMPANY_NAMES = frozenset({"name", "organisation"})
DECISION_MAKERS: Mapping[str, tuple[str, ...]] = {
    "person_name": ("Päättäjä", "Päättäjän nimi", "Yhteyshenkilö", "Toimitusjohtaja", "Beslutsfattare", "Kontaktperson",
                    "VD", "Verkställande direktör", "Decision maker", "Contact person", "Managing director", "CEO"),
    "person_email": ("Päättäjän sähköposti", "Yhteyshenkilön sähköposti", "Beslutsfattarens e-post",
                     "Kontaktpersonens e-post", "Decision maker's e-mail", "Contact e-mail", "Contact email"),
    "person_phone": ("Päättäjän puhelin", "Yhteyshenkilön puhelin", "Beslutsfattarens telefon",
                     "Kontaktpersonens telefon", "Decision maker's phone", "Contact phone"),
    "fields.industry": ("Toimiala", "Päätoimiala", "TOL", "TOL-luokka", "Bransch", "Näringsgren", "Industry", "NACE"),
    "fields.size_class": ("Kokoluokka", "Henkilöstöluokka", "Henkilöstö", "Storleksklass", "Personalklass",
                          "Size class", "Employees", "Staff"),
    "fields.turnover_class": ("Liikevaihtoluokka", "Liikevaihto", "Omsättningsklass", "Omsättning", "Turnover class",
                              "Turnover", "Revenue"),
}  # fmt: skip
NO_NAMES = "No column holds names; name the first row's columns Etunimi and Sukunimi, or Organisaatio."
NO_NAME, NO_COMPANY = ("no_name_column", NO_NAMES), ("no_company_column", NO_NAMES)
CUSTOMER = ("customer_number", "business_id")
NO_CUSTOMER = (
    "no_customer_column",
    "No column tells whose purchases these are; name one Asiakasnumero or Y-tunnus.",
)


class Misses(Exception):
    """A row lacks what its profile needs: a stable code, a sentence in English, and what its column means."""

    def __init__(self, code: str, reason: str, target: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason, self.target = code, reason, target


@dataclass
class Shaped:
    """A person, an organisation and an affiliation as columns of their tables, with what rows are recognised by.

    Or a `purchase`: a line of a delivery, with the customer's numbers.
    """

    person: Values | None = None
    organisation: Values | None = None
    affiliation: Values | None = None
    purchase: Values | None = None
    person_keys: dict[str, int] = field(default_factory=dict)
    organisation_keys: dict[str, int] = field(default_factory=dict)
    fingerprint: int | None = None


@dataclass(frozen=True)
class Profile:
    """How files of one kind are read.

    `kind` is whose additional fields their columns are; one of the columns in `naming` has to be there and all in
    `required`; columns in `ignored` mean nothing.
    """

    kind: str
    shape: Callable[[Values], Shaped]
    naming: frozenset[str]
    required: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Targets by squeezed headers that have another meaning in such files."""
    own: tuple[str, ...] = ()
    """What columns of such files may mean besides what those of contacts may."""
    missing: tuple[str, str] = NO_COMPANY
    """Code and sentence for a file without a column of `naming`."""
    about_contacts: bool = True
    """Whether such files change contacts, also their additional fields."""


def _contacts(values: Values) -> Shaped:
    """A row with a person's name is a person, in the organisation it names, if any; else that organisation."""
    shaped = Shaped()
    if "name" in values:
        _split_name(values)
    if "given_name" in values or "family_name" in values:
        shaped.person = person_of(values)
        shaped.person_keys = person_keys(shaped.person)
        if not shaped.person_keys:
            shaped.fingerprint = fingerprint(shaped.person)
            shaped.person_keys = {"fingerprint": shaped.fingerprint}
    if "organisation" in values:
        shaped.organisation = organisation_of(values, alone=shaped.person is None)
        shaped.organisation.pop("fields", None)
        shaped.organisation_keys = organisation_keys(shaped.organisation)
    elif "business_id" in values:
        raise Misses("nameless_organisation", "The organisation of this business id has no name.", "business_id")
    elif shaped.person is None:
        raise Misses("names_nobody", "This row names neither a person nor an organisation.")
    if shaped.person and shaped.organisation:
        shaped.affiliation = affiliation_of(values)
    return shaped


def _split_name(values: Values) -> None:
    """ "Sukunimi, Etunimi" or "Etunimi Sukunimi"; with a business id but no organisation, it names an organisation."""
    name: str = values.pop("name")
    if "given_name" in values or "family_name" in values:
        return
    if "business_id" in values and "organisation" not in values:
        values["organisation"] = name
        return
    values |= names_of(name)


def names_of(name: str) -> dict[str, str]:
    """Given and family name."""
    family, comma, given = name.partition(",")
    if not comma:
        given, _, family = name.rpartition(" ")
    return {key: part.strip() for key, part in (("given_name", given), ("family_name", family)) if part.strip()}


def _customers(values: Values) -> Shaped:
    """Customers of accounting are organisations, known by their customer number alone."""
    organisation = _company(values)
    if "customer_number" not in organisation:
        message = "This customer has no customer number, by which accounting knows it."
        raise Misses("number_missing", message, "customer_number")
    organisation.setdefault("customer_status", CustomerStatus.CUSTOMER.value)
    keys = organisation_keys(organisation)
    return Shaped(organisation=organisation, organisation_keys={"number": keys["number"]})


def _companies(values: Values) -> Shaped:
    """A company with its details, and a decision maker in it, if one is named."""
    organisation = _company(values) | {"alone": True, "new_status": CustomerStatus.PROSPECT.value}
    keys = organisation_keys(organisation)
    keys["name"] = hash((keys["name"], organisation.get("postal_code") or organisation.get("city", "").lower()))
    shaped = Shaped(organisation=organisation, organisation_keys=keys)
    named: Values = {name: values[name] for name in ("given_name", "family_name") if name in values}
    named = named or names_of(values.get("person_name", ""))
    if named:
        own = {name: values[f"person_{name}"] for name in ("email", "phone") if f"person_{name}" in values}
        gender = {"gender": values["gender"]} if "gender" in values else {}
        shaped.person = person_of(named | own | gender | {"organisation": organisation["name"]})
        shaped.person["new_status"] = CustomerStatus.PROSPECT.value
        in_company = next(keys[name] for name in ("business", "number", "name") if name in keys)
        shaped.person_keys = person_keys(shaped.person)
        shaped.person_keys["colleague"] = hash((in_company, shaped.person["sort_key"]))
        shaped.affiliation = {"decision_maker": True, **affiliation_of(values)}
    return shaped


def _company(values: Values) -> Values:
    name = values.get("organisation") or values.get("name")
    if not name:
        raise Misses("names_no_organisation", "This row names no organisation.")
    return organisation_of(values | {"organisation": name}, alone=True)


def _meanings(headers: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {squeeze(header): target for target, several in headers.items() for header in several}


def _purchase(values: Values) -> Shaped:
    """A line of a delivery to a customer who is known by number or business id."""
    customer = {name: values[name] for name in CUSTOMER if name in values}
    if not customer:
        raise Misses("customer_missing", "This row names no customer by number or business id.", CUSTOMER[0])
    try:
        return Shaped(purchase=delivered_products.line_of(values) | customer)
    except delivered_products.LacksCell as lacks:
        raise Misses("cell_missing", "This cell is empty; a delivered product needs it.", lacks.target) from None


PROFILES: Mapping[ImportProfile, Profile] = {
    ImportProfile.CONTACTS: Profile("person", _contacts, naming=NAMES, missing=NO_NAME),
    ImportProfile.ACCOUNTING_CUSTOMERS: Profile(
        "organisation",
        _customers,
        naming=COMPANY_NAMES,
        required=frozenset({"customer_number"}),
        ignored=PERSONAL | {"tags"},
    ),
    ImportProfile.ADDRESS_PROVIDER: Profile(
        "organisation",
        _companies,
        naming=COMPANY_NAMES,
        ignored=frozenset({"tags", "birth_date", "customer_status"}),
        headers=_meanings(DECISION_MAKERS),
        own=tuple(DECISION_MAKERS),
    ),
    ImportProfile.PURCHASES: Profile(
        "organisation",
        _purchase,
        naming=frozenset(CUSTOMER),
        required=frozenset(delivered_products.NEEDED),
        ignored=frozenset(HEADERS) - set(CUSTOMER),
        headers=_meanings(delivered_products.HEADERS),
        own=tuple(delivered_products.HEADERS),
        missing=NO_CUSTOMER,
        about_contacts=False,
    ),
}
"""Those that are offered."""
