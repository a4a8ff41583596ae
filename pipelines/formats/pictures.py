"""Pictures inside mesh files: their kind, told by the first bytes, and a way into the kinds that all formats have."""

from __future__ import annotations

import io
import re

from PIL import Image

from pipelines.formats.scene import Picture

ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
# What Pillow may take the bytes for: the same kinds.
DECODED = ("PNG", "JPEG", "WEBP")


def media_type(data: bytes) -> str:
    """The media type of PNG, JPEG and WebP; "" for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def as_png_or_jpeg(picture: Picture) -> Picture | None:
    """The picture as every format can carry it: a WebP becomes a PNG. None where it cannot be decoded."""
    if picture.media_type != "image/webp":
        return picture
    stream = io.BytesIO()
    try:
        with Image.open(io.BytesIO(picture.data), formats=("WEBP",)) as image:
            image.save(stream, "PNG")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return Picture(picture.name, "image/png", stream.getvalue())


def file_names(pictures: list[Picture], stem: str) -> list[str]:
    """A file name for each: its own name where that is safe and free, else `stem` with a number; all different."""
    names: list[str] = []
    for number, picture in enumerate(pictures):
        own = re.sub(r"\.(png|jpe?g|webp)$", "", picture.name, flags=re.IGNORECASE)
        safe = re.sub(r"[^A-Za-z0-9_-]+", "_", own).strip("_")[:48] or f"{stem}_{number}"
        ending = ENDINGS[picture.media_type]
        taken = {name.lower() for name in names}
        name = safe + ending
        while name.lower() in taken:
            safe += f"_{number}"
            name = safe + ending
        names.append(name)
    return names
