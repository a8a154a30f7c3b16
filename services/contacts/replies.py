"""Rows of the tables as the contract shows them. The rows come from our own database: they are not checked again."""

from typing import Any

from contracts.base import Translated
from contracts.contacts.about import NamedContact
from contracts.contacts.addresses import Address, AddressPurpose
from contracts.contacts.affiliations import Affiliation
from contracts.contacts.basics import CreditLimit, EmailKind, OtherEmail, OtherPhone, PhoneKind
from contracts.contacts.fields import Choice, FieldDefinition
from contracts.contacts.history import Change
from contracts.contacts.imports import Import
from contracts.contacts.organisations import Organisation, OrganisationSummary
from contracts.contacts.persons import Person, PersonSummary


def addresses_of(stored: list[dict[str, Any]]) -> list[Address]:
    """Addresses from their JSON form."""
    return [
        Address.model_construct(
            purpose=AddressPurpose(each.get("purpose", "postal")),
            street=each.get("street", ""),
            postal_code=each.get("postal_code", ""),
            city=each.get("city", ""),
            country=each.get("country", "FI"),
        )
        for each in stored
    ]


def _other_email(stored: dict[str, str]) -> OtherEmail:
    return OtherEmail.model_construct(kind=EmailKind(stored["kind"]), address=stored["address"])


def _other_phone(stored: dict[str, str]) -> OtherPhone:
    return OtherPhone.model_construct(kind=PhoneKind(stored["kind"]), number=stored["number"])


def basics_of(row: Any) -> dict[str, Any]:
    """What persons and organisations have alike."""
    return {
        "id": row.id,
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "email": row.email,
        "phone": row.phone,
        "fax": row.fax,
        "other_emails": [_other_email(each) for each in row.other_emails],
        "other_phones": [_other_phone(each) for each in row.other_phones],
        "language": row.language,
        "customer_number": row.customer_number,
        "customer_status": row.customer_status,
        "payment_method": row.payment_method,
        "payment_days": row.payment_days,
        "delivery_method": row.delivery_method,
        "credit_limit": None if row.credit_limit is None else CreditLimit.model_construct(amount=row.credit_limit),
        "addresses": addresses_of(row.addresses),
        "tags": row.tags,
        "fields": row.fields,
    }


def person_of(row: Any) -> Person:
    """A person; `row` has the attributes of the table."""
    return Person.model_construct(
        state=row.state,
        given_name=row.given_name,
        family_name=row.family_name,
        title=row.title,
        gender=row.gender,
        birth_date=row.birth_date,
        has_photo=row.photo_key is not None,
        **basics_of(row),
    )


def person_summary_of(row: Any) -> PersonSummary:
    """A person as lists show it."""
    return PersonSummary.model_construct(
        id=row.id,
        name=f"{row.given_name} {row.family_name}".strip(),
        email=row.email,
        phone=row.phone,
        city=row.city,
        tags=row.tags,
    )


def organisation_of(row: Any) -> Organisation:
    """An organisation; `row` has the attributes of the table."""
    return Organisation.model_construct(
        name=row.name, business_id=row.business_id, parent_id=row.parent_id, **basics_of(row)
    )


def organisation_summary_of(row: Any) -> OrganisationSummary:
    """An organisation as lists show it."""
    return OrganisationSummary.model_construct(
        id=row.id, name=row.name, business_id=row.business_id, email=row.email, city=row.city, tags=row.tags
    )


def affiliation_of(row: Any, person_name: str, organisation_name: str) -> Affiliation:
    """An affiliation with the names of both sides."""
    return Affiliation(
        id=row.id,
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        title=row.title,
        email=row.email,
        phone=row.phone,
        role=row.role,
        decision_maker=row.decision_maker,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        fields=row.fields,
        version=row.version,
        person_name=person_name,
        organisation_name=organisation_name,
    )


def change_of(row: Any, other: NamedContact | None = None) -> Change:
    """One line of a contact's history; `other` is the other side of the affiliation that it tells of."""
    return Change(
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        channel=row.channel,
        field=row.field,
        old=row.old,
        new=row.new,
        other=other,
    )


def field_of(row: Any) -> FieldDefinition:
    """The definition of an additional field."""
    return FieldDefinition(
        code=row.code,
        label=Translated.model_validate(row.label),
        type=row.type,
        choices=[Choice.model_validate(each) for each in row.choices],
        applies_to=row.applies_to,
        classification=row.classification,
        retired=row.retired,
        version=row.version,
    )


def import_of(row: Any, me: str) -> Import:
    """An import with its counts, for who has this label."""
    return Import(
        id=row.id,
        job_id=row.job_id,
        file_key=row.file_key,
        file_name=row.file_name,
        profile=row.profile,
        dry_run=row.dry_run,
        started_at=row.started_at,
        own=row.started_by == me,
        observed_at=row.observed_at,
        preview=row.preview,
        mapping=row.mapping,
        by_heading=row.by_heading,
        undo_job_id=row.undo_job_id,
        undone_at=row.undone_at,
        undone=row.undone,
        counts=row.counts,
    )
