"""Stone of many kinds, clay, bone, and what is porous or pocked."""

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


@material("rock", "rocky boulder", "86837c")
def rock(at: Surface, colour: Colour) -> Look:
    """Rough stone in one piece: ledges, stains and a few hairlines."""
    broad, fine = at.grain(5), at.grain(30)
    ridge = 1.0 - np.abs(at.pattern(7, 4) - 0.5) * 2.0
    # The sixth power, by hand: numpy's own takes as long as the noise.
    ridge *= ridge * ridge
    ridge *= ridge
    stain = mix(colour, colour * three(0.92, 0.84, 0.7), step(at.pattern(3.3, 4), 0.52, 0.25))
    rgb = toned(stain, (broad + fine) * 0.5 - ridge * 0.22)
    height = broad * 0.022 + fine * 0.008 - ridge * 0.004
    return Look(rgb, 0.93, height=height)


@material("granite", "", "9d9893")
def granite(at: Surface, colour: Colour) -> Look:
    """Grains of three minerals, fine enough to read as one stone."""
    _, which = at.nearest(75)
    kind = noise.hashed(which)
    dark = step(kind, 0.8, 0.02)
    pink = step(1.0 - kind, 0.72, 0.02)
    rgb = mix(toned(colour, (noise.hashed(which + 3) - 0.5) * 0.3), colour * np.float32(0.25), dark)
    return Look(mix(rgb, np.clip(colour * three(1.15, 1.0, 0.95), 0, 1), pink), 0.4)


@material("slate", "", "50575e")
def slate(at: Surface, colour: Colour) -> Look:
    """Thin layers that split: steps along one direction."""
    bent = (at.pattern(3, 3) - 0.5) * 0.5
    place = at.along(7.0, 22.0, 5.0) + bent * 8.0
    layer = np.floor(place)
    tone = (noise.hashed(layer.astype(np.int64)) - 0.5) * 0.35
    grain = at.grain(26, 4)
    rgb = toned(mix(colour, colour * three(1.1, 1.0, 0.9), at.pattern(4)), tone + grain * 0.3)
    return Look(rgb, 0.68, height=(place - layer) * 0.003 + grain * 0.002)


@material("sandstone", None, "cda56e")
def sandstone(at: Surface, colour: Colour) -> Look:
    """Bands of beds, wavy, in tones from pale to red."""
    place = at.points[:, 1] * 16 + (at.pattern(3, 4) - 0.5) * 5.0
    band = noise.fbm(np.stack([place, place * 0, place * 0], 1).astype(np.float32), 3)
    rgb = mix(colour * three(1.15, 1.12, 1.05), colour * three(0.82, 0.62, 0.5), (band - 0.3) * 2.2)
    grain = at.grain(60, 2)
    return Look(toned(np.clip(rgb, 0, 1), grain * 0.3), 0.96, height=band * 0.008 + grain * 0.002)


@material("pebbles", None, "9a9489")
def pebbles(at: Surface, colour: Colour) -> Look:
    near, second, which = at.cells(24)
    tone = (noise.hashed(which) - 0.5) * 0.7
    dome = step(second - near, 0.2, 0.45)
    stone = mix(
        toned(colour, tone), toned(colour * three(1.0, 0.86, 0.7), tone), noise.hashed(which + 7)
    )
    return Look(mix(colour * np.float32(0.3), stone, dome * 0.9 + 0.1), 0.8, height=dome * 0.007)


@material("clay", None, "a9674a")
def clay(at: Surface, colour: Colour) -> Look:
    """Smooth earth shaped by hand: shallow dents and traces of fingers."""
    dents, fine = at.grain(6, 3), at.grain(70, 2)
    rgb = toned(colour, dents * 0.22 + fine * 0.16)
    return Look(rgb, 0.82, height=dents * 0.008 + fine * 0.0008)


@material("coal", None, "1d1d20")
def coal(at: Surface, colour: Colour) -> Look:
    near, which = at.nearest(11)
    tone = (noise.hashed(which) - 0.4) * 0.9
    shiny = step(noise.hashed(which + 5), 0.6, 0.1)
    height = near * 0.012 + at.grain(30, 2) * 0.003
    return Look(toned(colour, tone + at.grain(40, 2) * 0.5), 0.75 - 0.45 * shiny, height=height)


@material("bone", None, "e3d6b8")
def bone(at: Surface, colour: Colour) -> Look:
    """Pale, with brown in its pores."""
    stain = step(at.pattern(5, 5), 0.5, 0.3)
    pores = step(at.pattern(55, 2), 0.68, 0.08)
    rgb = mix(colour, colour * three(0.84, 0.74, 0.55), stain * 0.6)
    height = pores * -0.0012 + at.grain(9) * 0.003
    return Look(toned(rgb, -pores * 0.18 + at.grain(20) * 0.12), 0.55, height=height)


@material("sponge", None, "e2c04a")
def sponge(at: Surface, colour: Colour) -> Look:
    """Round holes of two sizes."""
    big, which = at.nearest(8)
    small, _ = at.nearest(21)
    size = noise.hashed(which) * 0.25 + 0.18
    hole = np.maximum(1.0 - step(big - size, 0.0, 0.07), 1.0 - step(small, 0.2, 0.1))
    rgb = toned(colour, at.grain(9) * 0.15)
    return Look(mix(rgb, colour * np.float32(0.55), hole), 0.7, height=hole * -0.012)


@material("moon", None, "9b9995")
def moon(at: Surface, colour: Colour) -> Look:
    """Craters with a rim and a dark floor, of two sizes."""
    fine = at.grain(14)
    height = fine * 0.01
    tone = at.grain(4) * 0.48 + fine * 0.04
    for scale, depth in ((5.0, 0.02), (13.0, 0.008)):
        near, which = at.nearest(scale)
        radius = noise.hashed(which) * 0.22 + 0.14
        floor = 1.0 - step(near - radius, 0.0, 0.08)
        rim = 1.0 - np.clip(np.abs(near - radius - 0.04) / 0.09, 0.0, 1.0)
        height = height + (rim * 0.6 - floor) * np.float32(depth)
        tone = tone + rim * 0.22 - floor * 0.26
    return Look(toned(colour, tone), 0.97, height=height.astype(np.float32))
