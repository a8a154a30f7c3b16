"""The running suite's HTTP API, asked with the administrator's key."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from chassis.ids import new_id

M = TypeVar("M", bound=BaseModel)
TRIES = 5
MOST_WAIT = 30.0
TRY_AGAIN = frozenset({429, 503})
NOT_FOUND = 404


class Refused(Exception):
    """The command cannot be carried out; the message says why and what to do."""


class Door:
    """Asks, waits when told to, and turns every error into a `Refused` that reads as a sentence."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.base_url = base_url
        headers = {"Authorization": f"Bearer {api_key}", "Accept-Language": "en"}
        self._http = httpx.Client(base_url=f"{base_url}/api/v1", headers=headers, timeout=60, trust_env=False)

    @classmethod
    def of_run_file(cls, path: Path) -> Self:
        """The door of the suite that wrote this run file."""
        try:
            run = json.loads(path.read_text())
            base_url, api_key = run["base_url"], run["api_key"]
        except FileNotFoundError:
            raise Refused("No suite runs from this checkout. Start one first: ./talkoo up") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise Refused(f"{path} cannot be read; stop the suite and start it again: ./talkoo up") from None
        if not api_key:
            raise Refused(f"{path} holds no API key; was the suite filled by ./talkoo up?")
        return cls(base_url, api_key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def get(self, model: type[M], path: str, **parameters: Any) -> M:
        """A resource in the form of its contract."""
        return _as(model, self._ask("GET", path, params=parameters))

    def pages(self, model: type[M], path: str, **parameters: Any) -> Iterator[M]:
        """Every item of a list, page after page."""
        cursor: dict[str, str] = {}
        while True:
            page = self._ask("GET", path, params={**parameters, **cursor})
            yield from (_as(model, item) for item in page.get("data", []))
            if not page.get("has_more"):
                return
            cursor = {"cursor": page["next_cursor"]}

    def post(self, model: type[M], path: str, body: dict[str, Any]) -> M:
        """The answer to a command, under one fresh key for all its tries."""
        return _as(model, self._ask("POST", path, json=body))

    def upload(self, model: type[M], path: str, name: str, file: BinaryIO, **fields: str) -> M:
        """The answer to a file."""
        return _as(model, self._ask("POST", path, files={"file": (name, file)}, data=fields))

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Idempotency-Key": str(new_id())} if method == "POST" else {}
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._http.request(method, path, headers=headers, **options)
            except httpx.HTTPError as error:
                raise Refused(
                    f"Talkoo does not answer at {self.base_url} ({type(error).__name__}). Is ./talkoo up running?"
                ) from None
            if answer.status_code not in TRY_AGAIN or attempt == TRIES:
                break
            time.sleep(_wait_asked(answer))
            for part in options.get("files", {}).values():
                part[1].seek(0)
        if answer.is_error:
            raise Refused(explanation(answer))
        try:
            return answer.json()
        except ValueError:
            raise Refused(f"{self.base_url} does not answer as Talkoo does; what runs there?") from None


def run_file() -> Path:
    """Where the launcher says that the running suite has written its addresses."""
    return Path(os.environ.get("TALKOO_RUN_FILE", ".talkoo/run.json"))


def explanation(answer: httpx.Response) -> str:
    """A problem document (RFC 9457) as a sentence for the terminal, with fields and request id."""
    try:
        problem = answer.json()
        detail = problem["detail"]
    except (ValueError, KeyError, TypeError):
        return f"{answer.request.method} {answer.request.url.path} was answered {answer.status_code}."
    lines = [f"{detail} ({answer.request.url.path})" if answer.status_code == NOT_FOUND else str(detail)]
    wrong = [error for error in problem.get("errors") or [] if error.get("message") not in {None, detail}]
    lines.extend(f"  {error.get('pointer') or '/'}: {error['message']}" for error in wrong)
    if answer.status_code >= 500 and problem.get("request_id"):
        lines.append(f"  Request id: {problem['request_id']}")
    return "\n".join(lines)


def _wait_asked(answer: httpx.Response) -> float:
    asked = answer.headers.get("Retry-After", "1")
    return min(float(asked), MOST_WAIT) if asked.isdecimal() else 1.0


def _as(model: type[M], data: Any) -> M:
    try:
        return model.model_validate(data)
    except ValidationError:
        raise Refused(
            "The suite answered in a form this command does not know; do both have the same version?"
        ) from None
