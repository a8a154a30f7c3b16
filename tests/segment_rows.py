"""The small register of tests/segment_model.py, put into the database of contacts."""

from datetime import date

from sqlalchemy import insert, text

from chassis.database import database_of
from chassis.ids import new_id
from contracts.commerce.deliveries import PurchaseSource
from contracts.commerce.orders import OrderState
from contracts.contacts.activities import ActivityKind
from contracts.contacts.fields import ContactKind
from contracts.contacts.masters import DecidedBy, ValueSource
from contracts.contacts.persons import PersonState
from contracts.courses import EnrolmentState
from contracts.notify import Channel, MessageState
from services.contacts import models
from services.contacts.rules.paid_days import as_text, grace_days, paid_days
from tests import segment_model as world
from tests.segment_own import ADDITIONAL, noon

ALIKE = (
    *("email", "phone", "fax", "customer_number", "customer_status", "payment_method", "payment_days"),
    *("delivery_method", "credit_limit", "language", "city", "postal_code", "created_at", "updated_at"),
)
OF_PERSONS = ("given_name", "family_name", "title", "gender", "birth_date")
OF_ORGANISATIONS = ("name", "business_id", "parent_id")
SAY = text(
    """INSERT INTO verifications (id, contact_id, kind, point, outcome, said_at, source, recorded_at, recorded_by)
       SELECT gen_random_uuid(), contact_id, kind, key, :outcome, :at, 'office', :at, 'x'
       FROM contact_points WHERE contact_id = :who AND value = :number"""
)
ORIGIN = {"field": "*", "source": ValueSource.OFFICE, "observed_at": noon(world.ENTERED), "rule": DecidedBy.FIRST}


def fill(people: world.Register, organisations: world.Register) -> None:
    """All of the register."""
    with database_of("contacts").transaction() as session:
        session.execute(text("TRUNCATE persons, organisations, segments, value_sources, verifications CASCADE"))
        session.execute(text("TRUNCATE fields, surveys, kept_points CASCADE"))
        _define(session)
        for each in organisations:
            values = {name: each.own[name] for name in OF_ORGANISATIONS}
            session.execute(insert(models.Organisation).values(**_columns(each), **values))
        for each in people:
            values = {name: each.own[name] for name in OF_PERSONS} | {"banned_channels": each.own["banned"]}
            session.execute(insert(models.Person).values(**_columns(each), **values, state=PersonState.ACTIVE))
        for each in (*people, *organisations):
            session.execute(insert(models.FieldOrigin).values(subject_id=each.id, **ORIGIN))
            _add_things(session, each, is_person=each.id not in world.ORGANISATIONS)
        for each in people:
            _add_of_persons(session, each)


def _define(session):
    """Additional fields of every kind of contact, and surveys."""
    for position, (code, kind) in enumerate(ADDITIONAL.items()):
        for owner in ContactKind:
            row = {"applies_to": owner, "code": code, "type": kind, "label": {}, "position": position, "version": 1}
            session.execute(insert(models.Field).values(row))
    texts = {"title": {}, "intro": {}}
    for survey in world.PLACES:
        row = {"id": survey, "created_at": noon(world.TODAY), "created_by": "x", "published": 1}
        session.execute(insert(models.Survey).values(row | texts))
        row = {"survey_id": survey, "number": 1, "published_at": noon(world.TODAY), "published_by": "x"}
        session.execute(insert(models.SurveyVersion).values(row | texts | {"questions": []}))


def _columns(who):
    own = who.own
    return {name: own[name] for name in ALIKE} | {
        "id": who.id, "email_key": own["email"], "tags": own["tag"], "sort_key": "", "search": "",
        "other_emails": [{"kind": "work", "address": each} for each in own["other_email"]],
        "other_phones": [{"kind": "work", "number": each} for each in own["other_phone"]],
        "addresses": who.things["address"], "fields": _additional(own),
    }  # fmt: skip


def _additional(own):
    values = {code: own[f"fields.{code}"] for code in ADDITIONAL}
    return {
        code: str(value) if isinstance(value, date) else value for code, value in values.items() if value is not None
    }


def _phones_of(who):
    return [each for each in who.things["contact_point"] if "number" in each]


def _add_things(session, who, *, is_person):
    """What persons and organisations may have alike."""
    for one in who.things["membership"]:
        terms = one["terms"]
        days = {"active_on": as_text(paid_days(terms)), "grace_on": as_text(grace_days(terms, one["grace_days"]))}
        values = {name: one[name] for name in ("joined_on", "ended_on")} | {"paid_until": world.paid_until(one)}
        row = {"id": new_id(), "told": 1, "type_code": one["type"], "person_id": who.id, **days, **values}
        session.execute(insert(models.KnownMembership).values(row))
    for one in who.things["purchase"]:
        values = {name: one[name] for name in ("category", "quantity", "amount", "bought_on", "product_name")}
        values["source"] = PurchaseSource(one["source"])
        row = {"id": new_id(), "told": 1, "customer_id": who.id, "product_code": one["product"], **values}
        session.execute(insert(models.KnownPurchase).values(row | {"state": OrderState(one["state"])}))
    for one in who.things["activity"]:
        made, at = new_id(), noon(one["happened_on"])
        row = {"id": made, "kind": ActivityKind(one["kind"]), "text": "", "happened_at": at, "recorded_at": at}
        session.execute(insert(models.Activity).values(row | {"private": one["private"], "recorded_by": "x"}))
        link = {"person_id" if is_person else "organisation_id": who.id, "activity_id": made}
        session.execute(insert(models.ActivityContact).values(link))
    for one in _phones_of(who):
        said = {"who": who.id, "number": one["number"]}
        if one["confirmed_on"]:
            session.execute(SAY, {**said, "outcome": "confirmed", "at": noon(one["confirmed_on"])})
        if one["problem"]:
            session.execute(SAY, {**said, "outcome": "bounced", "at": noon(date(2030, 1, 1))})


def _add_of_persons(session, who):
    """What persons alone have; the organisations have the same affiliations."""
    mine = {"person_id": who.id}
    for one in who.things["enrolment"]:
        values = {name: one[name] for name in ("topic", "session_id", "enrolled_on", "starts_on", "attended")}
        row = {"id": new_id(), "told": 1, "course_code": one["course"], **mine, **values}
        session.execute(insert(models.KnownEnrolment).values(row | {"state": EnrolmentState(one["state"])}))
    for one in who.things["message"]:
        values = {name: one[name] for name in ("mailing_id", "template", "sent_on")}
        row = {"id": new_id(), "told": 1, "channel": Channel.EMAIL, "state": MessageState.DELIVERED, **mine, **values}
        session.execute(insert(models.KnownMessage).values(row))
    for one in who.things["affiliation"]:
        names = ("organisation_id", "title", "role", "email", "phone", "decision_maker", "starts_on", "ends_on")
        values = {name: one[name] for name in names} | {"fields": _additional(one)}
        session.execute(insert(models.Affiliation).values(id=(place := new_id()), **mine, **values))
        session.execute(insert(models.FieldOrigin).values(subject_id=place, **ORIGIN))
    for survey in world.PLACES:
        told = [one for one in who.things["survey_answer"] if one["survey_id"] == survey]
        if told:
            at, given = noon(told[0]["answered_on"]), {one["question"]: one["number"] or one["value"] for one in told}
            given["many"] = [one["value"] for one in told if one["question"] == "many"]
            row = {"id": new_id(), "survey_id": survey, "number": 1, "answers": given, "answered_at": at}
            session.execute(insert(models.SurveyAnswer).values(row | mine | {"changed_at": at, "answered_by": "x"}))
