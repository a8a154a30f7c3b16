"""Contacts: persons, organisations and all that is said about them (C1-C19, A1-A8); one module a capability."""

from contracts.contacts.activities import ActivitiesApi
from contracts.contacts.affiliations import AffiliationsApi
from contracts.contacts.calendars import CalendarsApi
from contracts.contacts.consents import ConsentsApi
from contracts.contacts.contact_points import ContactPointsApi
from contracts.contacts.data_copies import DataCopiesApi
from contracts.contacts.details_checks import DetailsChecksApi
from contracts.contacts.documents import DocumentsApi
from contracts.contacts.duplicates import DuplicatesApi
from contracts.contacts.erasures import ErasuresApi
from contracts.contacts.exports import ExportsApi
from contracts.contacts.fields import FieldsApi
from contracts.contacts.history import HistoryApi
from contracts.contacts.import_mappings import ImportMappingsApi
from contracts.contacts.imports import ImportsApi
from contracts.contacts.masters import MastersApi
from contracts.contacts.merges import MergesApi
from contracts.contacts.organisations import OrganisationsApi
from contracts.contacts.persons import PersonsApi
from contracts.contacts.photos import PhotosApi
from contracts.contacts.projects import ProjectsApi
from contracts.contacts.proposals import ProposalsApi
from contracts.contacts.recipients import RecipientsApi
from contracts.contacts.segments import SegmentsApi
from contracts.contacts.similar import SimilarApi
from contracts.contacts.surveys import SurveysApi
from contracts.contacts.tags import TagsApi
from contracts.contacts.tasks import TasksApi
from contracts.contacts.vcards import VCardsApi
from contracts.contacts.views import ViewsApi


class ContactsApi(
    ActivitiesApi,
    AffiliationsApi,
    CalendarsApi,
    ConsentsApi,
    ContactPointsApi,
    DataCopiesApi,
    DetailsChecksApi,
    DocumentsApi,
    DuplicatesApi,
    ErasuresApi,
    ExportsApi,
    FieldsApi,
    HistoryApi,
    ImportMappingsApi,
    ImportsApi,
    MastersApi,
    MergesApi,
    OrganisationsApi,
    PersonsApi,
    PhotosApi,
    ProjectsApi,
    ProposalsApi,
    RecipientsApi,
    SegmentsApi,
    SimilarApi,
    SurveysApi,
    TagsApi,
    TasksApi,
    VCardsApi,
    ViewsApi,
    name="contacts",
):
    """All RPC methods of the register."""
