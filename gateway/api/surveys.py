"""Surveys: series of questions in versions, published, answered, summarised."""

from chassis.rpc import client
from contracts.contacts import ContactsApi
from gateway.api.routes import Resource

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "Surveys")
QUESTION = {
    "code": "again", "kind": "choice", "text": {"fi": "Tulisitko uudelleen?", "en": "Would you come again?"},
    "choices": [{"code": "yes", "label": {"fi": "Kyllä"}}, {"code": "no", "label": {"fi": "En"}}],
}  # fmt: skip
WHY = {
    "code": "why", "kind": "long_text", "text": {"fi": "Miksi et?"}, "required": True,
    "shown_when": {"question": "again", "values": ["no"]},
}  # fmt: skip
SURVEY = {"title": {"fi": "Kurssipalaute", "en": "Course feedback"}, "questions": [QUESTION, WHY]}

resource.get("/surveys", ContactsApi.list_surveys, "Surveys, newest first")
resource.post("/surveys", ContactsApi.create_survey, "A new survey, not published yet", status=201,
              location="/surveys/{id}", example=SURVEY)  # fmt: skip
resource.get("/surveys/{id}", ContactsApi.get_survey, "One survey as the office works on it")
resource.patch("/surveys/{id}", ContactsApi.update_survey, "Change texts and questions; what is published stays",
               example={"closes_on": "2027-01-31"})  # fmt: skip
resource.delete("/surveys/{id}", ContactsApi.delete_survey, "Take a survey away; it can be restored")
resource.post("/surveys/{id}/restore", ContactsApi.restore_survey, "Bring a deleted survey back")
resource.post("/surveys/{id}/publish", ContactsApi.publish_survey, "Freeze texts and questions as the next version",
              example={"version": 3})  # fmt: skip
resource.post("/surveys/{id}/close", ContactsApi.close_survey, "Take no more answers", example={"version": 4})
resource.post("/surveys/{id}/reopen", ContactsApi.reopen_survey, "Take answers again", example={"version": 5})
resource.get("/surveys/{id}/versions/{number}", ContactsApi.get_survey_version, "A published version")
resource.get("/surveys/{id}/sheet", ContactsApi.open_survey, "The questions, with what a person has answered")
resource.get("/surveys/{id}/summary", ContactsApi.summarise_survey, "How the questions were answered, counted")
resource.get("/surveys/{survey_id}/answers", ContactsApi.list_survey_answers, "Answers, the latest first")
resource.post("/surveys/{id}/answers", ContactsApi.answer_survey, "Keep a person's answers in place of earlier ones",
              status=201, example={"person_id": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10", "number": 1,
                                   "answers": {"again": "no", "why": "Liian kaukana"}})  # fmt: skip
resource.delete("/surveys/{survey_id}/answers/{id}", ContactsApi.remove_survey_answer,
                "Take back a person's answers for good")  # fmt: skip
resource.get("/persons/{person_id}/survey-answers", ContactsApi.list_survey_answers, "What a person has answered",
             operation="list_survey_answers_of_person")  # fmt: skip
