"""The operating system's account that the suite's processes run as: never root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "talkoo"
SYSTEM_HOME = Path("/var/lib/talkoo")


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether processes must change to this account when they start."""
        return self.uid != os.geteuid()


def suite_account() -> Account:
    """The user who started the launcher, or the unprivileged system user `talkoo` when that is root."""
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid)
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        found = pwd.getpwnam(SYSTEM_USER)
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def _create_system_user() -> None:
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run(["useradd", *options, "--home-dir", str(SYSTEM_HOME), SYSTEM_USER], check=True)
