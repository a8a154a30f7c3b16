"""Surveys: series of questions in versions, published, answered, closed (C16)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission
from contracts.base import (
    ById,
    Code,
    Data,
    Done,
    ListRequest,
    Page,
    Reply,
    Request,
    Translated,
    TranslatedText,
    command,
    query,
)
from contracts.contacts.survey_questions import Answers, Question, Questions
from contracts.system import SystemApi
from contracts.values import Day

NO_TEXT = TranslatedText(fi="")


class SurveyTexts(Data):
    """What a survey is called, and what stands above its questions."""

    title: Translated
    intro: TranslatedText = NO_TEXT


class CreateSurvey(SurveyTexts, Request):
    """A new survey, with or without questions; nobody can answer it before it is published.

    With `closes_on` it takes answers until the end of that day.
    """

    questions: Questions = []
    closes_on: Day | None = None


class UpdateSurvey(Request):
    """Changes what is given. Texts and questions make the next version: those published stay as they are."""

    id: UUID
    version: int
    title: Translated | None = None
    intro: TranslatedText | None = None
    questions: Questions | None = None
    closes_on: Day | None = None
    clear: Annotated[list[Code], Field(max_length=10)] = []
    """Names of fields to empty: `closes_on`."""


class SurveyByVersion(Request):
    """Names a survey as it was read. `version` is that of the record, not of its questions."""

    id: UUID
    version: int


class Survey(SurveyTexts, Reply):
    """A survey as the office works on it.

    `published` is the newest published version of its questions, 0 before the first; `changed` whether the texts or
    questions here differ from it. `is_open`: it takes answers today.
    """

    id: UUID
    questions: list[Question] = []
    published: int = 0
    changed: bool = True
    closes_on: date | None = None
    closed_at: datetime | None = None
    is_open: bool = False
    answers: int = 0
    created_at: datetime
    version: int = 1


class SurveyRow(Reply):
    """A survey as lists show it."""

    id: UUID
    title: Translated
    published: int = 0
    is_open: bool = False
    closes_on: date | None = None
    questions: int = 0
    answers: int = 0
    created_at: datetime


class SurveyVersion(SurveyTexts, Reply):
    """What was published: it never changes."""

    survey_id: UUID
    number: int
    questions: list[Question]
    published_at: datetime


class VersionByNumber(Request):
    """Names a published version."""

    id: UUID
    number: Annotated[int, Field(ge=1, le=1_000_000)]


class OpenSurvey(Request):
    """The survey for one person to answer; a personal link opens its own person's alone."""

    id: UUID
    person_id: UUID | None = None


class AnswerSheet(SurveyTexts, Reply):
    """The newest published questions, with what the person has answered so far."""

    id: UUID
    person_id: UUID
    number: int
    questions: list[Question]
    answers: Answers = {}
    answered_at: datetime | None = None
    is_open: bool = False
    closes_on: date | None = None


class AnswerSurvey(Request):
    """A person's answers, all of them: they replace earlier ones while the survey is open.

    `number` is the version of the questions that were answered. Answers to questions that are not asked, because of how
    earlier ones were answered, are left out.

    Who answers nothing has not answered, by a link as well as through the office: that is refused (`nothing_answered`),
    also when only questions are answered that are not asked. The first question is always asked, so that every survey
    can be answered. Who has answered before and sends everything empty is told so, and the earlier answers stay:
    answers are changed, and whoever sent a form too early loses nothing. The office alone takes answers back as a whole
    (RemoveSurveyAnswer).
    """

    id: UUID
    person_id: UUID | None = None
    number: Annotated[int, Field(ge=1)]
    answers: Answers


class SurveyAnswer(Reply):
    """A person's answers. `left_out` names questions whose answers were not kept, as they were not asked."""

    id: UUID
    survey_id: UUID
    survey_title: Translated
    person_id: UUID
    person_name: str = ""
    number: int
    answers: Answers
    left_out: list[str] = []
    answered_at: datetime
    changed_at: datetime
    answered_by: str
    version: int = 1


class RemoveSurveyAnswer(Request):
    """Takes back all that a person has answered to a survey, open or closed, for good: as if never answered.

    `version` is that of the answers as they were read. Where two persons were merged, each set of answers is taken back
    by itself.
    """

    survey_id: UUID
    id: UUID
    version: int


class ListSurveyAnswers(ListRequest):
    """Answers to a survey, or of a person, or both; the latest first."""

    survey_id: UUID | None = None
    person_id: UUID | None = None


class QuestionSummary(Reply):
    """How a question was answered: counts by choice or step of a scale, in the question's order; of a matrix by row.

    `mean` is of numbers and scales. Texts are read in the answers themselves.
    """

    question: Question
    answered: int
    counts: dict[str, int] = {}
    rows: dict[str, dict[str, int]] = {}
    lowest: float | None = None
    highest: float | None = None
    mean: float | None = None


class SurveySummary(Reply):
    """How a survey was answered: the questions of all versions, the newest version's first."""

    id: UUID
    title: Translated
    answers: int
    questions: list[QuestionSummary]


class SurveysApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_survey(self, request: CreateSurvey) -> Survey: ...

    @query(may=Permission.CONTACTS_READ)
    def get_survey(self, request: ById) -> Survey: ...

    @query(may=Permission.CONTACTS_READ)
    def list_surveys(self, request: ListRequest) -> Page[SurveyRow]: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_survey(self, request: UpdateSurvey) -> Survey: ...

    @command(may=Permission.CONTACTS_WRITE)
    def publish_survey(self, request: SurveyByVersion) -> Survey: ...

    @query(may=Permission.CONTACTS_READ)
    def get_survey_version(self, request: VersionByNumber) -> SurveyVersion: ...

    @command(may=Permission.CONTACTS_WRITE)
    def close_survey(self, request: SurveyByVersion) -> Survey: ...

    @command(may=Permission.CONTACTS_WRITE)
    def reopen_survey(self, request: SurveyByVersion) -> Survey: ...

    @command(may=Permission.CONTACTS_WRITE)
    def delete_survey(self, request: SurveyByVersion) -> Done: ...

    @command(may=Permission.CONTACTS_WRITE)
    def restore_survey(self, request: ById) -> Survey: ...

    @query(may=[Permission.CONTACTS_READ, LinkPurpose.ANSWER_SURVEY])
    def open_survey(self, request: OpenSurvey) -> AnswerSheet: ...

    @command(may=[Permission.CONTACTS_WRITE, LinkPurpose.ANSWER_SURVEY])
    def answer_survey(self, request: AnswerSurvey) -> SurveyAnswer: ...

    @command(may=Permission.CONTACTS_WRITE)
    def remove_survey_answer(self, request: RemoveSurveyAnswer) -> Done: ...

    @query(may=Permission.CONTACTS_READ)
    def list_survey_answers(self, request: ListSurveyAnswers) -> Page[SurveyAnswer]: ...

    @query(may=Permission.CONTACTS_READ)
    def summarise_survey(self, request: ById) -> SurveySummary: ...
