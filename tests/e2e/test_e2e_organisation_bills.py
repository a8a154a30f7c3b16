"""An organisation pays for somebody's membership: it is billed as a person is, by e-mail, with the paper (E6, M5)."""

import pymupdf

from chassis.ids import new_id


def test_E6_M5_an_organisation_that_pays_gets_the_invoice(whole):
    mark = new_id().hex[-8:]
    box = {"purpose": "billing", "street": "PL 12", "postal_code": "00101", "city": "Helsinki"}
    home = {"purpose": "postal", "street": "Katu 3", "postal_code": "00100", "city": "Helsinki"}
    details = {"name": f"Maksaja {mark} Oy", "email": f"laskut.{mark}@example.org", "addresses": [home, box]}
    payer = whole.api.post("/organisations", details)
    person = whole.api.post("/persons", {"given_name": "Jäsen", "family_name": mark})
    kind = whole.api.get("/membership-types")["data"][0]["id"]
    whole.api.post("/memberships", {"person_id": person["id"], "payer_id": payer["id"], "membership_type_id": kind})
    mail = whole.mailbox.wait_for(details["email"], "Lasku")
    assert mail["attachments"][0]["name"].endswith(".pdf")
    (invoice,) = whole.api.get("/invoices", customer_id=payer["id"])["data"]
    paper = whole.api.ask("GET", f"/api/v1/invoices/{invoice['id']}.pdf")
    with pymupdf.open(stream=paper.content, filetype="pdf") as pdf:
        printed = pdf[0].get_text()
    assert details["name"] in printed
    assert "PL 12" in printed
    assert "Katu 3" not in printed
