"""Lives drawn at random: what persons and organisations may have in every service, of their own or with others.

Each kind of thing is made for somebody either at a place of its own or, `common`, where others have theirs too, so that
what is unique collides when two become one. What a kind gives back is done once the services have come to rest.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from chassis import clock, files
from chassis.ids import new_id
from contracts import identity, membership
from contracts.access import LinkPurpose
from contracts.base import ById, Translated
from contracts.commerce.deliveries import DeliveredLine, TakeDeliveries
from contracts.commerce.prices import CreatePriceAgreement
from contracts.contacts.activities import RecordActivity
from contracts.contacts.addresses import Address, AddressPurpose
from contracts.contacts.affiliations import CreateAffiliation
from contracts.contacts.consents import ContactChannel, SetConsent
from contracts.contacts.contact_points import ConfirmPoint
from contracts.contacts.documents import AddDocument
from contracts.contacts.organisations import CreateOrganisation
from contracts.contacts.persons import CreatePerson
from contracts.contacts.projects import AssignToProject, CreateProject, RecordHours
from contracts.contacts.surveys import AnswerSurvey, CreateSurvey, SurveyByVersion
from contracts.contacts.tasks import CreateTask
from contracts.courses import PaymentMethod
from tests.integration.conftest import SYSTEM, member
from tests.integration.town import Town

CHECKED = """
    INSERT INTO details_checks (link_id, person_id, mailing_id, corrected, checked_at)
    VALUES (gen_random_uuid(), :id, gen_random_uuid(), false, now())"""
QUESTION = {"code": "a", "kind": "scale", "text": {"fi": "Arvosana"}, "lowest": 1, "highest": 5}


@dataclass(frozen=True)
class Someone:
    """A person or an organisation that lives here."""

    id: UUID
    kind: str

    @property
    def named(self) -> dict[str, UUID]:
        """How most requests name it."""
        return {f"{self.kind}_id": self.id}


@dataclass
class Lives:
    """Who lives in a town, and the places that they have in common."""

    town: Town
    chance: Random
    later: list[Callable[[], Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session, self.kind, self.survey = self.town.session(seats=99), self.new_kind(), self.new_survey()
        self.project = self.new_project()
        self.company, self.friend = self.organisation("Yhteinen Oy"), self.person("Yhteinen")

    def new_kind(self) -> UUID:
        """A kind of memberships."""
        fee, code = self.town.product("60.00", "fees"), f"t{new_id().hex}"
        wanted = membership.CreateMembershipType(code=code, name=Translated(fi="Jäsen"), fee_product_id=fee)
        kind_id: UUID = self.town.call("membership", "create_membership_type", wanted).id
        return kind_id

    def new_survey(self) -> UUID:
        wanted = CreateSurvey.model_validate({"title": {"fi": "Palaute"}, "questions": [QUESTION]})
        made = self.town.contacts("create_survey", wanted)
        survey_id: UUID = self.town.contacts("publish_survey", SurveyByVersion(id=made.id, version=made.version)).id
        return survey_id

    def new_project(self) -> UUID:
        project_id: UUID = self.town.contacts("create_project", CreateProject(name="Hanke")).id
        return project_id

    def person(self, given_name: str = "Aino") -> Someone:
        made = self.town.contacts(
            "create_person",
            CreatePerson(given_name=given_name, family_name=f"Aalto{new_id().hex[-8:]}", **self._card()),
        )
        return Someone(made.id, "person")

    def organisation(self, name: str = "Lumi Oy") -> Someone:
        return Someone(self.town.contacts("create_organisation", CreateOrganisation(name=name, **self._card())).id,
                       "organisation")  # fmt: skip

    def _card(self) -> dict[str, Any]:
        """Some of what any card may say, numbers that are unique among it; always an e-mail address."""
        number, purpose = new_id().hex[-8:], self.chance.choice(list(AddressPurpose))
        drawn = {
            "phone": f"+35840{self.chance.randint(1_000_000, 9_999_999)}",
            "customer_number": number,
            "tags": self.chance.sample(["a", "b", "c"], 2),
            "addresses": [Address(purpose=purpose, street="Katu 1", postal_code="20100", city="Turku")],
            "payment_days": self.chance.randint(7, 30),
            "other_emails": [{"kind": "work", "address": f"work-{number}@example.org"}],
        }
        some = {name: value for name, value in drawn.items() if self.chance.random() < 0.7}
        return {"email": f"{number}@example.org"} | some

    def live(self, who: Someone, often: float = 0.6, common: float = 0.5, without: Container[str] = ()) -> None:
        """Draw what somebody has of all things, and how much of it where others have theirs."""
        for name, thing in THINGS[who.kind].items():
            if name not in without and self.chance.random() < often:
                then = thing(self, who, self.chance.random() < common)
                self.later += [then] if then else []

    def settle(self, **how: Any) -> None:
        """Let the services come to rest, do what waited for that, and let them rest again."""
        self.town.settle(**how)
        waiting, self.later = self.later, []
        for each in waiting:
            each()
        if waiting:
            self.town.settle(**how)


Thing = Callable[[Lives, Someone, bool], Callable[[], Any] | None]


def price(lives: Lives, who: Someone, common: bool) -> None:
    about = {"category": "courses"} if common else {"product_id": lives.town.product()}
    agreed = CreatePriceAgreement(customer_id=who.id, percent=10, valid_from=clock.today(), **about)
    lives.town.call("commerce", "create_price_agreement", agreed)


def delivery(lives: Lives, who: Someone, _common: bool) -> None:
    line = DeliveredLine(
        number=1, customer_id=who.id, document=new_id().hex, line="1", product_name="Kirja", quantity="1",
        net="10.00", delivered_on=clock.today(),
    )  # fmt: skip
    batch = TakeDeliveries(batch_id=new_id(), begun_at=clock.now(), lines=[line])
    lives.town.call("commerce", "take_deliveries", batch, SYSTEM)


def paid_fee(lives: Lives, who: Someone, _common: bool) -> None:
    """The fee of somebody else."""
    opened = membership.OpenMembership(
        person_id=lives.person("Joku").id, membership_type_id=lives.kind, payer_id=who.id
    )
    lives.town.call("membership", "open_membership", opened)


def affiliation(lives: Lives, who: Someone, common: bool) -> None:
    if who.kind == "person":
        named = {"organisation_id": (lives.company if common else lives.organisation("Oma Oy")).id}
    else:
        named = {"person_id": (lives.friend if common else lives.person("Joku")).id}
    lives.town.contacts("create_affiliation", CreateAffiliation(**who.named, **named))


def activity(lives: Lives, who: Someone, common: bool) -> None:
    also = {"person_ids": [lives.friend.id], "organisation_ids": [lives.company.id]} if common else {}
    lives.town.contacts("record_activity", RecordActivity(kind="call", text="Soitettu", **who.named, **also))


def task(lives: Lives, who: Someone, common: bool) -> None:
    also = {"person_ids": [lives.friend.id], "organisation_ids": [lives.company.id]} if common else {}
    lives.town.contacts("create_task", CreateTask(title="Soita", **who.named, **also))


def project(lives: Lives, who: Someone, common: bool) -> None:
    project_id = lives.project if common else lives.new_project()
    lives.town.contacts("assign_to_project", AssignToProject(id=project_id, **who.named))
    if who.kind == "person":
        worked = RecordHours(id=project_id, worked_on=clock.today(), hours="1", **who.named)
        lives.town.contacts("record_hours", worked)


def document(lives: Lives, who: Someone, _common: bool) -> None:
    key = files.new_key("contacts", ".pdf")
    files.store(key, b"%PDF-1.7")
    lives.town.contacts("add_document", AddDocument(file_key=key, file_name="a.pdf", **who.named))


def confirmed_address(lives: Lives, who: Someone, _common: bool) -> None:
    first = lives.town.contacts("get_contact_points", ById(id=who.id)).data[0]
    lives.town.contacts("confirm_contact_point", ConfirmPoint(id=who.id, key=first.key))


def part(lives: Lives, who: Someone, _common: bool) -> None:
    lives.town.contacts("create_organisation", CreateOrganisation(name="Osa Oy", parent_id=who.id))


def own_membership(lives: Lives, who: Someone, common: bool) -> None:
    kind = lives.kind if common else lives.new_kind()
    opened = membership.OpenMembership(person_id=who.id, membership_type_id=kind)
    lives.town.call("membership", "open_membership", opened)


def application(lives: Lives, who: Someone, common: bool) -> Callable[[], Any]:
    """An application that turns out to be from somebody who is known."""
    wanted = membership.SubmitApplication(
        membership_type_id=lives.kind if common else lives.new_kind(), given_name="Aino", family_name="Aalto",
        email=f"{new_id()}@example.org", accepts_terms=True,
    )  # fmt: skip
    made = lives.town.call("membership", "submit_application", wanted)
    decided = membership.DecideApplication(id=made.id, decision="approve", link_to=who.id)
    return lambda: lives.town.call("membership", "decide_application", decided)


def seat(lives: Lives, who: Someone, common: bool) -> None:
    session = lives.session if common else lives.town.session()
    lives.town.enrol(session, who, payment=PaymentMethod.INVOICE)


def paid_seat(lives: Lives, who: Someone, _common: bool) -> Callable[[], Any]:
    order_id = lives.town.enrol(lives.town.session(), who).order_id
    return lambda: lives.town.pay(member(who.id), order_id=order_id)


def waiting_place(lives: Lives, who: Someone, _common: bool) -> None:
    full = lives.town.session(seats=1)
    for each in (lives.person("Varma"), who):
        lives.town.enrol(full, each, payment=PaymentMethod.INVOICE)


def account(lives: Lives, who: Someone, _common: bool) -> None:
    wanted = identity.CreateAccount(username=f"u{new_id().hex}", person_id=who.id)
    lives.town.call("identity", "create_account", wanted)


def link(lives: Lives, who: Someone, _common: bool) -> None:
    wanted = identity.IssueLink(
        id=new_id(), purpose=LinkPurpose.ANSWER_SURVEY, person_id=who.id, object_id=lives.survey,
        expires_at=clock.now() + timedelta(days=30),
    )  # fmt: skip
    lives.town.call("identity", "issue_link", wanted, SYSTEM)


def consent(lives: Lives, who: Someone, common: bool) -> None:
    channel = ContactChannel.SMS if common else lives.chance.choice(list(ContactChannel))
    lives.town.contacts(
        "set_consent", SetConsent(person_id=who.id, channel=channel, allowed=lives.chance.random() < 0.5)
    )


def answer(lives: Lives, who: Someone, common: bool) -> None:
    survey_id = lives.survey if common else lives.new_survey()
    lives.town.contacts("answer_survey", AnswerSurvey(id=survey_id, person_id=who.id, number=1, answers={"a": 3}))


def details_check(lives: Lives, who: Someone, _common: bool) -> None:
    lives.town.alter("contacts", CHECKED, id=who.id)


BOTH: Mapping[str, Thing] = {
    each.__name__: each
    for each in (price, delivery, paid_fee, affiliation, activity, task, project, document, confirmed_address)
}
THINGS: Mapping[str, Mapping[str, Thing]] = {
    "organisation": {**BOTH, "part": part},
    "person": {
        **BOTH,
        **{
            each.__name__: each
            for each in (
                own_membership, application, seat, paid_seat, waiting_place, account, link, consent, answer,
                details_check,
            )
        },
    },
}  # fmt: skip
