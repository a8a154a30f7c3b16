"""Flows that talk to others between transactions: card payments, refunds, documents."""
