"""What the services say to each other: requests, replies, events and one typed interface per service.

Plain data only: this package imports nothing but pydantic, so that every service, the gateway and the
published documentation can share it without sharing code.
"""
