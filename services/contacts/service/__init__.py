"""The contacts service: RPC methods and consumed events, each a line or two; one module a capability."""

from contracts.contacts import ContactsApi
from services.contacts.service.activities import ActivitiesMethods
from services.contacts.service.affiliations import AffiliationsMethods
from services.contacts.service.calendars import CalendarsMethods
from services.contacts.service.consents import ConsentsMethods
from services.contacts.service.contact_points import ContactPointsMethods
from services.contacts.service.data_copies import DataCopiesMethods
from services.contacts.service.details_checks import DetailsChecksMethods
from services.contacts.service.documents import DocumentsMethods
from services.contacts.service.duplicates import DuplicatesMethods
from services.contacts.service.erasures import ErasuresMethods
from services.contacts.service.exports import ExportsMethods
from services.contacts.service.fields import FieldsMethods
from services.contacts.service.history import HistoryMethods
from services.contacts.service.import_mappings import ImportMappingsMethods
from services.contacts.service.imports import ImportsMethods
from services.contacts.service.known import KnownMethods
from services.contacts.service.masters import MastersMethods
from services.contacts.service.merges import MergesMethods
from services.contacts.service.organisations import OrganisationsMethods
from services.contacts.service.persons import PersonsMethods
from services.contacts.service.photos import PhotosMethods
from services.contacts.service.projects import ProjectsMethods
from services.contacts.service.proposals import ProposalsMethods
from services.contacts.service.recipients import RecipientsMethods
from services.contacts.service.segments import SegmentsMethods
from services.contacts.service.similar import SimilarMethods
from services.contacts.service.surveys import SurveysMethods
from services.contacts.service.tags import TagsMethods
from services.contacts.service.tasks import TasksMethods
from services.contacts.service.vcards import VCardsMethods
from services.contacts.service.views import ViewsMethods


class ContactsService(
    ActivitiesMethods,
    AffiliationsMethods,
    CalendarsMethods,
    ConsentsMethods,
    ContactPointsMethods,
    DataCopiesMethods,
    DetailsChecksMethods,
    DocumentsMethods,
    DuplicatesMethods,
    ErasuresMethods,
    ExportsMethods,
    FieldsMethods,
    HistoryMethods,
    ImportMappingsMethods,
    ImportsMethods,
    KnownMethods,
    MastersMethods,
    MergesMethods,
    OrganisationsMethods,
    PersonsMethods,
    PhotosMethods,
    ProjectsMethods,
    ProposalsMethods,
    RecipientsMethods,
    SegmentsMethods,
    SimilarMethods,
    SurveysMethods,
    TagsMethods,
    TasksMethods,
    VCardsMethods,
    ViewsMethods,
    ContactsApi,
):
    """Owner of persons, organisations and everything said about them."""
