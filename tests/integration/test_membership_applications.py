"""Applications from the web form to the open agreement (M7)."""

from dataclasses import dataclass
from threading import Barrier, Thread
from uuid import UUID

import pytest

from chassis.amqp_client import AmqpRpcClient
from chassis.ids import new_id
from contracts import membership as m
from contracts.access import LinkPurpose, Permission, Principal, PrincipalKind
from contracts.base import ById, Translated
from contracts.contacts.persons import PersonState
from contracts.contacts.proposals import PersonAccepted
from contracts.errors import Conflict, Invalid, KeyReused, NotAllowed, NotFound, NotSignedIn, Stale, Unavailable
from contracts.membership import (
    AgreementOpened,
    ApplicationApproved,
    ApplicationRejected,
    ApplicationState,
    ApplicationSubmitted,
    Decision,
)
from tests.integration.conftest import ANONYMOUS, member, staff
from tests.integration.neighbours import Neighbours


@dataclass
class Office:
    """Membership with one type, and everybody who calls it."""

    call: object
    handle: object
    recorded: object
    neighbours: Neighbours
    type: m.MembershipType

    def apply(self, principal=ANONYMOUS, key="", **changes):
        fields = {
            "membership_type_id": self.type.id,
            "given_name": "Aino",
            "family_name": "Aalto",
            "email": "aino@example.org",
            "accepts_terms": True,
        }
        request = m.SubmitApplication(**fields | changes)
        return self.call("membership", "submit_application", request, principal=principal, key=key)

    def decide(self, application, decision=Decision.APPROVE, principal=None, **fields):
        request = m.DecideApplication(id=application.id, decision=decision, **fields)
        return self.call("membership", "decide_application", request, principal=principal or staff())

    def get(self, application, principal=None):
        return self.call("membership", "get_application", ById(id=application.id), principal=principal or staff())

    def events(self, kind):
        return [each["data"] for each in self.recorded("membership", kind)]


@pytest.fixture
def office(clean_database, call_service, handle_event, recorded, monkeypatch):
    clean_database("membership")
    neighbours = Neighbours(AmqpRpcClient.call)
    monkeypatch.setattr(AmqpRpcClient, "call", neighbours.call)
    request = m.CreateMembershipType(
        code="person",
        name=Translated(fi="Henkilöjäsen"),
        fee_product_id=neighbours.product("60.00"),
        joining_fee_product_id=neighbours.product("10.00"),
        discounts=[m.DiscountRule(category="courses", percent=20)],
    )
    kind = call_service("membership", "create_membership_type", request)
    return Office(call_service, handle_event, recorded, neighbours, kind)


def test_M7_application_is_numbered_and_told(office):
    first, second = office.apply(), office.apply()
    assert (first.number, second.number) == (1, 2)
    assert first.state is ApplicationState.SUBMITTED
    assert office.neighbours.states[first.person_id] is PersonState.PROPOSED
    assert [each["application_id"] for each in office.events(ApplicationSubmitted)] == [str(first.id), str(second.id)]


def test_M7_repeat_of_the_same_form_proposes_and_stores_nobody_twice(office):
    first = office.apply(key="form-1")
    again = office.apply(key="form-1")
    assert again == first
    assert len(office.neighbours.states) == 1
    assert len(office.events(ApplicationSubmitted)) == 1
    with pytest.raises(KeyReused):
        office.apply(key="form-1", given_name="Eino")


def test_M7_application_with_a_chosen_id_is_taken_once(office):
    chosen = new_id()
    assert office.apply(id=chosen).id == chosen
    with pytest.raises(Conflict):
        office.apply(id=chosen)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"accepts_terms": False}, "/accepts_terms"),
        ({"birth_date": "2190-01-01"}, "/birth_date"),
        ({"answers": {"hobby": {"a": 1}}}, "/answers/hobby"),
        ({"membership_type_id": UUID(int=1)}, "/membership_type_id"),
    ],
)
def test_M7_bad_application_changes_nothing(office, changes, pointer):
    with pytest.raises(Invalid) as caught:
        office.apply(**changes)
    assert caught.value.errors[0].pointer == pointer
    assert office.neighbours.states == {}
    assert office.events(ApplicationSubmitted) == []


def test_M7_nothing_is_stored_while_contacts_is_away(office):
    office.neighbours.away.add("contacts")
    with pytest.raises(Unavailable):
        office.apply(key="form-1")
    office.neighbours.away.clear()
    assert office.apply(key="form-1").number == 1


def test_M7_approval_waits_for_the_person_and_then_opens_the_agreement(office):
    application = office.apply()
    decided = office.decide(application)
    assert decided.state is ApplicationState.APPROVED
    assert decided.version == 2
    (approved,) = office.events(ApplicationApproved)
    assert approved["person_id"] == str(application.person_id)
    assert approved["link_to"] is None

    office.handle("membership", PersonAccepted(proposed_id=application.person_id, person_id=application.person_id))
    opened = office.get(application)
    assert opened.state is ApplicationState.OPENED
    (event,) = office.events(AgreementOpened)
    assert event["agreement_id"] == str(opened.agreement_id)
    assert event["product_ids"] == [str(office.type.fee_product_id), str(office.type.joining_fee_product_id)]
    assert event["period_ends_on"].endswith("-12-31")
    membership = office.call("membership", "get_membership", ById(id=event["membership_id"]))
    assert membership.state == "pending"
    assert membership.person_id == application.person_id


def test_M7_applicant_linked_to_an_existing_contact_becomes_a_member_as_that_contact(office):
    known = office.neighbours.person()
    application = office.apply()
    office.decide(application, link_to=known)
    office.handle("membership", PersonAccepted(proposed_id=application.person_id, person_id=known))
    assert office.get(application).person_id == known
    assert office.events(AgreementOpened)[0]["person_id"] == str(known)
    link = Principal(
        kind=PrincipalKind.LINK, id="l", person_id=application.person_id,
        link_purpose=LinkPurpose.FOLLOW_APPLICATION, link_object=application.id,
    )  # fmt: skip
    assert office.get(application, link).state is ApplicationState.OPENED


@pytest.mark.parametrize("state", [None, PersonState.PROPOSED, PersonState.ERASED])
def test_M7_only_registered_contacts_can_be_linked(office, state):
    application = office.apply()
    stranger = office.neighbours.person(state) if state else new_id()
    with pytest.raises(Invalid) as caught:
        office.decide(application, link_to=stranger)
    assert caught.value.errors[0].pointer == "/link_to"
    assert office.get(application).state is ApplicationState.SUBMITTED


def test_M7_rejection_needs_a_reason(office):
    application = office.apply()
    with pytest.raises(Invalid):
        office.decide(application, Decision.REJECT, reason="  ")
    rejected = office.decide(application, Decision.REJECT, reason="Not of our field")
    assert (rejected.state, rejected.reason) == (ApplicationState.REJECTED, "Not of our field")
    assert len(office.events(ApplicationRejected)) == 1


def test_M7_an_application_is_decided_once(office):
    application = office.apply()
    office.decide(application)
    for decision, reason in ((Decision.APPROVE, ""), (Decision.REJECT, "late")):
        with pytest.raises(Conflict) as caught:
            office.decide(application, decision, reason=reason)
        assert caught.value.error_code == "already_decided"
    assert office.events(ApplicationRejected) == []
    assert len(office.events(ApplicationApproved)) == 1


def test_M7_of_twenty_deciders_at_once_one_wins(office):
    application = office.apply()
    barrier, outcomes = Barrier(20), []

    def decide(number):
        barrier.wait()
        try:
            if number % 2:
                outcomes.append(office.decide(application).state)
            else:
                outcomes.append(office.decide(application, Decision.REJECT, reason="no").state)
        except Conflict:
            outcomes.append("conflict")

    threads = [Thread(target=decide, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("conflict") == 19
    assert len(office.events(ApplicationApproved)) + len(office.events(ApplicationRejected)) == 1


def test_M7_decision_on_what_has_changed_is_refused(office):
    application = office.apply()
    with pytest.raises(Stale):
        office.decide(application, version=7)
    assert office.decide(application, version=application.version).state is ApplicationState.APPROVED


def test_M7_decision_on_nothing(office):
    with pytest.raises(NotFound):
        office.call("membership", "decide_application", m.DecideApplication(id=new_id(), decision="approve"))


def test_M7_persons_who_did_not_apply_open_nothing(office):
    office.handle("membership", PersonAccepted(proposed_id=new_id(), person_id=new_id()))
    assert office.events(AgreementOpened) == []


def test_M7_person_accepted_before_the_decision_opens_with_it(office):
    application = office.apply()
    office.handle("membership", PersonAccepted(proposed_id=application.person_id, person_id=application.person_id))
    assert office.get(application).state is ApplicationState.SUBMITTED
    assert office.decide(application).state is ApplicationState.OPENED
    office.handle("membership", PersonAccepted(proposed_id=application.person_id, person_id=application.person_id))
    assert len(office.events(AgreementOpened)) == 1


def test_M7_second_approved_application_of_a_member_joins_the_open_agreement(office):
    known = office.neighbours.person()
    opened = []
    for _ in range(2):
        application = office.apply()
        office.decide(application, link_to=known)
        office.handle("membership", PersonAccepted(proposed_id=application.person_id, person_id=known))
        opened.append(office.get(application))
    assert [each.state for each in opened] == [ApplicationState.OPENED] * 2
    assert opened[0].agreement_id == opened[1].agreement_id
    assert len(office.events(AgreementOpened)) == 1


def test_R6_who_may_see_and_decide_applications(office):
    application = office.apply()
    own, other = member(application.person_id), member(new_id())
    assert office.get(application, own).id == application.id
    with pytest.raises(NotFound):
        office.get(application, other)
    with pytest.raises(NotSignedIn):
        office.get(application, ANONYMOUS)
    with pytest.raises(NotAllowed):
        office.decide(application, principal=own)
    with pytest.raises(NotAllowed):
        office.decide(application, principal=staff(Permission.MEMBERSHIP_READ))
    wrong_link = Principal(
        kind=PrincipalKind.LINK, id="l", person_id=application.person_id,
        link_purpose=LinkPurpose.FOLLOW_APPLICATION, link_object=new_id(),
    )  # fmt: skip
    with pytest.raises(NotFound):
        office.get(application, wrong_link)


def test_M7_inbox_lists_open_applications_oldest_first_page_by_page(office):
    made = [office.apply() for _ in range(5)]
    office.decide(made[1])
    numbers, cursor = [], None
    for _ in range(3):
        request = m.ListApplications(state=ApplicationState.SUBMITTED, limit=2, cursor=cursor)
        page = office.call("membership", "list_applications", request)
        numbers += [each.number for each in page.data]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert numbers == [1, 3, 4, 5]
    with pytest.raises(Invalid):
        office.call("membership", "list_applications", m.ListApplications(cursor="WyJhIl0"))
