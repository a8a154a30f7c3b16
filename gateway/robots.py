"""Robots that fill public forms: they also fill a field that people do not see (`form.trap()`)."""

from typing import Final

from flask import request
from flask_babel import gettext as _

from contracts.errors import FieldError, Invalid

TRAP: Final = "homepage"


def refuse_robots() -> None:
    """Raise Invalid when the hidden field is filled; a person whose browser did so just sends the form again."""
    if request.form.get(TRAP):
        text = _("We could not tell you from a robot. Send the form again.")
        raise Invalid("The hidden field was filled.", errors=[FieldError(pointer="/", code="robot", message=text)])
