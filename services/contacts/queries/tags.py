"""Which tags there are: counted from the contacts that bear them, so that nobody has to keep a list."""

from typing import Any

from sqlalchemy import Connection, select, text

from chassis.paging import page
from contracts.base import Page
from contracts.contacts.tags import ListTags, Tag, TagUse
from services.contacts import models
from services.contacts.queries.pages import position, printed
from services.contacts.rules.names import fold, sort_key
from services.contacts.rules.tags import tests_tag

TAGS = """
    SELECT code, count(*) FILTER (WHERE is_person) AS persons, count(*) FILTER (WHERE NOT is_person) AS organisations
      FROM (SELECT t.code, true AS is_person FROM persons p
             CROSS JOIN LATERAL jsonb_array_elements_text(p.tags) AS t(code)
             WHERE p.state = 'active' AND p.tags <> '[]'
            UNION ALL
            SELECT t.code, false FROM organisations o
             CROSS JOIN LATERAL jsonb_array_elements_text(o.tags) AS t(code)
             WHERE o.deleted_at IS NULL AND o.tags <> '[]') borne
     WHERE :part = '' OR strpos(translate(code, '_.-', '   '), :part) > 0
     GROUP BY code"""
FIRST = text(f'{TAGS} ORDER BY count(*) DESC, code COLLATE "C" LIMIT :limit')
NEXT = text(
    f"""{TAGS} HAVING count(*) < :used OR (count(*) = :used AND code COLLATE "C" > :code)
        ORDER BY count(*) DESC, code COLLATE "C" LIMIT :limit"""
)


def list_page(reader: Connection, request: ListTags) -> Page[Tag]:
    """Tags with their counts, the most used first; those in which the words searched for stand, folded as in names."""
    part = fold(request.q or "")
    if request.q and request.q.strip() and not part:
        return Page(data=[])  # signs alone stand in no tag
    query, values = FIRST, {"limit": request.limit + 1, "part": part}
    if after := position(request.cursor, int, printed):
        query, values = NEXT, {**values, "used": after[0], "code": after[1]}
    rows = reader.execute(query, values)
    found = [Tag(code=row.code, persons=row.persons, organisations=row.organisations) for row in rows]
    return page(found, request.limit, lambda each: [each.persons + each.organisations, each.code])


USE = text(
    """
    SELECT (SELECT count(*) FROM persons WHERE state = 'active' AND tags @> CAST(:borne AS jsonb)) AS persons,
           (SELECT count(*) FROM organisations WHERE deleted_at IS NULL AND tags @> CAST(:borne AS jsonb))
               AS organisations
    """
)
SEGMENT = models.Segment.__table__.c
SEGMENTS = select(SEGMENT.name, SEGMENT.filter).where(SEGMENT.deleted_at.is_(None))


def get(connection: Any, code: str) -> TagUse:
    """How many bear the tag, and which segments test it; nobody when it is not in use."""
    row = connection.execute(USE, {"borne": f'["{code}"]'}).one()
    segments = [each.name for each in connection.execute(SEGMENTS) if tests_tag(each.filter, code)]
    segments.sort(key=sort_key)
    return TagUse(code=code, persons=row.persons, organisations=row.organisations, segments=segments)
