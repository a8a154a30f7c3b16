"""Courses, sessions, enrolments, the waiting list, tickets."""

from uuid import UUID

from flask import Response

from chassis import files
from chassis.rpc import client
from contracts.access import Permission, Rule
from contracts.base import ById
from contracts.courses import CoursesApi, EnrolmentState
from gateway.api.downloads import download
from gateway.api.routes import Resource

courses = client(CoursesApi)
resource = Resource(CoursesApi, "Courses")

resource.get("/courses", CoursesApi.list_courses, "Courses by name")
resource.post("/courses", CoursesApi.create_course, "A new course", status=201, location="/courses/{id}",
              example={"code": "first-aid", "name": {"fi": "Ensiapu"}, "topic": "health"})  # fmt: skip
resource.get("/courses/{id}", CoursesApi.get_course, "One course")

resource.get("/sessions", CoursesApi.list_sessions, "Sessions to come, by start")
resource.post("/sessions", CoursesApi.create_session, "A new session", status=201, location="/sessions/{id}")
resource.get("/sessions/{id}", CoursesApi.get_session, "One session with its seats")
resource.patch("/sessions/{id}", CoursesApi.update_session, "Change a session; who is enrolled is told of a move",
               example={"place": "Sali 3", "seats": 24})  # fmt: skip

resource.get("/enrolments", CoursesApi.list_enrolments, "Enrolments of a session or a person")
resource.post(
    "/enrolments",
    CoursesApi.enrol,
    "Take a seat, or a place in the waiting list",
    status=201,
    location="/enrolments/{id}",
    key_required=True,
    example={
        "session_id": "0199d5a2-7c1e-7a25-8f5e-38b2e9f73465",
        "person_id": "0199d5a2-7c1e-7b60-8d1f-6a2f5a1c9e10",
        "payment": "invoice",
    },
)
resource.get("/enrolments/{id}", CoursesApi.get_enrolment, "One enrolment")
resource.post("/enrolments/{id}/cancel", CoursesApi.cancel_enrolment, "Give the seat back", key_required=True,
              example={"reason": "Ill"})  # fmt: skip
resource.post("/enrolments/{id}/take-offer", CoursesApi.take_offer, "Take the seat that was offered", key_required=True)
resource.post("/check-ins", CoursesApi.check_in, "Somebody shows a ticket at the door", status=201)
resource.get(
    "/waiting-list",
    CoursesApi.list_enrolments,
    "Who waits for a seat, first come first",
    operation="list_waiting",
    given={"state": EnrolmentState.WAITING.value},
)
resource.get(
    "/persons/{person_id}/enrolments",
    CoursesApi.list_enrolments,
    "Enrolments of a person",
    operation="list_enrolments_of_person",
)


def get_ticket(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The ticket as PDF."""
    ticket = courses.get_ticket(ById(id=id))
    return download(files.load(ticket.file_key), f"ticket-{ticket.code}.pdf")


resource.view(
    "GET",
    "/enrolments/{id}/ticket.pdf",
    get_ticket,
    "The ticket as PDF",
    (Permission.COURSES_READ, Rule.OWN),
    produces="application/pdf",
)
