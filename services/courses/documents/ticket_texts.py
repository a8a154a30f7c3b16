"""The fixed words of tickets, and how each language writes a time."""

from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.dates import format_date


@dataclass(frozen=True)
class TimeTexts:
    """Words and time patterns of one language."""

    locale: Locale
    day_pattern: str
    clock_word: str
    clock_separator: str
    ticket: str
    holder: str
    when: str
    where: str
    group: str
    organiser: str
    show_hint: str

    def day(self, moment: datetime) -> str:
        """The weekday and date, in the moment's own time zone."""
        return format_date(moment.date(), self.day_pattern, locale=self.locale)

    def time_of_day(self, moment: datetime) -> str:
        """9.00 in Finnish and Swedish, 09:00 in English."""
        hour = f"{moment.hour:02d}" if self.clock_separator == ":" else str(moment.hour)
        return f"{hour}{self.clock_separator}{moment.minute:02d}"

    def clock(self, moment: datetime) -> str:
        """The time of day with its word, such as `klo 9.00`."""
        return f"{self.clock_word}{self.time_of_day(moment)}"


TEXTS: dict[str, TimeTexts] = {
    "fi": TimeTexts(
        locale=Locale("fi", "FI"),
        day_pattern="ccc d.M.yyyy",
        clock_word="klo\N{NO-BREAK SPACE}",
        clock_separator=".",
        ticket="Pääsylippu",
        holder="Osallistuja",
        when="Aika",
        where="Paikka",
        group="Ryhmä tai paikka",
        organiser="Järjestäjä",
        show_hint="Näytä koodi ovella puhelimesta tai paperilta.",
    ),
    "sv": TimeTexts(
        locale=Locale("sv", "FI"),
        day_pattern="ccc d.M.yyyy",
        clock_word="kl.\N{NO-BREAK SPACE}",
        clock_separator=".",
        ticket="Inträdesbiljett",
        holder="Deltagare",
        when="Tid",
        where="Plats",
        group="Grupp eller plats",
        organiser="Arrangör",
        show_hint="Visa koden vid dörren, i telefonen eller på papper.",
    ),
    "en": TimeTexts(
        locale=Locale("en", "GB"),
        day_pattern="ccc d MMM yyyy",
        clock_word="",
        clock_separator=":",
        ticket="Ticket",
        holder="Participant",
        when="Time",
        where="Place",
        group="Group or seat",
        organiser="Organiser",
        show_hint="Show the code at the door, on your phone or on paper.",
    ),
}
