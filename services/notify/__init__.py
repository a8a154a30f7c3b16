"""Notify: every message that leaves or enters the suite: templates, e-mail, SMS, mailings, labels, suppressions.

It owns messages and their states; it never keeps a register of persons: it asks contacts for names and addresses
when a message is about to leave, and keeps only what was sent.
"""
