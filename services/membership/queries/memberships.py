"""Memberships as they are on a date. The state is computed here as `rules.states.state_on` does (same tests)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.paging import cursor_number, page
from chassis.redirects import ANY_KNOWN_AS
from contracts import membership as contract
from contracts.base import Page
from contracts.errors import NotFound

STATE = """CASE WHEN m.ended_on <= :as_of THEN 'ended'
                WHEN p.covered_until IS NULL THEN 'pending'
                WHEN :as_of <= p.covered_until THEN 'active'
                WHEN :as_of <= p.covered_until + t.grace_days THEN 'grace'
                ELSE 'lapsed' END"""
"""`:as_of` a date; `covered_until` the last day of the paid periods that have begun by then."""

FROM_MEMBERSHIPS = """
      FROM memberships m
      JOIN membership_types t ON t.id = m.membership_type_id
      LEFT JOIN LATERAL (
           SELECT max(coalesce(ends_on, 'infinity')) FILTER (WHERE paid_on IS NOT NULL AND starts_on <= :as_of)
                      AS covered_until,
                  nullif(max(coalesce(ends_on, 'infinity')) FILTER (WHERE paid_on IS NOT NULL), 'infinity')
                      AS paid_until,
                  (array_agg(invoice_id ORDER BY starts_on DESC) FILTER (WHERE invoice_id IS NOT NULL))[1]
                      AS invoice_id
             FROM membership_periods WHERE membership_id = m.id) p ON true"""

MEMBERSHIPS = f"""
    SELECT m.id, m.agreement_id, m.person_id, m.payer_id, m.number, m.membership_type_id, t.code AS type_code,
           t.name AS type_name, {STATE} AS state, CAST(:as_of AS date) AS as_of, m.joined_on, p.paid_until,
           m.ended_on, p.invoice_id, m.version
    {FROM_MEMBERSHIPS}"""
ONE = text(f"{MEMBERSHIPS} WHERE m.id = :id")

STATISTICS = text(f"""
    SELECT count(*) FILTER (WHERE state = 'active') AS active, count(*) FILTER (WHERE state = 'pending') AS pending,
           count(*) FILTER (WHERE state = 'grace') AS grace,
           (SELECT count(*) FROM applications WHERE state = 'submitted') AS applications
      FROM (SELECT {STATE} AS state {FROM_MEMBERSHIPS}) s""")  # noqa: S608  (put together from constants)

ENTITLEMENTS = text("""
    SELECT m.id AS membership_id, t.code AS membership_type_code, d.category, d.percent
      FROM memberships m
      JOIN membership_types t ON t.id = m.membership_type_id
      JOIN discount_rules d ON d.membership_type_id = t.id
     WHERE m.person_id = known_as(:person_id) AND (m.ended_on IS NULL OR m.ended_on > :day)
       AND EXISTS (SELECT 1 FROM membership_periods p
                    WHERE p.membership_id = m.id AND p.paid_on IS NOT NULL AND p.starts_on <= :day
                      AND (p.ends_on IS NULL OR :day <= p.ends_on + t.grace_days))
     ORDER BY d.category, d.percent DESC, m.number""")
"""Discounts of memberships that are active or in grace on `:day`."""


def get_membership(
    connection: Connection, membership_id: UUID, as_of: date, only_person: UUID | None = None
) -> contract.Membership:
    """One membership as it is on `as_of`; raises NotFound."""
    row = connection.execute(ONE, {"id": membership_id, "as_of": as_of}).first()
    if row is None or only_person not in {None, row.person_id}:
        raise NotFound(f"There is no membership {membership_id}.", id=membership_id)
    return _membership(row)


def list_memberships(
    connection: Connection, request: contract.ListMemberships, today: date, only_person: UUID | None
) -> Page[contract.Membership]:
    """Memberships by number, filtered by what they are on the date asked."""
    wanted = {
        "m.person_id = known_as(:only_person)": ("only_person", only_person),
        "m.person_id = known_as(:person_id)": ("person_id", request.person_id),
        f"m.person_id = {ANY_KNOWN_AS}": ("ids", request.person_ids or None),
        "m.membership_type_id = :type_id": ("type_id", request.membership_type_id),
        f"{STATE} = :state": ("state", request.state.value if request.state else None),
        "m.number > :after": ("after", cursor_number(request.cursor)),
    }
    conditions = [sql for sql, (_, value) in wanted.items() if value is not None]
    values: dict[str, Any] = {name: value for name, value in wanted.values() if value is not None}
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = text(f"{MEMBERSHIPS} {where} ORDER BY m.number LIMIT :limit")
    values |= {"as_of": request.as_of or today, "limit": request.limit + 1}
    found = [_membership(row) for row in connection.execute(query, values)]
    return page(found, request.limit, lambda each: [each.number])


def _membership(row: Any) -> contract.Membership:
    return contract.Membership.model_validate(row._asdict())


def get_entitlements(connection: Connection, request: contract.AskEntitlements) -> contract.Entitlements:
    """What the person's memberships give on the date; one statement."""
    rows = connection.execute(ENTITLEMENTS, {"person_id": request.person_id, "day": request.on})
    return contract.Entitlements(data=[contract.Entitlement.model_validate(row._asdict()) for row in rows])


def get_statistics(connection: Connection, today: date) -> contract.MembershipStatistics:
    """Counts by state on `today`, and applications that wait for a decision."""
    row = connection.execute(STATISTICS, {"as_of": today}).one()
    return contract.MembershipStatistics.model_validate(row._asdict())
