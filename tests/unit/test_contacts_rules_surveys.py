"""What a survey may ask, and what may be answered (C16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.contacts.survey_questions import MOST_QUESTIONS, Question, QuestionKind
from contracts.contacts.surveys import CreateSurvey
from contracts.errors import Invalid
from services.contacts.rules.survey_answers import checked, is_asked
from services.contacts.rules.surveys import errors_in, of_all_versions, steps_of

YES_NO = [{"code": "yes", "label": {"fi": "Kyllä"}}, {"code": "no", "label": {"fi": "Ei"}}]
ROWS = [{"code": "place", "label": {"fi": "Paikka"}}, {"code": "food", "label": {"fi": "Ruoka"}}]


def question(code, kind="text", shown_when=None, **more):
    more |= {"choices": YES_NO} if kind in {"choice", "multiple_choice", "matrix"} and "choices" not in more else {}
    more |= {"rows": ROWS} if kind == "matrix" and "rows" not in more else {}
    more |= {"lowest": 1, "highest": 5} if kind == "scale" and "lowest" not in more else {}
    condition = {"question": shown_when[0], "values": list(shown_when[1:])} if shown_when else None
    return Question.model_validate({"code": code, "kind": kind, "text": {"fi": code}, "shown_when": condition, **more})


def codes(questions, fixed=None):
    return [(each.pointer, each.code) for each in errors_in(questions, fixed or {})]


def wrong(questions, answers):
    with pytest.raises(Invalid) as error:
        checked(questions, answers)
    return [(each.pointer, each.code) for each in error.value.errors]


def test_C16_every_kind_of_question_can_be_asked():
    questions = [question(kind.value, kind.value) for kind in QuestionKind]
    assert codes(questions) == []
    answers = {
        "text": " Hei ", "long_text": "a\nb", "number": "12.50", "choice": "no", "multiple_choice": ["no", "yes"],
        "scale": 3, "matrix": {"food": "no"},
    }  # fmt: skip
    assert checked(questions, answers) == (
        {**answers, "text": "Hei", "number": 12.5, "multiple_choice": ["yes", "no"]},
        [],
    )


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        ([question("a", shown_when=("a", "yes"))], [("/questions/0/shown_when", "not_earlier")]),
        (
            [question("a", "choice", shown_when=("b", "yes")), question("b", "choice", shown_when=("a", "yes"))],
            [("/questions/0/shown_when", "not_earlier")],
        ),
        ([question("a", shown_when=("x", "yes"))], [("/questions/0/shown_when", "not_earlier")]),
        ([question("a"), question("b", shown_when=("a", "x"))], [("/questions/1/shown_when", "condition_kind")]),
        (
            [question("a", "choice"), question("b", shown_when=("a", "maybe"))],
            [("/questions/1/shown_when", "not_a_choice")],
        ),
        ([question("a", "scale"), question("b", shown_when=("a", "6"))], [("/questions/1/shown_when", "not_a_choice")]),
        ([question("a"), question("a")], [("/questions/1/code", "code_taken")]),
        ([question("a", "choice", choices=[])], [("/questions/0/choices", "choices")]),
        ([question("a", choices=YES_NO)], [("/questions/0/choices", "choices")]),
        ([question("a", "choice", choices=YES_NO * 2)], [("/questions/0/choices", "choice_twice")]),
        ([question("a", "matrix", rows=[])], [("/questions/0/rows", "rows")]),
        ([question("a", "scale", lowest=1, highest=30)], [("/questions/0/highest", "scale")]),
        ([question("a", "scale", lowest=1, highest=1)], [("/questions/0/highest", "scale")]),
        ([question("a", "scale", lowest=1, highest="2.5")], [("/questions/0/highest", "scale")]),
        ([question("a", "scale", lowest=1, highest=None)], [("/questions/0/highest", "scale")]),
        ([question("a", "number", lowest=2, highest=1)], [("/questions/0/highest", "ends_before_start")]),
        ([question("a", lowest=2)], [("/questions/0/lowest", "bounds")]),
    ],
)
def test_C16_a_series_that_cannot_be_answered_is_refused_with_the_question(questions, expected):
    assert codes(questions) == expected


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_C16_conditions_never_make_a_circle_whatever_is_put_together(order, targets):
    """Whatever passes can be asked one after another; a condition on itself or on a later question never passes."""
    questions = [question(f"q{each}", "choice", shown_when=(f"q{targets[each]}", "yes")) for each in order]
    questions[0] = questions[0].model_copy(update={"shown_when": None})
    places = {each.code: place for place, each in enumerate(questions)}
    is_ordered = all(
        each.shown_when is None or places[each.shown_when.question] < place for place, each in enumerate(questions)
    )
    assert (codes(questions) == []) is is_ordered
    if is_ordered:
        everything, left_out = checked(questions, {each.code: "yes" for each in questions})
        assert (len(everything), left_out) == (6, [])


def test_C16_a_published_question_keeps_its_kind_under_its_code():
    assert codes([question("a", "choice")], {"a": QuestionKind.TEXT}) == [("/questions/0/kind", "question_kind_fixed")]
    assert codes([question("a")], {"a": QuestionKind.TEXT, "b": QuestionKind.SCALE}) == []


def test_C16_at_most_five_hundred_questions():
    many = [question(f"q{number}").model_dump(mode="json") for number in range(MOST_QUESTIONS + 1)]
    assert len(CreateSurvey.model_validate({"title": {"fi": "Pitkä"}, "questions": many[:-1]}).questions) == 500
    with pytest.raises(ValidationError):
        CreateSurvey.model_validate({"title": {"fi": "Liian pitkä"}, "questions": many})


CHAIN = [
    question("came", "choice"),
    question("why", "long_text", required=True, shown_when=("came", "no")),
    question("again", "multiple_choice", shown_when=("came", "yes")),
    question("when", required=True, shown_when=("again", "yes")),
]


def test_C16_what_is_not_asked_needs_no_answer_and_keeps_none():
    assert checked(CHAIN, {"came": "yes"}) == ({"came": "yes"}, [])
    given_anyway = {"came": "yes", "why": "En tiedä", "again": ["no"], "when": "Keväällä"}
    assert checked(CHAIN, given_anyway) == ({"came": "yes", "again": ["no"]}, ["why", "when"])
    assert wrong(CHAIN, {"came": "no"}) == [("/answers/why", "missing")]
    assert wrong(CHAIN, {"came": "yes", "again": ["yes", "no"]}) == [("/answers/when", "missing")]
    hidden_all_the_way = {"came": "no", "why": "Satoi", "again": ["yes"], "when": "Keväällä"}
    assert checked(CHAIN, hidden_all_the_way) == ({"came": "no", "why": "Satoi"}, ["again", "when"])


def test_C16_a_condition_on_a_scale_goes_by_its_numbers():
    questions = [question("mark", "scale"), question("what", shown_when=("mark", "1", "2"))]
    assert checked(questions, {"mark": "2", "what": "Kylmä"})[0] == {"mark": 2, "what": "Kylmä"}
    assert checked(questions, {"mark": 3, "what": "Kylmä"}) == ({"mark": 3}, ["what"])


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("text", "a" * 10_001, "not_text"), ("long_text", "a" * 10_001, "not_text"), ("text", 5, "not_text"),
        ("text", "a\nb", "value_error"), ("long_text", "a\0b", "value_error"), ("long_text", "\u202eb", "value_error"),
        ("number", "kaksi", "not_a_number"), ("number", True, "not_a_number"),
        ("number", "NaN", "not_a_number"), ("number", "1e30", "not_a_number"), ("number", [1], "not_a_number"),
        ("scale", 6, "not_a_choice"), ("scale", "2.5", "not_a_choice"), ("choice", "maybe", "not_a_choice"),
        ("choice", ["yes"], "not_a_choice"), ("choice", {"yes": 1}, "not_a_choice"),
        ("multiple_choice", ["yes", "maybe"], "not_a_choice"), ("multiple_choice", "yes", "not_a_choice"),
        ("multiple_choice", [["yes"]], "not_a_choice"), ("matrix", {"weather": "yes"}, "not_a_choice"),
        ("matrix", {"food": "maybe"}, "not_a_choice"), ("matrix", ["food"], "not_a_choice"),
    ],
)  # fmt: skip
def test_C16_a_wrong_answer_is_refused_with_its_question(kind, answer, code):
    assert wrong([question("q", kind)], {"q": answer}) == [("/answers/q", code)]


def test_C16_answers_to_no_question_and_missing_ones_are_named_together():
    questions = [question("a", required=True), question("m", "matrix", required=True)]
    assert wrong(questions, {"x": "1", "m": {"food": "yes"}}) == [
        ("/answers/x", "unknown_question"),
        ("/answers/a", "missing"),
        ("/answers/m", "missing"),
    ]


@pytest.mark.parametrize(
    "answers",
    [{}, {"came": None}, {"came": "  ", "food": {}}, {"food": {"food": ""}}, {"why": "Satoi"}, {"many": []}],
)
def test_C16_nothing_answered_is_no_answer(answers):
    """Neither is an answer to what is not asked."""
    questions = [
        question("came", "choice"), question("why", shown_when=("came", "no")), question("food", "matrix"),
        question("many", "multiple_choice"),
    ]  # fmt: skip
    assert wrong(questions, answers) == [("/answers", "nothing_answered")]
    assert checked(questions, {**answers, "came": "yes"})[0] == {"came": "yes"}


def test_C16_ten_thousand_characters_are_kept():
    text = "ä" * 10_000
    assert checked([question("q", "long_text")], {"q": text})[0] == {"q": text}


@given(st.lists(st.sampled_from(["yes", "no", ""]), min_size=4, max_size=4))
def test_C16_what_is_kept_was_asked_and_can_be_sent_again_unchanged(values):
    given_answers = dict(zip((each.code for each in CHAIN), values, strict=True))
    given_answers["again"] = [given_answers["again"]] if given_answers["again"] else []
    try:
        stored, left_out = checked(CHAIN, given_answers)
    except Invalid:
        return
    assert all(is_asked(each, stored) for each in CHAIN if each.code in stored)
    assert not set(left_out) & set(stored)
    assert checked(CHAIN, stored) == (stored, [])


def test_C16_of_all_versions_each_question_stands_once_as_it_was_last():
    first = [question("a"), question("b")]
    second = [question("c"), question("a", required=True)]
    found = of_all_versions([second, first])
    assert [(each.code, each.required) for each in found] == [("c", False), ("a", True), ("b", False)]
    assert steps_of(question("s", "scale", lowest=-2, highest=2)) == [-2, -1, 0, 1, 2]
