"""What is kept of a photo or a PDF that somebody sends, and what is refused, always with a sentence."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from betterstart.documents.uploads import LARGEST_FILE, LONGEST_SIDE, FileRefused, kind_of, photo_or_pdf
from tests.volunteers.spending import photo

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
# Sixteen by eight red points, as a phone writes them.
RED_HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNs"
    "eAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAEAAAAAEAAAAIAAAAAf///9AAAAAC////yAAAAAIAAAAQcGl4"
    "aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAALm1kYXQAAAAiKAGvBBITTOD46cJoP9k3+apWCI8n7asr40mfd7EY"
    "kqn/oA=="
)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"


class Vast(SimpleUploadedFile):
    """Forty megabytes that take no room here."""

    def __init__(self, content: bytes) -> None:
        super().__init__("IMG_0001.HEIC", content)
        self.size = 40 * 1024 * 1024


def sent(content: bytes, name: str = "receipt.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def with_place() -> SimpleUploadedFile:
    facts = Image.Exif()
    facts[0x010F] = "Camera of Canary"
    facts[0x0112] = 6
    facts.get_ifd(0x8825)[2] = (53.0, 47.0, 0.0)
    return photo(size=(60, 40), exif=facts, comment=b"Canary")


def vast_drawing(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_as_a_jpeg_of_at_most_so_many_pixels(form):
    kept = photo_or_pdf(photo(form, size=(4_000, 100)))

    drawn = Image.open(io.BytesIO(kept.content))
    assert (kept.media_type, drawn.format, drawn.size) == ("image/jpeg", "JPEG", (LONGEST_SIDE, 50))


def test_place_camera_and_remarks_are_gone_and_the_photo_stands_upright():
    file = with_place()
    assert b"Canary" in file.read()
    file.seek(0)

    kept = photo_or_pdf(file)

    drawn = Image.open(io.BytesIO(kept.content))
    assert drawn.size == (40, 60)
    assert not drawn.getexif()
    assert b"Canary" not in kept.content


def test_what_one_sees_through_becomes_white_and_other_inks_become_plain_colours():
    glass, print_shop = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(glass, "PNG")
    Image.new("CMYK", (4, 4)).save(print_shop, "JPEG")

    for content in (glass, print_shop):
        drawn = Image.open(io.BytesIO(photo_or_pdf(sent(content.getvalue())).content))
        assert (drawn.mode, min(drawn.getpixel((1, 1))) > 250) == ("RGB", True)


def test_a_pdf_is_kept_as_it_came():
    kept = photo_or_pdf(sent(PDF))

    assert (kept.media_type, kept.content) == ("application/pdf", PDF)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (Vast(HEIC), "This file has 40 MB, and there is room for 10. Take the photo with the camera"),
        (sent(PDF + b"x" * LARGEST_FILE), "fewer pages"),
        (sent(HEIC + b"x" * 400), "damaged"),
        (sent(b""), "neither a photo nor a PDF"),
        (sent(b"<html><script>alert(1)</script>"), "neither a photo nor a PDF"),
        (sent(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "receipt.svg"), "neither a photo nor a PDF"),
        (sent(b"GIF89a/*<svg/onload=alert(1)>*/", "receipt.jpg"), "neither a photo nor a PDF"),
        (sent(photo().read()[:200]), "damaged"),
        (sent(b"\xff\xd8\xff<script>"), "damaged"),
        (sent(vast_drawing(50_000, 50_000)), "too detailed|damaged"),
        (sent(vast_drawing(8_000, 6_000)), "too detailed"),
        (sent(PDF.replace(b"/Catalog", b"/Catalog /JavaScript (x)")), "does more than show pages"),
        (sent(PDF.replace(b"/Catalog", b"/Catalog /Encrypt 2 0 R")), "locked"),
        (sent(PDF.replace(b"%%EOF", b"")), "cut off"),
    ],
)
def test_what_is_not_kept_is_refused_with_what_to_do(file, sentence):
    with pytest.raises(FileRefused, match=sentence):
        photo_or_pdf(file)


def test_a_photo_in_the_form_of_newer_phones_is_read_and_a_sound_in_the_same_wrapping_is_not():
    drawn = Image.open(io.BytesIO(photo_or_pdf(sent(base64.b64decode(RED_HEIC))).content))

    assert (drawn.format, drawn.size, drawn.getpixel((3, 3))[0] > 180) == ("JPEG", (16, 8), True)
    assert kind_of(b"\x00\x00\x00\x18ftypM4A \x00\x00") == ""
