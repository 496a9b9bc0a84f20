"""Files as people send them: small ones of each kind, and what must not be taken."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

from lms.files import Sent

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def sent(content: bytes, name: str = "file") -> Sent:
    return Sent(io.BytesIO(content), name)


def office(main: str = SLIDES, **members: bytes) -> bytes:
    """A package as Office writes it; further members by name, `__` for `/` and `_dot_` for `.`."""
    contents = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", contents)
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return written.getvalue()


def open_document(kind: str = "text", *members: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name in members:
            package.writestr(name, b"x")
    return written.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#2b4a86").save(written, kind, **options)
    return written.getvalue()


def photograph() -> bytes:
    """A JPEG that says where it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Telephone 7"  # the model
    exif[0x0112] = 6  # to be turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    return picture("JPEG", (40, 20), exif=exif)
