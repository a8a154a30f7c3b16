"""The fixed words of tickets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Texts:
    """Words of one language."""

    ticket: str
    holder: str
    when: str
    where: str
    items: str
    group: str
    organiser: str
    show_hint: str


TEXTS: dict[str, Texts] = {
    "fi": Texts(
        ticket="Pääsylippu",
        holder="Osallistuja",
        when="Aika",
        where="Paikka",
        items="Sisältää",
        group="Ryhmä tai paikka",
        organiser="Järjestäjä",
        show_hint="Näytä koodi ovella puhelimesta tai paperilta.",
    ),
    "sv": Texts(
        ticket="Inträdesbiljett",
        holder="Deltagare",
        when="Tid",
        where="Plats",
        items="Innehåller",
        group="Grupp eller plats",
        organiser="Arrangör",
        show_hint="Visa koden vid dörren, i telefonen eller på papper.",
    ),
    "en": Texts(
        ticket="Ticket",
        holder="Participant",
        when="Time",
        where="Place",
        items="Includes",
        group="Group or seat",
        organiser="Organiser",
        show_hint="Show the code at the door, on your phone or on paper.",
    ),
}
