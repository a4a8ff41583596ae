"""A small picture of a GLB: from the front, a little to its left and from above, on nothing."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipelines.geometry.drawing import axes_of, draw, eye_for
from pipelines.geometry.glb_drawn import read

SIZE_PX = 512
TURN_DEGREES, RISE_DEGREES = 32.0, 18.0
TEXTURE_PX = 1024
WEBP_QUALITY = 86


def write(source: Path, target: Path) -> int:
    """Draw the GLB `source` as WebP, SIZE_PX a side, with alpha, into `target`. Returns its size in bytes.

    Raises UnreadableInput for a file that cannot be read, NothingToModel for one without a triangle to see.
    """
    pieces = read(source, texture_px=TEXTURE_PX)
    eye = eye_for(pieces, axes_of(TURN_DEGREES, RISE_DEGREES))
    picture = Image.fromarray(draw(pieces, eye, SIZE_PX), "RGBA")
    picture.save(target, "WEBP", quality=WEBP_QUALITY, method=2)
    return target.stat().st_size
