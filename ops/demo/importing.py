"""Step 1: ten thousand contacts from three files."""

from collections import Counter
from typing import Any

from ops import people
from ops.demo import papers
from ops.demo.stage import Stage
from ops.people import InventedOrganisation

CONTACTS, EMPLOYED, EMPLOYERS, TITLE = 10_000, 3_000, 200, "jäsen"
REJECTED_ROWS = "Tyhjä;;ei-osoite;abc;fi;31.2.1980;;;\r\n;;;;;;;;\r\n"
"""A wrong e-mail, phone and date, and a row without a name."""


def import_contacts(stage: Stage) -> list[str]:
    """10,000 contacts come in from CSV (UTF-8 and Windows-1252) and XLSX."""
    everybody = list(people.persons(CONTACTS, seed=stage.tale, domain=f"talkoo{stage.tale}.example.org"))
    employers = list(people.organisations(EMPLOYERS, seed=stage.tale))
    stage.facts["segment_domain"] = f"vapaaehtoiset{stage.tale}.example.org"
    segment = list(people.persons(1_000, seed=stage.tale + 1, domain=stage.facts["segment_domain"]))
    messy = papers.csv_file(everybody[5_000:7_000], encoding="cp1252", delimiter=";", extra=REJECTED_ROWS)
    files = [
        ("vanha rekisteri.csv", messy, 2),
        ("jäsenet.xlsx", papers.xlsx_file(everybody[-EMPLOYED:], employers, TITLE), 0),
        ("rekisteri.csv", papers.csv_file([*segment, *everybody[:4_000]]), 0),
    ]  # among so many, namesakes with one birthday are one person: no later row may take the segment's addresses away
    told, sums, progress = [], Counter[str](), 0
    for name, content, rejected in files:
        dry = run(stage, name, content, dry_run=True)
        real = run(stage, name, content, dry_run=False)
        again = run(stage, name, content, dry_run=False)
        stage.check(f"dry run of {name} foresees the real one", dry["counts"] == real["counts"], (dry, real))
        stage.check(
            f"{name} has {rejected} rejected rows", real["counts"].get("rejected", 0) == rejected, real["counts"]
        )
        stage.check(f"{name} imports persons", real["counts"].get("created", 0) > 0, real["counts"])
        sums.update(real["counts"])
        progress += len(real["progress"])
        changed = again["counts"].get("created", 0) + again["counts"].get("updated", 0)
        stage.check(f"a second run of {name} changes nothing", changed == 0, again["counts"])
        if rejected:
            rows = stage.office.get(f"/imports/{real['id']}/rows", state="rejected")["data"]
            stage.check("every rejected row says why", all(row["reason"] for row in rows), rows)
        told.append(f"{name}: {real['counts']}; again: {again['counts']}")
    check_total(stage, sums)
    stage.check("progress was seen while files came in", progress > 0, progress)
    check_employer(stage, employers[1])
    found = stage.office.get("/persons", q=f"{everybody[0].given_name} {everybody[0].family_name}")["data"]
    stage.check("an imported person is found by name", found)
    return told


def check_total(stage: Stage, sums: Counter[str]) -> None:
    """Every row that was not rejected is a contact; hardly any is a namesake born the same day."""
    taken = sum(sums.values()) - sums["rejected"]
    stage.check(f"{CONTACTS} contacts have come", taken == CONTACTS, dict(sums))
    stage.check("nearly all of them are new", sums["created"] > 0.95 * CONTACTS, dict(sums))


def check_employer(stage: Stage, employer: InventedOrganisation) -> None:
    """An employer of the workbook is an organisation now, with everybody who works there."""
    listed = stage.office.get("/organisations", q=employer.name, limit=200)["data"]
    mine = next((each for each in listed if each["business_id"] == employer.business_id), None)
    stage.check(f"{employer.name} came as an organisation", mine, listed)
    assert mine
    staff = stage.office.get(f"/organisations/{mine['id']}/affiliations", limit=200)["data"]
    titles = [each["title"] for each in staff]
    stage.check("its people came as affiliations", titles.count(TITLE) >= EMPLOYED // EMPLOYERS, titles)


def run(stage: Stage, name: str, content: bytes, *, dry_run: bool) -> dict[str, Any]:
    """Import a file and wait, watching how far it is; the import with its counts, and `progress` in rows."""
    started = stage.office.upload("/imports", name, content, profile="contacts", dry_run="true" if dry_run else "false")
    jobs: list[dict[str, Any]] = []
    done = stage.job(started["id"], watch=jobs.append)
    progress = [job["done"] for job in jobs if 0 < job["done"] < (job["total"] or 0)]
    stage.check(f"the progress of {name} never goes back", progress == sorted(progress), progress)
    import_id = (done["result"] or {}).get("import_id") or started["id"].partition("-")[2]
    found: dict[str, Any] = stage.office.get(f"/imports/{import_id}")
    return found | {"progress": progress}
