"""Users, roles, API keys and the audit log in Chromium: rights hold at once, secrets are shown once."""

import re

from playwright.sync_api import expect

from chassis.ids import new_id
from ops.demo.stage import Visitor, link_in
from tests.browser.soundness import WIDTHS, check_page

PASSWORD = "kolme erilaista sanaa"


def test_I4_a_new_user_chooses_a_password_and_gets_and_loses_rights_at_once(visit, whole):
    name = f"uusi{new_id().hex[-8:]}"
    role = f"kirjanpitaja-{name}"
    page = visit("/office/settings/roles/new", as_user="admin")
    page.get_by_label("Nimi", exact=True).fill(role)
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator("#code-error")).to_be_visible()
    page.locator("#code").fill(role)
    page.get_by_label("Näkee tuotteet, tilaukset ja laskut").check()
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text(f"Rooli {role} on tallennettu")).to_be_visible()
    page.goto("/office/settings/users/new")
    page.get_by_label("Käyttäjätunnus").fill(name)
    page.get_by_label("Sähköposti").fill(f"{name}@example.org")
    page.get_by_label(role).check()
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("linkki on matkalla")).to_be_visible()
    visitor = Visitor(whole.base_url)
    link = link_in(whole.mailbox.wait_for(f"{name}@example.org", ""), "/my/password")
    for width in WIDTHS:
        check_page(visit(link, width=width))
    visitor.submit(visitor.page(link), "set-password", password=PASSWORD)
    visitor.sign_in(name, PASSWORD, whole.sms, "")
    assert visitor.ask("GET", "/office/invoices").status_code == 200
    assert visitor.ask("GET", "/office/contacts").status_code == 403
    page.get_by_label(role).uncheck()
    page.get_by_role("button", name="Tallenna").click()
    expect(page.get_by_text("Tallennettu. Muutos on heti voimassa.")).to_be_visible()
    page.wait_for_timeout(1_100)  # a principal is remembered for a second at most
    assert visitor.ask("GET", "/office/invoices").status_code == 403
    page.get_by_label("Ei saa kirjautua").check()
    page.get_by_role("button", name="Tallenna").click()
    expect(page.locator(".standing")).to_have_text("Ei saa kirjautua")
    page.wait_for_timeout(1_100)
    assert visitor.ask("GET", "/my", follow_redirects=False).status_code == 302
    page.goto("/office/audit-log")
    expect(page.locator("#list")).to_contain_text(re.compile(f"Kirjautuminen.*{name}", re.DOTALL))
    visitor.close()


def test_I6_an_api_key_is_shown_once_works_and_is_revoked(visit, whole):
    name = f"Verkkosivut {new_id().hex[-8:]}"
    page = visit("/office/settings/api-keys/new", as_user="admin")
    page.get_by_role("textbox", name="Järjestelmä").fill(name)
    page.get_by_label("Näkee kurssit ja osallistujat").check()
    page.get_by_label("Viimeinen päivä").fill("31.2.2030")
    page.get_by_role("button", name="Luo avain").click()
    expect(page.locator("#expires_at-error")).to_be_visible()
    page.get_by_label("Viimeinen päivä").fill("31.12.2030")
    page.get_by_role("button", name="Luo avain").click()
    system = Visitor(whole.base_url, page.locator("#secret").inner_text())
    assert system.ask("GET", "/api/v1/sessions").status_code == 200
    assert system.ask("GET", "/api/v1/persons").status_code == 403
    page.goto("/office/settings/api-keys")
    expect(page.locator("#secret")).to_have_count(0)
    row = page.locator("tr", has_text=name)
    row.get_by_role("button", name="Mitätöi").click()
    page.get_by_role("button", name="Mitätöi").click()
    expect(page.get_by_text("Avain ei enää toimi.")).to_be_visible()
    page.wait_for_timeout(1_100)
    assert system.ask("GET", "/api/v1/sessions").status_code == 401
    system.close()
