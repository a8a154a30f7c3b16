"""Exporting a segment or a list: with the columns of one's own list, as CSV, XLSX (C10) or vCards (C11)."""

from typing import Any, Final
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById, JobById
from contracts.contacts import ContactsApi
from contracts.contacts.exports import MOST_WORDS, ExportFormat, StartExport
from contracts.contacts.segments import SegmentKind
from contracts.contacts.views import ViewName
from contracts.errors import Conflict, Invalid
from gateway.api.exports import export_file
from gateway.field_definitions import Definitions, all_definitions
from gateway.form_state import FormState
from gateway.i18n import LANGUAGES, language
from gateway.pages.contact_words import CHOICES
from gateway.pages.door import Pages
from gateway.pages.field_words import every_choice
from gateway.pages.own_views import OFFERS, arrangement, own_views
from gateway.pages.segment_fields import yes_no
from gateway.submitted import form_command, read, state, without_empty

contacts = client(ContactsApi)
pages = Pages("exports", __name__)
VIEWS: Final = {SegmentKind.PERSONS: ViewName.CONTACTS, SegmentKind.ORGANISATIONS: ViewName.ORGANISATIONS}
LEADING: Final[dict[SegmentKind, dict[str, Any]]] = {
    SegmentKind.PERSONS: {"family_name": _("Family name"), "given_name": _("Given name")},
    SegmentKind.ORGANISATIONS: {"name": _("Organisation")},
}
"""What every file begins with; imports would take the name of an organisation without business id for a person's."""
HEADINGS: Final[dict[str, Any]] = {"address": _("Address on one line")}
"""Columns that a file names otherwise than a list: imports would take the whole address for a street."""
FILTERS: Final = ("segment_id", "q", "tags_all", "tags_any", "tags_none")
FORMATS: Final = (
    (ExportFormat.XLSX.value, _("Workbook (XLSX)"), _("Opens in Excel and LibreOffice.")),
    (ExportFormat.CSV.value, _("Text (CSV)"), _("For other programs.")),
    (
        ExportFormat.VCF.value,
        _("Cards (vCard)"),
        _("For address books and phones; what a card holds, not the columns."),
    ),
)


@pages.form("/office/exports/new", may=Permission.CONTACTS_READ)
def new_export() -> ResponseReturnValue:
    """Choose the format; what is exported stands in the address."""
    of = SegmentKind.ORGANISATIONS if request.values.get("of") == SegmentKind.ORGANISATIONS else SegmentKind.PERSONS
    given = {name: request.values.get(name, "").strip()[:500] for name in FILTERS} | {"of": of.value}
    if request.values.get("tag"):
        given["tags_all"] = ",".join(filter(None, (given["tags_all"], request.values["tag"].strip()[:60])))
    known = all_definitions()
    shown = arrangement(VIEWS[of], own_views(), known).shown
    labels = headings(of, known)
    if request.method == "GET":
        return _form(FormState({"format": ExportFormat.XLSX.value}), given, shown, labels)
    chosen = request.form.get("format", "")
    try:
        wanted = read(StartExport, without_empty(given) | {"format": chosen} | _columns(of, shown, labels, known))
        with form_command():
            job = contacts.start_export(wanted)
    except (Invalid, Conflict) as error:
        return _form(state({"format": chosen}, error), given, shown, labels), 422
    return redirect(f"/office/exports/{job.id.partition('-')[2]}")


def _columns(of: SegmentKind, shown: list[str], labels: dict[str, str], known: Definitions) -> dict[str, Any]:
    """Columns, headings and words in the language of the page."""
    words: dict[str, dict[str, str]] = {name: _texts(CHOICES[name]) for name in CHOICES if name in shown}
    for name in shown:
        if f"{name}.kind" in CHOICES:
            words[name] = _texts(CHOICES[f"{name}.kind"])
    if "language" in shown:
        words["language"] = _texts(LANGUAGES)
    kind = "person" if of is SegmentKind.PERSONS else "organisation"
    for each in known.chosen(kind, [name.removeprefix("fields.") for name in shown if name.startswith("fields.")]):
        found = every_choice(each) if each.choices else dict(yes_no())
        words[f"fields.{each.code}"] = {code: str(text) for code, text in list(found.items())[:MOST_WORDS]}
    headed = {name: labels[name] for name in (*LEADING[of], *shown)}
    return {"columns": shown, "headings": headed, "words": words, "language": language()}


def headings(of: SegmentKind, known: Definitions) -> dict[str, str]:
    """What all columns of a file may be called in the language of the page."""
    return {name: str(text) for name, text in (LEADING[of] | OFFERS[VIEWS[of]].labels(known) | HEADINGS).items()}


def _texts(words: Any) -> dict[str, str]:
    return {str(getattr(code, "value", code)): str(text) for code, text in dict(words).items()}


def _form(f: FormState, given: dict[str, str], shown: list[str], labels: dict[str, str]) -> str:
    of = SegmentKind(given["of"])
    back = OFFERS[VIEWS[of]].page
    return render_template(
        "exports/form.html",
        f=f,
        given=without_empty(given),
        columns=[labels[name] for name in (*LEADING[of], *shown)],
        view=VIEWS[of].value,
        formats=FORMATS,
        back=f"/office/segments/{given['segment_id']}" if given["segment_id"] else back,
    )


@pages.get("/office/exports/<uuid:export_id>", may=Permission.CONTACTS_READ)
def export_card(export_id: UUID) -> ResponseReturnValue:
    """How far an export is, and its file when it is ready."""
    export = contacts.get_export(ById(id=export_id))
    job = contacts.get_job(JobById(id=export.job_id))
    if job.finished_at is not None and request.headers.get("HX-Request"):
        answer = make_response("")
        answer.headers["HX-Refresh"] = "true"  # the progress has ended: show the whole page as it is now
        return answer
    return render_template("exports/card.html", export=export, job=job)


@pages.get("/office/exports/<uuid:export_id>/content", may=Permission.CONTACTS_READ)
def export_download(export_id: UUID) -> Response:
    """The file."""
    return export_file(export_id)
