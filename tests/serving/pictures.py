"""Small pictures and meshes, made in memory, sound and broken."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def disc(mode: str = "RGBA", size: tuple[int, int] = (96, 96)) -> Image.Image:
    """An orange disc: on nothing where the mode has alpha, else on white."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    width, height = size
    box = (width * 0.2, height * 0.1, width * 0.8, height * 0.9)
    ImageDraw.Draw(picture).ellipse(box, fill=(220, 120, 40, 255))
    if mode == "RGBA":
        return picture
    page = Image.new("RGBA", size, (255, 255, 255, 255))
    page.alpha_composite(picture)
    if mode == "I;16":
        return page.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    return page.convert("RGB").convert(mode)


def encoded(picture: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def transparent() -> bytes:
    return encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)))


def sideways() -> bytes:
    """A JPEG that a camera held upright has marked as turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(disc("RGB", (96, 64)), "JPEG", exif=exif)


def animated(file_format: str) -> bytes:
    frames = [disc("RGB", (96, 96)), Image.new("RGB", (96, 96), (0, 90, 200))]
    return encoded(
        frames[0], file_format, save_all=True, append_images=frames[1:], duration=100, loop=0
    )


def png16_rgb() -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads and does not write."""
    rows = []
    for y in range(64):
        row = b"".join(
            struct.pack(">3H", 56_000, 30_000, 9_000)
            if (x - 32) ** 2 + (y - 32) ** 2 < 400
            else b"\xff" * 6
            for x in range(64)
        )
        rows.append(b"\0" + row)
    return png(64, 64, zlib.compress(b"".join(rows)), depth=16, colour=2)


def png(width: int, height: int, data: bytes, *, depth: int = 8, colour: int = 6) -> bytes:
    """A PNG with sound chunks that says of itself what it is told to, whatever its pixels are."""
    head = struct.pack(">2I5B", width, height, depth, colour, 0, 0, 0)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def photo_with_a_film_behind() -> bytes:
    """A JPEG as phones write it: after its end comes a video, whose bytes may look like any mark."""
    return encoded(disc("RGB"), "JPEG") + b"\0\0\0\x18ftypmp42" + b"\xff\xd9\xff\xda" * 50 + b"end"


OBJ = b"""v 0 0 0
v 1 0 0
v 0 1 0
v 0 0 1
f 1 3 2
f 1 2 4
f 2 3 4
f 3 1 4
"""
