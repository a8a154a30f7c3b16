"""Makes the virtual environment from the lock files, then runs `python -m ops.launcher`. Standard library only."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
COMMANDS_WITH_DEV_LOCK = frozenset({"test", "bench"})
DEBIAN_FOR_TESTS = {
    "chromium": "/usr/bin/chromium",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu",
    "rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server",
}
"""Packages that `test` will want, and what shows that they are there. Who wants them asks again, and says if not."""
MARKER = ".talkoo-locks.json"


def main() -> None:
    checkout, arguments = Path(sys.argv[1]), sys.argv[2:]
    command = arguments[0] if arguments else "help"
    locks = [RUNTIME_LOCK, DEV_LOCK] if command in COMMANDS_WITH_DEV_LOCK else [RUNTIME_LOCK]
    meanwhile = _debian_packages(checkout) if command == "test" else None
    python = ready_environment(checkout / ".venv", [checkout / name for name in locks])
    if meanwhile is not None:
        meanwhile.wait()
    environment = {**os.environ, "PYTHONPATH": str(checkout), "TALKOO_CHECKOUT": str(checkout)}
    os.execve(python, [str(python), "-m", "ops.launcher", *arguments], environment)


def ready_environment(folder: Path, locks: list[Path]) -> Path:
    """The path of a Python in `folder` that has everything in `locks`; quick when nothing changed."""
    python = folder / "bin" / "python"
    wanted = {lock.name: hashlib.sha256(lock.read_bytes()).hexdigest() for lock in locks}
    if _installed(folder).items() >= wanted.items() and python.exists():
        return python
    with folder.with_name(f"{folder.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        installed = _installed(folder)
        if installed.items() >= wanted.items() and python.exists():
            return python
        os.umask(0o022)
        if not _works(python):
            _create(folder)
        _install(folder, locks)
        (folder / MARKER).write_text(json.dumps({**installed, **wanted}))
    return python


def _debian_packages(checkout: Path) -> subprocess.Popen[bytes] | None:
    """Beside pip, which takes longer; only by root, as nobody is there to be asked for a password.

    Not where Python's venv has to be installed too: apt-get does one thing at a time.
    """
    missing = [name for name, shown in DEBIAN_FOR_TESTS.items() if not Path(shown).exists()]
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None or not _has("ensurepip"):
        return None
    _say(f"Installing Debian's {' and '.join(missing)}")
    return subprocess.Popen(
        [sys.executable, "-m", "ops.launcher.debian", *missing],
        cwd=checkout, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _installed(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _works(python: Path) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", check], check=False).returncode == 0


def _create(folder: Path) -> None:
    _say(f"Making {folder.name}")
    if not _has("ensurepip"):
        _install_venv_package()
    with_pip = [] if _has("ensurepip") else ["--without-pip"]
    if with_pip and not _has("pip"):
        sys.exit("talkoo: Python's venv is missing. Install it (Debian: apt-get install python3-venv) and start again.")
    subprocess.run([sys.executable, "-m", "venv", "--clear", *with_pip, str(folder)], check=True)


def _has(module: str) -> bool:
    """Looked up in a fresh process, because a package may have been installed since this one started."""
    check = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
    return subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def _install_venv_package() -> None:
    if shutil.which("apt-get") is None:
        return
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo"):
        prefix = ["sudo"]
    else:
        return
    _say("Installing Debian's python3-venv")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*prefix, *quiet, "update"], check=False)
    subprocess.run([*prefix, *quiet, "install", "-y", "--no-install-recommends", "python3-venv"], check=False)


def _install(folder: Path, locks: list[Path]) -> None:
    _say(f"Installing the locked packages into {folder.name} (the first time takes a minute or two)")
    python = folder / "bin" / "python"
    own_pip = subprocess.run([python, "-c", "import pip"], check=False, stderr=subprocess.DEVNULL).returncode == 0
    pip = [str(python), "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", str(python)]
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    options = ["--quiet", "--no-input", "--no-compile", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    if subprocess.run([*pip, "install", *options, *files], check=False).returncode != 0:
        sys.exit("talkoo: the locked packages could not be installed; pip's message above says why.")
    # Compiled here, side by side: the suite's account cannot.
    compile_all = [str(python), "-m", "compileall", "-q", "-j", "0", str(folder / "lib")]
    subprocess.run(compile_all, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _say(text: str) -> None:
    print(f"talkoo: {text} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
