"""The roles every suite has. They cannot be changed; the office makes others beside them (feature I4)."""

from typing import Final

from contracts.access import Permission
from contracts.identity import Role

ADMINISTRATOR: Final = "administrator"
MEMBER: Final = "member"


def _role(code: str, name: str, *permissions: Permission) -> Role:
    return Role(code=code, name=name, permissions=list(permissions), built_in=True)


BUILT_IN: Final = {
    role.code: role
    for role in (
        _role(ADMINISTRATOR, "Administrator", *Permission),
        _role(
            "office",
            "Office",
            *(Permission.CONTACTS_READ, Permission.CONTACTS_WRITE, Permission.CONTACTS_IMPORT),
            *(Permission.CONTACTS_ERASE, Permission.CONTACTS_DISCLOSE),
            *(Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE),
            *(Permission.MEMBERSHIP_READ, Permission.MEMBERSHIP_WRITE, Permission.MEMBERSHIP_DECIDE),
            *(
                Permission.COURSES_READ,
                Permission.COURSES_WRITE,
                Permission.COMMERCE_READ,
                Permission.NOTIFY_READ,
                Permission.NOTIFY_SEND,
            ),
        ),
        _role(
            "treasurer",
            "Treasurer",
            *(Permission.ACTIVITIES_READ, Permission.ACTIVITIES_WRITE),
            *(Permission.CONTACTS_READ, Permission.MEMBERSHIP_READ, Permission.COURSES_READ, Permission.NOTIFY_READ),
            *(Permission.COMMERCE_READ, Permission.COMMERCE_WRITE, Permission.PAYMENTS_WRITE),
        ),
        _role(
            "course_office",
            "Course organiser",
            *(
                Permission.CONTACTS_READ,
                Permission.ACTIVITIES_READ,
                Permission.ACTIVITIES_WRITE,
                Permission.COURSES_READ,
                Permission.COURSES_WRITE,
                Permission.COMMERCE_READ,
                Permission.NOTIFY_READ,
                Permission.NOTIFY_SEND,
            ),
        ),
        _role(MEMBER, "Member"),
    )
}
"""By code. A member needs no permission: Rule.OWN opens what is the member's own."""
