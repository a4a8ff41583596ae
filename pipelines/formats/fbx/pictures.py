"""Pictures made over for FBX, whose readers know no factors on textures, no packed channels and no way to leave alpha.

Each function returns the picture itself where nothing has to change, and raises OSError or ValueError where it cannot
be decoded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageStat

from pipelines.formats.pictures import DECODED
from pipelines.formats.scene import Picture
from pipelines.formats.srgb import from_linear, to_linear

CLEAR_MODES = ("RGBA", "LA", "PA", "La", "RGBa")
OPAQUE = 255
WHITE = (1.0, 1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Channel:
    """One channel of a picture times a factor: its mean, 0 to 1, and a grey picture of it unless all of it is alike."""

    mean: float
    picture: Picture | None


def without_alpha(picture: Picture) -> Picture:
    """The picture without its alpha where that hides anything: a material that is opaque takes no notice of it."""
    whole = _clear(picture)
    return picture if whole is None else _png(picture.name, whole.convert("RGB"))


def is_clear(picture: Picture) -> bool:
    """Whether any of its pixels lets something through."""
    return _clear(picture) is not None


def _clear(picture: Picture) -> Image.Image | None:
    with Image.open(io.BytesIO(picture.data), formats=DECODED) as image:
        if image.mode not in CLEAR_MODES and "transparency" not in image.info:
            return None
        whole = image.convert("RGBA")
    return whole if ImageStat.Stat(whole.getchannel("A")).extrema[0][0] < OPAQUE else None


def tinted(picture: Picture, tint: tuple[float, ...]) -> Picture:
    """A colour picture times a linear colour: FBX's readers take a texture or a colour, hardly one both."""
    if tuple(tint[:3]) == WHITE:
        return picture
    with Image.open(io.BytesIO(picture.data), formats=DECODED) as image:
        whole = image.convert("RGBA" if image.mode in CLEAR_MODES else "RGB")
    levels = to_linear(np.arange(256) / 255.0)
    curves = [np.rint(from_linear(np.clip(levels * part, 0.0, 1.0)) * 255.0) for part in tint[:3]]
    if whole.mode == "RGBA":
        curves.append(np.arange(256.0))
    return _png(picture.name, whole.point([int(value) for curve in curves for value in curve]))


def scaled(picture: Picture, factors: tuple[float, float, float]) -> Picture:
    """A picture that holds numbers, its channels times factors."""
    if factors == WHITE:
        return picture
    with Image.open(io.BytesIO(picture.data), formats=DECODED) as image:
        whole = image.convert("RGB")
    table = [round(min(value * factor, 255.0)) for factor in factors for value in range(256)]
    return _png(picture.name, whole.point(table))


def channel(picture: Picture, letter: str, factor: float, word: str) -> Channel:
    """A channel ("G", "B") of a picture that holds numbers, times a factor, as a grey picture named with `word`."""
    with Image.open(io.BytesIO(picture.data), formats=DECODED) as image:
        grey = image.convert("RGB").getchannel(letter)
    grey = grey.point([round(min(value * factor, 255.0)) for value in range(256)])
    seen = ImageStat.Stat(grey)
    low, high = seen.extrema[0]
    differs = None if low == high else _png(f"{picture.name}_{word}".lstrip("_"), grey)
    return Channel(seen.mean[0] / 255.0, differs)


def _png(name: str, image: Image.Image) -> Picture:
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    return Picture(name, "image/png", stream.getvalue())
