"""The floor: a plain stack of the same parts, written as one would who wants only this.

gunicorn with Flask in front, one pika connection per worker, a stock Nameko service, ORM sessions on plain tables in
a database of its own. It has no rights, no outbox, no idempotency keys and no contracts.
"""
