"""Stand-ins for the outside companies the suite talks to: the payment provider, the SMS provider and a mailbox.

Each is a process of its own that speaks the real protocol, keeps its state in bounded memory, shows it on a page and
hands it out as JSON for tests. They import nothing of the services, so that both ends of a protocol are written twice.
"""
