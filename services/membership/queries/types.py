"""Membership types with their discount rules."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from contracts import membership as contract
from contracts.errors import NotFound

TYPES = """
    SELECT t.id, t.code, t.name, t.description, t.level, t.period, t.fee_product_id, t.joining_fee_product_id,
           t.grace_days, t.open_for_applications, t.version,
           coalesce((SELECT jsonb_agg(jsonb_build_object('category', d.category, 'percent', d.percent)
                                      ORDER BY d.category)
                       FROM discount_rules d WHERE d.membership_type_id = t.id), '[]') AS discounts
      FROM membership_types t"""
ALL_TYPES = text(f"{TYPES} ORDER BY t.position")
ONE_TYPE = text(f"{TYPES} WHERE t.id = :id")


def list_types(connection: Connection) -> contract.MembershipTypes:
    """All types, in the office's order."""
    return contract.MembershipTypes(data=[_type(row) for row in connection.execute(ALL_TYPES)])


def get_type(connection: Connection, type_id: UUID) -> contract.MembershipType:
    """One type; raises NotFound."""
    row = connection.execute(ONE_TYPE, {"id": type_id}).first()
    if row is None:
        raise NotFound(f"There is no membership type {type_id}.", id=type_id)
    return _type(row)


def _type(row: Any) -> contract.MembershipType:
    return contract.MembershipType.model_validate(row._asdict())
