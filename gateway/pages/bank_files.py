"""Bank files for the treasurer: bringing one in, what became of its entries."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.commerce import CommerceApi
from contracts.commerce.bank_files import BankFile, ImportBankFile, ListBankEntries
from contracts.errors import Invalid
from gateway.api.uploads import stored_file
from gateway.asked import asked, list_state
from gateway.config import gateway_settings
from gateway.form_state import FormState
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.submitted import form_command, state

commerce = client(CommerceApi)
pages = Pages("office_bank_files", __name__)
FILES: Final = (
    Column("file_name", lazy_gettext("File"), "main"),
    Column("imported_at", lazy_gettext("Brought in"), "date"),
    Column("entries", lazy_gettext("Entries"), "number"),
    Column("matched", lazy_gettext("Matched"), "number"),
    Column("unmatched", lazy_gettext("Not matched"), "number"),
    Column("duplicate", lazy_gettext("Seen before"), "number"),
)
ENTRIES: Final = (
    Column("payer", lazy_gettext("Payer"), "main"),
    Column("booked_on", lazy_gettext("Booked"), "date"),
    Column("reference", lazy_gettext("Reference")),
    Column("state", lazy_gettext("State")),
    Column("amount", lazy_gettext("Sum"), "number"),
)
STATES: Final[Mapping[str, tuple[Any, str]]] = {
    "matched": (_p("bank entry", "Matched"), "good"),
    "unmatched": (_p("bank entry", "Waits for you: no invoice has this reference"), "warn"),
    "outgoing": (_p("bank entry", "Outgoing, not booked here"), ""),
    "reversal": (_p("bank entry", "Reversal, book it by hand"), "warn"),
    "batch": (_p("bank entry", "Sum of a batch; its parts come in another file"), ""),
}


@pages.form("/office/bank-files", may=Permission.COMMERCE_READ)
def bank_files() -> ResponseReturnValue:
    """Bank files, newest first, and the form that brings one in."""
    if request.method == "GET":
        return _page(FormState())
    try:
        key, name = stored_file("commerce")
        with form_command():
            booked = commerce.import_bank_file(ImportBankFile(file_key=key, file_name=name))
    except Invalid as error:
        return _page(state({"file": ""}, error)), 422
    _tell(booked)
    return redirect(f"/office/bank-files/{booked.id}")


def _page(f: FormState) -> str:
    return render_template(
        "money/bank_files.html",
        state=list_state(),
        columns=FILES,
        found=commerce.list_bank_files(asked(ListRequest)),
        f=f,
        most=gateway_settings().talkoo_upload_limit // 1_000_000,
    )


def _tell(booked: BankFile) -> None:
    if booked.duplicate == booked.entries:
        flash(_("Nothing new: all entries of this file had come before. Nothing was booked twice."), "warn")
    else:
        flash(_("The file is booked."), "good")


@pages.get("/office/bank-files/<uuid:file_id>", may=Permission.COMMERCE_READ)
def show_bank_file(file_id: UUID) -> str:
    """What a file held, and its entries."""
    booked, entries = side_by_side(
        partial(commerce.get_bank_file, ById(id=file_id)),
        partial(commerce.list_bank_entries, asked(ListBankEntries, id=file_id)),
    )
    return render_template(
        "money/bank_file.html", file=booked, state=list_state(), columns=ENTRIES, found=entries, states=STATES
    )
