"""Start the simulated SMS provider."""

import os

from ops.simulators.server import arguments, serve
from ops.simulators.twilio.app import create_app


def main() -> None:
    """Read the arguments and serve until a signal comes."""
    parser = arguments("Simulated SMS provider (Twilio's Message resource).", 21020)
    parser.add_argument("--account", default=os.environ.get("TWILIO_ACCOUNT_SID", "ACtalkoo"))
    parser.add_argument("--token", default=os.environ.get("TWILIO_AUTH_TOKEN", "simulated"))
    given = parser.parse_args()
    serve(create_app(given.account, given.token), given.host, given.port, "twilio")


if __name__ == "__main__":
    main()
