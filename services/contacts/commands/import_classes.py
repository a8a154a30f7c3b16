"""Classifications grow by the classes that a file of an address provider brings (C11)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Translated
from contracts.contacts.fields import ChangeField, Choice, ContactKind, DefineField, FieldType
from services.contacts import models
from services.contacts.commands import fields
from services.contacts.rules.import_classes import CLASSES


def grow(session: Session, grown: Mapping[str, Mapping[str, str]]) -> None:
    """Define what is missing, with the new choices after those that there are.

    `grown` are labels by code, by the code of their classification.
    """
    for code, labels in grown.items():
        session.execute(fields.ONE_AT_A_TIME)
        _grow(session, code, labels)


def _grow(session: Session, classification: str, labels: Mapping[str, str]) -> None:
    key = (ContactKind.ORGANISATION, classification)
    known = session.get(models.Field, key, populate_existing=True)
    there: list[dict[str, Any]] = known.choices if known else []
    codes = {each["code"] for each in there}
    new = [Choice(code=code, label=Translated(fi=label)) for code, label in labels.items() if code not in codes]
    choices = [*(Choice.model_validate(each) for each in there), *new]
    if known is None:
        label = Translated.model_validate(CLASSES[classification])
        fields.define(session, DefineField(
            code=classification, label=label, type=FieldType.CHOICE, choices=choices,
            applies_to=ContactKind.ORGANISATION, classification=True,
        ))  # fmt: skip
    elif new:
        wanted = ChangeField(applies_to=key[0], code=classification, version=known.version, choices=choices)
        fields.change(session, wanted)
