"""What pretix is told: its configuration file, in production, with the servers that its documentation recommends."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from ops.launcher import ports

TEMPLATE = """\
[pretix]
instance_name=peer
url=http://{host}:{port}
datadir={folder}
loglevel=WARNING

[django]
debug=false

[database]
backend=postgresql
name={name}
user={user}
password={password}
host={database_host}
port={database_port}

[mail]
host={host}
port={no_mail}

[redis]
location=redis://{host}:{redis}/0
sessions=true

[celery]
backend=redis://{host}:{redis}/1
broker=redis://{host}:{redis}/2
"""
NO_MAIL = 9
"""A port where nobody listens: an import sends no mail."""


def settings(folder: Path, database_url: str, port: int, redis: int) -> str:
    """The text of `pretix.cfg` for a data folder, a libpq address, and the ports of its door and of its Redis."""
    database = urlsplit(database_url)
    return TEMPLATE.format(
        host=ports.LOOPBACK,
        port=port,
        folder=folder,
        name=database.path.removeprefix("/"),
        user=database.username,
        password=unquote(database.password or ""),
        database_host=database.hostname,
        database_port=database.port,
        no_mail=NO_MAIL,
        redis=redis,
    )
