"""Rules of seats, admission and ticket codes (K2, K7)."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.ids import new_id
from contracts.access import ANONYMOUS, Permission, Principal, PrincipalKind
from contracts.courses import Enrol, EnrolmentState, NewPerson, PaymentMethod
from contracts.errors import Invalid, NotAllowed, NotSignedIn
from services.courses.rules.admission import check_admission
from services.courses.rules.seats import held_until, offered_until, refund_due
from services.courses.rules.ticket_codes import ALPHABET, new_code, normalised

pytestmark = pytest.mark.unit
NOW = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
ME = new_id()
NEW = NewPerson(given_name="Ulla", family_name="Uusi", email="ulla@example.org")


def test_K2_a_seat_waits_for_a_card_and_not_for_an_invoice() -> None:
    assert held_until(NOW, 30, PaymentMethod.CARD) == NOW + timedelta(minutes=30)
    assert held_until(NOW, 30, PaymentMethod.INVOICE) is None


def test_K2_an_offer_stands_some_hours_but_not_after_the_start() -> None:
    assert offered_until(NOW, 48, NOW + timedelta(days=9)) == NOW + timedelta(hours=48)
    assert offered_until(NOW, 48, NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)


@pytest.mark.parametrize(
    ("state", "hours", "ordered", "due"),
    [
        (EnrolmentState.CONFIRMED, 1, True, True),
        (EnrolmentState.CONFIRMED, 0, True, False),
        (EnrolmentState.CONFIRMED, -1, True, False),
        (EnrolmentState.CONFIRMED, 1, False, False),
        (EnrolmentState.HELD, 1, True, False),
        (EnrolmentState.OFFERED, 1, False, False),
    ],
)
def test_K2_money_goes_back_for_a_confirmed_seat_until_the_start(state, hours, ordered, due) -> None:
    assert refund_due(state, NOW, NOW + timedelta(hours=hours), ordered=ordered) is due


def account(*permissions: Permission) -> Principal:
    return Principal(kind=PrincipalKind.ACCOUNT, id="a", person_id=ME, permissions=frozenset(permissions))


@pytest.mark.parametrize(
    ("who", "person_id", "refused"),
    [
        (account(), ME, None),
        (account(), new_id(), NotAllowed),
        (account(Permission.COURSES_READ), new_id(), NotAllowed),
        (account(Permission.COURSES_WRITE), new_id(), None),
        (Principal(kind=PrincipalKind.SYSTEM, id="worker"), new_id(), None),
        (Principal(kind=PrincipalKind.SYSTEM, id="gateway"), new_id(), NotAllowed),
        (Principal(kind=PrincipalKind.LINK, id="l", person_id=ME), ME, NotAllowed),
        (Principal(kind=PrincipalKind.API_KEY, id="k"), ME, NotAllowed),
        (ANONYMOUS, ME, NotSignedIn),
        (ANONYMOUS, None, None),
    ],
)
def test_K2_who_may_enrol_whom(who: Principal, person_id, refused) -> None:
    request = Enrol(session_id=new_id(), person_id=person_id, new_person=None if person_id else NEW)
    if refused is None:
        check_admission(request, who)
        return
    with pytest.raises(refused):
        check_admission(request, who)


@pytest.mark.parametrize("both", [True, False])
def test_K2_either_a_person_or_a_new_one(both: bool) -> None:
    request = Enrol(session_id=new_id(), person_id=ME if both else None, new_person=NEW if both else None)
    with pytest.raises(Invalid):
        check_admission(request, account(Permission.COURSES_WRITE))


def test_K7_codes_are_read_however_they_are_typed() -> None:
    code = new_code()
    assert set(code) <= set(ALPHABET) | {"-"}
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')}\n"):
        assert normalised(typed) == code
    assert len({new_code() for _ in range(1000)}) == 1000
