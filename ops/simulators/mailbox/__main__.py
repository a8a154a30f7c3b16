"""Start the mailbox."""

import argparse

from ops.simulators.faults import Faults
from ops.simulators.mailbox.app import create_app
from ops.simulators.mailbox.smtp_in import FAULTS, controller
from ops.simulators.mailbox.store import Store
from ops.simulators.server import serve


def main() -> None:
    """Read the arguments and serve SMTP and HTTP until a signal comes."""
    parser = argparse.ArgumentParser(description="A mailbox that takes all mail and delivers none.")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: this machine only)")
    parser.add_argument("--smtp-port", type=int, default=21025)
    parser.add_argument("--http-port", type=int, default=21080)
    given = parser.parse_args()
    store, faults = Store(), Faults(FAULTS)
    controller(store, faults, given.host, given.smtp_port).start()
    serve(create_app(store, faults), given.host, given.http_port, "mailbox")


if __name__ == "__main__":
    main()
