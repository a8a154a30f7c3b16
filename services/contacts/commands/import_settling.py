"""Settling: for the whole file it is decided who is who, whose numbers are taken, and which row leads."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.commands.import_matching import CHUNK

OF_LEADERS = "(r.leads OR NOT :leaders)"
"""Rows that lead an organisation alone, when only `leaders` are asked for."""
STAGED = "import_id = :import_id AND state = 'staged'"


def _agree(column: str, repeats: str, strongest: str) -> str:
    """All rows of one person (or organisation) of the file get the id that the best of them has found."""
    return f"""
    UPDATE import_rows r SET {column}_id = g.id, {column}_known = true
    FROM (
        SELECT DISTINCT ON (coalesce({repeats}, number)) coalesce({repeats}, number) AS first, {column}_id AS id
        FROM import_rows WHERE {STAGED} AND {column}_known
        ORDER BY coalesce({repeats}, number), {strongest} DESC, number
    ) g
    WHERE r.import_id = :import_id AND r.state = 'staged' AND r.{column} IS NOT NULL
      AND coalesce(r.{repeats}, r.number) = g.first AND r.{column}_id <> g.id
    """  # noqa: S608


def _tell_apart(column: str, repeats: str, *identifying: str) -> str:
    """Of two different ones in the file that were taken for the same contact, the first keeps it; the other is new."""
    different = " OR ".join(f"l.{column} ->> '{name}' <> f.{column} ->> '{name}'" for name in identifying)
    return f"""
    WITH roots AS (SELECT number, {column}, {column}_id FROM import_rows
                   WHERE {STAGED} AND {column}_known AND {repeats} IS NULL),
         firsts AS (SELECT DISTINCT ON ({column}_id) * FROM roots ORDER BY {column}_id, number),
         others AS MATERIALIZED (
             SELECT l.number, gen_random_uuid() AS id
             FROM firsts f JOIN roots l ON l.{column}_id = f.{column}_id AND l.number > f.number WHERE {different})
    UPDATE import_rows r SET {column}_id = o.id, {column}_known = false
    FROM others o
    WHERE r.import_id = :import_id AND coalesce(r.{repeats}, r.number) = o.number AND r.{column} IS NOT NULL
    """  # noqa: S608


FIND_REPEATS = f"""
    UPDATE import_rows r SET same_as = f.first
    FROM (SELECT number, nullif(min(number) OVER (PARTITION BY person_id), number) AS first
          FROM import_rows WHERE {STAGED} AND person_id IS NOT NULL) f
    WHERE r.import_id = :import_id AND r.number = f.number AND r.same_as IS DISTINCT FROM f.first
    """  # noqa: S608
CHOOSE_LEADERS = f"""
    UPDATE import_rows r SET leads = r.number = f.leader,
        same_as = CASE WHEN r.person IS NULL THEN nullif(f.leader, r.number) ELSE r.same_as END
    FROM (SELECT number, first_value(number) OVER (PARTITION BY organisation_id
                 ORDER BY person IS NOT NULL, organisation ->> 'business_id' IS NULL, number) AS leader
          FROM import_rows WHERE {STAGED} AND organisation_id IS NOT NULL) f
    WHERE r.import_id = :import_id AND r.number = f.number AND (r.number = f.leader OR r.person IS NULL)
    """  # noqa: S608
"""A row about the organisation itself goes before rows of its persons, one with a business id before others."""
DROP_REPEATED_AFFILIATIONS = f"""
    UPDATE import_rows r SET affiliation = NULL
    FROM (SELECT number, row_number() OVER (PARTITION BY person_id, organisation_id ORDER BY number) AS place
          FROM import_rows WHERE {STAGED} AND affiliation IS NOT NULL) f
    WHERE r.import_id = :import_id AND r.number = f.number AND f.place > 1
    """  # noqa: S608
NUMBER_OF_ANOTHER = """
    r.person ? 'customer_number' AND r.same_as IS NULL AND EXISTS (
        SELECT FROM persons t WHERE t.customer_number = r.person ->> 'customer_number' AND t.state = 'active'
        AND (t.id <> r.person_id OR t.birth_date <> (r.person ->> 'birth_date')::date))
    """
TAKEN_PERSON_NUMBERS = f"""
    UPDATE import_rows r SET state = 'rejected', "column" = :number_column,
        code = 'number_of_another', params = jsonb_build_object('value', r.person ->> 'customer_number'),
        reason = 'The customer number ' || (r.person ->> 'customer_number')
            || ' belongs to another person, or to one with another date of birth.'
    WHERE {CHUNK} AND {OF_LEADERS} AND {NUMBER_OF_ANOTHER}
    """  # noqa: S608
NUMBER_OF_ORGANISATION = """
    r.organisation IS NOT NULL AND EXISTS (
        SELECT FROM organisations t WHERE t.deleted_at IS NULL AND t.id <> r.organisation_id
        AND (t.customer_number = r.organisation ->> 'customer_number'
             OR t.business_id = r.organisation ->> 'business_id'))
    """
TAKEN_ORGANISATION_NUMBERS = f"""
    UPDATE import_rows r SET state = 'rejected',
        "column" = CASE WHEN EXISTS (
            SELECT FROM organisations t WHERE t.deleted_at IS NULL AND t.id <> r.organisation_id
            AND t.customer_number = r.organisation ->> 'customer_number') THEN :number_column ELSE :business_column END,
        code = 'number_of_organisation',
        reason = 'Another organisation has the customer number or business id of this row.'
    WHERE {CHUNK} AND {OF_LEADERS} AND {NUMBER_OF_ORGANISATION}
    """  # noqa: S608


def _number_of_two(column: str, number: str = "customer_number", code: str = "number_twice") -> str:
    """A customer number, or business id, that one file gives to two: the first keeps it."""
    heading = "number_column" if number == "customer_number" else "business_column"
    return f"""
    UPDATE import_rows r SET state = 'rejected', "column" = :{heading},
        code = '{code}', params = jsonb_build_object('row', f.first::text),
        reason = 'Row ' || f.first || ' gives the same number to another.'
    FROM (SELECT number, first_value(number) OVER w AS first, first_value({column}_id) OVER w AS first_id
          FROM import_rows WHERE {STAGED} AND {column} ? '{number}'
          WINDOW w AS (PARTITION BY {column} ->> '{number}' ORDER BY number)) f
    WHERE r.import_id = :import_id AND r.number = f.number AND r.{column}_id <> f.first_id
    """  # noqa: S608


IT_WENT = "This contact was deleted or merged while the import was running; import the file again."
IS_GONE = """
    (r.person IS NULL AND r.organisation IS NULL
        OR r.person IS NOT NULL AND r.person_id IS NULL
        OR (SELECT t.state FROM persons t WHERE t.id = r.person_id) <> 'active'
        OR (SELECT t.deleted_at FROM organisations t WHERE t.id = r.organisation_id) IS NOT NULL
        OR r.organisation IS NOT NULL AND (r.organisation_known OR :all_made)
            AND (SELECT t.id FROM organisations t WHERE t.id = r.organisation_id) IS NULL)
    """
"""Also when the import that made the contact was undone. Looked up by id: asked with EXISTS, the planner reads the
whole register for every chunk."""
GONE = f"""
    UPDATE import_rows r SET state = 'rejected',
        code = 'contact_gone',
        reason = '{IT_WENT}'
    WHERE {CHUNK} AND {OF_LEADERS} AND {IS_GONE}
    """  # noqa: S608
WITH_THEIR_FIRST = f"""
    UPDATE import_rows r SET state = 'rejected', code = 'same_as_rejected', "column" = f."column",
        params = jsonb_build_object('row', f.number::text),
        reason = 'The same as row ' || f.number || ', which is rejected.'
    FROM import_rows f
    WHERE {CHUNK} AND {OF_LEADERS} AND f.import_id = :import_id AND f.number = r.same_as AND f.state = 'rejected'
    """  # noqa: S608
FIRST_IS_REJECTED = """
    (SELECT f.state FROM import_rows f WHERE f.import_id = :import_id AND f.number = r.same_as) = 'rejected'
    """
ANY_REFUSED = text(
    f"""
    SELECT EXISTS (SELECT FROM import_rows r WHERE {CHUNK} AND {OF_LEADERS}
        AND ({IS_GONE} OR {NUMBER_OF_ANOTHER} OR {NUMBER_OF_ORGANISATION} OR {FIRST_IS_REJECTED}))
    """  # noqa: S608
)
"""Seldom any: the rows are read once, not once for each reason."""
REFUSE = [text(each) for each in (GONE, TAKEN_PERSON_NUMBERS, TAKEN_ORGANISATION_NUMBERS, WITH_THEIR_FIRST)]
NOBODY = text(
    """
    UPDATE import_rows r SET person_id = NULL
    WHERE r.import_id = :import_id AND r.number BETWEEN :first AND :last AND r.state = 'rejected'
      AND r.person_id IS NOT NULL AND (NOT r.person_known OR r.code = ANY('{number_of_another,number_twice}')
        OR (SELECT f.code FROM import_rows f WHERE f.import_id = r.import_id AND f.number = r.same_as)
            = ANY('{number_of_another,number_twice}'))
    """
)
"""Nobody comes of a rejected row, nor of those that repeat it; an erasure has to find them by what they say."""
SETTLE_IDS = [
    text(each)
    for each in (
        _agree("person", "same_as", "person ? 'customer_number'"),
        _tell_apart("person", "same_as", "customer_number", "birth_date"),
        FIND_REPEATS,
        _agree("organisation", "organisation_as", "organisation ?| '{business_id,customer_number}'"),
        _tell_apart("organisation", "organisation_as", "business_id", "customer_number"),
        _number_of_two("person"),
        _number_of_two("organisation"),
        _number_of_two("organisation", "business_id", "business_id_twice"),
        NOBODY.text,
    )
]
SETTLE_ROLES = [text(each) for each in (CHOOSE_LEADERS, DROP_REPEATED_AFFILIATIONS)]

ANYBODY_LEADS = text("SELECT EXISTS (SELECT FROM import_rows WHERE import_id = :import_id AND leads)")


JOIN_WHOLE_FILES = text("SET LOCAL enable_nestloop = off")
"""Whose row another repeats is computed, so that the planner expects few and would compare each row with each."""


def settle(session: Session, everything: dict[str, Any]) -> bool:
    """Decide for the whole file, a chunk of all rows, who is who; whether there are organisations in it."""
    session.execute(JOIN_WHOLE_FILES)
    for statement in SETTLE_IDS:
        session.execute(statement, everything)
    refuse(session, everything)
    for statement in SETTLE_ROLES:
        session.execute(statement, everything)
    return bool(session.scalar(ANYBODY_LEADS, everything))


def refuse(session: Session, chunk: dict[str, Any], *, leaders: bool = False, all_made: bool = False) -> bool:
    """Reject rows, or those that lead an organisation, whose contact is gone, or whose number belongs to another;
    whether there were any.

    When all organisations are made, one that is not there is gone too.
    """
    asked = {**chunk, "leaders": leaders, "all_made": all_made}
    any_refused = bool(session.scalar(ANY_REFUSED, asked))
    if any_refused:
        for statement in (*REFUSE, NOBODY):
            session.execute(statement, asked)
    return any_refused


def lead_anew(session: Session, chunk: dict[str, Any]) -> None:
    """Let other rows lead organisations whose leading rows were rejected."""
    session.execute(text(CHOOSE_LEADERS), chunk)
