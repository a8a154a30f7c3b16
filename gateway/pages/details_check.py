"""Checking the own details by a personal link, on a phone: all is right with one press, or corrections (C19).

Opening a link uses nothing up and keeps nothing, so that mail scanners may follow it.
"""

from typing import Any, Final

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import LinkPurpose, Rule
from contracts.base import Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.details_checks import ConfirmDetails, CorrectDetails, OwnDetails
from contracts.errors import Conflict, Invalid, Stale
from gateway.form_state import FormState
from gateway.i18n import LANGUAGES
from gateway.limits import limit_form
from gateway.pages import contact_words, form_rows, point_words, source_words
from gateway.pages.contact_input import countries
from gateway.pages.door import Pages
from gateway.personal_links import opened
from gateway.submitted import form_command, read, state, typed

contacts = client(ContactsApi)
pages = Pages("details_check", __name__)
PER_MINUTE: Final = 30
NAMES: Final = ("given_name", "family_name", "email", "phone", "language")
EMPTIED: Final = ("given_name", "family_name", "email", "phone")


@pages.get("/details/<token>", may=Rule.PUBLIC)
def own_details(token: str) -> str:
    """What the register knows of the person of the link."""
    with opened(token, LinkPurpose.CHECK_DETAILS):
        found = contacts.open_details(Nothing())
    return render_template(
        "details_check/details.html", found=found, address=f"/details/{token}", words=point_words, languages=LANGUAGES
    )


@pages.post("/details/<token>", may=Rule.PUBLIC)
def confirm_details(token: str) -> ResponseReturnValue:
    """Everything is right, as it was shown."""
    limit_form("details", PER_MINUTE)
    wanted = read(ConfirmDetails, {"keys": request.form.getlist("key")[:100]})
    with opened(token, LinkPurpose.CHECK_DETAILS), form_command():
        contacts.confirm_details(wanted)
    return redirect(f"/details/{token}/thanks", 303)


@pages.form("/details/<token>/correct", may=Rule.PUBLIC)
def correct_details(token: str) -> ResponseReturnValue:
    """Corrections; what only its master changes is shown with the reason."""
    with opened(token, LinkPurpose.CHECK_DETAILS):
        found = contacts.open_details(Nothing())
        if request.method == "GET":
            return _form(token, found, FormState(_shown(found)))
        limit_form("details", PER_MINUTE)
        values = _with_locked({**typed(*NAMES), **form_rows.typed_lists()}, found)
        try:
            wanted = read(CorrectDetails, _given(values))
            with form_command():
                contacts.correct_details(wanted)
        except Stale:
            told = _("The office has changed your details meanwhile. Look at them again; nothing is saved yet.")
            return _form(token, found, FormState(_shown(found), problems=[told])), 422
        except (Invalid, Conflict) as error:
            return _form(token, found, state(values, error, form_rows.names_in_form(values))), 422
    return redirect(f"/details/{token}/thanks", 303)


@pages.get("/details/<token>/thanks", may=Rule.PUBLIC)
def details_thanks(token: str) -> str:
    """The details are checked; nothing of them is shown any more."""
    with opened(token, LinkPurpose.CHECK_DETAILS):
        return render_template("details_check/thanks.html")


def _shown(found: OwnDetails) -> dict[str, Any]:
    values = {name: getattr(found, name) or "" for name in NAMES}
    for name in form_rows.LISTS:
        values |= form_rows.shown(name, getattr(found, name))
    return values


def _with_locked(values: dict[str, Any], found: OwnDetails) -> dict[str, Any]:
    """What was typed, with what the register has in locked fields, as browsers do not send those."""
    stored = FormState(_shown(found), locked=_locked(found))
    free = {name: value for name, value in values.items() if not stored.lock(name)}
    return free | {name: value for name, value in stored.values.items() if stored.lock(name)}


def _locked(found: OwnDetails) -> dict[str, str]:
    return source_words.reasons(found.locked)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The contract's values of what was typed; emptied ones are cleared."""
    lists = {name: [entry for _place, entry in form_rows.filled(values, name)] for name in form_rows.LISTS}
    written = {name: values[name] for name in NAMES if values.get(name)}
    empty = [name for name in EMPTIED if not values.get(name)]
    return {**written, **lists, "clear": empty, "version": request.form.get("version", "")}


def _form(token: str, found: OwnDetails, f: FormState) -> str:
    return render_template(
        "details_check/correct.html",
        f=FormState(f.values, f.errors, f.problems, _locked(found)),
        version=found.version,
        address=f"/details/{token}",
        places=form_rows.places(f.values),
        choices=contact_words.options(),
        countries=countries(),
        languages_known=list(LANGUAGES.items()),
    )
