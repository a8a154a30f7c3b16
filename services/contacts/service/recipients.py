"""What senders need to reach persons."""

from contracts.base import ByIds
from contracts.contacts.recipients import Recipients, RecipientsApi
from services.contacts.queries import recipients
from services.contacts.service.base import ContactsMethods


class RecipientsMethods(ContactsMethods, RecipientsApi):
    """What senders need to reach persons."""

    def get_recipients(self, request: ByIds) -> Recipients:
        return recipients.get_many(self.reader, request.ids)
