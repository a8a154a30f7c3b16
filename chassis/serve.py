"""Runs one service on Nameko: `python -m chassis.serve contacts`. eventlet must patch before all other imports."""

import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning, module="eventlet|nameko|kombu")
warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import sys  # noqa: E402

from chassis.nameko_host.main import run  # noqa: E402
from chassis.service import SERVICES  # noqa: E402

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in SERVICES:
        sys.exit(f"usage: python -m chassis.serve {'|'.join(SERVICES)}")
    run(sys.argv[1])
