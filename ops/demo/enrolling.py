"""Steps 6 and 7: twenty seats, sixty-one people, a payment, a cancellation, an offer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from ops import people
from ops.demo.stage import Stage, Visitor, link_in

SEATS, OTHERS = 20, 60


def enrol_and_pay(stage: Stage) -> list[str]:
    """The member takes a seat at the member price; 60 others come at the same moment; the member pays by card."""
    session = new_session(stage)
    visitor: Visitor = stage.facts["member_visitor"]
    mine = visitor.post(
        "/enrolments", {"session_id": session["id"], "person_id": stage.facts["person_id"], "payment": "card"}
    )
    stage.check("the member holds a seat", mine["state"] == "held", mine)
    stage.check("at the member price", mine["price"]["amount"] == "90.00", mine["price"])
    others = list(people.persons(OTHERS, seed=stage.tale + 3, domain=f"kurssilaiset{stage.tale}.example.org"))
    answers = rush(stage, session["id"], others)
    held = [each for each in answers if each["state"] == "held"]
    waiting = sorted((each for each in answers if each["state"] == "waiting"), key=lambda each: each["waiting_number"])
    stage.check(f"exactly {SEATS} seats are held", len(held) + 1 == SEATS, len(held) + 1)
    stage.check("everybody else waits", len(waiting) == OTHERS + 1 - SEATS, len(waiting))
    numbers = [each["waiting_number"] for each in waiting]
    stage.check("in a gapless order", numbers == list(range(1, len(waiting) + 1)), numbers)
    listed = stage.office.get("/waiting-list", session_id=session["id"], limit=200)["data"]
    stage.check("the list shows that order", [each["id"] for each in listed] == [each["id"] for each in waiting])
    ticket = pay(stage, visitor, mine)
    stage.facts.update(session=session, enrolment=mine, first_waiting=waiting[0], others=others)
    return [
        f"{SEATS} seats held, {len(waiting)} wait in order",
        f"paid once though told three times; {ticket['subject']}",
    ]


def rush(stage: Stage, session_id: str, others: list[people.InventedPerson]) -> list[dict[str, Any]]:
    """All others enrol at the same moment; their answers."""

    def arrive(number: int) -> dict[str, Any]:
        if number == OTHERS // 3:
            stage.midway()
        return enrol_new(stage, session_id, others[number])

    with ThreadPoolExecutor(OTHERS) as crowd:
        return list(crowd.map(arrive, range(OTHERS)))


def new_session(stage: Stage) -> dict[str, Any]:
    """A course with a session of twenty seats."""
    product = next(each for each in stage.office.get("/products", limit=200)["data"] if each["code"] == "course-day")
    code = f"story-{stage.tale}"
    name = {"fi": course_name(stage), "sv": "Leda talko", "en": "Leading a working party"}
    course = stage.office.post("/courses", {"code": code, "name": name, "topic": "board"})
    starts_at = datetime.now(UTC) + timedelta(days=40)
    session: dict[str, Any] = stage.office.post(
        "/sessions",
        {
            "course_id": course["id"],
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=6)).isoformat(),
            "place": "Järjestötalo, sali 1",
            "city": "Helsinki",
            "seats": SEATS,
            "product_id": product["id"],
        },
    )
    return session


def course_name(stage: Stage) -> str:
    """The course of this tale, in the language of those who enrol."""
    return f"Talkoiden johtaminen {stage.tale}"


def enrol_new(stage: Stage, session_id: str, person: people.InventedPerson) -> dict[str, Any]:
    """Somebody who is not in the register enrols."""
    new_person = {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "phone": person.phone,
        "language": "fi",
    }
    answer: dict[str, Any] = stage.office.post(
        "/enrolments", {"session_id": session_id, "new_person": new_person, "payment": "card"}
    )
    return answer


def pay(stage: Stage, visitor: Visitor, enrolment: dict[str, Any]) -> dict[str, Any]:
    """Pay an enrolment by card; the provider's callback comes three times; the ticket's mail."""
    order_id = enrolment["order_id"]
    stage.soon("the order", lambda: visitor.ask("GET", f"/api/v1/orders/{order_id}").status_code == 200 or None)
    payment = visitor.post("/payments", {"order_id": order_id})
    transaction = payment["pay_url"].rstrip("/").rpartition("/")[2]
    stage.payments.pay(transaction, deliver=3)
    stage.soon(
        "the confirmed seat",
        lambda: visitor.get(f"/enrolments/{enrolment['id']}")["state"] == "confirmed" or None,
    )
    order = stage.office.get(f"/orders/{order_id}")
    stage.check("the order is paid", order["state"] == "paid", order["state"])
    captured = [p for p in stage.office.get("/payments", order_id=order_id)["data"] if p["state"] == "captured"]
    stage.check("the payment is booked once", len(captured) == 1, captured)
    address = recipient(stage, enrolment)
    subject = f"Lippusi: {course_name(stage)}"
    mail = stage.mail(address, subject)
    stage.check("the ticket is a PDF", mail["attachments"][0]["name"].endswith(".pdf"), mail["attachments"])
    tickets = [each for each in stage.mailbox.messages(address) if each["subject"] == subject]
    stage.check("the ticket came once", len(tickets) == 1, tickets)
    return mail


def recipient(stage: Stage, enrolment: dict[str, Any]) -> str:
    """The e-mail address of who is enrolled."""
    return str(stage.office.get(f"/persons/{enrolment['person_id']}")["email"])


def cancel_and_offer(stage: Stage) -> list[str]:
    """Who has paid cancels and is refunded; the first in the waiting list is offered the seat and takes it."""
    visitor, mine, first = stage.facts["member_visitor"], stage.facts["enrolment"], stage.facts["first_waiting"]
    cancelled = visitor.post(f"/enrolments/{mine['id']}/cancel", {"reason": "Este tuli"})
    stage.check("the enrolment is cancelled", cancelled["state"] == "cancelled", cancelled["state"])
    order = stage.until("the refund", f"/orders/{mine['order_id']}", lambda found: found["state"] == "refunded")
    refund_mail = stage.mail(stage.facts["member"].email, "Maksu on palautettu")
    credit = stage.mail(stage.facts["member"].email, "Hyvityslasku")
    address = recipient(stage, first)
    offer = stage.mail(address, "Paikka vapautui")
    person = next(each for each in stage.facts["others"] if each.email == address)
    stage.sms.wait_for(person.phone, "Paikka vapautui")
    stranger = stage.visitor()
    page = stranger.page(link_in(offer, "/offer"))
    stranger.submit(page, "take-offer")
    taken = stage.until("the taken offer", f"/enrolments/{first['id']}", lambda found: found["state"] == "held")
    session = stage.office.get(f"/sessions/{stage.facts['session']['id']}")
    stage.check("no seat is free or sold twice", session["seats_free"] == 0 and session["waiting"] == 40, session)
    return [
        f"{refund_mail['subject']}; {credit['subject']}; order {order['state']}",
        f"no. 1 of the waiting list was told by e-mail and SMS and took the seat ({taken['state']})",
    ]
