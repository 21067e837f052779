"""A photo or a PDF that somebody sends: known by what is in it, never by its name, and kept without what it tells."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from pi_heif import register_heif_opener
from PIL import Image, ImageOps

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_000
QUALITY = 80
# What makes a PDF do something, or hides what is in it.
_NOT_IN_A_PDF = (b"/Encrypt", b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_READERS = {"JPEG": ["JPEG", "MPO"], "PNG": ["PNG"], "WEBP": ["WEBP"], "HEIC": ["HEIF"]}

register_heif_opener(thumbnails=False)


class FileRefused(Exception):
    """This file is not kept. `sentence` says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class KeptFile:
    content: bytes
    media_type: str


def kind_of(start: bytes) -> str:
    """JPEG, PNG, WEBP, HEIC or PDF, by the first bytes; empty for anything else."""
    if start.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WEBP"
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS:
        return "HEIC"
    return "PDF" if start.startswith(b"%PDF-") else ""


def photo_or_pdf(file: UploadedFile) -> KeptFile:
    """The file as it is kept: a photo is drawn anew as a JPEG, so that place, camera and hidden parts are gone.

    A PDF stays as it came, with whatever it says of who made it. Raises FileRefused for what is too large, neither of
    the two, damaged, or a PDF that is locked or does more than show pages.
    """
    kind = kind_of(file.read(16))
    if file.size is None or file.size > LARGEST_FILE:
        raise FileRefused(_too_large(kind, (file.size or 0) / 1024 / 1024))
    if not kind:
        raise FileRefused(_("This is neither a photo nor a PDF. Take a photo of the receipt, or choose one."))
    file.seek(0)
    content = file.read()
    return KeptFile(_checked_pdf(content), "application/pdf") if kind == "PDF" else _drawn_anew(content, kind)


def _too_large(kind: str, megabytes: float) -> str:
    words = _("This file has {size} MB, and there is room for 10.").format(size=round(megabytes))
    if kind == "PDF":
        return f"{words} " + _("Save it with fewer pages, or take a photo of the page that counts.")
    return f"{words} " + _(
        "Take the photo with the camera of your phone, in its usual size, or send it to yourself as “medium” first."
    )


def _checked_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused(_("This PDF is cut off. Save it again, or take a photo of the receipt."))
    if any(mark in content for mark in _NOT_IN_A_PDF):
        raise FileRefused(_("This PDF is locked, or does more than show pages. Take a photo of the receipt instead."))
    return content


def _drawn_anew(content: bytes, kind: str) -> KeptFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            photo = Image.open(io.BytesIO(content), formats=_READERS[kind])
            if photo.width * photo.height > MOST_PIXELS:
                raise FileRefused(_("This photo is too detailed for us. Take it in the usual size of your camera."))
            photo.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return KeptFile(_as_jpeg(photo), "image/jpeg")
    except FileRefused:
        raise
    # Whatever a decoder stumbles on in a file that was made to trip it.
    except Exception as error:
        raise FileRefused(_("This photo is damaged, and we cannot open it. Take it again, please.")) from error


def _as_jpeg(photo: Image.Image) -> bytes:
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(photo)
    if "A" in upright.getbands() or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        on_white = Image.new("RGBA", upright.size, "white")
        on_white.alpha_composite(upright)
        upright = on_white
    plain = Image.new("RGB", upright.size)
    plain.paste(upright.convert("RGB"))
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue()
