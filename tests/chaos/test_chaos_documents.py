"""A gateway worker dies between a document's file and its row: no row lacks its file, a repeat makes one (C15)."""

from pathlib import Path

import httpx

from chassis.ids import new_id
from ops.simulators.clients import wait_until

UPLOADS = 6


def sent(whole, path, content, key):
    """The answer, or None when the door broke off."""
    files = {"file": (f"{content}.txt", content.encode())}
    headers = {"Authorization": f"Bearer {whole.run['api_key']}", "Idempotency-Key": key}
    try:
        return httpx.post(f"{whole.base_url}{path}", files=files, headers=headers, timeout=20, trust_env=False)
    except httpx.TransportError:
        return None


def test_C15_R1_a_killed_gateway_leaves_no_row_without_its_file_and_a_repeat_makes_one_document(hurt):
    person = hurt.api.post("/persons", {"given_name": "Helmi", "family_name": "Aalto"})["id"]
    path = f"/api/v1/persons/{person}/documents"
    folder = Path(hurt.suite.wiring.files) / "contacts"
    before = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    broken_off = 0
    for number in range(UPLOADS):
        key, content = str(new_id()), f"asiakirja {number}"
        answers = []

        def again(content=content, key=key, answers=answers):
            answers.append(sent(hurt, path, content, key))
            assert all_have_files(hurt, person)
            return answers[-1] is not None and answers[-1].status_code == 201

        wait_until(lambda: again() or None, 180, content)
        broken_off += answers.count(None)
    assert broken_off >= 2
    kept = hurt.api.get(f"/persons/{person}/documents")["data"]
    assert sorted(each["title"] for each in kept) == [f"asiakirja {number}.txt" for number in range(UPLOADS)]
    added = {each.name for each in folder.iterdir()} - before
    assert len(added) == UPLOADS  # the repeat wrote the same file, so that not even an orphan is left


def all_have_files(whole, person):
    found = whole.api.get(f"/persons/{person}/documents")["data"]
    contents = [whole.api.ask("GET", f"/api/v1/documents/{each['id']}/content") for each in found]
    return all(each.status_code == 200 and each.content.startswith(b"asiakirja") for each in contents)
