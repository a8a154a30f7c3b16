"""What contacts have in common with their doubles, hashed, while a scan for duplicates runs (C13).

Contacts of two kinds never share a key.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.contacts.about import ContactKind
from services.contacts.rules.duplicate_organisations import LEGAL_FORMS

EMPTY_KEYS = text("TRUNCATE duplicate_keys")
SHARED = """
            SELECT 'email ', chunk.email_key
            UNION ALL SELECT 'email ', each ->> 'address' FROM jsonb_array_elements(chunk.other_emails) AS each
            UNION ALL SELECT 'phone ', chunk.phone
            UNION ALL SELECT 'phone ', each ->> 'number' FROM jsonb_array_elements(chunk.other_phones) AS each
            UNION ALL SELECT 'address ', (each ->> 'postal_code') || ' '
                    || regexp_replace(lower(unaccent(each ->> 'street')), '[^a-z0-9]', '', 'g')
                FROM jsonb_array_elements(chunk.addresses) AS each
                WHERE each ->> 'street' <> '' AND each ->> 'postal_code' <> ''
"""
ADD = """
    WITH chunk AS (
        SELECT id, email_key, other_emails, phone, other_phones, addresses, {columns},
               translate(sort_key, '{{|}}!', 'aao ') AS words
        FROM {table} WHERE {there} AND id > :after ORDER BY id LIMIT :size
    ), added AS (
        INSERT INTO duplicate_keys (key, contact_id)
        SELECT DISTINCT hashtextextended(:mark || shared.what || shared.value, 0), chunk.id
        FROM chunk CROSS JOIN LATERAL ({shared}
            UNION ALL {own}
        ) AS shared(what, value)
        WHERE shared.value IS NOT NULL
        RETURNING 1
    )
    SELECT (SELECT id FROM chunk ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*) FROM chunk) AS contacts,
           (SELECT count(*) FROM added) AS keys
    """
OF_PERSONS = """SELECT 'birth ', chunk.birth_date || ' ' || left(word, 3)
                FROM unnest(string_to_array(chunk.words, ' ')) AS word"""
OF_ORGANISATIONS = r"""
            SELECT 'name ', replace(regexp_replace(chunk.words, '\m(' || :forms || ')\M', '', 'g'), ' ', '')
            UNION ALL SELECT 'domain ', split_part(chunk.email_key, '@', 2) || ' ' || lower(chunk.city)
                WHERE chunk.city <> ''"""
ADD_KEYS = {
    ContactKind.PERSON: ADD.format(
        table="persons", there="state = 'active'", columns="birth_date", shared=SHARED, own=OF_PERSONS
    ),
    ContactKind.ORGANISATION: ADD.format(
        table="organisations", there="deleted_at IS NULL", columns="city", shared=SHARED, own=OF_ORGANISATIONS
    ),
}
NEXT_KEYS = text(
    """
    WITH chunk AS (
        SELECT max(key) AS last
        FROM (SELECT key FROM duplicate_keys WHERE key > :after ORDER BY key LIMIT :size) AS next
    )
    SELECT last, (SELECT count(*) FROM duplicate_keys WHERE key > :after AND key <= last) AS keys FROM chunk
    """
)
PAIRS = text(
    """
    WITH shared AS (
        SELECT key FROM duplicate_keys WHERE key > :after AND key <= :last
        GROUP BY key HAVING count(*) BETWEEN 2 AND :most
    )
    SELECT DISTINCT CAST(one.contact_id AS text) AS first_id, CAST(other.contact_id AS text) AS second_id
    FROM shared JOIN duplicate_keys one ON one.key = shared.key
    JOIN duplicate_keys other ON other.key = shared.key AND other.contact_id > one.contact_id
    """
)
FORMS = "|".join(sorted(LEGAL_FORMS))
MOST_SHARING = 50
"""A key that more contacts share tells nothing: a switchboard, a made-up date of birth."""


def add(session: Session, kind: ContactKind, after: str, size: int) -> Any:
    """Store what the next contacts could have in common with a double: `last` of them, how many `contacts`, `keys`."""
    given = {"after": after, "size": size, "mark": "" if kind is ContactKind.PERSON else "organisation "}
    forms = {} if kind is ContactKind.PERSON else {"forms": FORMS}
    return session.execute(text(ADD_KEYS[kind]), given | forms).one()


def empty(session: Session) -> None:
    """Forget all of it."""
    session.execute(EMPTY_KEYS)


def following(session: Session, after: int, size: int) -> Any:
    """The `last` of the next keys, None at the end, and how many rows of `keys` there are."""
    return session.execute(NEXT_KEYS, {"after": after, "size": size}).one()


def pairs(session: Session, after: int, last: int) -> list[tuple[str, str]]:
    """Ids of contacts that share a key of these."""
    bounds = {"after": after, "last": last, "most": MOST_SHARING}
    return [(row.first_id, row.second_id) for row in session.execute(PAIRS, bounds)]
