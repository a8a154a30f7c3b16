"""Twilio's status callbacks (N5): the signature and what is read from them."""

import pytest
from pydantic import SecretStr

from ops.simulators.twilio import statuses
from ops.simulators.twilio.messages import segments
from services.notify.providers.failures import PermanentFailure
from services.notify.providers.twilio import SmsStatus, Twilio, callback_signature

pytestmark = pytest.mark.unit
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_N5_the_published_signature_is_reproduced() -> None:
    assert callback_signature("12345", URL, FORM.items()) == PUBLISHED
    assert statuses.signature("12345", URL, FORM) == PUBLISHED


CALLBACK = "https://talkoo.example.org/hooks/sms?delivery=7"
STATUS = {"AccountSid": "AC1", "MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+1"}
TWILIO = Twilio("https://api.twilio.com", "AC1", SecretStr("token"), "Talkoo")


def test_N5_a_signed_status_is_read() -> None:
    signed = callback_signature("token", CALLBACK, STATUS.items())
    status = TWILIO.read_status(CALLBACK, STATUS.items(), signed)
    assert status == SmsStatus("SM1", "undelivered", 30003)
    assert status is not None
    assert status.is_final


@pytest.mark.parametrize(
    ("url", "change"),
    [
        (CALLBACK, {"MessageStatus": "delivered"}),
        (CALLBACK, {"MessageSid": "SM2"}),
        (CALLBACK, {"Extra": "1"}),
        (CALLBACK.replace("7", "8"), {}),
    ],
)
def test_N5_a_changed_status_is_forged(url: str, change: dict[str, str]) -> None:
    signed = callback_signature("token", CALLBACK, STATUS.items())
    assert TWILIO.read_status(url, (STATUS | change).items(), signed) is None


def test_N5_a_status_of_another_account_is_forged() -> None:
    foreign = STATUS | {"AccountSid": "AC2"}
    assert TWILIO.read_status(CALLBACK, foreign.items(), callback_signature("token", CALLBACK, foreign.items())) is None


@pytest.mark.parametrize("body", ["", "x" * 1601])
def test_N5_texts_twilio_refuses_are_not_tried(body: str) -> None:
    with pytest.raises(PermanentFailure):
        TWILIO.send("+358501234567", body)


@pytest.mark.parametrize(
    ("body", "parts"),
    [("ä" * 160, 1), ("ä" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("š" * 70, 1), ("š" * 71, 2), ("😀" * 36, 2)],
)
def test_N5_the_simulator_counts_parts_as_networks_do(body: str, parts: int) -> None:
    assert segments(body) == parts
