"""The story, step by step. Each function tells one step: does it, checks it, and says what was seen."""

from collections.abc import Callable

from ops.demo.becoming_a_member import apply, decide, pay_by_bank, sign_in_as_member
from ops.demo.bookkeeping import balance
from ops.demo.enrolling import cancel_and_offer, enrol_and_pay
from ops.demo.importing import import_contacts
from ops.demo.mailing import mail_and_labels
from ops.demo.stage import Stage

Step = Callable[[Stage], list[str]]

STEPS: list[Step] = [
    import_contacts,
    apply,
    decide,
    pay_by_bank,
    sign_in_as_member,
    enrol_and_pay,
    cancel_and_offer,
    mail_and_labels,
    balance,
]
