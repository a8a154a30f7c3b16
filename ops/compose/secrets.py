"""Prints a fresh `.env` for docker-compose: random passwords and signing keys.

    docker run --rm talkoo:0.1.0 python -m ops.compose.secrets > .env

With `--production` without simulators and demo data: the addresses of the outside companies are left for you to fill.
"""

import argparse
import secrets

from ops.launcher import keys
from ops.launcher.services import BROKER_USERS, ISSUERS, SERVICES

TRIAL = {
    "COMPOSE_PROFILES": "simulators,demo",
    "TALKOO_BASE_URL": "http://talkoo.localhost:8000",
    "SMTP_URL": "smtp://mailbox.localhost:8025",
    "TWILIO_BASE_URL": "http://sms.localhost:8027",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "PAYTRAIL_BASE_URL": "http://payments.localhost:8028",
    "PAYTRAIL_MERCHANT_ID": "375917",
}
"""The simulators, under names that mean the same in a browser on this machine and inside the containers."""
PRODUCTION = {
    "COMPOSE_PROFILES": "",
    "TALKOO_BASE_URL": "",
    "SMTP_URL": "",
    "MAIL_FROM": "",
    "TWILIO_BASE_URL": "",
    "TWILIO_ACCOUNT_SID": "",
    "TWILIO_AUTH_TOKEN": "",
    "SMS_SENDER": "",
    "PAYTRAIL_BASE_URL": "",
    "PAYTRAIL_MERCHANT_ID": "",
    "PAYTRAIL_SECRET": "",
}


def variables(*, production: bool = False) -> dict[str, str]:
    """Everything that docker-compose.yml insists on, by name."""
    return {
        "COMPOSE_PROJECT_NAME": "talkoo",
        **(PRODUCTION if production else TRIAL | _simulated_secrets()),
        "TALKOO_SECRET": _password(),
        "POSTGRES_PASSWORD": _password(),
        **{f"{service.upper()}_DATABASE_PASSWORD": _password() for service in SERVICES},
        **{f"{user.upper()}_BROKER_PASSWORD": _password() for user in BROKER_USERS},
        **_signing_keys(),
    }


def _simulated_secrets() -> dict[str, str]:
    return {"TWILIO_AUTH_TOKEN": _password(), "PAYTRAIL_SECRET": _password()}


def _signing_keys() -> dict[str, str]:
    private = keys.fresh(ISSUERS)
    public = keys.verify_keys(private)
    return {
        **{f"{issuer.upper()}_SIGNING_KEY": key for issuer, key in private.items()},
        **{f"{issuer.upper()}_VERIFY_KEY": key for issuer, key in public.items()},
    }


def _password() -> str:
    return secrets.token_urlsafe(24)


def main() -> None:
    """Print the file."""
    parser = argparse.ArgumentParser(prog="python -m ops.compose.secrets", description=__doc__)
    parser.add_argument("--production", action="store_true", help="no simulators, no demo data")
    given = parser.parse_args()
    print("# Secrets of one Talkoo: mode 600, never in version control. What each line means: .env.example")
    for name, value in variables(production=given.production).items():
        print(f"{name}={value}")


if __name__ == "__main__":
    main()
