"""Persons over HTTP."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from pydantic import ValidationError

from chassis.rpc import client
from chassis.validation import as_invalid
from contracts.base import ById
from contracts.contacts import ContactsApi, CreatePerson
from gateway.callers import request_caller

blueprint = Blueprint("contacts", __name__)
contacts = client(ContactsApi)


@blueprint.get("/persons/<uuid:person_id>")
def get_person(person_id: UUID) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One person of the register."""
    with request_caller():
        person = contacts.get_person(ById(id=person_id))
    return person.model_dump(mode="json"), 200, {"ETag": f'"{person.id}.{person.version}"'}


@blueprint.post("/persons")
def create_person() -> tuple[dict[str, Any], int, dict[str, str]]:
    """A new person; a given name or a family name is enough."""
    try:
        wanted = CreatePerson.model_validate_json(request.get_data())
    except ValidationError as error:
        raise as_invalid(error) from None
    with request_caller() as replayed:
        person = contacts.create_person(wanted)
    headers = {"Location": f"/api/v1/persons/{person.id}"}
    if any(replayed):
        headers["Idempotent-Replayed"] = "true"
    return person.model_dump(mode="json"), 201, headers
