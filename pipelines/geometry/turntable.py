"""A GLB turned once about its vertical axis, as an animated WebP: the same light and the same size in every picture.

How many pictures there are follows from what the first one costs: a heavy mesh takes no longer than a light one. Of a
mesh with many more faces than a picture has pixels, those are drawn that remain when no two vertices share a pixel.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PIL import Image

from pipelines.errors import NothingToModel
from pipelines.geometry.drawing import Eye, axes_of, draw, eyes_around
from pipelines.geometry.glb_drawn import Drawn, read
from pipelines.geometry.lighter import lighter

SIZE_PX = 320
RISE_DEGREES = 18.0
TEXTURE_PX = 512
TURN_S = 3.6
WEBP_QUALITY = 80
# Pictures of one turn, as many as fit into LONGEST_S of CPU.
COUNTS = (36, 24, 18, 12, 8)
LONGEST_S = 4.0
# Meshes of more faces are made lighter first: one vertex for a cube as wide as a pixel.
MANY_FACES = 200_000


def write(source: Path, target: Path) -> int:
    """Draw the GLB `source` as an animated WebP with alpha into `target`. Returns the number of pictures.

    Raises UnreadableInput for a file that cannot be read, NothingToModel for one without a triangle to see or with too
    many to be drawn in time.
    """
    pieces = read(source, texture_px=TEXTURE_PX)
    (front,) = eyes_around(pieces, (0.0,), RISE_DEGREES)
    if sum(len(piece.faces) for piece in pieces) > MANY_FACES:
        pieces = [lighter(piece, front.span / SIZE_PX) for piece in pieces]
    began_s = time.process_time()
    first = _picture(pieces, front)
    count = affordable(time.process_time() - began_s)
    turns = [360.0 * step / count for step in range(1, count)]
    eyes = [replace(front, axes=axes_of(turn, RISE_DEGREES)) for turn in turns]
    others = [_picture(pieces, eye) for eye in eyes]
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
