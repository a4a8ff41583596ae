"""A GLB turned once about its vertical axis, as an animated WebP: the same light and the same size in every picture.

How many pictures there are follows from what the first one costs: a heavy mesh takes no longer than a light one.
"""

from __future__ import annotations

import time
from pathlib import Path

from PIL import Image

from pipelines.errors import NothingToModel
from pipelines.geometry.drawing import Eye, draw, eyes_around
from pipelines.geometry.glb_drawn import Drawn, read

SIZE_PX = 320
RISE_DEGREES = 18.0
TEXTURE_PX = 512
TURN_S = 3.6
WEBP_QUALITY = 80
# Pictures of one turn, as many as fit into LONGEST_S of CPU.
COUNTS = (36, 24, 18, 12, 8)
LONGEST_S = 4.0


def write(source: Path, target: Path) -> int:
    """Draw the GLB `source` as an animated WebP with alpha into `target`. Returns the number of pictures.

    Raises UnreadableInput for a file that cannot be read, NothingToModel for one without a triangle to see or with too
    many to be drawn in time.
    """
    pieces = read(source, texture_px=TEXTURE_PX)
    (front,) = eyes_around(pieces, (0.0,), RISE_DEGREES)
    began_s = time.process_time()
    first = _picture(pieces, front)
    count = affordable(time.process_time() - began_s)
    turns = [360.0 * step / count for step in range(1, count)]
    others = [_picture(pieces, eye) for eye in eyes_around(pieces, turns, RISE_DEGREES)]
    first.save(
        target,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=round(1000 * TURN_S / count),
        loop=0,
        quality=WEBP_QUALITY,
        method=0,
    )
    return count


def affordable(picture_s: float) -> int:
    """How many pictures of that many seconds each fit into LONGEST_S. Raises NothingToModel where too few do."""
    for count in COUNTS:
        if count * picture_s <= LONGEST_S:
            return count
    raise NothingToModel(f"one picture takes {picture_s:.1f} s, too long for a turntable")


def _picture(pieces: list[Drawn], eye: Eye) -> Image.Image:
    return Image.fromarray(draw(pieces, eye, SIZE_PX), "RGBA")
