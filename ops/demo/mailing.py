"""Step 8: a mailing and labels for a segment of a thousand."""

from collections import Counter

from ops.demo.stage import Stage


def mail_and_labels(stage: Stage) -> list[str]:
    """The office mails a segment of 1,000 people, nobody twice, and prints labels for them."""
    domain = stage.facts["segment_domain"]
    segment = stage.office.post(
        "/segments",
        {"name": f"Vapaaehtoiset {stage.tale}", "filter": {"field": "email", "op": "contains", "value": f"@{domain}"}},
    )
    stage.check("the segment has 1,000 people", segment["count"] == 1_000, segment["count"])
    before = stage.mailbox.count()
    mailing = stage.office.post(
        "/mailings",
        {
            "name": "Syystalkoot",
            "segment_id": segment["id"],
            "subject": f"{{{{given_name}}}}, tule syystalkoisiin {stage.tale}",
            "body": "Hei {{given_name}},\n\nsyystalkoot pidetään lauantaina. Tervetuloa!\n\nHallitus",
        },
    )
    job = stage.office.post(f"/mailings/{mailing['id']}/launch")
    done = stage.job(job["id"])
    stage.check("every message has left", done["result"]["sent"] == 1_000, done["result"])
    received = [
        mail for mail in stage.mailbox.messages(limit=5_000) if f"syystalkoisiin {stage.tale}" in mail["subject"]
    ]
    per_person = Counter(str(mail["to"]) for mail in received)
    stage.check("1,000 people got it", len(per_person) == 1_000, len(per_person))
    stage.check("nobody twice", max(per_person.values()) == 1, per_person.most_common(1))
    stage.check("the subject is personal", not any("{{" in mail["subject"] for mail in received))
    sheet = stage.office.post("/label-sheets", {"segment_id": segment["id"]})
    labels = stage.job(sheet["job_id"])["result"]
    pdf = stage.office.ask("GET", f"/api/v1/label-sheets/{sheet['id']}.pdf")
    stage.check("the label sheet is a PDF", pdf.content.startswith(b"%PDF"), pdf.content[:20])
    return [
        f"1,000 personal e-mails arrived, {stage.mailbox.count() - before} new in the mailbox",
        f"{labels['labels']} labels, {len(pdf.content) // 1024} kB PDF",
    ]
