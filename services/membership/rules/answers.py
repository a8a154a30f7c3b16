"""What an applicant may answer to the office's questions (M7)."""

from typing import Any

from contracts.errors import FieldError, Invalid

LONGEST_TEXT = 2_000
MOST_CHOICES = 50


def check_answers(answers: dict[str, Any]) -> None:
    """Raise Invalid unless each answer is a text, a number, yes or no, nothing, or a list of short texts."""
    errors = [
        FieldError(
            pointer=f"/answers/{code}",
            code="bad_answer",
            message=f"Answer {code} with a text of at most {LONGEST_TEXT} characters, a number, yes or no, or choices.",
        )
        for code, answer in answers.items()
        if not _is_answer(answer)
    ]
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def _is_answer(answer: Any) -> bool:
    if isinstance(answer, str):
        return len(answer) <= LONGEST_TEXT and "\0" not in answer
    if isinstance(answer, list):
        return len(answer) <= MOST_CHOICES and all(isinstance(each, str) and _is_answer(each) for each in answer)
    return answer is None or isinstance(answer, bool | float) or (isinstance(answer, int) and abs(answer) < 10**15)
