"""Pictures made anew: nothing of what the camera wrote beside them is kept, nor can it bite.

Where and when a photograph was taken, by whom and on what: all of that lies in a picture's
metadata. Each is decoded, within bounds, and written again from its pixels alone.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

from lms.errors import Refused

MOST_PIXELS = 40_000_000  # a telephone's largest photograph; decoded, 160 MB for a moment
FORMATS = ("PNG", "JPEG", "WEBP")
BROKEN = (OSError, SyntaxError, ValueError, IndexError, EOFError, TypeError, struct.error)
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What is to be done with a picture, by how the camera says that it was held."""


@contextmanager
def _opened(content: BinaryIO) -> Iterator[Image.Image]:
    """A picture within bounds: its size is read from its head, before a pixel is decoded."""
    content.seek(0)
    try:
        with warnings.catch_warnings():
            # our own bound is lower than Pillow's warning; and what the camera wrote may be damaged
            warnings.simplefilter("ignore")
            with Image.open(content, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise _too_many_dots()
                yield picture
    except Image.DecompressionBombError:
        raise _too_many_dots() from None
    except (UnidentifiedImageError, *BROKEN):
        raise Refused(
            "That picture is damaged. Open it, save it again, and send that.", field="file"
        ) from None


def _too_many_dots() -> Refused:
    return Refused(
        "That picture has more dots than any screen can show. Make it smaller: 2,000 across are "
        "enough.",
        field="file",
    )


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as it was seen. Where the camera's own notes cannot be read, it stays as it is:
    nothing of them is written again, so that their damage does not count."""
    try:
        held = picture.getexif().get(ExifTags.Base.Orientation)
    except BROKEN:
        held = None
    turn = UPRIGHT.get(held) if isinstance(held, int) else None
    return picture.transpose(turn) if turn is not None else picture


def without_metadata(content: BinaryIO) -> BinaryIO:
    """The same picture, upright, with its pixels and colours and nothing else."""
    written = io.BytesIO()
    with _opened(content) as picture:
        kind, colours = str(picture.format), picture.info.get("icc_profile")
        upright = _upright(picture)
        upright.load()
        bare = upright.copy()
        bare.info = {}
        options = {"quality": 90} if kind in {"JPEG", "WEBP"} else {"optimize": False}
        bare.save(written, kind, icc_profile=colours, **options)
    written.seek(0)
    return written


def fitted(content: BinaryIO, *, width: int, height: int) -> tuple[bytes, tuple[int, int]]:
    """A PNG of the picture, no larger than that and never enlarged, with its width and height."""
    with _opened(content) as picture:
        upright = _upright(picture).convert("RGBA")
        upright.thumbnail((width, height), Image.Resampling.LANCZOS)
        upright.info = {}
        written = io.BytesIO()
        upright.save(written, "PNG", optimize=True)
    return written.getvalue(), upright.size
