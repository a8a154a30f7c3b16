"""Where a person is named besides its own rows: files, rows of imports nobody took, histories of others (C17)."""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import delete, false, literal_column, or_, select, text, update
from sqlalchemy.orm import Session

from chassis import files
from chassis.mentions import Mentions, struck
from chassis.striking import Written, naming, query_of
from services.contacts import models

DIGITS = 8
"""So many digits at the end make two telephone numbers the same, however they are written."""
LONGEST = 40
"""Characters of a cell that is a telephone number; a longer one tells of something else too."""
WORDS = "(to_tsvector('simple', raw) || array_to_tsvector(numbers_in(raw)))"
NAMING = """
    SELECT CAST(string_agg('(' || asked || ')', ' | ') AS tsquery) FROM (
        SELECT CAST(plainto_tsquery('simple', word) AS text) AS asked FROM unnest(CAST(:parts AS text[])) word
        UNION ALL SELECT quote_literal(number) FROM unnest(CAST(:numbers AS text[])) number) each WHERE asked <> ''
    """
STAGED_FOR_NOBODY = f"{models.STAGED} AND NOT EXISTS (SELECT FROM persons p WHERE p.id = import_rows.person_id)"
"""Also rows that have an id for somebody whom the import may make yet."""
UNTAKEN_ROWS = text(
    rf"""UPDATE import_rows AS row
        SET raw = '{{}}', params = '{{}}', person = NULL, organisation = NULL, affiliation = NULL, purchase = NULL,
            fingerprint = NULL, reason = '', remarks = '[]'
        FROM (SELECT import_id, number, array_agg(lower(btrim(cell.value))) AS words,
                     array_agg(right(regexp_replace(cell.value, '\D', '', 'g'), :digits))
                         FILTER (WHERE length(cell.value) <= :longest) AS numbers
              FROM (SELECT import_id, number, raw FROM import_rows
                    WHERE {models.UNTAKEN} AND {WORDS} @@ ({NAMING})
                    UNION ALL SELECT import_id, number, raw FROM import_rows WHERE {STAGED_FOR_NOBODY}) AS may,
                  jsonb_each_text(raw) AS cell
              GROUP BY import_id, number) AS cells
        WHERE row.import_id = cells.import_id AND row.number = cells.number
          AND (words && CAST(:words AS text[]) OR numbers && CAST(:numbers AS text[]) OR words @> CAST(:name AS text[]))
        RETURNING row.import_id"""  # noqa: S608  (constants)
)
"""Rows of imports that are over are found by an index of their words and numbers; those still at work are all read."""
TOLD_IN_ROWS = ("raw", "params", "person", "organisation", "affiliation", "purchase", "reason", "remarks")
OTHERS_HISTORIES = text(
    """UPDATE changes SET old = old - CAST('{name,title}' AS text[]), new = new - CAST('{name,title}' AS text[])
       WHERE subject_id = ANY(CAST(:subjects AS uuid[])) AND jsonb_typeof(coalesce(new, old)) = 'object'
         AND coalesce(new, old) ->> 'person_id' = ANY(CAST(:ids AS text[]))"""
)


def forget_in_imports(session: Session, ids: Sequence[UUID], mentions: Mentions) -> None:
    """Empty rows of files that name the person and became nobody, and remove the files that name the person.

    Rows that only mention the person in a longer text lose the name. A file that somebody only looks at may name
    anybody, so all of these go; they are uploaded again.
    """
    row = models.ImportRow
    found = set(session.scalars(select(row.import_id).where(row.person_id.in_(ids)).distinct()))
    for person in session.scalars(select(models.Person).where(models.Person.id.in_(ids))).all():
        found.update(session.scalars(UNTAKEN_ROWS, _named(person)))
    found |= _strike_in_rows(session, mentions)
    imports = models.Import
    naming = (imports.id.in_(found) | imports.preview) & (imports.file_key != "")
    for key in session.scalars(select(imports.file_key).where(naming)):
        files.delete(key)
    session.execute(update(imports).where(naming).values(file_key=""))


def _strike_in_rows(session: Session, mentions: Mentions) -> set[UUID]:
    """Take the name out of longer texts in rows that nobody became; the imports of those."""
    row = models.ImportRow
    asked = query_of(mentions)
    over = text(models.UNTAKEN) & literal_column(WORDS).op("@@")(asked) if asked is not None else false()
    may = over | (text(STAGED_FOR_NOBODY) & naming(Written(row, ("raw",)), mentions, literal_column(STAGED_FOR_NOBODY)))
    candidates = select(row).where(may).with_for_update()
    found = set()
    for each in session.scalars(candidates.execution_options(yield_per=500)):
        if struck(each.raw, mentions.pattern) != each.raw:
            found.add(each.import_id)
            for name in TOLD_IN_ROWS:
                setattr(each, name, struck(getattr(each, name), mentions.pattern))
    return found


def _named(person: models.Person) -> dict[str, object]:
    """How cells may name the person."""
    alone = {person.email_key, person.customer_number, *(each["address"] for each in person.other_emails)}
    words = set(alone)
    given, family = person.given_name.lower(), person.family_name.lower()
    if given and family:
        words |= {f"{given} {family}", f"{family} {given}", f"{family}, {given}"}
    return {
        "words": sorted(each.lower() for each in words if each),
        "numbers": sorted({*_numbers(person)}),
        "parts": [each for each in (*alone, family) if each],
        "digits": DIGITS,
        "longest": LONGEST,
        "name": [given, family] if given and family else ["\x01"],
    }


def _numbers(person: models.Person) -> Iterator[str]:
    for number in (person.phone, person.fax, *(each["number"] for each in person.other_phones)):
        digits = re.sub(r"\D", "", number or "")
        if len(digits) >= DIGITS:
            yield digits[-DIGITS:]


def forget_account(session: Session, account_id: UUID) -> None:
    """Remove what belongs to an account whose person was erased: private calendars, chosen columns."""
    owner = f"account:{account_id}"
    session.execute(delete(models.Calendar).where(models.Calendar.owner == owner))
    session.execute(delete(models.View).where(models.View.owner == owner))


def forget_in_histories(session: Session, ids: Sequence[UUID]) -> None:
    """Organisations keep that somebody came and went, and persons that they were merged once, without saying who."""
    merge, belonging = models.Merge, models.Affiliation
    of_them = select(merge.survivor_id, merge.merged_id).where(
        or_(merge.survivor_id.in_(ids), merge.merged_id.in_(ids))
    )
    subjects = {each for row in session.execute(of_them) for each in row}
    places = select(belonging.organisation_id, belonging.merged_organisation_id).where(belonging.person_id.in_(ids))
    subjects.update(each for row in session.execute(places) for each in row if each)
    named = {"subjects": [str(each) for each in subjects], "ids": [str(each) for each in ids]}
    session.execute(OTHERS_HISTORIES, named)
