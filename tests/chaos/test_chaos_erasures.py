"""Services and workers die, one comes late, while persons are erased: no text names them in the end (C17)."""

import signal

from chassis.ids import new_id
from ops.simulators.clients import wait_until
from tests.e2e import remains

PERSONS, AT_ONCE = 6, 4
LETTERS = str.maketrans("0123456789", "ghijkmnprs")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def soon(find, what):
    return wait_until(find, 180, what)


def named_everywhere(office, mark):
    """A person, named in texts of five services."""
    person = office.post("/persons", {"given_name": f"{mark}a", "family_name": f"{mark}o", "email": f"{mark}@ex.fi"})
    said = {"fi": f"Kysy: {mark}a {mark}olta, {mark}@ex.fi"}
    fee = {"code": f"p{mark}", "name": said, "category": "fees", "price": "1.00"}
    product = office.post("/products", fee)["id"]
    office.post("/courses", {"code": f"c{new_id().hex[-8:]}", "name": {"fi": "Kurssi"}, "description": said})
    kind = {"code": f"k{new_id().hex[-8:]}", "name": {"fi": "Laji"}, "description": said, "fee_product_id": product}
    office.post("/membership-types", kind)
    office.post("/api-keys", {"name": said["fi"], "permissions": []})
    everybody = {"field": "city", "op": "eq", "value": "Nowhere"}
    segment = office.post("/segments", {"name": "Kaikki", "filter": everybody})["id"]
    mailing = {"name": "Kesä", "segment_id": segment, "subject": "Kesä", "body": said["fi"]}
    office.post("/mailings", mailing)
    office.post("/activities", {"kind": "note", "text": said["fi"]})
    return person


def where_named(whole, marks):
    """Tables of services with rows in which one of the marks stands before a vowel or an @, as in names and addresses.

    The code of the product, which stays, ends with it.
    """
    found = set()
    for service in whole.suite.wiring.database_urls:
        with remains.connected(whole, service) as connection, connection.cursor() as cursor:
            cursor.execute(TABLES)
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
                rows = [row for (row,) in cursor.fetchall()]
                if any(f"{mark}{after}" in row.lower() for mark in marks for after in "ao@" for row in rows):
                    found.add(f"{service}.{table}")
    return found


def erase(office, person):
    office.post(f"/persons/{person['id']}/erase", {"version": person["version"], "reason": "requested"})


def wait_for_erasure(office, person):
    def complete():
        reply = office.ask("GET", f"/api/v1/persons/{person['id']}/erasure")
        return (reply.status_code == 200 and reply.json()["complete"]) or None

    soon(complete, "the erasure")


def test_C17_erasures_are_complete_whoever_dies_and_whoever_comes_late(hurt, operator):
    office = hurt.api
    marks = [f"qw{new_id().hex[-6:]}".translate(LETTERS) for _ in range(PERSONS)]
    persons = [named_everywhere(office, mark) for mark in marks]
    assert {each.partition(".")[0] for each in where_named(hurt, marks)} == {*hurt.suite.wiring.database_urls}
    starts = hurt.suite.supervisor.starts("worker")
    hurt.suite.supervisor.hold("notify")
    for each in persons[:AT_ONCE]:
        erase(office, each)
        hurt.suite.kill("contacts")
        soon(lambda: office.ask("GET", "/api/v1/tags").status_code == 200 or None, "contacts")
    operator.submit(hurt.suite.restart_broker, signal.SIGKILL).result()
    hurt.suite.supervisor.release("notify")
    for each in persons[:AT_ONCE]:
        wait_for_erasure(office, each)
    for each in persons[AT_ONCE:]:  # one by one, so that a worker does not search for all at once
        erase(office, each)
        wait_for_erasure(office, each)
    assert hurt.suite.supervisor.starts("worker") > starts, "the worker died in the middle of a search"
    assert where_named(hurt, marks) == set()
