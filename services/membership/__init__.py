"""Membership: types, applications, agreements, memberships, their periods and discount rules (features M1-M12).

Names, addresses and other contact details lie with contacts, prices and invoices with commerce: this service keeps
their ids, and never asks a database but its own.
"""
