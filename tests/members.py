"""Members for tests: a person with a paid membership, things of their own, and a session, made through the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.ids import new_id
from ops.demo.papers import camt_054
from ops.demo.stage import Visitor
from ops.simulators.clients import wait_until
from tests.whole_suite import Whole

PASSWORD = "kolme erilaista sanaa"


@dataclass
class Member:
    """A signed-in member."""

    person_id: str
    username: str
    visitor: Visitor
    facts: dict[str, str] = field(default_factory=dict)
    """Ids of what the member has, by kind."""

    def cookies(self, base_url: str) -> list[Any]:
        """The session, for a browser."""
        return [{"name": name, "value": value, "url": base_url} for name, value in self.visitor.cookies().items()]

    def send(self, path: str, **values: str) -> Any:
        """Post a form of the member's pages."""
        hidden = {"csrf_token": self.visitor.csrf, "form_key": str(new_id())}
        return self.visitor.ask("POST", path, data=hidden | values)


def new_member(whole: Whole, given_name: str) -> Member:
    """Somebody with an account of their own, and nothing else yet."""
    username = f"{given_name.lower()}-{new_id().hex[-8:]}"
    details = {"given_name": given_name, "family_name": "Testinen", "email": f"{username}@example.org"}
    person = whole.api.post("/persons", details)
    account = {"username": username, "password": PASSWORD, "person_id": person["id"], "roles": ["member"]}
    whole.api.post("/accounts", account)
    visitor = whole.visitor()
    visitor.sign_in(username, PASSWORD, whole.sms, "")
    return Member(person["id"], username, visitor, {"persons": person["id"]})


def join(whole: Whole, member: Member) -> None:
    """A membership with its first invoice, unpaid."""
    kinds = whole.api.get("/membership-types")["data"]
    kind = next(each for each in kinds if each["code"] == "member")
    opened = whole.api.post("/memberships", {"person_id": member.person_id, "membership_type_id": kind["id"]})
    invoice = _soon(lambda: _first(whole.api.get("/invoices", customer_id=member.person_id)), "the first invoice")
    _soon(lambda: whole.api.get(f"/invoices/{invoice['id']}")["document_key"], "its PDF")
    member.facts |= {"memberships": opened["id"], "agreements": opened["agreement_id"], "invoices": invoice["id"]}


def pay_by_bank(whole: Whole, member: Member) -> None:
    """A bank file pays the member's first invoice; the membership becomes active."""
    invoice = whole.api.get(f"/invoices/{member.facts['invoices']}")
    payments = [(invoice["open_amount"], invoice["reference"], "Testinen")]
    content = camt_054(invoice["iban"], datetime.now(UTC).date(), f"T{new_id().hex[-10:]}", payments)
    whole.api.upload("/bank-files", "tapahtumat.xml", content)
    address = f"/memberships/{member.facts['memberships']}"
    _soon(lambda: whole.api.get(address)["state"] == "active" or None, "the active membership")


def new_session(whole: Whole, seats: int = 5) -> dict[str, Any]:
    """A course day of its own, a month ahead."""
    products = whole.api.get("/products", limit=200)["data"]
    name = {"fi": "Puunhoito", "sv": "Trädvård", "en": "Care of trees"}
    course = whole.api.post("/courses", {"code": f"t-{new_id().hex[-10:]}", "name": name})
    starts_at = datetime.now(UTC) + timedelta(days=30)
    wanted = {
        "course_id": course["id"],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=6)).isoformat(),
        "place": "Järjestötalo",
        "city": "Helsinki",
        "seats": seats,
        "product_id": next(each["id"] for each in products if each["code"] == "course-day"),
    }
    made: dict[str, Any] = whole.api.post("/sessions", wanted)
    return made


def enrol(whole: Whole, member: Member, session: dict[str, Any], payment: str = "card") -> dict[str, Any]:
    """A held seat with its order, or a place on the waiting list."""
    wanted = {"session_id": session["id"], "person_id": member.person_id, "payment": payment}
    made: dict[str, Any] = member.visitor.post("/enrolments", wanted)
    member.facts["enrolments"] = made["id"]
    if made["order_id"]:
        address = f"/api/v1/orders/{made['order_id']}"
        _soon(lambda: whole.api.ask("GET", address).status_code == 200 or None, "the order")
        member.facts["orders"] = made["order_id"]
    return made


def pay_by_card(whole: Whole, member: Member) -> None:
    """The member pays the order of the held seat; the ticket is made."""
    payment = member.visitor.post("/payments", {"order_id": member.facts["orders"]})
    member.facts["payments"] = payment["id"]
    whole.payments.pay(payment["pay_url"].rstrip("/").rpartition("/")[2])
    address = f"/enrolments/{member.facts['enrolments']}"
    _soon(lambda: whole.api.get(address)["ticket_key"], "the ticket")


def first_message(whole: Whole, member: Member) -> str:
    """The id of a message that was sent to the member."""
    wanted = {"person_id": member.person_id, "state": "delivered"}
    found = _soon(lambda: _first(whole.api.get("/messages", **wanted)), "a message")
    member.facts["messages"] = found["id"]
    return str(found["id"])


def seated_member(whole: Whole, given_name: str, *, paid: bool = False) -> Member:
    """Somebody with a membership, paid by bank if wanted, a seat paid by card with its ticket, and messages."""
    member = new_member(whole, given_name)
    join(whole, member)
    if paid:
        pay_by_bank(whole, member)
    enrol(whole, member, new_session(whole))
    pay_by_card(whole, member)
    first_message(whole, member)
    return member


def _first(page: dict[str, Any]) -> Any:
    return next(iter(page["data"]), None)


def _soon(find: Any, what: str) -> Any:
    return wait_until(find, 180, what)
