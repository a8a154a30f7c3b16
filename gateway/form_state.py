"""What a form shows: the values typed and what is wrong with them. The macros of `components/form.html` read it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FormState:
    """Values and messages by field name, in the order of the page; `problems` belong to no field.

    Texts are in the user's language.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    """Why a field cannot be edited, by its name; that of a list locks its entries."""
    labels: dict[str, Any] = field(default_factory=dict)
    """What the fields shown so far are called."""

    def call(self, name: str, label: Any) -> str:
        """Remember what a field is called, for the summary of errors. Shows nothing."""
        self.labels[name] = label
        return ""

    def value(self, name: str, default: Any = "") -> Any:
        """The value to show in a field of one value."""
        found = self.values.get(name)
        return default if found is None else found

    def chosen(self, name: str, option: Any) -> bool:
        """Whether an option of a choice is on. Compared as text, as forms send it."""
        found = self.values.get(name)
        if found is None:
            return False
        if isinstance(found, (list, tuple, set, frozenset)):
            return str(option) in {str(one) for one in found}
        return str(found) == str(option)

    def lock(self, name: str) -> str:
        """Why this field cannot be edited; empty when it can."""
        return self.locked.get(name) or self.locked.get(re.sub(r"_\d+_[a-z_]+$", "", name), "")

    @property
    def in_order(self) -> list[tuple[str, str]]:
        """What is wrong by field, as the fields follow each other on the page."""
        places = {name: place for place, name in enumerate(self.labels)}
        return sorted(self.errors.items(), key=lambda each: places.get(each[0], len(places)))

    @property
    def is_wrong(self) -> bool:
        """Whether anything has to be corrected."""
        return bool(self.errors or self.problems)
