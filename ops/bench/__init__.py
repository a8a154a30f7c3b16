"""Measurements as ratios to their floors, turn about in one run: `./talkoo bench [P1 P2 ...] [--quick] [--peers]`.

A floor is what the parts alone can do (`ops.bench.floors`: stock Nameko, Flask and SQLAlchemy on plain tables, without
rights, outbox or keys). docs/performance.md tells what the numbers mean.
"""
