"""What errors say to people: a sentence by code, in the language of the request.

Services answer with stable codes, an English message and parameters; what has no sentence here is shown in English.
"""

from typing import Any, Final
from urllib.parse import quote

from flask_babel import lazy_gettext as _

from contracts.errors import FieldError, ServiceError

SENTENCES: Final[dict[str, Any]] = {
    "already_enrolled": _("This person is enrolled on this session already."),
    "bad_api_key": _("This API key does not exist, was revoked or has expired."),
    "bad_link": _("This link is not one of ours. Open it from the message as it is."),
    "conflict": _("This is not possible as things stand."),
    "csrf": _("This form is too old or came from elsewhere. Load the page again."),
    "forged_notice": _("This does not come from the payment provider."),
    "gone": _("This link was used, was withdrawn or has expired. Ask for a new one."),
    "idempotency_key_missing": _("Send an Idempotency-Key with this request, such as a UUID."),
    "idempotency_key_reused": _("This idempotency key was used before for another request. Use a new key."),
    "internal_error": _("Something went wrong on our side. The request id finds it in the log."),
    "invalid": _("Some fields are not as they should be."),
    "link_gone": _("This link was used, was withdrawn or has expired. Ask for a new one."),
    "no_offer": _("This seat is not on offer any more."),
    "not_allowed": _("You have no right to this."),
    "not_found": _("There is no such thing, or none that you may see."),
    "not_ready": _("The document is being made. Ask again in a moment."),
    "not_signed_in": _("Sign in to do this."),
    "nothing_to_pay": _("There is nothing to pay here any more."),
    "payment_ended": _("The payment has just ended. Look at it again."),
    "payment_refused": _("The payment provider refused the payment. Try again, or choose an invoice."),
    "payment_under_way": _("A payment of another sum is under way. Finish or cancel it first."),
    "precondition_required": _("Send the ETag that you read in If-Match, so that nobody's change is lost."),
    "session_begun": _("The course has begun; one cannot enrol any more."),
    "session_ended": _("Your session has ended. Sign in again."),
    "stale": _("This has changed since you read it. Look at it as it is now, and decide again."),
    "still_running": _("The same request is being carried out. Ask again in a moment."),
    "too_many": _("There were too many attempts. Wait a moment and try again."),
    "too_many_codes": _("Too many codes were sent to this account. Wait ten minutes."),
    "type_closed": _("This kind of membership takes no applications now."),
    "unavailable": _("This part does not answer at the moment. Try again in a moment; nothing is lost."),
    "wrong_code": _("This code is wrong or too old. Sign in again for a new one."),
    "wrong_credentials": _("User name or password is wrong."),
}
"""By code of an error."""
FIELDS: Final[dict[str, Any]] = {
    "bad_phone": _("This is not a phone number. Write it as +358 40 1234567."),
    "bool_parsing": _("Answer yes or no."),
    "date_from_datetime_parsing": _("This is not a day. Write it as 2026-12-31."),
    "date_parsing": _("This is not a day. Write it as 2026-12-31."),
    "decimal_parsing": _("This is not a number."),
    "enum": _("This is none of the choices."),
    "extra_forbidden": _("There is no such field. Check its name."),
    "in_the_future": _("This day is in the future. Check the year."),
    "int_parsing": _("This is not a whole number."),
    "missing": _("This is needed."),
    "name_missing": _("Give a given name or a family name."),
    "no_such_person": _("There is no such person."),
    "string_pattern_mismatch": _("This is not written as it should be. Check it."),
    "string_too_long": _("This is too long."),
    "string_too_short": _("This is needed."),
    "terms_not_accepted": _("Accept the rules to apply."),
    "too_easy": _("This password is guessed easily. Use several unrelated words."),
    "uuid_parsing": _("This is not an id."),
}
"""By code of what is wrong with a field."""


def sentence(error: ServiceError) -> str:
    """What is wrong and what to do, in the language of the request."""
    found = SENTENCES.get(error.error_code)
    return error.message if found is None else str(found) % error.params if error.params else str(found)


def field_text(error: FieldError) -> str:
    """What is wrong with one field, in the language of the request."""
    found = FIELDS.get(error.code)
    return str(found) if found is not None else error.message


def sign_in_address(back_to: str) -> str:
    """Where to sign in, and where to go on afterwards."""
    return f"/sign-in?next={quote(back_to, safe='/')}"
