"""The plumbing every service stands on: messages, transactions, events, jobs. It knows no business word.

Start reading at `service` (what a service's author writes) and `execution` (what happens to a message).
"""
