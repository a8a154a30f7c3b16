"""Starts and stops a whole Talkoo on one machine: PostgreSQL, RabbitMQ, every process of the suite.

`./talkoo` runs `bootstrap` (standard library only), which makes the virtual environment and then runs this package.
Tests use `suite.running_suite` and `infrastructure.infrastructure`.
"""
