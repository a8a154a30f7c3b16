"""What the other services tell about contacts, kept for segments (C10)."""

from chassis.service import subscribe
from contracts.commerce.deliveries import DeliveriesChanged
from contracts.commerce.orders import PurchasesChanged
from contracts.courses import EnrolmentsChanged
from contracts.membership import MembershipsChanged
from contracts.notify import MessagesSent
from services.contacts.commands import known
from services.contacts.service.base import ContactsMethods


class KnownMethods(ContactsMethods):
    """What the other services tell about contacts, kept for segments (C10)."""

    @subscribe(MembershipsChanged)
    def take_memberships(self, event: MembershipsChanged) -> None:
        known.take_memberships(self.session, event.memberships, event.number)

    @subscribe(PurchasesChanged)
    def take_purchases(self, event: PurchasesChanged) -> None:
        known.take_purchases(self.session, event.purchases, event.number)

    @subscribe(DeliveriesChanged)
    def take_deliveries(self, event: DeliveriesChanged) -> None:
        known.take_deliveries(self.session, event.deliveries, event.number)

    @subscribe(EnrolmentsChanged)
    def take_enrolments(self, event: EnrolmentsChanged) -> None:
        known.take_enrolments(self.session, event.enrolments, event.number)

    @subscribe(MessagesSent)
    def take_messages(self, event: MessagesSent) -> None:
        known.take_messages(self.session, event.messages, event.number)
