"""Pictures of the main pages for `docs/screenshots`, taken in Chromium on the running suite with its demo data.

PYTHONPATH=. .venv/bin/python -m ops.screenshots [folder]
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from ops.demo.__main__ import run_file
from ops.demo.stage import Stage, Visitor

CHROMIUM = "/usr/bin/chromium"
DESKTOP, PHONE = (1280, 860), (390, 844)
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"


def addresses(office: Visitor) -> dict[str, tuple[str, str]]:
    """Name of the picture: who looks, at what."""

    def first(path: str) -> str:
        return str(office.get(path, limit=1)["data"][0]["id"])

    session = first("/sessions")
    invoice = next(each["id"] for each in office.get("/invoices", limit=50)["data"] if each["state"] == "open")
    person = office.get("/memberships", limit=1)["data"][0]["person_id"]
    return {
        "front": ("", "/"),
        "courses": ("", "/courses"),
        "course": ("", f"/courses/{session}"),
        "join": ("", "/join"),
        "my": ("jasen", "/my"),
        "my-invoices": ("jasen", "/my/invoices"),
        "office-today": ("toimisto", "/office"),
        "contacts": ("toimisto", "/office/contacts"),
        "contact": ("toimisto", f"/office/contacts/{person}"),
        "applications": ("toimisto", "/office/applications"),
        "application": ("toimisto", f"/office/applications/{first('/applications')}"),
        "imports": ("toimisto", "/office/imports"),
        "segments": ("toimisto", "/office/segments"),
        "segment": ("toimisto", f"/office/segments/{first('/segments')}"),
        "tasks": ("toimisto", "/office/tasks"),
        "calendar": ("toimisto", "/office/calendar"),
        "privacy": ("toimisto", f"/office/contacts/{person}/privacy"),
        "search": ("toimisto", "/office/search?q=jaana"),
        "invoices": ("rahasto", "/office/invoices"),
        "invoice": ("rahasto", f"/office/invoices/{invoice}"),
        "bank-files": ("rahasto", "/office/bank-files"),
        "ledger": ("rahasto", "/office/ledger"),
        "participants": ("kurssit", f"/office/sessions/{session}"),
        "check-in": ("kurssit", "/office/check-in"),
        "mailings": ("toimisto", "/office/mailings"),
        "settings": ("admin", "/office/settings"),
        "system": ("admin", "/office/system"),
    }


def cookies(stage: Stage, username: str) -> list[Any]:
    """The session of a demo account, for a browser."""
    account = next(each for each in stage.run["sign_ins"] if each["username"] == username)
    visitor = stage.visitor()
    visitor.sign_in(username, account["password"], stage.sms, account.get("phone") or "")
    return [{"name": name, "value": value, "url": stage.run["base_url"]} for name, value in visitor.cookies().items()]


def take(browser: Browser, stage: Stage, folder: Path) -> None:
    """Every page at both widths; says which did not answer 200 or are wider than the screen."""
    known: dict[str, list[Any]] = {"": []}
    for name, (who, path) in addresses(stage.office).items():
        if who not in known:
            known[who] = cookies(stage, who)
        for width, (size, label) in enumerate(((DESKTOP, "desktop"), (PHONE, "phone"))):
            viewport: Any = {"width": size[0], "height": size[1]}
            context = browser.new_context(viewport=viewport, locale="fi-FI", base_url=stage.run["base_url"])
            context.add_cookies(known[who])
            page = context.new_page()
            answer = page.goto(path, wait_until="networkidle")
            wide = page.evaluate("document.documentElement.scrollWidth") > size[0]
            if answer is None or answer.status != 200 or wide:
                print(f"{path} at {size[0]}: {answer.status if answer else 'no answer'}{' too wide' if wide else ''}")
            page.screenshot(path=folder / f"{name}-{label}.png", full_page=bool(width))
            context.close()


def main(folder: Path) -> None:
    """Take all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with Stage(run_file()) as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        take(browser, stage, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
