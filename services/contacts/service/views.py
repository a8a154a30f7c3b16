"""What each user wants to see (C8)."""

from contracts.base import Done, Nothing
from contracts.contacts.views import SaveView, View, ViewByName, Views, ViewsApi
from services.contacts.commands import views
from services.contacts.queries import views as own_views
from services.contacts.service.base import ContactsMethods


class ViewsMethods(ContactsMethods, ViewsApi):
    """What each user wants to see (C8)."""

    def list_views(self, request: Nothing) -> Views:
        return own_views.of(self.reader, self.principal.label)

    def save_view(self, request: SaveView) -> View:
        return views.save(self.session, request, self.author)

    def reset_view(self, request: ViewByName) -> Done:
        views.reset(self.session, request, self.author)
        return Done()
