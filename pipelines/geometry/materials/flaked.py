"""Paint with flakes of metal in it, as cars have it: its colour shines as metal does, under a clear coat."""

from __future__ import annotations

import numpy as np

from pipelines.geometry.materials.registry import Colour, Look, Surface, material, toned


@material("metallic_paint", "metallic_car_paint metallic_finish metal_flake flake_paint", "9aa0a6")
def metallic_paint(at: Surface, colour: Colour) -> Look:
    """Metal by two thirds: less and it is plain paint, more and the colour goes dark where nothing is mirrored."""
    flakes = np.abs(at.grain(160, 1)) * 0.16
    return Look(toned(colour, flakes), 0.24 - flakes * 0.3, 0.68)
