"""Lists of the office tell whose and what they are about: names of organisations, purchases of every kind, filters."""

from chassis.ids import new_id
from ops.demo.stage import text_of
from ops.simulators.clients import wait_until
from tests import members


def bought(whole, path: str, sources: set[str]):
    """What the API tells of a customer's purchases, once it tells of these sources."""

    def look():
        found = whole.api.get(path)["data"]
        return found if {each["source"] for each in found} >= sources else None

    return wait_until(look, 180, f"{path} tells of {sources}")


def test_E5_what_a_person_has_bought_are_orders_and_deliveries_of_accounting_alike(whole):
    number = f"p{new_id().hex[-8:]}"
    person = whole.api.post("/persons", {"given_name": "Osto", "family_name": number, "customer_number": number})
    enrolment = {"session_id": members.new_session(whole)["id"], "person_id": person["id"], "payment": "invoice"}
    whole.api.post("/enrolments", enrolment)
    headings = "Asiakasnro;Laskunro;Rivi;Tuotekoodi;Tuote;Määrä;Yks;Yhteensä;Toimituspvm\n"
    row = f"{number};{number};1;K-10;Kahvi;2;kpl;24,80;1.9.2026\n"
    whole.api.upload("/imports", "erä.csv", (headings + row).encode(), profile="purchases", dry_run="false")
    found = bought(whole, f"/persons/{person['id']}/purchases", {"order", "accounting"})
    told = whole.api.get("/purchases", customer_id=person["id"])["data"]
    assert found == told
    delivered = next(each for each in found if each["source"] == "accounting")
    assert (delivered["product_code"], delivered["quantity"], delivered["gross"]) == ("K-10", "2.000", "24.80")
    page = text_of(whole.staff("admin").page(f"/office/contacts/{person['id']}/sections/purchases"))
    assert all(each["name"]["fi"] in page for each in found)


def test_E6_invoices_and_orders_name_organisations(whole):
    mark = new_id().hex[-8:]
    payer = whole.api.post("/organisations", {"name": f"Maksaja {mark} Oy"})
    person = whole.api.post("/persons", {"given_name": "Jäsen", "family_name": mark})
    kind = whole.api.get("/membership-types")["data"][0]["id"]
    whole.api.post("/memberships", {"person_id": person["id"], "payer_id": payer["id"], "membership_type_id": kind})
    invoices = wait_until(
        lambda: whole.api.get("/invoices", customer_id=payer["id"])["data"] or None, 180, "the invoice"
    )
    treasurer = whole.staff("admin")
    assert payer["name"] in text_of(treasurer.page(f"/office/invoices?customer_id={payer['id']}"))
    (order,) = whole.api.get("/orders", customer_id=payer["id"])["data"]
    for address in (f"/office/invoices/{invoices[0]['id']}", f"/office/orders/{order['id']}"):
        card = treasurer.page(address)
        assert payer["name"] in text_of(card)
        assert any(link.endswith(f"/office/organisations/{payer['id']}") for *_, link, _ in card.iterlinks())


def test_C13_duplicates_are_filtered_by_persons_and_organisations(whole):
    office, mark = whole.staff(), new_id().hex[-8:]
    for name in (f"Kaksi {mark} Oy", f"Kaksi {mark} Ab"):
        whole.api.post("/organisations", {"name": name, "email": f"info@{mark}.example.org"})
    for given in ("Aino", "Aino Maria"):
        whole.api.post("/persons", {"given_name": given, "family_name": f"Kahdesti{mark}", "email": f"a@{mark}.org"})
    scan = whole.api.post("/duplicates/scan", {})["id"]
    wait_until(lambda: whole.api.get(f"/jobs/{scan}")["finished_at"], 180, "the scan is done")
    page = office.page("/office/duplicates")
    links = [link for *_, link, _ in page.iterlinks() if "kind=" in link]
    assert [link.partition("kind=")[2] for link in links] == ["person", "organisation"]
    for link in links:
        kind = link.partition("kind=")[2]
        shown = office.page(link.removeprefix(whole.base_url)).xpath("//table//td[contains(@class, 'main')]/a/@href")
        pairs = whole.api.get("/duplicates", kind=kind, limit=50)["data"]
        assert pairs
        assert all(each["kind"] == kind for each in pairs)
        assert shown
        assert [each.rpartition("/")[2] for each in shown] == [each["id"] for each in pairs][: len(shown)]


def test_N3_a_mailing_is_shown_to_who_may_not_read_contacts_without_what_they_tell(whole):
    code = f"mail-{new_id().hex[-6:]}"
    segment = whole.api.post("/segments", {"name": f"Salainen {code}", "filter": {"all": []}})
    texts = {"name": "Tiedote", "subject": "Hei", "body": "[[Tarkista|{{link}}]]", "check_details": True}
    mailing = whole.api.post("/mailings", {**texts, "segment_id": segment["id"]})
    whole.api.post("/roles", {"code": code, "name": code, "permissions": ["notify.read"]})
    sign_in = {"username": code, "password": new_id().hex}
    whole.api.post("/accounts", {**sign_in, "roles": [code]})
    visitor = whole.visitor()
    visitor.post("/sign-in", sign_in)
    page = text_of(visitor.page(f"/office/mailings/{mailing['id']}"))
    assert "Tiedote" in page
    assert segment["name"] not in page
    assert "Tarkistanut tietonsa" not in page
    assert segment["name"] in text_of(whole.staff("admin").page(f"/office/mailings/{mailing['id']}"))


def test_N3_who_may_not_read_what_a_segment_is_about_is_told_so_beside_what_was_typed(whole):
    segment = whole.api.post("/segments", {"name": "Jäsenet", "filter": {"has": "membership"}})
    visitor = whole.staff("kurssit")
    typed = {"segment_id": segment["id"], "name": "Kirje", "subject": "Hei", "body": "Pitkään kirjoitettu"}
    answer = visitor.ask("POST", "/office/mailings/new", data={**typed, "csrf_token": visitor.csrf})
    assert answer.status_code == 403
    assert "membership.read" in answer.text
    assert "Pitkään kirjoitettu" in answer.text
