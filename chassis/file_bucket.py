"""Files in a bucket of a store that speaks the S3 protocol (Amazon S3 API Reference, version 2006-03-01).

Credentials and region come from boto3's own places: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_DEFAULT_REGION`,
or the machine's role.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from contracts.errors import Unavailable

ABSENT = {"404", "NoSuchKey", "NotFound"}
KEPT_IN_MEMORY = 1_000_000
"""Bytes of a file under way that do not go to the temporary folder."""


class Bucket:
    """Implements `chassis.files.Storage`. Raises FileNotFoundError, and Unavailable when the store does not answer."""

    def __init__(self, name: str, prefix: str, endpoint: str) -> None:
        self._name = name
        self._prefix = f"{prefix}/" if prefix else ""
        self._endpoint = endpoint

    @cached_property
    def _client(self) -> Any:
        """Made at the first use: boto3 takes long to import, and those with a folder do not need it."""
        import boto3
        from botocore.config import Config

        patience = Config(connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
        return boto3.client("s3", endpoint_url=self._endpoint or None, config=patience)

    @contextmanager
    def writing(self, key: str) -> Iterator[IO[bytes]]:
        """Collected first, then sent as a whole: the store shows no half of it."""
        with tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY) as file:
            yield file
            file.seek(0)
            with _answering(key):
                self._client.upload_fileobj(file, self._name, self._prefix + key)

    def opened(self, key: str) -> IO[bytes]:
        """A copy without a name; closing it removes it."""
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115  (the caller closes it)
        try:
            with _answering(key):
                self._client.download_fileobj(self._name, self._prefix + key, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A copy, removed after use."""
        with tempfile.NamedTemporaryFile(suffix=Path(key).suffix) as copy, self.opened(key) as file:
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield Path(copy.name)

    def size(self, key: str) -> int:
        """Bytes."""
        return int(self._head(key)["ContentLength"])

    def delete(self, key: str) -> None:
        """Nothing happens when there is no such file."""
        with _answering(key):
            self._client.delete_object(Bucket=self._name, Key=self._prefix + key)

    def delete_old(self, key: str, before: datetime) -> bool:
        """Whether it was that old, and is removed."""
        with suppress(FileNotFoundError):
            if self._head(key)["LastModified"] < before:
                self.delete(key)
                return True
        return False

    def older(self, owner: str, before: datetime) -> Iterator[str]:
        """In the store's order, a thousand at a request."""
        with _answering(owner):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._name, Prefix=f"{self._prefix}{owner}/"):
                for each in page.get("Contents", ()):
                    if each["LastModified"] < before:
                        yield each["Key"].removeprefix(self._prefix)

    def _head(self, key: str) -> dict[str, Any]:
        with _answering(key):
            found: dict[str, Any] = self._client.head_object(Bucket=self._name, Key=self._prefix + key)
        return found


@contextmanager
def _answering(key: str) -> Iterator[None]:
    """Errors of the store as ours; its own words may hold addresses and stay in the cause."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            raise FileNotFoundError(key) from None
        raise Unavailable("The store of files refuses or fails.", service="files") from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unavailable("The store of files does not answer.", service="files") from error
