"""What a file is, by what is in it; what is never taken; how it is named for a download."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lms.errors import Refused
from lms.files.kinds import KINDS, MOST_UNPACKED, SLIDES, TEXT, recognised, safe_name, size_words
from lms.files.pictures import fitted, without_metadata
from tests.support.sent import PDF, WORD, office, open_document, photograph, picture

PROGRAMS = {
    "a page": b"<!DOCTYPE html><title>x</title>",
    "a page after a remark": b"  \n<!-- hello --><html>",
    "a page inside a text": b"Dear all,\n<script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "markup": b'<?xml version="1.0"?><svg/>',
    "a page in UTF-8 with its mark": "\ufeff<html>".encode(),
    "a program of Windows": b"MZ\x90\x00\x03",
    "a program of Linux": b"\x7fELF\x02\x01\x01",
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a batch": b"@echo off\r\nformat c:\r\n",
    "rich text": b"{\\rtf1\\ansi hello}",
    "an old document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "a packed file": open_document("text").replace(b"mimetype", b"whatever"),
    "a document with macros": office(WORD, word__vbaProject_dot_bin=b"x"),
    "a document that says it has macros": office(WORD.replace("document.main", "macroEnabled")),
    "a document with controls": office(WORD, word__activeX__activeX1_dot_xml=b"x"),
    "a text document with macros": open_document("text", "Basic/Standard/Module1.xml"),
    "nothing": b"",
    "figures": bytes(range(256)) * 4,
    "half a package": office()[:60],
    "half a character": "é".encode()[:1],
}


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS)
def test_what_could_be_run_or_looked_into_by_nobody_is_not_taken(content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        recognised(io.BytesIO(content))
    assert refusal.value.field == "file"
    assert refusal.value.sentence.endswith(".")


def test_a_kind_is_read_from_the_content() -> None:
    found = {
        recognised(io.BytesIO(content)).suffix
        for content in (
            PDF,
            office(WORD),
            office(),
            *(open_document(kind) for kind in ("text", "presentation", "spreadsheet")),
            *(picture(kind) for kind in ("PNG", "JPEG", "WEBP")),
            b"\x00\x00\x00\x18ftypmp42\x00\x00",
            b"\x00\x00\x00\x18ftypM4A \x00\x00",
            b"ID3\x03\x00",
            b"\xff\xfb\x90\x64",
            "Bring a case that you know – names left out.\r\n".encode() * 50_000,
        )
    }
    assert found >= {".pdf", ".docx", ".pptx", ".odt", ".odp", ".ods", ".png", ".jpg", ".webp"}
    assert found >= {".mp4", ".m4a", ".mp3", ".txt"}


def test_a_package_that_unpacks_to_far_more_is_refused_unread() -> None:
    bomb = bytearray(office(word__document_dot_xml=b"x"))
    entry = bomb.rindex(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = struct.pack("<I", 0xFFFFFFF0)
    assert MOST_UNPACKED < 0xFFFFFFF0
    with pytest.raises(Refused, match="unpack to far more"):
        recognised(io.BytesIO(bytes(bomb)))


def test_a_package_of_endless_members_is_refused_before_they_are_listed() -> None:
    member = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *[0] * 9, 1, *[0] * 6) + b"a"
    listed = member * 200_000  # of each, Python would make an object
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 9, 9, len(listed), 4, 0)
    wide = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, len(listed), 4)
    points = struct.pack("<4sIQI", b"PK\x06\x07", 0, 4 + len(listed), 1)
    small = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 9, 9, 99, 4, 0)
    for ends in (end, wide + points + small, end[:-2] + b"\x06\0PK\x05\x06\0\0"):
        with pytest.raises(Refused, match="unpack to far more"):
            recognised(io.BytesIO(b"PK\x03\x04" + listed + ends))


def test_a_list_of_contents_that_lies_about_its_length_is_read_no_further() -> None:
    with pytest.raises(Refused, match="unpack to far more"):
        recognised(io.BytesIO(office('"/>' + " " * 6_000_000)))


def test_a_picture_of_too_many_dots_is_refused_before_it_is_drawn() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    bomb += struct.pack(">I", zlib.crc32(chunk)) + struct.pack(">I", 0) + b"IDAT" + b"\0" * 8
    for drawn in (lambda sent: fitted(sent, width=10, height=10), without_metadata):
        with pytest.raises(Refused, match="more dots"):
            drawn(io.BytesIO(bomb))
    with pytest.raises(Refused, match="damaged"):
        without_metadata(io.BytesIO(picture()[:50]))


def test_a_photograph_says_no_longer_where_it_was_taken_and_stands_upright() -> None:
    with Image.open(without_metadata(io.BytesIO(photograph()))) as cleaned:
        assert not dict(cleaned.getexif())
        assert cleaned.size == (20, 40)
    assert fitted(io.BytesIO(picture("JPEG", (400, 100))), width=200, height=80)[1] == (200, 50)
    assert fitted(io.BytesIO(picture("PNG", (40, 20))), width=200, height=80)[1] == (40, 20)


def test_a_photograph_with_damaged_notes_of_its_camera_is_taken_or_refused() -> None:
    whole, taken = photograph(), 0
    begins = whole.index(b"Exif")
    for at in range(begins + 6, begins + 90):
        for figure in (0, 9, 255):
            spoilt = bytearray(whole)
            spoilt[at] = figure
            with suppress(Refused):
                taken += len(fitted(io.BytesIO(spoilt), width=20, height=20)) > 1
    assert taken > 200


@pytest.mark.parametrize(
    ("sent_as", "name"),
    [
        ("Slides.pptx", "Slides.pptx"),
        ("C:\\Users\\me\\Slides.PPTX", "Slides.pptx"),
        ("../../etc/passwd", "passwd.pptx"),
        ("invoice.pptx.exe", "invoice.pptx"),
        ("cod\u202eexe.xtpp", "cod exe.pptx"),
        ('a"b;\r\nSet-Cookie: x', "a b; Set-Cookie x.pptx"),
        ("", "file.pptx"),
        (".htaccess", "htaccess.pptx"),
        ("x" * 400, "x" * 115 + ".pptx"),
    ],
)
def test_a_name_for_a_download_ends_as_its_content_does(sent_as: str, name: str) -> None:
    assert safe_name(sent_as, SLIDES) == name


@given(st.text(), st.sampled_from(KINDS))
def test_no_name_is_more_than_a_name(sent_as: str, kind: object) -> None:
    name = safe_name(sent_as, kind)
    assert name.endswith((kind.suffix, *kind.other_suffixes))
    assert not set(name) & set('/\\"\r\n\0') and len(name) <= 120
    assert safe_name(name, kind) == name


def test_a_table_of_commas_keeps_its_ending() -> None:
    assert safe_name("Agencies.csv", TEXT) == "Agencies.csv"
    assert [size_words(n) for n in (1, 820_400, 4_000_000)] == ["1 kB", "820 kB", "4 MB"]
