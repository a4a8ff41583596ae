"""What an image file says of itself in its header, and whether its bytes reach to its end. Pixels are never decoded."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from serving.errors import BadUpload

# An MPO (two JPEGs in one file) is opened as a JPEG; Pillow knows no opener of that name.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
_TYPES = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "MPO": ("jpg", "image/jpeg"),
    "WEBP": ("webp", "image/webp"),
    "BMP": ("bmp", "image/bmp"),
    "TIFF": ("tif", "image/tiff"),
    "GIF": ("gif", "image/gif"),
}
# By the extension that a kept file gets.
MEDIA_TYPES = dict(_TYPES.values())
# Between two of these marks a JPEG has entropy-coded data, in which FF is followed by 00 or a restart mark only.
_JPEG_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_END = 0xD9
# A 50 MiB photo has some hundreds; each costs a microsecond.
_MAX_JPEG_MARKS = 20_000
# Writers cut the pixels of the largest image we take into a few thousand chunks at most.
_MAX_PNG_CHUNKS = 20_000
_ACCEPTED = "PNG, JPEG, WebP, BMP, TIFF or GIF"

# What Pillow finds odd in a stranger's file is not for our log: torn tags, areas far above our limit on the side.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


@dataclass(frozen=True)
class ImageHeader:
    """Format and size of an image, as its header tells them."""

    extension: str
    media_type: str
    width_px: int
    height_px: int


def read_image_header(file: BinaryIO, field: str, max_px: int) -> ImageHeader:
    """The header of an image. Raises BadUpload naming `field` when it is no image, too large, or cut short."""
    header = _parse(file, field)
    if max(header.width_px, header.height_px) > max_px:
        raise BadUpload(
            f"{field} is {header.width_px} x {header.height_px} pixels; at most {max_px} on a side are allowed"
        )
    if not _reaches_end(file, header.extension):
        raise BadUpload(
            f"{field} is cut short: its bytes end before the image does; send the whole file"
        )
    return header


def _parse(file: BinaryIO, field: str) -> ImageHeader:
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as image:
            extension, media_type = _TYPES[image.format or ""]
            width_px, height_px = image.size
    except UnidentifiedImageError:
        raise BadUpload(f"{field} is not an image that can be read; send {_ACCEPTED}") from None
    except Image.DecompressionBombError:
        raise BadUpload(f"{field} claims more pixels than any image allowed here") from None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, MemoryError):
        raise BadUpload(f"{field} is broken: its header cannot be read; send {_ACCEPTED}") from None
    return ImageHeader(extension, media_type, width_px, height_px)


def _reaches_end(file: BinaryIO, extension: str) -> bool:
    """Whether the file holds what its structure declares, by marks and lengths alone."""
    size = file.seek(0, os.SEEK_END)
    match extension:
        case "png":
            return _png_ends(file, size)
        case "jpg":
            return _jpeg_ends(file, size)
        case "webp":
            file.seek(4)
            return int.from_bytes(file.read(4), "little") + 8 <= size
        case "bmp":
            file.seek(2)
            return int.from_bytes(file.read(4), "little") <= size
    return True  # TIFF and GIF tell no length in one place; the pipeline finds a short one


def _png_ends(file: BinaryIO, size: int) -> bool:
    """Walk the chunks: length, type, data, checksum. An image is whole when IEND is reached."""
    file.seek(max(0, size - 12))
    if file.read(8)[4:] == b"IEND":
        return True
    at = 8
    for _ in range(_MAX_PNG_CHUNKS):
        if at + 12 > size:
            return False
        file.seek(at)
        head = file.read(8)
        if head[4:] == b"IEND":
            return True
        at += 12 + int.from_bytes(head[:4], "big")
    return False


def _jpeg_ends(file: BinaryIO, size: int) -> bool:
    """Walk from mark to mark to the end mark. What follows it is not ours: phones append a video there."""
    file.seek(max(0, size - 2))
    if file.read() == b"\xff\xd9":
        return True
    file.seek(0)
    whole = file.read()
    at = 2
    for _ in range(_MAX_JPEG_MARKS):
        mark = _JPEG_MARK.search(whole, at)
        if mark is None:
            return False
        if whole[mark.start() + 1] == _JPEG_END:
            return True
        at = mark.end() + int.from_bytes(whole[mark.end() : mark.end() + 2], "big")
    return False
