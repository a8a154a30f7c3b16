"""Steps 2-5: from the application form to a signed-in member."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from stdnum import iso11649

from ops import people
from ops.demo import papers
from ops.demo.stage import Stage, link_in, text_of
from ops.people import InventedPerson


def apply(stage: Stage) -> list[str]:
    """An applicant fills the form on the web and gets an acknowledgement with a link to follow it."""
    chosen, refused = people.persons(2, seed=stage.tale + 2, domain=f"hakijat{stage.tale}.example.org")
    stage.facts.update(member=chosen, refused=refused, namesake=namesake_of(stage, chosen))
    mail = send_form(stage, chosen)
    send_form(stage, refused)
    followed = text_of(stage.visitor().page(f"{link_in(mail, '/join/follow')}?lang=fi"))
    open_ones = {each["id"]: each for each in all_open(stage.office)}
    number = application_of(stage, stage.office, open_ones, chosen.email)["number"]
    stage.check(
        "the link shows one's own application", re.search(rf"Numero\s*{number}\b", followed), (number, followed)
    )
    return [f"{chosen.given_name} {chosen.family_name} applied and was told: {mail['subject']}"]


def namesake_of(stage: Stage, person: InventedPerson) -> str:
    """Somebody in the register who may be the same person: another address, the same name and phone; the id."""
    known = {"given_name": person.given_name, "family_name": person.family_name, "phone": person.phone}
    return str(stage.office.post("/persons", known)["id"])


def send_form(stage: Stage, person: InventedPerson) -> dict[str, Any]:
    """Apply as a visitor with a browser would; the acknowledgement."""
    visitor = stage.visitor()
    kinds = stage.office.get("/membership-types")["data"]
    kind = next(each for each in kinds if each["code"] == "member")
    form = visitor.page(f"/join/{kind['id']}?lang=fi")
    visitor.submit(
        form,
        "application",
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        phone=person.phone,
        street=person.street,
        postal_code=person.postal_code,
        city=person.city,
        accepts_terms="yes",
    )
    return stage.mail(person.email, "vastaanotettu")


def decide(stage: Stage) -> list[str]:
    """Staff sign in with password and SMS code, approve one application and reject another."""
    worker = stage.visitor()
    account = next(each for each in stage.run["sign_ins"] if each["username"] == "toimisto")
    way = worker.sign_in(account["username"], account["password"], stage.sms, account["phone"])
    member, refused = stage.facts["member"], stage.facts["refused"]
    stage.check("the sign-in takes the code of a text message", way == "password and SMS code", way)
    open_ones = {each["id"]: each for each in all_open(worker)}
    mine = {email: application_of(stage, worker, open_ones, email) for email in (member.email, refused.email)}
    similar = worker.get(f"/persons/{mine[member.email]['person_id']}/similar")["data"]
    shown = [each["person"]["id"] for each in similar]
    stage.check("the namesake is shown as similar", stage.facts["namesake"] in shown, similar)
    approved = worker.post(f"/applications/{mine[member.email]['id']}/decision", {"decision": "approve"})
    stage.check("the application is approved", approved["state"] in {"approved", "opened"}, approved["state"])
    rejected = {"decision": "reject", "reason": "Hakemus on lähetetty kahdesti."}
    worker.post(f"/applications/{mine[refused.email]['id']}/decision", rejected)
    refusal = stage.mail(refused.email, "Päätös")
    stage.check("the applicant is told why", "kahdesti" in refusal["text"], refusal["text"][:200])
    invoice_mail = stage.mail(member.email, "Lasku")
    pdf = invoice_mail["attachments"][0]
    content = stage.mailbox.attachment(invoice_mail["id"], pdf["index"])
    stage.check("the invoice comes as PDF", content.startswith(b"%PDF"), content[:20])
    stage.facts["invoice_pdf"] = content
    stage.facts["application"] = worker.get(f"/applications/{mine[member.email]['id']}")
    stage.facts["person_id"] = stage.facts["application"]["person_id"]
    stage.facts["staff"] = worker
    return [
        f"signed in with {way}; {len(similar)} similar contacts were shown",
        f"approved; {invoice_mail['subject']} ({len(content) // 1024} kB PDF)",
        f"rejected the other: {refusal['subject']}",
    ]


def all_open(worker: Any) -> list[dict[str, Any]]:
    """Every application that waits for a decision."""
    found: list[dict[str, Any]] = []
    parameters: dict[str, Any] = {"state": "submitted", "limit": 200}
    while True:
        page = worker.get("/applications", **parameters)
        found.extend(page["data"])
        if not page["has_more"]:
            return found
        parameters["cursor"] = page["next_cursor"]


def application_of(stage: Stage, worker: Any, open_ones: dict[str, Any], email: str) -> dict[str, Any]:
    """The application of the person with this address."""
    for application in reversed(list(open_ones.values())):
        person = worker.get(f"/persons/{application['person_id']}")
        if person["email"] == email:
            return dict(application)
    stage.check(f"the inbox holds the application of {email}", holds=False)
    raise AssertionError


def pay_by_bank(stage: Stage) -> list[str]:
    """A camt.054 file pays the invoice; uploading it again books nothing."""
    person_id = stage.facts["person_id"]
    invoice = stage.soon(
        "the member's invoice",
        lambda: next(iter(stage.office.get("/invoices", customer_id=person_id)["data"]), None),
    )
    member = stage.facts["member"]
    check_invoice(stage, invoice)
    content = papers.camt_054(
        invoice["iban"],
        datetime.now(UTC).date(),
        f"DEMO{stage.tale}",
        [(invoice["open_amount"], invoice["reference"], f"{member.given_name} {member.family_name}")],
    )
    first = stage.office.upload("/bank-files", "tapahtumat.xml", content)
    stage.check("the payment is matched by its reference", first["matched"] == 1 and first["unmatched"] == 0, first)
    again = stage.office.upload("/bank-files", "tapahtumat.xml", content)
    stage.check("the same file books nothing", again["matched"] == 0 and again["duplicate"] == 1, again)
    paid = stage.office.get(f"/invoices/{invoice['id']}")
    stage.check("the invoice is paid once", paid["state"] == "paid" and float(paid["open_amount"]) == 0, paid)
    stage.check("the ledger balances", float(stage.office.get("/ledger/trial-balance")["difference"]) == 0)
    membership = stage.soon(
        "the active membership",
        lambda: next(
            (
                each
                for each in stage.office.get(f"/persons/{person_id}/memberships")["data"]
                if each["state"] == "active"
            ),
            None,
        ),
    )
    receipt = stage.mail(member.email, "Kuitti")
    return [
        f"invoice {invoice['number']} (reference {invoice['reference']}, {invoice['gross']} EUR) is paid",
        f"member no. {membership['number']}, paid until {membership['paid_until']}; {receipt['subject']}",
    ]


def check_invoice(stage: Stage, invoice: dict[str, Any]) -> None:
    """The invoice says all that a bank and the tax office want, and says it consistently."""
    stage.facts["invoice"] = invoice
    net, vat, gross = (Decimal(invoice[each]) for each in ("net", "vat", "gross"))
    stage.check("net and VAT make the sum", net + vat == gross > 0, (net, vat, gross))
    for line in invoice["lines"]:
        wanted = Decimal(line["net"]) * Decimal(line["vat_percent"]) / 100
        stage.check("each line tells its VAT", abs(Decimal(line["vat"]) - wanted) <= Decimal("0.01"), line)
    reference, rf_reference = invoice["reference"], invoice["rf_reference"]
    stage.check("the reference is a Finnish one", papers.is_finnish_reference(reference), reference)
    stage.check("its RF form is valid", iso11649.is_valid(rf_reference) and rf_reference[4:] == reference, rf_reference)
    cents = int(gross * 100)
    due_on = date.fromisoformat(invoice["due_on"])
    barcode = f"4{invoice['iban'][2:]}{cents:08d}000{reference:0>20}{due_on:%y%m%d}"
    stage.check("the barcode pays it", invoice["barcode"] == barcode, (invoice["barcode"], barcode))


def sign_in_as_member(stage: Stage) -> list[str]:
    """The new member sets a password by personal link, signs in, sees the membership and member prices."""
    member = stage.facts["member"]
    mail = stage.mail(member.email, "Tervetuloa")
    visitor = stage.visitor()
    password = f"talkoot-{stage.tale}-kesällä"
    form = visitor.page(link_in(mail, "/my/password"))
    visitor.submit(form, "set-password", password=password)
    visitor.sign_in(member.email, password, stage.sms, "")
    own = text_of(visitor.page("/my?lang=fi"))
    stage.check("the own page shows the membership", "Varsinainen jäsen" in own, own[:300])
    calendar = text_of(visitor.page("/courses?lang=fi"))
    stage.check("the calendar shows the member price", "90,00" in calendar, calendar[:600])
    stage.facts["member_visitor"] = visitor
    stranger = stage.office.get("/persons", limit=1)["data"][0]["id"]
    foreign = visitor.ask("GET", f"/api/v1/persons/{stranger}")
    stage.check("another person's id is not found", foreign.status_code in {403, 404}, foreign.status_code)
    return [f"{member.email} signed in; a course day costs 90,00 instead of 120,00"]
