"""Surveys: series of questions in versions, and their answers (C16)."""

from uuid import UUID

from contracts.access import PrincipalKind
from contracts.base import ById, Done, ListRequest, Page
from contracts.contacts.surveys import (
    AnswerSheet,
    AnswerSurvey,
    CreateSurvey,
    ListSurveyAnswers,
    OpenSurvey,
    RemoveSurveyAnswer,
    Survey,
    SurveyAnswer,
    SurveyByVersion,
    SurveyRow,
    SurveysApi,
    SurveySummary,
    SurveyVersion,
    UpdateSurvey,
    VersionByNumber,
)
from contracts.errors import Invalid, NotFound
from services.contacts.commands import survey_answers, surveys
from services.contacts.queries import survey_answers as answer_lists
from services.contacts.queries import survey_summaries
from services.contacts.queries import surveys as survey_cards
from services.contacts.service.base import ContactsMethods


class SurveysMethods(ContactsMethods, SurveysApi):
    """Surveys: series of questions in versions, and their answers (C16)."""

    def create_survey(self, request: CreateSurvey) -> Survey:
        return self._shown_survey(surveys.create(self.session, request, self.author))

    def get_survey(self, request: ById) -> Survey:
        return survey_cards.get(self.reader, request.id, self.today)

    def list_surveys(self, request: ListRequest) -> Page[SurveyRow]:
        return survey_cards.list_page(self.reader, request, self.today)

    def update_survey(self, request: UpdateSurvey) -> Survey:
        return self._shown_survey(surveys.change(self.session, request))

    def publish_survey(self, request: SurveyByVersion) -> Survey:
        return self._shown_survey(surveys.publish(self.session, request, self.author))

    def get_survey_version(self, request: VersionByNumber) -> SurveyVersion:
        return survey_cards.get_version(self.reader, request)

    def close_survey(self, request: SurveyByVersion) -> Survey:
        return self._shown_survey(surveys.close(self.session, request, self.author))

    def reopen_survey(self, request: SurveyByVersion) -> Survey:
        return self._shown_survey(surveys.reopen(self.session, request, self.today))

    def delete_survey(self, request: SurveyByVersion) -> Done:
        surveys.delete(self.session, request, self.author)
        return Done()

    def restore_survey(self, request: ById) -> Survey:
        return self._shown_survey(surveys.restore(self.session, request.id))

    def open_survey(self, request: OpenSurvey) -> AnswerSheet:
        person_id = self._who_answers(request.id, request.person_id)
        return survey_cards.open_sheet(self.reader, request, person_id, self.today)

    def answer_survey(self, request: AnswerSurvey) -> SurveyAnswer:
        person_id = self._who_answers(request.id, request.person_id)
        kept, left_out = survey_answers.answer(self.session, request, person_id, self.today, self.author)
        return answer_lists.get(self.session, kept, left_out)

    def remove_survey_answer(self, request: RemoveSurveyAnswer) -> Done:
        survey_answers.remove(self.session, request)
        return Done()

    def list_survey_answers(self, request: ListSurveyAnswers) -> Page[SurveyAnswer]:
        return answer_lists.list_page(self.reader, request)

    def summarise_survey(self, request: ById) -> SurveySummary:
        return survey_summaries.summarise(self.reader, request.id)

    def _who_answers(self, survey_id: UUID, person_id: UUID | None) -> UUID:
        """The person of the personal link, which opens its own survey alone; or whom the office names."""
        by_link = self.principal.kind is PrincipalKind.LINK
        if by_link and (self.only_person is None or self.only_object != survey_id):
            raise NotFound(f"There is no survey {survey_id}.", id=survey_id)
        found = self.only_person or person_id
        if found is None or (person_id is not None and person_id != found):
            raise Invalid.field("/person_id", "missing", "Say who answers.")
        return found

    def _shown_survey(self, survey_id: UUID) -> Survey:
        return survey_cards.get(self.session, survey_id, self.today)
