"""How the first administrator of an empty suite gets in: by a one-time link.

    python -m ops.first_administrator    prints a new link while there is no administrator yet, else nothing

The link before may be lost, so there may be several; whoever uses one ends the others.
"""

import json
from datetime import UTC, datetime, timedelta

from chassis import rpc
from chassis.ids import new_id
from chassis.rpc import client
from chassis.settings import settings
from contracts.access import LinkPurpose, Permission
from contracts.base import ListRequest
from contracts.identity import CreateApiKey, IdentityApi, IssueLink
from ops.patience import patiently

ADMINISTRATOR = "administrator"
identity = client(IdentityApi)


def link() -> str:
    """The sentence with a new link."""
    issued = identity.issue_link(
        IssueLink(
            id=new_id(),
            purpose=LinkPurpose.FIRST_ADMINISTRATOR,
            expires_at=datetime.now(UTC) + timedelta(days=2),
            single_use=True,
        )
    )
    return f"Make the first administrator within two days: {settings().talkoo_base_url}/my/password/{issued.token}"


def link_and_key() -> None:
    """Print the link, and as JSON an API key for scripts on this machine."""
    print(link())
    key = identity.create_api_key(CreateApiKey(name="This machine", permissions=list(Permission)))
    print(json.dumps({"api_key": key.secret, "sign_ins": []}))


def exists() -> bool:
    """Whether somebody is an administrator."""
    request = ListRequest(limit=200)
    while True:
        page = identity.list_accounts(request)
        if any(ADMINISTRATOR in each.roles for each in page.data):
            return True
        if page.next_cursor is None:
            return False
        request = ListRequest(limit=200, cursor=page.next_cursor)


def link_while_none_exists() -> None:
    """Print a new link, or nothing when there is an administrator."""
    if not exists():
        print(link())


if __name__ == "__main__":
    rpc.act_as("worker")
    patiently(link_while_none_exists)
    rpc.close()
