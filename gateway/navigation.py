"""Where everything is: the sections of the staff side, the tabs of the member side, the links of the public side."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the navigation.

    `go` is the letter that follows `g` on the keyboard; `may` the permission without which the link is not shown;
    a `root` is the front page of a side, below which all its pages lie without belonging to it.
    """

    label: Any
    path: str
    go: str = ""
    may: str = ""
    links: tuple["Link", ...] = ()
    root: bool = False

    def contains(self, path: str) -> bool:
        """Whether `path` is this place or lies below it or below one of its links."""
        inside = path.startswith(self.path + "/") and not self.root
        return path == self.path or inside or any(link.contains(path) for link in self.links)


OFFICE: Final = (
    Link(_("Today"), "/office", "t", root=True),
    Link(_("Contacts"), "/office/contacts", "c", "contacts.read", (
        Link(_("Organisations"), "/office/organisations", "o"),
        Link(_("Segments"), "/office/segments", "s"),
        Link(_("Surveys"), "/office/surveys"),
        Link(_("Tags"), "/office/tags"),
        Link(_("Duplicates"), "/office/duplicates"),
        Link(_("Addresses to check"), "/office/stale-addresses"),
        Link(_("Imports"), "/office/imports"),
        Link(_("Erased contacts"), "/office/erasures", "", "contacts.erase"),
    )),
    Link(_("Tasks"), "/office/tasks", "w", "activities.read", (
        Link(_("Activities"), "/office/activities"),
        Link(_("Projects"), "/office/projects"),
        Link(_("Calendar"), "/office/calendar", "l"),
    )),
    Link(_("Membership"), "/office/memberships", "m", "membership.read", (
        Link(_("Applications"), "/office/applications", "a"),
        Link(_("Membership types"), "/office/membership-types"),
        Link(_("Fee runs"), "/office/fee-runs"),
        Link(_("Sections and groups"), "/office/sections"),
    )),
    Link(_("Courses"), "/office/courses", "k", "courses.read", (
        Link(_p("of a course", "Sessions"), "/office/sessions"),
        Link(_("Participants"), "/office/enrolments", "p"),
        Link(_("Check-in"), "/office/check-in"),
        Link(_("Rooms"), "/office/rooms"),
    )),
    Link(_("Money"), "/office/invoices", "i", "commerce.read", (
        Link(_("Bank files"), "/office/bank-files", "b"),
        Link(_("Open items"), "/office/open-items"),
        Link(_("Payment reminders"), "/office/reminders"),
        Link(_("Card payments"), "/office/payments"),
        Link(_("Ledger"), "/office/ledger"),
        Link(_("Products"), "/office/products"),
        Link(_("Exports"), "/office/exports"),
    )),
    Link(_("Messages"), "/office/mailings", "v", "notify.read", (
        Link(_("Sent messages"), "/office/messages"),
        Link(_("Addresses not written to"), "/office/suppressions"),
        Link(_("Templates"), "/office/templates"),
        Link(_("Letters"), "/office/letters"),
        Link(_("Labels"), "/office/labels"),
        Link(_("Inbound"), "/office/inbound"),
    )),
    Link(_("Sales"), "/office/opportunities", "", "commerce.read", (
        Link(_("Contracts"), "/office/contracts"),
        Link(_("Reports"), "/office/reports", "r"),
    )),
    Link(_("Settings"), "/office/settings", "", "settings.write", (
        Link(_("Users"), "/office/settings/users", "u", "identity.read"),
        Link(_("Roles"), "/office/settings/roles", "", "identity.read"),
        Link(_("API keys"), "/office/settings/api-keys", "", "identity.read"),
        Link(_("Additional fields"), "/office/settings/fields"),
        Link(_("Masters of fields"), "/office/settings/masters"),
    )),
    Link(_("System"), "/office/system", "", "system.read", (
        Link(_("Jobs"), "/office/jobs", "j"),
        Link(_("Parked messages"), "/office/parked"),
        Link(_("Audit log"), "/office/audit-log", "", "identity.read"),
    )),
)  # fmt: skip
MEMBER: Final = (
    Link(_("Overview"), "/my", root=True),
    Link(_("My details"), "/my/details"),
    Link(_("My memberships"), "/my/memberships"),
    Link(_("Invoices"), "/my/invoices"),
    Link(_("Enrolments"), "/my/enrolments"),
    Link(_("Directory"), "/my/directory"),
    Link(_("Messages"), "/my/messages"),
    Link(_("Sign-in and devices"), "/my/sign-in"),
)
PUBLIC: Final = (
    Link(_("Courses"), "/courses"),
    Link(_("Join"), "/join"),
    Link(_("Shop"), "/shop"),
    Link(_("Calendar"), "/calendar"),
    Link(_("Feedback"), "/feedback"),
)


def offered(
    links: Collection[Link], existing: Collection[str] | None, rights: Collection[str] | None
) -> Iterator[Link]:
    """Links to pages that exist and that the user may see; `None` stands for all pages, all rights.

    A section whose own page does not exist stands at its first link that does.
    """
    for link in links:
        if rights is not None and link.may and link.may not in rights:
            continue
        below = tuple(offered(link.links, existing, rights))
        if existing is None or link.path in existing:
            yield replace(link, links=below)
        elif below:
            yield replace(link, path=below[0].path, links=below)
