"""Membership types, kept by the office (M1, M3)."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.errors import Conflict, Invalid
from contracts.membership import CreateMembershipType
from services.membership.models import DiscountRule, MembershipType


def check(request: CreateMembershipType) -> None:
    """Raise Invalid when two discount rules are about the same category."""
    seen: set[str] = set()
    for position, rule in enumerate(request.discounts):
        if rule.category in seen:
            raise Invalid.field(
                f"/discounts/{position}/category",
                "category_twice",
                f"There are two discounts on {rule.category}; keep one.",
                category=rule.category,
            )
        seen.add(rule.category)


def create(session: Session, request: CreateMembershipType) -> UUID:
    """A new type; its id. Raises Conflict when the code is taken."""
    values = request.model_dump(mode="json", exclude={"discounts"})
    type_id: UUID | None = session.scalar(
        upsert(MembershipType)
        .values(id=new_id(), **values)
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(MembershipType.id)
    )
    if type_id is None:
        raise Conflict(
            f"There is a membership type {request.code} already; choose another code.",
            code="code_taken",
            value=request.code,
        )
    if request.discounts:
        rules = [rule.model_dump() | {"membership_type_id": type_id} for rule in request.discounts]
        session.execute(insert(DiscountRule), rules)
    return type_id
