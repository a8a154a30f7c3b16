"""Where the suite's code and Python are run from: the checkout itself, or a copy that the suite's account can read.

As root, a checkout below a folder of mode 700 is out of reach for the account `talkoo`. Its code is then copied into
the state folder at each start, and its `.venv` when the lock file has changed. The checkout's own modes stay.
"""

from __future__ import annotations

import compileall
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ops.launcher import servers
from ops.launcher.state import StateFolder

PACKAGES = ("chassis", "contracts", "services", "gateway", "ops")
LOCK_FILE = "requirements.lock"
ENVIRONMENT_MARKER = ".copied-from-lock"


@dataclass(frozen=True)
class Code:
    """A folder with the suite's packages, and the Python that has what they need."""

    root: Path
    python: Path


def find_checkout() -> Path:
    """The folder of this repository."""
    return Path(__file__).resolve().parents[2]


def runnable_code(checkout: Path, state: StateFolder) -> Code:
    """Code and Python that the state's account can read, compiled, copied only when needed."""
    own = Code(checkout, checkout / ".venv" / "bin" / "python")
    if not state.account.is_other or _reachable(own, state):
        code = own
    else:
        code = _copied(own, state)
        if not _reachable(code, state):
            raise servers.StartFailed(
                f"The account {state.account.name} cannot run {code.python.resolve()}: "
                "name a system-wide Python 3.11 or newer with TALKOO_PYTHON and remove .venv."
            )
    for package in PACKAGES:
        compileall.compile_dir(code.root / package, quiet=2)
    return code


def _reachable(code: Code, state: StateFolder) -> bool:
    """Whether the account can run the Python and read every package (tried as that account)."""
    script = "import os, sys; import pydantic; sys.exit(not all(map(_readable, sys.argv[1:])))"
    readable = "_readable = lambda top: all(os.access(os.path.join(folder, each), os.R_OK) for folder, _, files in "
    walk = "os.walk(top, onerror=lambda _: sys.exit(1)) for each in files if not each.endswith('.pyc')); "
    folders = [str(code.root / package) for package in PACKAGES]
    try:
        done = subprocess.run(
            [code.python, "-c", readable + walk + script, *folders],
            user=state.account.uid,
            group=state.account.gid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copied(own: Code, state: StateFolder) -> Code:
    code, environment = state.root / "code", state.root / "venv"
    for package in PACKAGES:
        shutil.rmtree(code / package, ignore_errors=True)
        copy_readable(own.root / package, code / package)
    lock = (own.root / LOCK_FILE).read_text()
    marker = environment / ENVIRONMENT_MARKER
    if not marker.exists() or marker.read_text() != lock:
        shutil.rmtree(environment, ignore_errors=True)
        copy_readable(own.python.parents[1], environment)
        marker.write_text(lock)
    return Code(code, environment / "bin" / "python")


def copy_readable(source: Path, target: Path) -> None:
    """Copy a folder so that everybody can read the copy; links stay links, bytecode stays valid."""
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        here.mkdir(parents=True)
        here.chmod(0o755)
        for name in [*files, *(each for each in folders if (Path(folder) / each).is_symlink())]:
            _copy_one(Path(folder) / name, here / name)


def _copy_one(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    found = source.stat()
    if found.st_mode & stat.S_IROTH:
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return
    shutil.copyfile(source, target)
    target.chmod(0o755 if found.st_mode & stat.S_IXUSR else 0o644)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
