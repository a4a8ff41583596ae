"""Metals, masonry, cloth and coats."""

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


def _metal(at: Surface, colour: Colour, roughness: float) -> Look:
    brushed = at.grain(8, 3, (1.0, 14.0, 1.0))
    return Look(toned(colour, brushed * 0.18 + at.grain(5) * 0.1), roughness + brushed * 0.2, 1.0)


@material("gold", "golden gilded", "e6b437", relief=0.0015)
def gold(at: Surface, colour: Colour) -> Look:
    return _metal(at, colour, 0.26)


@material("silver", "chrome chromed platinum mirror", "d5d7da", relief=0.0015)
def silver(at: Surface, colour: Colour) -> Look:
    return _metal(at, colour, 0.2)


@material("copper", "bronze", "bd6f43", relief=0.002)
def copper(at: Surface, colour: Colour) -> Look:
    return _metal(at, colour, 0.32)


@material("brass", "", "c29a45", relief=0.0015)
def brass(at: Surface, colour: Colour) -> Look:
    return _metal(at, colour, 0.3)


@material("steel", "metal metallic iron aluminium aluminum titanium tin", "8f9499", relief=0.001)
def steel(at: Surface, colour: Colour) -> Look:
    scratches = np.abs(at.grain(30, 2, (1.0, 0.12, 1.0)))
    return Look(toned(colour, at.grain(6) * 0.25 - scratches * 0.2), 0.36 + scratches * 0.4, 1.0)


@material(
    "rust", "rusty rusted corroded rusty_metal rusted_metal rusty_iron", "9a4a20", relief=0.014
)
def rust(at: Surface, colour: Colour) -> Look:
    eaten = step(at.pattern(5, 5), 0.47, 0.12)
    iron = toned(three(0.46, 0.46, 0.47), at.grain(20) * 0.4)
    crust = mix(toned(colour, at.grain(40, 3) * 0.9), three(0.33, 0.15, 0.09), at.pattern(13))
    return Look(mix(iron, crust, eaten), 0.45 + 0.5 * eaten, 1.0 - eaten)


@material("verdigris", "patina oxidised_copper weathered_copper", "5fa38c", relief=0.006)
def verdigris(at: Surface, colour: Colour) -> Look:
    share = step(at.pattern(6, 5), 0.45, 0.2)
    return Look(
        mix(three(0.6, 0.36, 0.22), toned(colour, at.grain(25) * 0.5), share),
        0.4 + 0.5 * share,
        1.0 - share,
    )


@material("brick", "bricks brickwork brick_wall", "a44a35")
def brick(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    row = np.floor(v * 20)
    along = u * 8 + 0.5 * (row % 2)
    column = np.floor(along)
    edge = np.minimum(
        np.minimum(along - column, 1 - along + column) * 2.5,
        np.minimum(v * 20 - row, 1 - v * 20 + row),
    )
    mortar = 1.0 - step(edge, 0.1, 0.06)
    tone = (noise.hashed(row * 131 + column) - 0.5) * 0.4
    joint = at.accent if at.accent is not None else three(0.76, 0.73, 0.68)
    rough = at.grain(40)
    height = (1.0 - mortar) * 0.0022 + rough * 0.0016
    return Look(mix(toned(colour, tone + rough * 0.4), joint, mortar), 0.92, height=height)


@material("tiles", "tile tiled shingles roof_tiles mosaic", "a8503a")
def tiles(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    row = np.floor(v * 26)
    along = u * 22 + 0.5 * (row % 2)
    column = np.floor(along)
    low = v * 26 - row
    across = np.abs(along - column - 0.5) * 2
    shade = np.clip(
        0.3 * low + 0.12 - 0.35 * step(across, 0.9, 0.12) - 0.4 * (1 - step(low, 0.12, 0.1)), -1, 1
    )
    return Look(
        toned(
            colour,
            shade - 0.15 + (noise.hashed(row * 57 + column) - 0.5) * 0.25 + at.grain(30) * 0.2,
        ),
        0.7,
        height=shade * 0.004,
    )


@material("concrete", "cement asphalt", "9b9a97", relief=0.008)
def concrete(at: Surface, colour: Colour) -> Look:
    holes = step(at.pattern(60, 2), 0.72, 0.08) * (0.0 if at.plain else 1.0)
    return Look(toned(colour, at.grain(9, 5) * 0.35 - holes * 0.25), 0.95)


@material("plaster", "stucco gypsum chalk matte_paint dough cream_icing", "e9e2d2", relief=0.012)
def plaster(at: Surface, colour: Colour) -> Look:
    return Look(toned(colour, at.grain(10, 5) * 0.16), 0.9)


@material("ceramic", "porcelain china glazed earthenware pottery", "eeebe4")
def ceramic(at: Surface, colour: Colour) -> Look:
    return Look(toned(colour, at.grain(4, 3) * 0.06), 0.18)


@material("glass", "glassy transparent", "9fc7cf")
def glass(at: Surface, colour: Colour) -> Look:
    """Opaque here: a pane of even, very smooth colour with a trace of sky."""
    sky = np.clip(at.normals[:, 1] * 0.5 + 0.5, 0, 1)
    return Look(mix(colour * 0.85, np.clip(colour * 1.2 + 0.06, 0, 1), sky), 0.06)


@material("plastic", "lego toy_plastic vinyl", "c9ccd0")
def plastic(at: Surface, colour: Colour) -> Look:
    return Look(toned(colour, at.grain(5, 2) * 0.04), 0.38)


@material("rubber", "tyre_rubber", "242426", relief=0.006)
def rubber(at: Surface, colour: Colour) -> Look:
    return Look(toned(colour, at.grain(40, 2) * 0.25), 0.88)


@material("paint", "painted lacquered enamel lacquer", "c8c8c4", relief=0.0015)
def paint(at: Surface, colour: Colour) -> Look:
    return Look(toned(colour, at.grain(6, 3) * 0.07), 0.3)


@material("leather", "suede", "6b3f22")
def leather(at: Surface, colour: Colour) -> Look:
    near, second, _ = at.cells(55)
    crease = 1.0 - step(second - near, 0.12, 0.2)
    tone = at.grain(7) * 0.3 - crease * 0.28 + 0.06
    return Look(toned(colour, tone), 0.55 + 0.2 * crease, height=crease * -0.0012)


@material(
    "fabric",
    "cloth cotton linen textile woven wool woolen knitted canvas velvet silk felt",
    "a9b4c4",
)
def fabric(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    weave = np.sin(u * 420) * np.sin(v * 420)
    return Look(toned(colour, weave * 0.13 + at.grain(8) * 0.16), 0.95, height=weave * 0.0006)


@material("denim", "jeans", "3b5681", relief=0.004)
def denim(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    twill = np.sin((u + v) * 380)
    return Look(toned(colour, twill * 0.16 + at.grain(9, 4) * 0.5), 0.95)


@material("waffle", "wafer", "cf9347")
def waffle(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    cross = np.maximum(np.cos((u + v) * 70), np.cos((u - v) * 70))
    ridge = step(cross, 0.7, 0.4)
    return Look(toned(colour, ridge * 0.3 - 0.15), 0.85, height=ridge * 0.006)
