"""Both stores keep the same promises; a file is whole and written down, or it is not there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import Refused
from lms.files import Store, StoredFile, audit_files, bytes_of, from_url, kept
from lms.files.store import FolderStore, NotStoredError
from tests.support.bucket import bucket
from tests.support.sent import PDF, photograph, sent

KEY = "2027/01/18/0a"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield from_url(f"file://{tmp_path}/files%20of%20ours")
        return
    with bucket() as url:
        yield from_url(url)


def test_what_is_put_is_got_listed_and_removed(store: Store) -> None:
    content = b"a film" * 400_000
    store.put(KEY, io.BytesIO(content))
    assert b"".join(store.pieces(KEY)) == content
    assert list(store.listed()) == [(KEY, len(content))]
    store.remove(KEY)
    assert list(store.listed()) == []
    with pytest.raises(NotStoredError):
        store.pieces(KEY)


def test_a_folder_writes_over_nothing_and_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")

    class Torn(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("the connection broke")
            return super().read(4)

    with pytest.raises(NotStoredError):
        store.put(KEY, Torn(b"half and half"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    store.put(KEY, io.BytesIO(b"first"))
    with pytest.raises(NotStoredError):
        store.put(KEY, io.BytesIO(b"second"))
    assert b"".join(store.pieces(KEY)) == b"first"
    for key in ("../outside", "/etc/passwd", "a//b", ""):
        with pytest.raises(ValueError, match="not a key"):
            store.put(key, io.BytesIO(b"x"))


def test_a_bucket_that_is_away_or_not_there_is_said_to_be() -> None:
    with bucket() as url:
        missing = from_url(url.replace("papers", "no-such-bucket"))
        with pytest.raises(NotStoredError, match="the bucket said"):
            missing.put(KEY, io.BytesIO(b"x"))


def test_a_file_is_checked_kept_and_written_down(
    app: Flask, files: Store, clock: FixedClock
) -> None:
    sent_file = sent(photograph(), "../Beacon Hall.JPG")
    with kept(sent_file, now=clock.now()) as file, transaction() as session:
        session.add(file)
        session.flush()
        file_id = file.id
    found = db.session.get_one(StoredFile, file_id)
    assert (found.name, found.content_type) == ("Beacon Hall.jpg", "image/jpeg")
    assert len(bytes_of(found)) == found.size
    assert b"Telephone" not in bytes_of(found)
    assert audit_files(clock.now()) == []


def test_a_file_whose_writing_down_fails_is_taken_away_again(
    app: Flask, files: Store, clock: FixedClock
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        kept(sent(PDF), now=clock.now()),
    ):
        raise ZeroDivisionError
    assert list(files.listed()) == []


def test_the_audit_names_what_is_lost_cut_or_belongs_to_nothing(
    app: Flask, files: Store, clock: FixedClock
) -> None:
    names = ["Lost.pdf", "Cut.pdf"]
    for name in names:
        with kept(sent(PDF, name), now=clock.now()) as file, transaction() as session:
            session.add(file)
    lost, cut = db.session.query(StoredFile).order_by(StoredFile.id)
    files.remove(lost.key)
    files.remove(cut.key)
    files.put(cut.key, io.BytesIO(PDF[:9]))
    files.put(KEY, io.BytesIO(b"on its way into the database"))
    assert [said.split(" is ")[0].split(" has ")[0] for said in audit_files(clock.now())] == [
        "the file Lost.pdf",
        f"the file Cut.pdf ({cut.key})",
    ]
    later = audit_files(clock.now() + timedelta(days=1))
    assert f"{KEY} lies among the files and belongs to nothing" in later


def test_a_file_of_two_gigabytes_is_refused_by_its_length(app: Flask, clock: FixedClock) -> None:
    class Enormous(io.RawIOBase):
        def seek(self, _offset: int, whence: int = 0) -> int:
            return 2_000_000_000 if whence else 0

        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("nothing of it is read")

    enormous = sent(b"")._replace(content=Enormous())
    with (
        pytest.raises(Refused, match=r"That file is 2000 MB\. Send one of up to 100 MB"),
        kept(enormous, now=clock.now()),
    ):
        pass
