"""F-copy: persons copied into a staging table and from there into the plain stack's table, which has four indexes."""

import io
import json
import time
from itertools import islice

from ops import people
from ops.bench.floors.stack import floors_url
from ops.bench.load import Outcome
from ops.launcher import databases
from ops.launcher.suite import Suite
from services.contacts.rules.names import search_text, sort_key

AT_ONCE = 10_000
COLUMNS = "id, given_name, family_name, email, phone, language, birth_date, addresses, tags, city, sort_key, search"
UPSERT = f"""
    INSERT INTO persons ({COLUMNS}) SELECT {COLUMNS} FROM staging
    ON CONFLICT (id) DO UPDATE SET given_name = excluded.given_name, family_name = excluded.family_name;
    TRUNCATE staging
"""  # noqa: S608  (constants of this module)


def run(suite: Suite, seed: int, count: int) -> Outcome:
    """So many new persons, 10,000 in each transaction; what the rows are made of is not counted."""
    parts = list(_parts(seed, count))
    with databases.cursor_on(floors_url(suite)) as cursor:
        cursor.execute("CREATE TEMP TABLE staging (LIKE persons)")
        began = time.perf_counter()
        for part in parts:
            cursor.execute("BEGIN")
            cursor.copy_expert(f"COPY staging ({COLUMNS}) FROM STDIN", io.StringIO(part))
            cursor.execute(UPSERT)
            cursor.execute("COMMIT")
        return Outcome.of_events(count, time.perf_counter() - began)


def _parts(seed: int, count: int) -> list[str]:
    lines = (_line(seed, each) for each in people.persons(count, seed, domain=f"floor{seed}.example.org"))
    parts = []
    while part := "".join(islice(lines, AT_ONCE)):
        parts.append(part)
    return parts


def _line(seed: int, person: people.InventedPerson) -> str:
    address = {"street": person.street, "postal_code": person.postal_code, "city": person.city, "country": "FI"}
    cells = (
        f"{seed:08d}-0000-7000-8000-{person.number:012d}", person.given_name, person.family_name, person.email,
        person.phone, person.language, person.birth_date.isoformat(), json.dumps([address]), "[]", person.city,
        sort_key(person.family_name, person.given_name),
        search_text(f"{person.given_name} {person.family_name}", person.phone),
    )  # fmt: skip
    return "\t".join(cells) + "\n"
