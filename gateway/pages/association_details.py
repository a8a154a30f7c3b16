"""The association's own details, which invoices and page feet carry."""

from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import Nothing
from contracts.commerce import CommerceApi
from contracts.commerce.seller import UpdateSellerDetails
from contracts.errors import Invalid, Stale
from gateway.form_state import FormState
from gateway.i18n import typed_number
from gateway.pages.association import forget_association
from gateway.pages.door import Pages
from gateway.submitted import amount, form_command, read, state, typed

commerce = client(CommerceApi)
pages = Pages("office_association", __name__)
TEXTS: Final = (
    *("name", "business_id", "vat_id", "street", "postal_code", "city", "email", "phone", "website", "iban", "bic"),
    *("invoice_prefix", "terms"),
)
FIELDS: Final = (*TEXTS, "payment_term_days", "late_interest_percent", "version")


@pages.form("/office/settings", may=Permission.SETTINGS_WRITE)
def settings() -> ResponseReturnValue:
    """Change the details; invoices issued before keep theirs."""
    if request.method == "GET":
        seller = commerce.get_seller(Nothing())
        values: dict[str, Any] = seller.model_dump() | {
            "late_interest_percent": typed_number(seller.late_interest_percent)
        }
        return render_template("settings/association.html", f=FormState(values))
    given = typed(*FIELDS)
    try:
        wanted: dict[str, Any] = dict(given)
        amount(wanted, "late_interest_percent")
        with form_command():
            commerce.update_seller(read(UpdateSellerDetails, wanted))
    except (Invalid, Stale) as error:
        return render_template("settings/association.html", f=state(given, error)), 422
    forget_association()
    flash(_("Saved. Invoices from now on carry these details."), "good")
    return redirect("/office/settings")
