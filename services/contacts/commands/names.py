"""The words of names put in order: what triggers cannot see, as it happens in two transactions at once."""

from sqlalchemy import text
from sqlalchemy.orm import Session

TIDY = text(
    """
    WITH borne AS MATERIALIZED (
        SELECT DISTINCT each AS word FROM persons CROSS JOIN LATERAL unnest(string_to_array(btrim(search), ' ')) AS each
        WHERE each !~ '^[0-9]*$'
    ), kept AS MATERIALIZED (
        SELECT min(n.id) AS id, word FROM name_words n JOIN borne USING (word) GROUP BY word
    ), gone AS (
        DELETE FROM name_words n WHERE NOT EXISTS (SELECT FROM kept WHERE kept.id = n.id)
    )
    INSERT INTO name_words (word)
    SELECT word FROM borne WHERE NOT EXISTS (SELECT FROM kept WHERE kept.word = borne.word)
    """
)


def tidy(session: Session) -> None:
    """Each word that somebody bears is there once, and no other."""
    session.execute(TIDY)
