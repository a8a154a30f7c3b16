"""Multipart forms and other requests that are HTTP's own, for the documentation of the API."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Request
from contracts.contacts.documents import DocumentDetails
from contracts.contacts.imports import ImportProfile
from contracts.values import Moment

Binary = Annotated[bytes, Field(json_schema_extra={"format": "binary"})]


class FileForm(Request):
    """A form with one file."""

    file: Binary


class ImportForm(FileForm):
    """A file of contacts (CSV or XLSX), how it is read, and whether it only reports."""

    profile: ImportProfile = ImportProfile.CONTACTS
    dry_run: bool = True
    observed_at: Moment | None = None
    """When what the file says was true; what others have said since stays."""
    mapping: str = ""
    """A JSON object: what columns mean, by heading. Columns that it does not name are not read."""
    mapping_id: UUID | None = None
    """A saved mapping instead."""


class PreviewForm(FileForm):
    """A file to be looked at, with a saved mapping to begin with."""

    profile: ImportProfile = ImportProfile.CONTACTS
    mapping_id: UUID | None = None


class DocumentForm(DocumentDetails, FileForm):
    """A document's file, and what is said of it."""
