"""The folder where one checkout keeps its data between starts: databases, broker, files, passwords, ports.

Started by root: `/var/lib/talkoo/<checkout>-<hash>/`. The folder and the secrets in it belong to root, the data
folders in it to the account `talkoo`. Started by an ordinary user: `.talkoo/` of the checkout, all of it the user's.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.launcher.account import SYSTEM_HOME, Account

SECRETS = "secrets.json"
MEMORY = "memory.json"


class AlreadyRunning(Exception):
    """Another launcher holds this state folder."""


class StateFolder:
    """Paths and small files of one running suite."""

    def __init__(self, root: Path, account: Account) -> None:
        self.root, self.account = root, account
        root.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        root.mkdir(mode=0o755 if account.is_other else 0o700, exist_ok=True)

    def data_folder(self, name: str) -> Path:
        """A folder that the suite's account owns, mode 700, made when absent."""
        folder = self.root / name
        if not folder.exists():
            folder.mkdir(mode=0o700)
            os.chown(folder, self.account.uid, self.account.gid)
        return folder

    def secret(self, name: str) -> str:
        """A random text of this name, made when first asked for and kept (mode 600)."""
        kept = self._read(SECRETS)
        if name not in kept:
            kept[name] = secrets.token_urlsafe(24)
            write_private(self.root / SECRETS, json.dumps(kept, indent=1))
        return str(kept[name])

    def keep_secret(self, name: str, value: Any) -> None:
        """Keep a secret that was made elsewhere."""
        write_private(self.root / SECRETS, json.dumps({**self._read(SECRETS), name: value}, indent=1))

    def kept_secret(self, name: str) -> Any:
        """A secret kept before, or None."""
        return self._read(SECRETS).get(name)

    def remember(self, name: str, value: Any) -> None:
        """Keep a fact that is no secret, such as ports."""
        write_private(self.root / MEMORY, json.dumps({**self._read(MEMORY), name: value}, indent=1))

    def remembered(self, name: str) -> Any:
        """A fact kept before, or None."""
        return self._read(MEMORY).get(name)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one launcher; raises AlreadyRunning at once when another one has it."""
        with (self.root / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(str(self.root)) from None
            yield

    def is_locked(self) -> bool:
        """Whether a launcher runs on this folder now."""
        try:
            with self.lock():
                return False
        except AlreadyRunning:
            return True

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.root / name).read_text())
        except FileNotFoundError:
            return {}
        return found if isinstance(found, dict) else {}


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Write a file of mode 600 in one step, so that no reader sees half of it and no link is followed."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if account is not None and account.is_other:
            os.fchown(file.fileno(), account.uid, account.gid)
    temporary.replace(path)


def checkout_id(checkout: Path) -> str:
    """`<folder name>-<hash of the path>`: tells two checkouts on one machine apart."""
    name = re.sub(r"[^a-z0-9]+", "-", checkout.name.lower()).strip("-") or "talkoo"
    return f"{name[:24]}-{hashlib.sha256(str(checkout).encode()).hexdigest()[:8]}"


def state_root(checkout: Path, account: Account) -> Path:
    """Where this checkout's state is kept when this account runs the suite."""
    return SYSTEM_HOME / checkout_id(checkout) if account.is_other else checkout / ".talkoo"
