"""Tables of contacts; one module a capability."""

from services.contacts.models.activities import Activity, ActivityContact
from services.contacts.models.affiliations import Affiliation
from services.contacts.models.base import Base, has_other_email
from services.contacts.models.calendars import Calendar, CalendarAddress, CalendarEvent
from services.contacts.models.consents import Consent
from services.contacts.models.documents import Document
from services.contacts.models.duplicates import SCAN_JOB, DuplicateCandidate, DuplicateKey
from services.contacts.models.erasures import PersonErasure, Sought
from services.contacts.models.exports import Export
from services.contacts.models.fields import Field
from services.contacts.models.history import Change
from services.contacts.models.imports import STAGED, UNTAKEN, Import, ImportConfirmation, ImportMapping, ImportRow
from services.contacts.models.known import KnownEnrolment, KnownMembership, KnownMessage, KnownPurchase
from services.contacts.models.masters import FieldOrigin, MasterSettings
from services.contacts.models.merges import Merge
from services.contacts.models.names import NameWord, words_of
from services.contacts.models.organisations import Organisation
from services.contacts.models.persons import Person
from services.contacts.models.projects import Project, ProjectHours, ProjectMember
from services.contacts.models.segments import Segment
from services.contacts.models.surveys import SURVEY_VALUES, Survey, SurveyAnswer, SurveyVersion
from services.contacts.models.tasks import Task, TaskContact
from services.contacts.models.verifications import CONTACT_POINTS, Bounce, DetailsCheck, KeptPoint, Verification
from services.contacts.models.views import View

__all__ = (
    "CONTACT_POINTS",
    "SCAN_JOB",
    "STAGED",
    "SURVEY_VALUES",
    "UNTAKEN",
    "Activity",
    "ActivityContact",
    "Affiliation",
    "Base",
    "Bounce",
    "Calendar",
    "CalendarAddress",
    "CalendarEvent",
    "Change",
    "Consent",
    "DetailsCheck",
    "Document",
    "DuplicateCandidate",
    "DuplicateKey",
    "Export",
    "Field",
    "FieldOrigin",
    "Import",
    "ImportConfirmation",
    "ImportMapping",
    "ImportRow",
    "KeptPoint",
    "KnownEnrolment",
    "KnownMembership",
    "KnownMessage",
    "KnownPurchase",
    "MasterSettings",
    "Merge",
    "NameWord",
    "Organisation",
    "Person",
    "PersonErasure",
    "Project",
    "ProjectHours",
    "ProjectMember",
    "Segment",
    "Sought",
    "Survey",
    "SurveyAnswer",
    "SurveyVersion",
    "Task",
    "TaskContact",
    "Verification",
    "View",
    "has_other_email",
    "words_of",
)
