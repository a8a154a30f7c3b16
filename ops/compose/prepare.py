"""Before the suite starts: roles, databases, extensions, migrations, broker users, exchanges and queues.

Run by the one-shot container `migrate` at every `docker-compose up`; what is there already stays as it is.
`DATABASE_URL` is PostgreSQL's superuser, `AMQP_URL` the broker's administrator.
"""

import os
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from chassis import migrate, topology
from chassis.settings import settings
from ops.launcher import databases
from ops.launcher.broker_users import definitions
from ops.launcher.services import BROKER_USERS, SERVICES

MANAGEMENT_PORT = 15672


class GivenPasswords:
    """Passwords of the database roles, as the services' addresses have them."""

    def __init__(self) -> None:
        places = [urlsplit(settings().database_url(service)) for service in SERVICES]
        self._passwords = {unquote(place.username or ""): unquote(place.password or "") for place in places}

    def secret(self, name: str) -> str:
        """The password of a role."""
        return self._passwords[name]


def make_broker_users() -> None:
    """Users and their rights, over the management API; raises httpx.HTTPError."""
    passwords = {user: os.environ[f"{user.upper()}_BROKER_PASSWORD"] for user in BROKER_USERS}
    broker = urlsplit(settings().amqp_url)
    answer = httpx.post(
        f"http://{broker.hostname}:{MANAGEMENT_PORT}/api/definitions",
        content=definitions(passwords),
        headers={"Content-Type": "application/json"},
        auth=_sign_in(broker),
        timeout=30,
        trust_env=False,
    )
    answer.raise_for_status()


def _sign_in(broker: SplitResult) -> tuple[str, str]:
    return unquote(broker.username or ""), unquote(broker.password or "")


def main() -> None:
    """Prepare everything, say what was done."""
    databases.ensure(os.environ["DATABASE_URL"], GivenPasswords())
    print(f"databases: {len(SERVICES)}", flush=True)
    migrate.main(list(SERVICES))
    make_broker_users()
    print(f"broker: {len(BROKER_USERS)} users", flush=True)
    topology.say_kept(topology.apply(settings().amqp_url))
    print(f"broker: {len(topology.queues())} queues", flush=True)


if __name__ == "__main__":
    main()
