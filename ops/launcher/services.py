"""The names that the launcher gives databases, broker users and signing keys to."""

SERVICES = ("contacts", "membership", "courses", "commerce", "notify", "identity")
ISSUERS = (*SERVICES, "gateway", "relay", "worker", "ops")
BROKER_ADMINISTRATOR = "talkoo"
BROKER_USERS = (BROKER_ADMINISTRATOR, *SERVICES, "gateway", "relay", "worker")
