"""When a survey takes answers (C16)."""

from datetime import date
from typing import Any


def takes_answers(survey: Any, today: date) -> bool:
    """Whether it is published, not closed, and its last day has not passed."""
    is_over = survey.closes_on is not None and survey.closes_on < today
    return survey.published > 0 and survey.closed_at is None and not is_over
