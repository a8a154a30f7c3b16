"""What a principal may call, and who may sign which principal, without any broker."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import ValidationError

from chassis.access import Scope, authorise
from chassis.principals import _may_sign, system_principal
from contracts.access import ANONYMOUS, LinkPurpose, Permission, Principal, PrincipalKind, Rule
from contracts.base import Done, Kind, Method, Nothing
from contracts.errors import NotAllowed
from contracts.identity import IssueLink

PERSON, THING = UUID(int=1), UUID(int=2)
SOON = datetime(2100, 1, 1, tzinfo=UTC)
EVERY_RIGHT = frozenset(Permission)


def method(*may):
    return Method("act", Kind.COMMAND, may, 1.0, Nothing, Done)


def link(purpose, person=None, thing=None):
    return Principal(kind=PrincipalKind.LINK, id="1", person_id=person, link_purpose=purpose, link_object=thing)


@pytest.mark.parametrize("purpose", LinkPurpose)
def test_I3_a_link_that_names_nothing_opens_nothing(purpose):
    opened = method(Permission.COMMERCE_READ, Rule.OWN, purpose)
    with pytest.raises(NotAllowed):
        authorise(opened, link(purpose))
    assert authorise(opened, link(purpose, person=PERSON)) == Scope(PERSON, None)
    assert authorise(opened, link(purpose, thing=THING)) == Scope(None, THING)
    assert authorise(opened, link(purpose, PERSON, THING)) == Scope(PERSON, THING)


@pytest.mark.parametrize("purpose", [each for each in LinkPurpose if each is not LinkPurpose.FIRST_ADMINISTRATOR])
def test_I3_no_link_is_made_that_names_nothing(purpose):
    with pytest.raises(ValidationError):
        IssueLink(id=THING, purpose=purpose, expires_at=SOON)
    assert IssueLink(id=THING, purpose=purpose, expires_at=SOON, object_id=THING)


def test_R6_identity_signs_for_all_and_everybody_else_for_their_bare_selves():
    account = Principal(kind=PrincipalKind.ACCOUNT, id="1", permissions=EVERY_RIGHT)
    for principal in (account, ANONYMOUS, system_principal("contacts"), link(LinkPurpose.PAY_INVOICE, PERSON)):
        assert _may_sign("identity", principal)
    assert _may_sign("gateway", ANONYMOUS.model_copy(update={"expires_at": SOON}))
    assert _may_sign("gateway", system_principal("gateway").model_copy(update={"expires_at": SOON}))
    assert not _may_sign("gateway", system_principal("contacts"))
    assert not _may_sign("contacts", ANONYMOUS)
    assert not _may_sign("contacts", account)


@pytest.mark.parametrize(
    "added",
    [
        {"permissions": EVERY_RIGHT},
        {"person_id": PERSON},
        {"link_purpose": LinkPurpose.PAY_INVOICE, "link_object": THING},
    ],
)
def test_R6_nobody_but_identity_adds_rights_to_a_name(added):
    """The gateway's own key would otherwise open everything that a right opens."""
    for bare in (ANONYMOUS, system_principal("gateway")):
        assert _may_sign("gateway", bare)
        assert not _may_sign("gateway", bare.model_copy(update=added))
