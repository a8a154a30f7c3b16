"""Classes that an address provider sorts companies into: industry, size and turnover (C11). The classification of the
office is used where it has one; what it lacks, definition or choice, comes with the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.contacts.fields import MOST_CHOICES, FieldType
from services.contacts.rules.cells import NOT_IN_CODE, choice_codes
from services.contacts.rules.fields import DoesNotFit
from services.contacts.rules.import_columns import line
from services.contacts.rules.names import fold

CLASSES: Mapping[str, Mapping[str, str]] = {
    "industry": {"fi": "Toimiala", "sv": "Bransch", "en": "Industry"},
    "size_class": {"fi": "Kokoluokka", "sv": "Storleksklass", "en": "Size class"},
    "turnover_class": {"fi": "Liikevaihtoluokka", "sv": "Omsättningsklass", "en": "Turnover class"},
}
"""Labels of classifications that such files bring, by code."""
LONGEST_CODE = 60


@dataclass
class GrowingChoices:
    """Reads the cells of one classification, and remembers the choices that it does not have yet."""

    code: str
    known: dict[str, str]
    """Codes of choices by folded label."""
    count: int = 0
    new: dict[str, str] = field(default_factory=dict)
    """Labels by code."""

    @classmethod
    def of(cls, code: str, definition: Any | None) -> "GrowingChoices":
        """With the choices that there are, retired ones too."""
        choices = definition.choices if definition else []
        return cls(code, choice_codes(choices), len(choices))

    def read(self, text: str) -> str:
        """The code of the choice, new or not; raises DoesNotFit."""
        label = line(text)
        found = self.known.get(fold(label))
        if found is None:
            found = self._grown(label)
            self.known[fold(label)] = found
        return found

    def _grown(self, label: str) -> str:
        code = NOT_IN_CODE.sub("-", fold(label)).strip("-._")[:LONGEST_CODE].rstrip("-._")
        if not code or not code[0].isalnum():
            raise DoesNotFit("unknown_choice", f"{label[:40]} names no class.", value=label[:40])
        if code in self.known:
            return self.known[code]
        if self.count + len(self.new) >= MOST_CHOICES:
            raise DoesNotFit("too_many_classes", f"There are more than {MOST_CHOICES} classes.", most=MOST_CHOICES)
        self.new[code] = label
        self.known[code] = code
        return code


def growing(definitions: Mapping[str, Any], targets: Mapping[int, str]) -> dict[str, GrowingChoices]:
    """The classifications among the columns that may grow, by target. `definitions` by code."""
    found = {}
    for code in CLASSES:
        target, definition = f"fields.{code}", definitions.get(code)
        is_choice = definition is None or (definition.type is FieldType.CHOICE and not definition.retired)
        if target in targets.values() and is_choice:
            found[target] = GrowingChoices.of(code, definition)
    return found
