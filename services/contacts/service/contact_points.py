"""By what contacts are reached: confirmed, marked when mail comes back, listed when they age (C19)."""

from chassis.service import subscribe
from contracts.base import ById, Done, Page
from contracts.bounces import MessageBounced
from contracts.contacts.contact_points import (
    ConfirmPoint,
    ContactPoints,
    ContactPointsApi,
    ListContactPoints,
    MarkPoint,
    PointOfContact,
    Verification,
)
from services.contacts.commands import verifications
from services.contacts.queries import contact_points
from services.contacts.service.base import ContactsMethods


class ContactPointsMethods(ContactsMethods, ContactPointsApi):
    """By what contacts are reached: confirmed, marked when mail comes back, listed when they age (C19)."""

    def get_contact_points(self, request: ById) -> ContactPoints:
        return contact_points.get(self.reader, request.id)

    def list_contact_points(self, request: ListContactPoints) -> Page[PointOfContact]:
        return contact_points.list_page(self.session, request, self.today)

    def confirm_contact_point(self, request: ConfirmPoint) -> Verification:
        return verifications.confirm(self.session, request, self.author)

    def mark_contact_point(self, request: MarkPoint) -> Verification:
        return verifications.mark(self.session, request, self.author, self.today)

    def undo_verification(self, request: ById) -> Done:
        verifications.undo(self.session, request.id, self.author)
        return Done()

    @subscribe(MessageBounced)
    def note_bounce(self, event: MessageBounced) -> None:
        verifications.note_bounce(self.session, event)
