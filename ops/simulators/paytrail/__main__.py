"""Start the simulated payment provider."""

import os

from ops.simulators.paytrail.app import create_app
from ops.simulators.server import arguments, serve


def main() -> None:
    """Read the arguments and serve until a signal comes. The defaults are Paytrail's published test credentials."""
    parser = arguments("Simulated payment provider (Paytrail's API).", 21010)
    parser.add_argument("--merchant", default=os.environ.get("PAYTRAIL_MERCHANT_ID", "375917"))
    parser.add_argument("--secret", default=os.environ.get("PAYTRAIL_SECRET", "SAIPPUAKAUPPIAS"))
    given = parser.parse_args()
    serve(create_app(given.merchant, given.secret), given.host, given.port, "paytrail")


if __name__ == "__main__":
    main()
