"""Matching: which contact each staged row is, before anything is changed.

A dry run ends with what is decided here, so that it foresees exactly what the run after it does. Persons are known
by customer number, else by their name together with e-mail, date of birth, phone or address, or by an equal row of an
earlier import; organisations by business id or customer number, else by name.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.contacts.imports import ImportProfile

CHUNK = "r.import_id = :import_id AND r.number BETWEEN :first AND :last AND r.state = 'staged'"
SAME_NUMBER = "(t.customer_number IS NULL OR p.customer_number IS NULL OR t.customer_number = p.customer_number)"
SAME_BIRTH = "(n.birth_date IS NULL OR p.birth_date IS NULL OR n.birth_date = p.birth_date)"
ALIKE = "{0}.email_key = p.email_key OR {0}.birth_date = p.birth_date OR {0}.phone = p.phone"
SAME_PLACE = "n.postal_code = p.postal_code AND (n.email_key IS NULL OR p.email_key IS NULL)"
NAMESAKES = f"""
    SELECT n.id FROM persons n
    WHERE n.sort_key = p.sort_key AND n.state = 'active' AND {SAME_BIRTH} AND ({ALIKE.format("n")} OR {SAME_PLACE})
    """  # noqa: S608  (constants)
"""Those who may be the person: read from the index of names alone, which holds all that is compared here."""
SAME_STREET = (
    "p.addresses -> 0 ->> 'street' <> '' AND t.postal_code = p.postal_code"
    " AND t.addresses @> jsonb_build_array(jsonb_build_object('street', p.addresses -> 0 -> 'street'))"
)


def _merged(number: str) -> str:
    """What stands for a merged organisation that had this number: who counts by it does not know of merges."""
    return f"""(SELECT t.id FROM organisations m JOIN organisations t ON t.id = m.linked_to
                WHERE m.linked_to IS NOT NULL AND m.{number} = o.{number} AND t.deleted_at IS NULL
                ORDER BY m.id LIMIT 1)"""  # noqa: S608


MERGED_NUMBER = _merged("customer_number")
MERGED_NUMBERS = f"{MERGED_NUMBER}, {_merged('business_id')}"
FOUND = "SELECT number, id FROM (SELECT r.number, "
"""The rows of whom something is found. They are written by a statement of their own: a row joined with what was found
for it would be a trap, as the planner knows nothing yet of an import that is just being stored."""
KNOW = """
    UPDATE import_rows r SET {row}_known = true,
        {row}_id = (CAST(:ids AS uuid[]))[array_position(CAST(:numbers AS integer[]), r.number)]
    WHERE r.import_id = :import_id AND r.number = ANY(:numbers) AND r.state = 'staged' AND r.{row} IS NOT NULL
    """
"""Rows that an erasure has emptied meanwhile stay as they are."""
KNOW_PERSONS, KNOW_ORGANISATIONS = text(KNOW.format(row="person")), text(KNOW.format(row="organisation"))
MATCH_PERSONS = text(
    f"""
    {FOUND} coalesce(
            (SELECT t.id FROM persons t WHERE t.customer_number = p.customer_number AND t.state = 'active'),
            (SELECT t.id FROM persons t
                WHERE t.id = ANY(ARRAY({NAMESAKES})) AND t.state = 'active' AND {SAME_NUMBER}
                AND ({ALIKE.format("t")} OR {SAME_STREET})
                ORDER BY CASE WHEN t.email_key = p.email_key THEN 1 WHEN t.birth_date = p.birth_date THEN 2
                    WHEN t.phone = p.phone THEN 3 ELSE 4 END, t.id
                LIMIT 1),
            CASE WHEN r.fingerprint IS NOT NULL THEN (
                SELECT t.id
                FROM (SELECT person_id FROM import_rows e WHERE e.fingerprint = r.fingerprint OFFSET 0) e
                JOIN persons s ON s.id = e.person_id JOIN persons t ON t.id = coalesce(s.linked_to, s.id)
                WHERE t.state = 'active' ORDER BY t.id LIMIT 1) END) AS id
          FROM import_rows r CROSS JOIN LATERAL jsonb_populate_record(NULL::persons, r.person) p
          WHERE {CHUNK} AND r.person IS NOT NULL OFFSET 0) found WHERE id IS NOT NULL
    """  # noqa: S608  (constants of this module)
)
OF_ROWS = f""" AS id
          FROM import_rows r WHERE {CHUNK} AND r.organisation IS NOT NULL OFFSET 0) found WHERE id IS NOT NULL
    """
MATCH_ORGANISATIONS = text(
    f"""
    {FOUND} (SELECT coalesce(
            (SELECT t.id FROM organisations t WHERE t.business_id = o.business_id AND t.deleted_at IS NULL),
            (SELECT t.id FROM organisations t WHERE t.customer_number = o.customer_number AND t.deleted_at IS NULL),
            {MERGED_NUMBERS},
            (SELECT t.id FROM organisations t WHERE t.sort_key = o.sort_key AND t.deleted_at IS NULL
                AND (t.business_id IS NULL OR o.business_id IS NULL OR t.business_id = o.business_id)
                AND (t.customer_number IS NULL OR o.customer_number IS NULL OR t.customer_number = o.customer_number)
                ORDER BY t.id LIMIT 1))
        FROM jsonb_populate_record(NULL::organisations, r.organisation) o) {OF_ROWS}
    """  # noqa: S608
)


MATCH_CUSTOMERS = text(
    f"""
    {FOUND} (SELECT coalesce(
            (SELECT t.id FROM organisations t WHERE t.customer_number = o.customer_number AND t.deleted_at IS NULL),
            {MERGED_NUMBER},
            (SELECT t.id FROM organisations t WHERE t.business_id = o.business_id AND t.customer_number IS NULL
                AND t.deleted_at IS NULL))
        FROM jsonb_populate_record(NULL::organisations, r.organisation) o) {OF_ROWS}
    """  # noqa: S608
)
"""Accounting knows its customers by number; a company without one becomes a customer by its business id."""
MATCH_COMPANIES = text(
    f"""
    {FOUND} (SELECT coalesce(
            (SELECT t.id FROM organisations t WHERE t.business_id = o.business_id AND t.deleted_at IS NULL),
            (SELECT t.id FROM organisations t WHERE t.customer_number = o.customer_number AND t.deleted_at IS NULL),
            {MERGED_NUMBERS},
            (SELECT t.id FROM organisations t WHERE t.sort_key = o.sort_key AND t.deleted_at IS NULL
                AND ((t.postal_code <> '' AND t.postal_code = o.postal_code)
                     OR (t.city <> '' AND lower(t.city) = lower(o.city)
                         AND (t.postal_code = '' OR coalesce(o.postal_code, '') = '')))
                AND (t.business_id IS NULL OR o.business_id IS NULL OR t.business_id = o.business_id)
                AND (t.customer_number IS NULL OR o.customer_number IS NULL OR t.customer_number = o.customer_number)
                ORDER BY t.id LIMIT 1))
        FROM jsonb_populate_record(NULL::organisations, r.organisation) o) {OF_ROWS}
    """  # noqa: S608
)
"""Companies of one name are the same only at the same place."""
KEEP_NUMBERS = [
    text(
        f"""
        UPDATE import_rows r SET organisation = r.organisation - '{number}'
        FROM organisations t
        WHERE {CHUNK} AND t.id = r.organisation_id AND t.{number} <> r.organisation ->> '{number}' AND EXISTS (
            SELECT FROM organisations m WHERE m.linked_to = t.id AND m.{number} = r.organisation ->> '{number}')
        """  # noqa: S608
    )
    for number in ("customer_number", "business_id")
]
"""A number that led here from a merged organisation does not take the place of the survivor's own."""
MATCH_COLLEAGUES = text(
    f"""
    {FOUND} (
            SELECT t.id FROM affiliations a JOIN persons t ON t.id = a.person_id
            WHERE a.organisation_id = r.organisation_id AND t.sort_key = r.person ->> 'sort_key' AND t.state = 'active'
            ORDER BY t.id LIMIT 1) AS id
          FROM import_rows r
          WHERE {CHUNK} AND r.person IS NOT NULL AND NOT r.person_known AND r.organisation_known OFFSET 0) found
    WHERE id IS NOT NULL
    """  # noqa: S608
)
"""Of one name in one company there is one decision maker."""


FIND_PERSONS, FIND_COLLEAGUES = (MATCH_PERSONS, KNOW_PERSONS), (MATCH_COLLEAGUES, KNOW_PERSONS)
MATCH = {
    ImportProfile.CONTACTS: (FIND_PERSONS, (MATCH_ORGANISATIONS, KNOW_ORGANISATIONS)),
    ImportProfile.ACCOUNTING_CUSTOMERS: ((MATCH_CUSTOMERS, KNOW_ORGANISATIONS),),
    ImportProfile.ADDRESS_PROVIDER: (FIND_PERSONS, (MATCH_COMPANIES, KNOW_ORGANISATIONS), FIND_COLLEAGUES),
}


def match(session: Session, chunk: dict[str, Any], profile: ImportProfile) -> None:
    """Find the contacts of the register that the chunk's rows are."""
    for find, know in MATCH[profile]:
        if found := session.execute(find, chunk).all():
            pairs = {"numbers": [row.number for row in found], "ids": [row.id for row in found]}
            session.execute(know, {"import_id": chunk["import_id"], **pairs})
    for statement in KEEP_NUMBERS:
        session.execute(statement, chunk)
