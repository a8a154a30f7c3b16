"""Contacts: the register of persons, organisations and affiliations, each once in the whole suite.

Owns names, addresses, tags, additional fields, consents, segments, change history, imports, and the activities with
contacts. Never touches memberships, enrolments, invoices or messages: others hold the ids of its persons and ask for
the rest.
"""
