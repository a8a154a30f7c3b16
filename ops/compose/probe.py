"""Health check of a container: `python -I -S ops/compose/probe.py PORT [PATH]`, exit code 0 when 200 is answered.

Sockets alone, because it starts every few seconds in every container: urllib would double its time.
"""

import socket
import sys

TIMEOUT = 8.0


def answers(port: int, path: str) -> bool:
    """Whether a GET on this machine's `port` is answered with 200."""
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), TIMEOUT) as connection:
            connection.sendall(request.encode())
            status = connection.makefile("rb").readline(100)
    except OSError:
        return False
    return status.split()[1:2] == [b"200"]


if __name__ == "__main__":
    sys.exit(not answers(int(sys.argv[1]), (sys.argv[2:] or ["/"])[0]))
