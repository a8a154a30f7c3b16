"""Where the things lie that contacts have several of, and which columns segments test of them (C10).

Another kind of thing is one more relation here; docs/segments.md says what else it needs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)

from contracts.commerce.orders import OrderState
from contracts.contacts.addresses import Address
from contracts.contacts.contact_points import PointKind
from contracts.contacts.segments import SegmentKind
from contracts.membership import MembershipState
from services.contacts import models
from services.contacts.rules.reachability import HOME_REGION
from services.contacts.rules.segment_fields import OF_AFFILIATIONS

Condition = ColumnElement[bool]
Columns = Mapping[str, ColumnElement[Any]]
PERSONS, ORGANISATIONS = SegmentKind.PERSONS, SegmentKind.ORGANISATIONS
PERSON = models.Person.__table__.c
AFFILIATION, ORGANISATION = models.Affiliation.__table__.c, models.Organisation.__table__.c
ACTIVITY, LINK = models.Activity.__table__.c, models.ActivityContact.__table__.c
MEMBERSHIP, PURCHASE = models.KnownMembership.__table__.c, models.KnownPurchase.__table__.c
OF_ORGANISATIONS = ("name", "business_id", "city", "customer_number")
ADDRESS = tuple(Address.model_fields)
VALUE, POINT = models.SURVEY_VALUES.c, models.KeptPoint.__table__.c
ENROLMENT, MESSAGE = models.KnownEnrolment.__table__.c, models.KnownMessage.__table__.c


def _always(_today: date) -> list[Condition]:
    return []


@dataclass(frozen=True)
class Relation:
    """`owners` say which column names the contact; `holds` which rows count on a day."""

    owners: Mapping[SegmentKind, ColumnElement[Any]]
    columns: Columns
    states: Mapping[str, Callable[[date], dict[str, Condition]]] = field(default_factory=dict)
    """Fields whose value follows from facts and the day: when each value holds."""
    holds: Callable[[date], list[Condition]] = _always
    joined: Callable[[set[str]], Any] | None = None
    """What is read when these fields are tested, unless it is the table of the owners alone."""
    moments: Columns = field(default_factory=dict)
    """Times of which fields tell the day where the association is."""
    of: ColumnElement[Any] | None = None
    """Says whose it is where ids of persons and of organisations lie in one column."""
    additional: Columns = field(default_factory=dict)
    """Columns of additional fields, by whose they are."""
    listed: bool = False
    """Whether the owners are not ids, but JSON lists of the things themselves."""

    def some(
        self, of: SegmentKind, contact: ColumnElement[Any], passed: Condition, today: date, fields: set[str], least: int
    ) -> Condition:
        """Whether at least so many of the contact's things pass."""
        owner = self.owners[of]
        if self.listed:
            return _some_listed(owner, passed, least)
        passed = passed if self.of is None else and_(self.of == of.value, passed)
        source = self.joined(fields) if self.joined else owner.table
        if least == 1:
            return select(literal(1)).select_from(source).where(owner == contact, *self.holds(today), passed).exists()
        counted = select(owner).select_from(source).where(owner.is_not(None), *self.holds(today), passed)
        return contact.in_(counted.group_by(owner).having(func.count() >= least))


def _some_listed(things: ColumnElement[Any], passed: Condition, least: int) -> Condition:
    """The same for addresses, which are a JSON list in the contact's own row."""
    there = func.jsonb_to_recordset(things).table_valued(*(column(name, Text) for name in ADDRESS))
    source = there.render_derived(name="address", with_types=True)
    if least == 1:
        return select(literal(1)).select_from(source).where(passed).exists()
    counted = select(func.count()).select_from(source).where(passed).scalar_subquery()
    enough: Condition = counted >= least
    return enough


def _running(today: date) -> list[Condition]:
    return [
        or_(AFFILIATION.starts_on.is_(None), AFFILIATION.starts_on <= today),
        or_(AFFILIATION.ends_on.is_(None), AFFILIATION.ends_on >= today),
    ]


def _past(today: date) -> list[Condition]:
    never_began = AFFILIATION.starts_on > AFFILIATION.ends_on
    return [AFFILIATION.ends_on < today, or_(AFFILIATION.starts_on.is_(None), not_(never_began))]


def _with_organisations(fields: set[str]) -> Any:
    affiliations, organisations = models.Affiliation.__table__, models.Organisation.__table__
    if not any(name.startswith("organisation.") for name in fields):
        return affiliations
    there = and_(ORGANISATION.id == AFFILIATION.organisation_id, ORGANISATION.deleted_at.is_(None))
    return affiliations.join(organisations, there)


def _membership_states(today: date) -> dict[str, Condition]:
    """The same as membership computes from its own tables."""
    ended = and_(MEMBERSHIP.ended_on.is_not(None), MEMBERSHIP.ended_on <= today)
    active = MEMBERSHIP.active_on.op("@>", is_comparison=True)(today)
    grace = MEMBERSHIP.grace_on.op("@>", is_comparison=True)(today)
    begun = func.coalesce(func.lower(MEMBERSHIP.active_on, type_=Date), date.max) <= today
    goes_on = not_(ended)
    return {
        MembershipState.ENDED: ended,
        MembershipState.PENDING: and_(goes_on, not_(begun)),
        MembershipState.ACTIVE: and_(goes_on, begun, active),
        MembershipState.GRACE: and_(goes_on, begun, not_(active), grace),
        MembershipState.LAPSED: and_(goes_on, begun, not_(active), not_(grace)),
    }


def _bought(_today: date) -> list[Condition]:
    return [PURCHASE.state.in_([OrderState.BILLED, OrderState.PAID])]


def _shared(_today: date) -> list[Condition]:
    """Private activities are seen by their author alone, and so are not found by segments."""
    return [ACTIVITY.deleted_at.is_(None), ACTIVITY.private.is_(False)]


def _with_activities(_fields: set[str]) -> Any:
    return models.ActivityContact.__table__.join(models.Activity.__table__, ACTIVITY.id == LINK.activity_id)


def _of_known_kinds(_today: date) -> list[Condition]:
    """All points; an index that begins with the kind can be read also when no kind is asked for."""
    return [POINT.kind.in_([each.value for each in PointKind])]


RELATIONS: dict[str, Relation] = {
    "address": Relation(
        owners={PERSONS: PERSON.addresses, ORGANISATIONS: ORGANISATION.addresses},
        columns={
            **{f"address.{name}": literal_column(f"address.{name}", Text) for name in ADDRESS},
            "address.country": func.coalesce(literal_column("address.country", Text), HOME_REGION),
        },
        listed=True,
    ),
    "affiliation": Relation(
        owners={PERSONS: AFFILIATION.person_id, ORGANISATIONS: AFFILIATION.organisation_id},
        columns={
            **{f"affiliation.{name}": AFFILIATION[name] for name in OF_AFFILIATIONS},
            **{f"organisation.{name}": ORGANISATION[name] for name in OF_ORGANISATIONS},
            "organisation.customer_status": cast(ORGANISATION.customer_status, Text),
            "organisation.tag": ORGANISATION.tags,
        },
        holds=_running,
        joined=_with_organisations,
        additional={"affiliation": AFFILIATION.fields, "organisation": ORGANISATION.fields},
    ),
    "past_affiliation": Relation(
        owners={PERSONS: AFFILIATION.person_id, ORGANISATIONS: AFFILIATION.organisation_id},
        columns={f"past_affiliation.{name}": AFFILIATION[name] for name in OF_AFFILIATIONS},
        holds=_past,
        additional={"affiliation": AFFILIATION.fields},
    ),
    "membership": Relation(
        owners={PERSONS: MEMBERSHIP.person_id, ORGANISATIONS: MEMBERSHIP.person_id},
        columns={
            "membership.type": MEMBERSHIP.type_code,
            **{f"membership.{name}": MEMBERSHIP[name] for name in ("joined_on", "ended_on", "paid_until")},
        },
        states={"membership.state": _membership_states},
    ),
    "purchase": Relation(
        owners={PERSONS: PURCHASE.customer_id, ORGANISATIONS: PURCHASE.customer_id},
        columns={
            "purchase.product": PURCHASE.product_code,
            "purchase.product_name": PURCHASE.product_name,
            "purchase.source": cast(PURCHASE.source, Text),
            **{f"purchase.{name}": PURCHASE[name] for name in ("category", "quantity", "amount", "bought_on")},
            "purchase.paid": PURCHASE.state == OrderState.PAID,
        },
        holds=_bought,
    ),
    "enrolment": Relation(
        owners={PERSONS: ENROLMENT.person_id},
        columns={
            "enrolment.course": ENROLMENT.course_code,
            "enrolment.state": cast(ENROLMENT.state, Text),
            **{
                f"enrolment.{name}": ENROLMENT[name]
                for name in ("topic", "session_id", "enrolled_on", "starts_on", "attended")
            },
        },
    ),
    "message": Relation(
        owners={PERSONS: MESSAGE.person_id},
        columns={
            **{f"message.{name}": MESSAGE[name] for name in ("mailing_id", "template", "sent_on")},
            **{f"message.{name}": cast(MESSAGE[name], Text) for name in ("channel", "state")},
        },
    ),
    "survey_answer": Relation(
        owners={PERSONS: VALUE.person_id},
        columns={f"survey_answer.{name}": VALUE[name] for name in ("survey_id", "question", "value", "number")},
        moments={"survey_answer.answered_on": VALUE.answered_at},
    ),
    "contact_point": Relation(
        owners={PERSONS: POINT.contact_id, ORGANISATIONS: POINT.contact_id},
        columns={f"contact_point.{name}": POINT[name] for name in ("kind", "problem")},
        moments={"contact_point.verified_on": POINT.verified_at},
        of=POINT.of,
        holds=_of_known_kinds,
    ),
    "activity": Relation(
        owners={PERSONS: LINK.person_id, ORGANISATIONS: LINK.organisation_id},
        columns={
            "activity.kind": cast(ACTIVITY.kind, Text),
            "activity.project_id": ACTIVITY.project_id,
        },
        moments={"activity.happened_on": ACTIVITY.happened_at},
        holds=_shared,
        joined=_with_activities,
    ),
}
"""By the names of rules.segment_fields.RELATIONS."""
