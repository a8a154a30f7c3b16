"""Processes of the suite give memory back."""

import os
import subprocess
import sys

from ops.launcher.environment import RETURN_MEMORY

HASHES = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
from pydantic import SecretStr
from services.identity.hashing import hash_password
def anonymous():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))
hash_password(SecretStr("a first password"))
before = anonymous()
for number in range(8):
    hash_password(SecretStr(f"password {number}"))
print(anonymous() - before)
"""


def test_I1_hashing_passwords_leaves_no_memory_behind():
    env = {**os.environ, **RETURN_MEMORY, "AMQP_URL": "amqp://unused"}
    done = subprocess.run([sys.executable, "-c", HASHES], env=env, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10_000, "kB more after eight hashes of 19 MB each"
