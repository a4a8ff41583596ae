"""Wood, stone, earth and what grows."""

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


@material(
    "wood",
    "wooden oak timber pine_wood mahogany walnut planks plank bamboo teak",
    "8a5a30",
    relief=0.006,
)
def wood(at: Surface, colour: Colour) -> Look:
    """Rings about an axis that leans, so that every side shows grain."""
    x, y, z = at.points.T
    bent = at.grain(4, 3) * 0.35
    far = np.sqrt((x + 0.3 * y + 0.11 + bent * 0.2) ** 2 + (z - 0.25 * y + 0.07 + bent * 0.2) ** 2)
    rings = 0.5 + 0.5 * np.sin(far * 95.0 + bent * 12.0)
    fibre = at.grain(26, 3, (4.0, 0.35, 4.0))
    shade = -0.30 * rings**3 + fibre * 0.35
    return Look(toned(colour, shade + 0.08), 0.62 + 0.15 * rings)


@material("bark", "tree_bark", "5d4129", relief=0.05)
def bark(at: Surface, colour: Colour) -> Look:
    ridges = at.pattern(14, 4)
    deep = np.abs(at.spots.fbm(three(24, 5, 24), 3) - 0.5) * 2.0
    return Look(toned(colour, (deep - 0.4) * 0.7 + (ridges - 0.5) * 0.3), 0.95)


@material("stone", "stones stony cobblestone", "8b8a86")
def stone(at: Surface, colour: Colour) -> Look:
    near, second, which = at.cells(13)
    mortar = 1.0 - step(second - near, 0.1, 0.12)
    grain = at.grain(24)
    face = toned(colour, (noise.hashed(which) - 0.5) * 0.35 + grain * 0.5)
    dome = step(second - near, 0.18, 0.36)
    height = dome * 0.004 + grain * 0.003
    return Look(mix(face, colour * np.float32(0.55), mortar), 0.92, height=height)


@material("marble", "marbled", "ece9e3")
def marble(at: Surface, colour: Colour) -> Look:
    bent = at.spots.fbm(4.0, 4)
    veins = 1.0 - np.abs(np.sin(at.along(3.0, 5.0, 4.0) + bent * 9.0))
    thin = np.clip(veins, 0, 1) ** 7
    soft = np.clip(veins, 0, 1) ** 2 * 0.18
    dark = at.accent if at.accent is not None else colour * np.float32(0.38)
    return Look(mix(toned(colour, at.grain(6) * 0.08), dark, thin * 0.8 + soft), 0.22)


@material("sand", "sandy desert sandstone", "d8bd85", relief=0.012)
def sand(at: Surface, colour: Colour) -> Look:
    ripples = np.sin(at.points[:, 1] * 60 + (at.pattern(5) - 0.5) * 14)
    return Look(toned(colour, at.grain(90, 2) * 0.4 + ripples * 0.04), 0.98)


@material("dirt", "earth soil mud muddy clay ground", "6b4a30", relief=0.025)
def dirt(at: Surface, colour: Colour) -> Look:
    return Look(toned(colour, at.grain(12, 5) * 0.9 + at.grain(60, 2) * 0.3), 0.98)


@material("grass", "grassy lawn turf", "4f8a2c", relief=0.03)
def grass(at: Surface, colour: Colour) -> Look:
    blades = at.spots.fbm(three(70, 22, 70), 3) - 0.5
    patches = at.grain(6, 3)
    return Look(
        toned(mix(colour, colour * three(1.25, 1.12, 0.8), patches + 0.5), blades * 1.1),
        0.95,
    )


@material("leaves", "leafy foliage ivy hedge_leaves", "3f7d2b")
def leaves(at: Surface, colour: Colour) -> Look:
    near, which = at.nearest(26)
    tone = (noise.hashed(which) - 0.5) * 0.5 - near * 0.35 + 0.1
    lit = mix(colour, colour * three(1.3, 1.15, 0.7), at.pattern(5))
    return Look(toned(lit, tone), 0.85, height=near * -0.012)


@material("moss", "mossy", "5d7a2c")
def moss(at: Surface, colour: Colour) -> Look:
    """Cushions of moss on stone that shows between them."""
    grain = at.grain(20)
    stone_ = toned(three(0.45, 0.44, 0.42), grain * 0.6)
    share = step(at.pattern(9, 4) + at.normals[:, 1] * 0.12, 0.44, 0.1)
    tufts = at.grain(60, 3)
    green = toned(mix(colour, colour * three(1.35, 1.25, 0.8), at.pattern(14)), tufts * 1.1)
    height = share * (0.005 + tufts * 0.008) + grain * 0.002
    return Look(mix(stone_, green, share), 0.97, height=height)


@material("snow", "snowy frosty snow_covered", "f1f5fa")
def snow(at: Surface, colour: Colour) -> Look:
    drifts = at.grain(5, 4)
    blue = colour * three(0.78, 0.87, 1.0)
    rgb = mix(colour, blue, np.clip(drifts * 1.3, 0, 1)) + at.grain(120, 1)[:, None] * 0.04
    return Look(rgb, 0.8, height=drifts * 0.02 + at.grain(45, 2) * 0.002)


@material("ice", "icy frozen", "bfe3f2")
def ice(at: Surface, colour: Colour) -> Look:
    near, second, _ = at.cells(5)
    cracks = 1.0 - step(second - near, 0.03, 0.05)
    clouds = toned(colour, at.grain(5, 4) * 0.35)
    rgb = mix(clouds, three(0.97, 0.99, 1.0), cracks * 0.75)
    return Look(rgb, 0.12, height=at.grain(7, 3) * 0.008 - cracks * 0.0012)


@material("lava", "magma molten volcanic", "2a211f")
def lava(at: Surface, colour: Colour) -> Look:
    near, second, _ = at.cells(6)
    bent = (at.pattern(10) - 0.5) * 0.25
    heat = 1.0 - step(second - near + bent, 0.12, 0.22)
    glow = mix(three(0.85, 0.13, 0.02), three(1.0, 0.85, 0.2), heat**3)
    crust = at.grain(22)
    light = (glow * step(heat, 0.35, 0.5)[:, None]).astype(np.float32)
    height = (1.0 - heat) * 0.008 + crust * 0.008 * (1.0 - heat)
    return Look(mix(toned(colour, crust * 0.8), glow, heat), 0.9 - 0.3 * heat, 0.0, height, light)


@material("water", "watery ocean sea", "2a78b5")
def water(at: Surface, colour: Colour) -> Look:
    near, _ = at.nearest(7)
    light = step(near + (at.pattern(8) - 0.5) * 0.5, 0.72, 0.4)
    rgb = mix(toned(colour, at.grain(4) * 0.4), three(0.8, 0.95, 1.0), light * 0.6)
    return Look(rgb, 0.08, height=at.grain(6, 2) * 0.02)


@material("galaxy", "space starry night_sky nebula cosmic", "141232")
def galaxy(at: Surface, colour: Colour) -> Look:
    cloud = at.pattern(3, 5)
    purple = mix(colour, three(0.55, 0.2, 0.65), step(cloud, 0.55, 0.3))
    blue = mix(purple, three(0.2, 0.5, 0.9), step(at.pattern(4.3, 4), 0.62, 0.2) * 0.7)
    near, which = at.nearest(30)
    stars = (1.0 - step(near, 0.1, 0.08)) * step(noise.hashed(which), 0.6, 0.1)
    light = mix(blue * (step(cloud, 0.56, 0.2) * 0.45)[:, None], three(1, 1, 0.95), stars)
    return Look(mix(blue, three(1, 1, 0.95), stars), 0.5, glow=light)
