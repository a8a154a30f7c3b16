"""Messages the suite sends by itself (N7): what they say, in which language, once, to whom."""

from collections.abc import Iterator
from typing import Any

import pymupdf
import pytest

from chassis.ids import new_id
from chassis.settings import settings
from contracts import membership as m
from contracts.access import LinkPurpose
from contracts.base import ById, Translated
from contracts.commerce.invoices import ListInvoices
from contracts.contacts.proposals import AcceptPerson, PersonRef
from contracts.courses import CancelEnrolment, Enrolment, Session, UpdateSession
from contracts.errors import Gone, NotFound
from contracts.identity import PasswordLinkWanted, SetPassword, SignIn
from contracts.notify import ListMessages, MessageState
from services.courses import worker as courses_tasks
from tests.integration.conftest import ANONYMOUS, SYSTEM, member
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration
EMAIL = "aino@example.org"


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


@pytest.fixture
def apply(town):
    """Somebody applies for membership on the web."""
    request = m.CreateMembershipType(
        code="person", name=Translated(fi="Henkilöjäsen", sv="Personmedlem"), fee_product_id=town.product("60.00")
    )
    kind = town.call("membership", "create_membership_type", request)

    def submit(language: str = "fi") -> m.Application:
        request = m.SubmitApplication(
            membership_type_id=kind.id,
            given_name="Aino",
            family_name="Aalto",
            email=EMAIL,
            language=language,
            accepts_terms=True,
        )
        found: m.Application = town.call("membership", "submit_application", request, ANONYMOUS)
        town.settle(twice=True)
        return found

    return submit


def subjects(town, address=EMAIL):
    return [each["subject"] for each in reversed(town.mailbox.messages(address))]


def decide(town, application, decision, **more):
    town.call("membership", "decide_application", m.DecideApplication(id=application.id, decision=decision, **more))
    town.settle(twice=True)


def kept(town, person_id):
    """The messages of a person as the office sees them, oldest first."""
    return town.call("notify", "list_messages", ListMessages(person_id=person_id)).data[::-1]


def test_N7_an_application_is_acknowledged_with_a_link_that_follows_it_alone(town, apply):
    mine, other = apply(), apply()
    assert subjects(town) == ["Jäsenhakemuksesi on vastaanotettu"] * 2
    mail = town.mailbox.message(town.mailbox.messages(EMAIL)[1]["id"])
    for part in ("Hei Aino,", "Henkilöjäsen", f"numero on {mine.number}"):
        assert part in mail["text"]
    link = town.link_principal(mail["text"], "/join/follow")
    assert (link.link_purpose, link.link_object) == (LinkPurpose.FOLLOW_APPLICATION, mine.id)
    assert town.call("membership", "get_application", ById(id=mine.id), link).id == mine.id
    with pytest.raises(NotFound):
        town.call("membership", "get_application", ById(id=other.id), link)


def test_N7_a_rejection_says_why(town, apply):
    decide(town, apply(), m.Decision.REJECT, reason="Jäsenyys edellyttää <b>alan</b> tutkintoa.")
    mail = town.mailbox.wait_for(EMAIL, "Päätös jäsenhakemuksestasi")
    assert "Perustelu: Jäsenyys edellyttää <b>alan</b> tutkintoa." in mail["text"]
    assert "&lt;b&gt;alan&lt;/b&gt;" in mail["html"]
    assert len(subjects(town)) == 2


def test_N7_from_approval_to_welcome(town, apply):
    application = apply()
    decide(town, application, m.Decision.APPROVE)
    invoice = town.call("commerce", "list_invoices", ListInvoices()).data[0]
    mail = town.mailbox.wait_for(EMAIL, f"Lasku {invoice.number}: 60,00")
    assert [each["name"] for each in mail["attachments"]] == [f"invoice-{invoice.number}.pdf"]
    assert town.mailbox.attachment(mail["id"], 0).startswith(b"%PDF")
    assert invoice.reference in mail["text"]
    assert not [subject for subject in subjects(town) if "Tervetuloa" in subject or "Kuitti" in subject]

    town.pay(town.link_principal(mail["text"], "/pay"), times=3, invoice_id=invoice.id)
    town.settle(twice=True)
    assert sorted(subjects(town)[2:]) == [f"Kuitti: lasku {invoice.number} on maksettu", "Tervetuloa jäseneksi"]
    welcome = town.mailbox.wait_for(EMAIL, "Tervetuloa")
    token = welcome["text"].split("/my/password/")[1].split()[0]
    password = "kaksi kuusta kolme kantoa"
    request = SetPassword(token=token, password=password, username="aino")
    town.call("identity", "set_password", request, ANONYMOUS)
    town.call("identity", "sign_in", SignIn(username="aino", password=password), ANONYMOUS)
    with pytest.raises(Gone):
        town.call("identity", "set_password", request, ANONYMOUS)


@pytest.mark.parametrize(
    ("language", "acknowledged", "rejected"),
    [
        ("sv", "Vi har tagit emot din medlemsansökan", "Beslut om din medlemsansökan"),
        ("en", "We have received your membership application", "The decision on your membership application"),
    ],
)
def test_N7_in_the_receivers_language(town, apply, language, acknowledged, rejected):
    decide(town, apply(language), m.Decision.REJECT, reason="-")
    assert subjects(town) == [acknowledged, rejected]
    mail = town.mailbox.wait_for(EMAIL, acknowledged)
    assert ("Personmedlem" if language == "sv" else "Henkilöjäsen") in mail["text"]
    assert f'<html lang="{language}">' in mail["html"]


def test_N7_links_are_sent_but_not_kept(town, apply):
    application = apply()
    [message] = kept(town, application.person_id)
    assert (message.state, message.subject) == (MessageState.DELIVERED, "Jäsenhakemuksesi on vastaanotettu")
    assert "Seuraa hakemustasi: (…)" in message.body
    assert settings().talkoo_base_url not in message.body


def test_N7_a_password_link_for_each_request(town):
    person = town.person()
    for request_id in (new_id(), new_id()):
        event = PasswordLinkWanted(account_id=new_id(), person_id=person.id, request_id=request_id)
        town.hear("notify", event)
        town.hear("notify", event)
    town.settle()
    assert town.subjects(person) == ["Aseta uusi salasana"] * 2


def test_N7_one_sees_the_own_messages_only(town):
    mine, other = town.person("Aino"), town.person("Beata")
    for person in (mine, other):
        town.enrol(town.session(price="0.00"), person)
    town.settle()
    found = town.call("notify", "list_messages", ListMessages(), member(mine.id)).data
    assert {each.person_id for each in found} == {mine.id}
    asked = ListMessages(person_id=other.id)
    assert town.call("notify", "list_messages", asked, member(mine.id)).data == []
    with pytest.raises(NotFound):
        town.call("notify", "get_message", ById(id=found[0].id), member(other.id))


def test_K2_every_message_about_a_seat_in_swedish(town):
    """Waiting list, offer by mail and SMS, the offer and the hold that expired."""
    holder, first, second = (town.person(name, "sv") for name in ("Alva", "Beata", "Cecilia"))
    session = town.session()
    held, offered = town.enrol(session, holder), town.enrol(session, first)
    town.enrol(session, second)
    town.settle(twice=True)
    expire(town, held)
    expire(town, offered)
    assert town.subjects(holder) == [
        "En plats är reserverad för dig: Ledarskap",
        "Din reservation har gått ut: Ledarskap",
    ]
    assert town.subjects(first) == [
        "Du står i kö: Ledarskap",
        "En plats blev ledig: Ledarskap",
        "Erbjudandet om en plats har gått ut: Ledarskap",
    ]
    assert town.subjects(second) == ["Du står i kö: Ledarskap", "En plats blev ledig: Ledarskap"]
    texts = [each["body"].split(" Ta den senast")[0] for each in town.sms.messages(first.phone or "")]
    assert texts == ["En plats blev ledig: Ledarskap."] * 2


def expire(town: Town, enrolment: Enrolment) -> None:
    town.alter("courses", "UPDATE enrolments SET expires_at = now() WHERE id = :id", id=enrolment.id)
    courses_tasks.expire_holds(town.workers["courses"])
    town.settle(twice=True)


def test_K2_an_offer_that_is_over_is_not_sent_any_more(town):
    """The mail waits for its turn longer than the offer stands."""
    holder, first = town.person("Aino"), town.person("Beata")
    session = town.session()
    held, offered = town.enrol(session, holder), town.enrol(session, first)
    town.settle()
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=held.id))
    town.deliver()
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=offered.id))
    town.settle()
    assert town.subjects(first) == ["Olet jonossa: Johtaminen", "Ilmoittautuminen peruttu: Johtaminen"]
    assert town.sms.messages(first.phone or "") == []
    left_out = [each for each in kept(town, first.id) if each.state is MessageState.SUPPRESSED]
    assert {(each.template, each.error) for each in left_out} == {
        ("seat_offered", "outdated"),
        ("seat_offered_sms", "outdated"),
    }


def move(town: Town, session: Session, **changes: Any) -> None:
    version = town.call("courses", "get_session", ById(id=session.id)).version
    town.call("courses", "update_session", UpdateSession(id=session.id, version=version, **changes))


def test_K6_N7_who_is_enrolled_is_told_once_of_a_move_in_the_own_language_with_the_new_ticket(town):
    seated, waiting = town.person("Aino"), town.person("Beata", "sv")
    session = town.session(price="0.00")
    town.enrol(session, seated)
    town.enrol(session, waiting)
    town.settle()
    move(town, session, place="Sali 3", city="Espoo")
    town.settle(twice=True)
    assert town.subjects(seated) == ["Lippusi: Johtaminen", "Aika tai paikka on muuttunut: Johtaminen"]
    assert town.subjects(waiting) == ["Du står i kö: Ledarskap", "Tid eller plats har ändrats: Ledarskap"]
    mail = town.mail(seated, "Aika tai paikka on muuttunut")
    now, before = mail["text"].split("Aiemmat tiedot:")
    assert "Sali 3, Espoo" in now
    assert session.place in before
    [ticket] = mail["attachments"]
    with pymupdf.open(stream=town.mailbox.attachment(mail["id"], 0), filetype="pdf") as pdf:
        assert "Sali 3" in pdf[0].get_text()
    assert ticket["name"] == "ticket.pdf"
    assert town.mail(waiting, "Tid eller plats har ändrats")["attachments"] == []


def test_K6_N7_of_two_moves_in_a_row_only_the_last_is_told(town):
    person, session = town.person("Aino"), town.session(price="0.00")
    town.enrol(session, person)
    town.settle()
    move(town, session, place="Sali 3")
    town.deliver()
    move(town, session, place="Sali 4")
    town.settle()
    assert town.subjects(person) == ["Lippusi: Johtaminen", "Aika tai paikka on muuttunut: Johtaminen"]
    assert "Sali 4" in town.mail(person, "Aika tai paikka on muuttunut")["text"]


def test_N7_a_linked_person_is_reached_as_the_contact(town, apply):
    contact = town.person("Oikea", email="oikea@example.org")
    application = apply()
    accepted: PersonRef = town.call(
        "contacts", "accept_person", AcceptPerson(id=application.person_id, link_to=contact.id), SYSTEM
    )
    assert accepted.id == contact.id
    town.settle()
    decide(town, application, m.Decision.REJECT, reason="-")
    assert town.subjects(contact) == ["Päätös jäsenhakemuksestasi"]
