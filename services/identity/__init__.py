"""Identity: accounts, sign-in, sessions, one-time codes, personal links, roles, API keys, audit, rate limits.

It alone says who somebody is and signs principals for it. It knows persons only by id: names and addresses lie
with contacts, and it sends nothing itself: codes and links go out through notify.
"""
