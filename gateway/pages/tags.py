"""Tags of the register: how many bear each, and renaming, merging or removing one everywhere (C9)."""

from typing import Any, Final

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from chassis.rpc import client, or_nothing
from contracts.access import Permission
from contracts.base import JobById
from contracts.contacts import ContactsApi
from contracts.contacts.tags import ChangeTag, ListTags, TagByCode, TagUse
from contracts.errors import Invalid, NotFound
from gateway.asked import ask_first
from gateway.form_state import FormState
from gateway.i18n import number
from gateway.listing import Column, ListState
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import form_command, needed, read, state, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("tags", __name__)
COLUMNS: Final = (
    Column("code", lazy_gettext("Tag"), "main"),
    Column("persons", lazy_gettext("Persons"), "number"),
    Column("organisations", lazy_gettext("Organisations"), "number"),
)


@pages.get("/office/tags", may=Permission.CONTACTS_READ)
def list_tags() -> str:
    """Tags, the most used first, all or those searched for; the change under way, if one was just begun."""
    asked = {"q": request.args.get("q", "").strip()[:100], "cursor": request.args.get("cursor")}
    found = contacts.list_tags(read(ListTags, without_empty(asked)))
    return render_template(
        "tags/list.html",
        state=ListState(request.path, request.args.to_dict()),
        columns=COLUMNS,
        found=found,
        job=_job(),
    )


def _job() -> Any:
    job_id = request.args.get("job", "")
    if not job_id.startswith("contacts-"):
        return None
    asked = read(JobById, {"id": job_id})
    try:
        return or_nothing(lambda: contacts.get_job(asked))
    except NotFound:
        return None


@pages.get("/office/tags/<code>", may=Permission.CONTACTS_READ)
def tag_card(code: str) -> str:
    """Who bears a tag."""
    return _card(_use(code), FormState({"to": code}))


def _use(code: str) -> TagUse:
    return contacts.get_tag(read(TagByCode, {"code": code}))


@pages.post("/office/tags/<code>", may=Permission.CONTACTS_WRITE)
def change_tag(code: str) -> ResponseReturnValue:
    """Give those who bear a tag another in its place, or none, once it is clear how many they are."""
    use, values, removes = _use(code), typed("to"), request.form.get("do") == "remove"
    try:
        if not removes:
            needed(values, "to")
        wanted = read(ChangeTag, {"code": code, "to": None if removes else values["to"].lower()})
        if asked := _ask(use, wanted):
            return asked
        with form_command():
            job = contacts.change_tag(wanted)
    except (Invalid, NotFound) as error:
        return _card(use, state(values, error)), 422
    return redirect(f"/office/tags?job={job.id}")


def _card(use: TagUse, f: FormState) -> str:
    return render_template(
        "tags/card.html", use=use, f=f, borne=borne_by(use), may_write=may(Permission.CONTACTS_WRITE)
    )


def borne_by(use: TagUse) -> str:
    """How many bear the tag, in words."""
    persons, organisations = use.persons, use.organisations
    told = (
        ngettext("%(count)s person", "%(count)s persons", persons, count=number(persons)),
        ngettext("%(count)s organisation", "%(count)s organisations", organisations, count=number(organisations)),
    )
    return ", ".join(told)


def _ask(use: TagUse, wanted: ChangeTag) -> str | None:
    """The page that says how many will change, until it is confirmed."""
    back, fields = f"/office/tags/{use.code}", {"to": wanted.to or "", "do": "" if wanted.to else "remove"}
    borne = borne_by(use)
    if wanted.to is None:
        title, label = _("Remove the tag %(code)s?", code=use.code), _("Remove")
        text = _("It is taken from %(borne)s. The history of each keeps it.", borne=borne)
        if use.segments:
            text += " " + _(
                "These segments test it and will find nobody by it: %(names)s", names=", ".join(use.segments)
            )
        return ask_first(title, text, label, back, fields)
    other = contacts.get_tag(TagByCode(code=wanted.to))
    if other.persons or other.organisations:
        title, label = _("Merge %(code)s into %(to)s?", code=use.code, to=wanted.to), _("Merge")
        text = _("%(borne)s get the tag %(to)s, which %(others)s bear already. This cannot be parted again.",
                 borne=borne, to=wanted.to, others=borne_by(other))  # fmt: skip
    else:
        title, label = _("Rename %(code)s to %(to)s?", code=use.code, to=wanted.to), _("Rename")
        text = _("It changes on %(borne)s, and in the segments that test it.", borne=borne)
    return ask_first(title, text, label, back, fields)
