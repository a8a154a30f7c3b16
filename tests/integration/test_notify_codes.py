"""One-time codes and what the SMS provider reports (I2, N5, N8; faults 39 and 47)."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById
from contracts.errors import Conflict, Invalid, NotAllowed, ServiceError, Unavailable
from contracts.notify import MessageState, SendCode, StatusCallback
from services.notify.codes import status_url
from services.notify.config import notify_settings
from services.notify.providers.twilio import callback_signature
from tests.integration.companies import ACCOUNT, TOKEN
from tests.integration.conftest import ANONYMOUS, member, staff
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration
PHONE = "+358401234567"
SID = "SM0123"


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def send(town, code_id, phone=PHONE, language="fi"):
    request = SendCode(id=code_id, phone=phone, code="123456", language=language)
    return town.call_service("notify", "send_code", request)


def message(town, message_id):
    return town.call("notify", "get_message", ById(id=message_id))


def report(status="delivered", *, message_id: UUID, signed_with=TOKEN, address=None, **changes: str):
    """A provider's report on a message, as the gateway hands it on."""
    url = status_url(message_id) if address is None else address
    fields = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": status} | changes
    signature = callback_signature(signed_with, url, fields.items())
    return StatusCallback(provider="twilio", url=url, signature=signature, parameters=fields)


def receive(town, request):
    return town.call("notify", "receive_status", request, ANONYMOUS)


def test_I2_a_code_is_sent_at_once_and_its_text_is_nowhere_kept(town):
    code_id = new_id()
    send(town, code_id, phone="+358 40 123-4567", language="sv")
    [sms] = town.sms.messages(PHONE)
    assert sms["body"] == "Din inloggningskod är 123456. Den gäller i 5 minuter. Lämna inte ut den till någon."
    assert (message(town, code_id).state, message(town, code_id).body) == (MessageState.DELIVERED, "")
    tables = town.rows("notify", "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    stored = [
        row[0] for table in tables for row in town.rows("notify", f'SELECT to_jsonb(t)::text FROM "{table[0]}" t')
    ]
    assert stored
    assert not [row for row in stored if "123456." in row or '"123456"' in row]


def test_I2_a_repeat_sends_nothing(town):
    code_id = new_id()
    for _ in range(3):
        send(town, code_id)
    assert len(town.sms.messages(PHONE)) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_I2_a_code_that_surely_was_not_sent_is_told_and_may_be_repeated(town, status):
    code_id = new_id()
    town.sms.order_fault(on="send", effect="error", status=status)
    with pytest.raises(Unavailable) as told:
        send(town, code_id)
    assert told.value.error_code == "sms_unavailable"
    assert message(town, code_id).state is MessageState.PERMANENT_FAILURE
    send(town, code_id)
    assert len(town.sms.messages(PHONE)) == 1
    assert message(town, code_id).state is MessageState.DELIVERED


def test_I2_a_code_whose_answer_was_lost_is_not_sent_twice(town):
    code_id = new_id()
    town.sms.order_fault(on="send", effect="drop")
    send(town, code_id)
    send(town, code_id)
    assert len(town.sms.messages(PHONE)) == 1
    assert message(town, code_id).error.startswith("OutcomeUnknown")
    receive(town, report(message_id=code_id))
    assert message(town, code_id).state is MessageState.DELIVERED


def test_I2_a_number_that_cannot_be_reached_is_told(town):
    with pytest.raises(Conflict) as told:
        send(town, new_id(), phone="0401234567")
    assert told.value.error_code == "number_unreachable"


def test_I2_only_the_suite_sends_codes(town):
    request = SendCode(id=new_id(), phone=PHONE, code="123456")
    for principal in (ANONYMOUS, member(new_id()), staff(*Permission)):
        with pytest.raises(ServiceError):
            town.call("notify", "send_code", request, principal)
    assert town.sms.messages() == []


def test_N5_a_failure_reported_later_ends_the_message(town):
    code_id = new_id()
    send(town, code_id)
    receive(town, report("undelivered", message_id=code_id, ErrorCode="30003"))
    found = message(town, code_id)
    assert (found.state, found.error) == (MessageState.PERMANENT_FAILURE, "provider code 30003")
    receive(town, report("sent", message_id=code_id))
    assert message(town, code_id).state is MessageState.PERMANENT_FAILURE


@pytest.mark.parametrize(
    "forged",
    [
        {"signed_with": "another"},
        {"signed_with": ""},
        {"AccountSid": "AC9999"},
        {"MessageSid": ""},
    ],
)
def test_N5_a_forged_report_is_refused(town, forged):
    code_id = new_id()
    send(town, code_id)
    with pytest.raises(NotAllowed) as refused:
        receive(town, report("failed", message_id=code_id, **forged))
    assert refused.value.error_code == "bad_signature"
    stolen = report("failed", message_id=new_id()).model_copy(update={"url": status_url(code_id)})
    with pytest.raises(NotAllowed):
        receive(town, stolen)
    changed = report("sent", message_id=code_id)
    with pytest.raises(NotAllowed):
        receive(town, changed.model_copy(update={"parameters": changed.parameters | {"MessageStatus": "failed"}}))
    assert message(town, code_id).state is MessageState.DELIVERED


def test_N5_no_report_is_believed_while_the_provider_is_not_set_up(town, monkeypatch):
    code_id = new_id()
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "")
    notify_settings.cache_clear()
    with pytest.raises(NotAllowed):
        receive(town, report("failed", message_id=code_id, signed_with=""))


def test_N5_a_report_of_no_message_is_refused_and_of_an_unknown_one_changes_nothing(town):
    for address in ("https://127.0.0.1:9/x", "https://127.0.0.1:9/x?message=1"):
        with pytest.raises(Invalid):
            receive(town, report(message_id=new_id(), address=address))
    receive(town, report("failed", message_id=new_id()))
