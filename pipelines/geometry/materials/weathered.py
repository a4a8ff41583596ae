"""What lies on other materials: dust, soot, grime, frost, blood, glitter; and wood that was burnt.

As coats these hide only a share of what lies beneath (`Look.cover`).
"""

from __future__ import annotations

import numpy as np

from pipelines.geometry.materials import noise
from pipelines.geometry.materials.registry import (
    Colour,
    Look,
    Surface,
    material,
    mix,
    step,
    three,
    toned,
)


@material("dust", None, "b9ad98")
def dust(at: Surface, colour: Colour) -> Look:
    fine = at.grain(90, 2)
    cover = np.clip(0.72 + at.grain(7, 4) * 0.9 + fine * 0.4, 0.0, 0.92)
    return Look(toned(colour, fine * 0.25), 0.98, height=fine * 0.0006, cover=cover)


@material("soot", None, "17130f")
def soot(at: Surface, colour: Colour) -> Look:
    smoke = at.pattern(6, 5)
    cover = np.clip(smoke * 1.7 - 0.1, 0.0, 0.95)
    return Look(toned(colour, at.grain(40, 2) * 0.8), 0.97, cover=cover)


@material("grime", None, "342a1c")
def grime(at: Surface, colour: Colour) -> Look:
    cover = np.clip(0.2 + at.pattern(11, 5) * 0.95, 0.0, 0.8)
    return Look(toned(colour, at.grain(30, 3) * 0.5), 0.92, cover=cover)


@material("frost", None, "e8f1f8")
def frost(at: Surface, colour: Colour) -> Look:
    """Needles of ice: thin where the pattern is low, and closed where it is high."""
    needles = 1.0 - np.abs(at.pattern(26, 4) - 0.5) * 4.0
    cover = np.clip(0.35 + at.pattern(8, 4) * 0.7 + needles * 0.25, 0.0, 0.95)
    return Look(toned(colour, needles * 0.05), 0.55, height=needles * 0.0015, cover=cover)


@material("blood", None, "6e0b0d")
def blood(at: Surface, colour: Colour) -> Look:
    deep = at.pattern(9, 3)
    return Look(toned(colour, (0.5 - deep) * 0.6), 0.16 + 0.3 * deep, height=deep * 0.002)


@material("glitter", None, "d8c070")
def glitter(at: Surface, colour: Colour) -> Look:
    """Small flat flakes, each as light or dark as its own slant makes it."""
    _, which = at.nearest(150)
    slant = noise.hashed(which)
    bright = step(slant, 0.78, 0.1)
    rgb = mix(toned(colour, (slant - 0.5) * 0.7), three(1, 1, 0.97), bright * 0.8)
    height = (noise.hashed(which + 9) * 0.0012).astype(np.float32)
    return Look(rgb, 0.22 + 0.3 * (1.0 - bright), 0.75, height=height)


@material("charred_wood", None, "2b241f", relief=0.004)
def charred_wood(at: Surface, colour: Colour) -> Look:
    """Cracked into small plates across the grain, dull black, with ash and a little brown left."""
    near, second, which = at.spots.cells(three(26, 12, 26))
    crack = 1.0 - step(second - near, 0.09, 0.1)
    plate = (noise.hashed(which) - 0.5) * 0.6 + at.grain(50, 2) * 0.5
    brown = step(at.pattern(4, 5), 0.6, 0.16)
    rgb = mix(toned(colour, plate), three(0.33, 0.2, 0.11), brown * 0.6)
    ash = step(at.pattern(9, 4), 0.66, 0.1) * (1.0 - crack)
    rgb = mix(rgb, three(0.5, 0.49, 0.47), ash * 0.5)
    height = (1.0 - crack) * 0.003 + at.grain(40, 2) * 0.001
    return Look(mix(rgb, three(0.03, 0.028, 0.026), crack), 0.9, height=height)
