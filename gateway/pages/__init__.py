"""The web pages: one module per section of the site; each page states who may open it."""

from importlib import import_module

from flask import Flask

from gateway.config import gateway_settings
from gateway.pages.association import shell_of_request

__all__ = ["register", "shell_of_request"]
SECTIONS = (
    "signing_in",
    "front",
    "joining",
    "survey_answering",
    "details_check",
    "courses",
    "enrolling",
    "paying",
    "leaving",
    "my",
    "my_details",
    "my_memberships",
    "my_invoices",
    "my_enrolments",
    "my_messages",
    "my_sign_in",
    "today",
    "search",
    "applications",
    "contacts",
    "contact_forms",
    "contact_points",
    "erasures",
    "hierarchies",
    "histories",
    "privacy",
    "organisations",
    "organisation_forms",
    "affiliations",
    "card_sections",
    "time_lines",
    "activities",
    "documents",
    "photos",
    "vcards",
    "tasks",
    "task_forms",
    "calendar",
    "office_calendar",
    "calendar_forms",
    "calendar_addresses",
    "projects",
    "project_forms",
    "project_hours",
    "exports",
    "segment_builder",
    "segments",
    "surveys",
    "survey_questions",
    "survey_summaries",
    "views",
    "duplicates",
    "merges",
    "tags",
    "imports",
    "import_columns",
    "jobs",
    "memberships",
    "membership_types",
    "course_catalogue",
    "participants",
    "check_in",
    "mailings",
    "sent_messages",
    "suppressions",
    "labels",
    "association_details",
    "users",
    "roles",
    "api_keys",
    "audit_log",
    "field_settings",
    "master_settings",
    "operations",
    "invoices",
    "purchases",
    "bank_files",
    "books",
    "products",
)


def register(app: Flask) -> None:
    """Add all sections to the application."""
    for section in SECTIONS:
        app.register_blueprint(import_module(f"gateway.pages.{section}").pages)
    if gateway_settings().talkoo_show_design:
        from gateway.pages import design

        app.register_blueprint(design.blueprint)
