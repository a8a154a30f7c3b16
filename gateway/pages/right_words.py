"""What each permission allows, in words, by the part of the suite it belongs to; the names of roles."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.access import Permission
from contracts.identity import Role

WORDS: Final[Mapping[Permission, Any]] = {
    Permission.CONTACTS_READ: _("See contacts"),
    Permission.CONTACTS_WRITE: _("Change contacts"),
    Permission.CONTACTS_IMPORT: _("Import contacts"),
    Permission.CONTACTS_ERASE: _("Erase contacts"),
    Permission.CONTACTS_DISCLOSE: _("Give persons a copy of what is held about them"),
    Permission.ACTIVITIES_READ: _("See activities and tasks"),
    Permission.ACTIVITIES_WRITE: _("Record activities and tasks"),
    Permission.MEMBERSHIP_READ: _("See memberships and applications"),
    Permission.MEMBERSHIP_WRITE: _("Change memberships"),
    Permission.MEMBERSHIP_DECIDE: _("Decide on applications"),
    Permission.COURSES_READ: _("See courses and participants"),
    Permission.COURSES_WRITE: _("Change courses and enrolments"),
    Permission.COMMERCE_READ: _("See products, orders and invoices"),
    Permission.COMMERCE_WRITE: _("Change products, invoices and the ledger"),
    Permission.PAYMENTS_WRITE: _("Bring in bank files, pay back"),
    Permission.NOTIFY_READ: _("See messages and mailings"),
    Permission.NOTIFY_SEND: _("Send mailings"),
    Permission.IDENTITY_READ: _("See users, roles and the audit log"),
    Permission.IDENTITY_WRITE: _("Change users, roles and API keys"),
    Permission.SETTINGS_WRITE: _("Change settings"),
    Permission.SYSTEM_READ: _("See the state of the system"),
    Permission.SYSTEM_OPERATE: _("Operate the system: replay what got stuck, stop what others started"),
}

BUILT_IN: Final[Mapping[str, Any]] = {
    "administrator": _p("role", "Administrator"),
    "office": _p("role", "Office"),
    "treasurer": _p("role", "Treasurer"),
    "course_office": _p("role", "Course organiser"),
    "member": _p("role", "Member"),
}


def role_name(role: Role) -> str:
    """The name the office gave; built-in roles are named in the user's language."""
    return str(BUILT_IN.get(role.code, role.name)) if role.built_in else role.name


def choices() -> list[tuple[str, Any, str]]:
    """All permissions for `form.checkboxes`."""
    return [(right.value, label, "") for right, label in WORDS.items()]


def in_words(rights: Collection[str]) -> list[str]:
    """Those of a role or key, in the order above."""
    return [str(label) for right, label in WORDS.items() if right.value in rights]
