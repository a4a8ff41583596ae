"""Patterns and coats: stripes, dots, skins. The colour is the pattern's, the accent what lies between."""

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

WHITE = three(0.94, 0.94, 0.92)
BLACK = three(0.1, 0.1, 0.11)


def _other(at: Surface, colour: Colour) -> Colour:
    """The accent if one was asked for, else white, or black on a light colour."""
    if at.accent is not None:
        return at.accent
    return BLACK if float(colour.mean()) > 0.62 else WHITE


@material("stripes", "striped stripy stripe candy_stripes", "c8201c")
def stripes(at: Surface, colour: Colour) -> Look:
    wave = np.sin((at.points[:, 1] + 0.35 * at.points[:, 0]) * 44)
    return Look(mix(_other(at, colour), colour, step(wave, 0.0, 0.16)), 0.5)


@material("checker", "checkered chequered checkerboard checked chess plaid", "1e1e20")
def checker(at: Surface, colour: Colour) -> Look:
    # Half a cell off, or planes through the middle would lie on a border.
    cells = np.floor(at.points * np.float32(9.0) + np.float32(0.25)).astype(np.int64)
    odd = (cells.sum(1) % 2).astype(np.float32)
    return Look(mix(_other(at, colour), colour, odd), 0.45)


@material("dots", "dotted polka_dots polka_dot spotted spots", "c8201c")
def dots(at: Surface, colour: Colour) -> Look:
    near, _ = at.nearest(9)
    return Look(mix(colour, _other(at, colour), 1.0 - step(near, 0.36, 0.05)), 0.5)


@material("camouflage", "camo army military", "5d6a3a")
def camouflage(at: Surface, colour: Colour) -> Look:
    first, second = at.pattern(5, 2), at.spots.fbm(6.0, 2, 11.7)
    rgb = mix(colour, three(0.30, 0.23, 0.15), step(first, 0.54, 0.02))
    rgb = mix(rgb, three(0.16, 0.19, 0.12), step(second, 0.59, 0.02))
    return Look(mix(rgb, three(0.70, 0.64, 0.46), step(1 - second, 0.62, 0.02)), 0.9)


@material("fur", "furry fluffy hairy", "9b7a52", relief=0.014)
def fur(at: Surface, colour: Colour) -> Look:
    strands = at.spots.fbm(three(60, 16, 30), 3) - 0.5
    return Look(toned(colour, at.grain(5) * 0.3 + strands * (0.2 if at.plain else 0.55)), 0.95)


@material("hair", "", "4a3022", relief=0.016)
def hair(at: Surface, colour: Colour) -> Look:
    strands = at.spots.fbm(three(110, 9, 60), 2) - 0.5
    return Look(toned(colour, strands * 0.7), 0.6)


@material("feathers", "feathered feathery plumage", "d8b04a")
def feathers(at: Surface, colour: Colour) -> Look:
    near, which = at.nearest(16)
    return Look(
        toned(colour, (noise.hashed(which) - 0.5) * 0.2 - step(near, 0.5, 0.4) * 0.22 + 0.06),
        0.85,
        height=near * -0.008,
    )


@material("scales", "scaly reptile lizard_skin dragon_skin snakeskin", "4d8a4a")
def scales(at: Surface, colour: Colour) -> Look:
    near, second, which = at.cells(19)
    rim = 1.0 - step(second - near, 0.14, 0.14)
    tone = (noise.hashed(which) - 0.5) * 0.3 - rim * 0.5 + 0.12
    return Look(toned(colour, tone), 0.45, height=step(second - near, 0.25, 0.5) * 0.004)


@material("skin", "hide cactus_skin wrinkled", "8f8a86")
def skin(at: Surface, colour: Colour) -> Look:
    folds = np.abs(at.spots.fbm(three(16, 40, 16), 3) - 0.5) * 2
    tone = at.grain(6) * 0.25 - (0.35 - folds) * 0.3
    return Look(toned(colour, tone), 0.85, height=folds * 0.004)


@material("zebra_print", "zebra_stripes zebra_pattern", "f0eee8")
def zebra(at: Surface, colour: Colour) -> Look:
    """Across the length of a body whichever way it stands, leaning a little; forked where the bend is strong."""
    bent = (at.pattern(3, 2) - 0.5) * 6.0
    wave = np.sin(at.along(46.0, 26.0, 46.0) + bent) + (at.pattern(9, 2) - 0.5) * 0.7
    dark = at.accent if at.accent is not None else BLACK
    return Look(mix(colour, dark, step(wave, 0.05, 0.25)), 0.85)


@material("tiger_print", "tiger_stripes", "e07f22")
def tiger(at: Surface, colour: Colour) -> Look:
    bent = (at.pattern(5, 3) - 0.5) * 9.0
    wave = np.sin(at.along(34.0, 9.0, 34.0) + bent * 0.6) + (at.pattern(9) - 0.5)
    belly = mix(colour, WHITE, step(-at.normals[:, 1], 0.45, 0.4))
    return Look(mix(belly, BLACK, step(wave, 0.62, 0.15)), 0.9)


@material("leopard_print", "leopard_spots cheetah_print animal_print", "d9a552")
def leopard(at: Surface, colour: Colour) -> Look:
    near, _ = at.nearest(13)
    warped = near + (at.pattern(22, 2) - 0.5) * 0.35
    rim = step(warped, 0.22, 0.06) * (1.0 - step(warped, 0.4, 0.06))
    inner = mix(colour, colour * three(0.72, 0.62, 0.5), 1.0 - step(warped, 0.22, 0.06))
    return Look(mix(inner, BLACK, rim), 0.9)


@material("rainbow", "multicoloured multicolored colourful colorful", "e04040")
def rainbow(at: Surface, colour: Colour) -> Look:
    turn = at.points[:, 1:2] * 6.6 + three(0.0, 2.1, 4.2) + at.grain(3)[:, None] * 0.6
    return Look((0.55 + 0.42 * np.cos(turn)).astype(np.float32), 0.5)
