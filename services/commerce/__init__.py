"""Commerce owns products, prices, quotes, orders, invoices, payments, refunds, bank files and the ledger.

It never touches names and addresses (contacts), seats (courses) or memberships: it knows them by id, asks contacts
for a buyer only when a document is made, and tells the others by events what was billed, paid and given back.
"""
