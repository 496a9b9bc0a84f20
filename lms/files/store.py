"""Where the bytes of uploaded files lie: a folder, or a bucket that speaks S3, behind one face.

A key is written once and never again: whole or not there at all. What a key holds never changes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from obstore.store import ObjectStore

AT_ONCE = 1024 * 1024


class NotStoredError(OSError):
    """The store cannot be reached, or does not hold what was asked for."""


class Store(Protocol):
    """Bytes by key. All raise NotStoredError where the store does not do what was asked."""

    def put(self, key: str, content: BinaryIO) -> None:
        """Keep all of `content` under a key that nothing has yet."""

    def pieces(self, key: str) -> Iterator[bytes]:
        """What lies under a key, piece by piece; opened before the first is asked for."""

    def remove(self, key: str) -> None:
        """Take a key away that no row names."""

    def listed(self) -> Iterator[tuple[str, int]]:
        """Every key with its size in bytes."""


def from_url(url: str) -> Store:
    """The store that LMS_FILES_URL names."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3":
        return BucketStore(_bucket(parts), parts.path.strip("/"))
    raise ValueError(f"no way to keep files at {parts.scheme}://")


class FolderStore:
    """A folder: written aside, kept on the disk, then given its name; nothing is written over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, content: BinaryIO) -> None:
        path = self._path(key)
        aside = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("xb") as written:
                shutil.copyfileobj(content, written, AT_ONCE)
                written.flush()
                os.fsync(written.fileno())
            if path.exists():
                raise FileExistsError(key)
            aside.rename(path)
        except OSError as error:
            raise NotStoredError(f"{key} could not be written: {error}") from error
        finally:
            aside.unlink(missing_ok=True)

    def pieces(self, key: str) -> Iterator[bytes]:
        try:
            opened = self._path(key).open("rb")
        except OSError as error:
            raise NotStoredError(f"{key} is not in {self.folder}") from error
        return _pieces_of(opened)

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def listed(self) -> Iterator[tuple[str, int]]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.folder).as_posix(), path.stat().st_size

    def _path(self, key: str) -> Path:
        if not key or any(part in {"", ".", ".."} for part in key.split("/")):
            raise ValueError(f"not a key: {key!r}")
        return self.folder / key


def _pieces_of(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while piece := opened.read(AT_ONCE):
            yield piece


class BucketStore:
    """A bucket at Amazon, or at anyone who speaks S3 (`?endpoint=https://…`)."""

    def __init__(self, bucket: ObjectStore, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""

    def put(self, key: str, content: BinaryIO) -> None:
        with _told():
            # an upload in parts cannot be asked not to write over; a key is drawn at random
            self.bucket.put(self.prefix + key, content, chunk_size=8 * AT_ONCE)

    def pieces(self, key: str) -> Iterator[bytes]:
        with _told():
            found = self.bucket.get(self.prefix + key)
        return self._streamed(found.stream(min_chunk_size=AT_ONCE))

    def _streamed(self, stream: Iterator[object]) -> Iterator[bytes]:
        for piece in stream:
            yield bytes(piece)  # type: ignore[call-overload]

    def remove(self, key: str) -> None:
        with _told():
            self.bucket.delete(self.prefix + key)

    def listed(self) -> Iterator[tuple[str, int]]:
        with _told():
            for found in self.bucket.list(self.prefix or None):
                for each in found:
                    yield str(each["path"]).removeprefix(self.prefix), int(each["size"])


@contextmanager
def _told() -> Iterator[None]:
    """Name any trouble with the bucket by the one error that callers know."""
    from obstore.exceptions import BaseError  # noqa: PLC0415 - loaded where it is used

    try:
        yield
    except (BaseError, OSError) as error:
        raise NotStoredError(f"the bucket said: {str(error).splitlines()[0][:300]}") from error


def _bucket(parts: SplitResult) -> ObjectStore:
    """`s3://key:secret@bucket/folder?region=eu-west-2&endpoint=https://…`.

    What is not said is taken from the machine: AWS_… variables, or the role that it has.
    """
    from obstore.store import S3Store  # noqa: PLC0415 - loaded where it is used

    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    said = {
        "access_key_id": unquote(parts.username or ""),
        "secret_access_key": unquote(parts.password or ""),
        "region": asked.get("region", ""),
        "endpoint": asked.get("endpoint", ""),
    }
    return S3Store(
        parts.hostname,
        config={name: value for name, value in said.items() if value},  # type: ignore[arg-type]
        client_options={
            "allow_http": said["endpoint"].startswith("http://"),
            "timeout": timedelta(minutes=5),
            "connect_timeout": timedelta(seconds=5),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
