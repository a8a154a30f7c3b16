"""Step 1: ten thousand contacts from three files."""

from typing import Any

from ops import people
from ops.demo import papers
from ops.demo.stage import Stage

REJECTED_ROWS = "Tyhjä;;ei-osoite;abc;fi;31.2.1980;;;\r\n;;;;;;;;\r\n"
"""A wrong e-mail, phone and date, and a row without a name."""


def import_contacts(stage: Stage) -> list[str]:
    """10,000 contacts come in from CSV (UTF-8 and Windows-1252) and XLSX."""
    everybody = list(people.persons(10_000, seed=stage.tale, domain=f"talkoo{stage.tale}.example.org"))
    employers = list(people.organisations(200, seed=stage.tale))
    stage.facts["segment_domain"] = f"vapaaehtoiset{stage.tale}.example.org"
    segment = list(people.persons(1_000, seed=stage.tale + 1, domain=stage.facts["segment_domain"]))
    messy = papers.csv_file(everybody[5_000:7_000], encoding="cp1252", delimiter=";", extra=REJECTED_ROWS)
    files = [
        ("vanha rekisteri.csv", messy, 2),
        ("jäsenet.xlsx", papers.xlsx_file(everybody[7_000:], employers, "jäsen"), 0),
        ("rekisteri.csv", papers.csv_file([*segment, *everybody[:4_000]]), 0),
    ]  # among so many, namesakes with one birthday are one person: no later row may take the segment's addresses away
    told = []
    for name, content, rejected in files:
        dry = run(stage, name, content, dry_run=True)
        real = run(stage, name, content, dry_run=False)
        again = run(stage, name, content, dry_run=False)
        stage.check(f"dry run of {name} foresees the real one", dry["counts"] == real["counts"], (dry, real))
        stage.check(
            f"{name} has {rejected} rejected rows", real["counts"].get("rejected", 0) == rejected, real["counts"]
        )
        stage.check(f"{name} imports persons", real["counts"].get("created", 0) > 0, real["counts"])
        changed = again["counts"].get("created", 0) + again["counts"].get("updated", 0)
        stage.check(f"a second run of {name} changes nothing", changed == 0, again["counts"])
        if rejected:
            rows = stage.office.get(f"/imports/{real['id']}/rows", state="rejected")["data"]
            stage.check("every rejected row says why", all(row["reason"] for row in rows), rows)
        told.append(f"{name}: {real['counts']}; again: {again['counts']}")
    found = stage.office.get("/persons", q=f"{everybody[0].given_name} {everybody[0].family_name}")["data"]
    stage.check("an imported person is found by name", found)
    return told


def run(stage: Stage, name: str, content: bytes, *, dry_run: bool) -> dict[str, Any]:
    """Import a file and wait; the import with its counts."""
    started = stage.office.upload("/imports", name, content, profile="contacts", dry_run="true" if dry_run else "false")
    done = stage.job(started["id"])
    import_id = (done["result"] or {}).get("import_id") or started["id"].partition("-")[2]
    found: dict[str, Any] = stage.office.get(f"/imports/{import_id}")
    return found
