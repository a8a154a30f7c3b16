"""Many invented contacts for measurements, written straight into the contacts database by COPY.

A seeded contact has the same columns, history and event as one made through the API: the keys come from the service's
own rules, and a test compares all columns of both.
"""
