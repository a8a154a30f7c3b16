"""What kinds of values the fields of segments hold, and what they are chosen from."""

from typing import Any, Final

from flask_babel import lazy_gettext as _

from contracts.notify import Channel
from gateway.i18n import LANGUAGES
from gateway.pages import contact_words, point_words
from gateway.pages.activity_words import KIND
from gateway.pages.state_words import ENROLMENT, MEMBERSHIP, MESSAGE

KINDS: Final = {
    **dict.fromkeys(
        (
            "birth_date", "created_at", "updated_at", "affiliation.starts_on", "affiliation.ends_on",
            "past_affiliation.starts_on", "past_affiliation.ends_on", "membership.joined_on", "membership.ended_on",
            "membership.paid_until", "purchase.bought_on", "enrolment.enrolled_on", "enrolment.starts_on",
            "message.sent_on", "activity.happened_on", "survey_answer.answered_on", "contact_point.verified_on",
        ),
        "date",
    ),
    **dict.fromkeys(
        ("payment_days", "credit_limit", "purchase.amount", "purchase.quantity", "survey_answer.number"), "number"
    ),
    **dict.fromkeys(
        (
            "has_email", "has_phone", "has_address", "affiliation.decision_maker",
            "past_affiliation.decision_maker", "purchase.paid", "enrolment.attended",
        ),
        "flag",
    ),
    **dict.fromkeys(("parent_id", "affiliation.organisation_id", "past_affiliation.organisation_id"), "id"),
}  # fmt: skip
PURCHASE_SOURCES: Final = {"order": _("Ordered here"), "accounting": _("Told by accounting")}
CHANNELS: Final = {"email": _("E-mail"), "sms": _("Text message"), "post": _("Post"), "phone": _("Phone")}
CHOICES: Final[dict[str, Any]] = {
    **{
        name: contact_words.CHOICES[name] for name in ("gender", "customer_status", "payment_method", "delivery_method")
    },
    "organisation.customer_status": contact_words.CUSTOMER_STATUSES,
    "language": LANGUAGES,
    "banned": CHANNELS,
    "membership.state": {state.value: words for state, (words, _kind) in MEMBERSHIP.items()},
    "enrolment.state": {state.value: words for state, (words, _kind) in ENROLMENT.items()},
    "message.state": {state.value: words for state, (words, _kind) in MESSAGE.items()},
    "message.channel": {each.value: CHANNELS[each.value] for each in Channel},
    "address.purpose": contact_words.PURPOSES,
    "contact_point.kind": {kind.value: words for kind, words in point_words.KINDS.items()},
    "contact_point.problem": {outcome.value: words for outcome, words in point_words.PROBLEMS.items()},
    "purchase.source": PURCHASE_SOURCES,
    "activity.kind": {kind.value: words for kind, words in KIND.items()},
}
"""Codes and words of the values of fields that take no others."""
