"""Prints and skins with figures, colours that change along the object, and skies."""

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

WHITE, BLACK = three(0.94, 0.94, 0.92), three(0.09, 0.085, 0.08)


@material("giraffe_print", None, "9a5a26")
def giraffe(at: Surface, colour: Colour) -> Look:
    """Large brown fields parted by pale lines."""
    bent = at.points + (at.pattern(9, 2)[:, None] - 0.5) * np.float32(0.04)
    near, second, which = noise.cells(bent * np.float32(7.0))
    line = 1.0 - step(second - near, 0.13, 0.07)
    pale = at.accent if at.accent is not None else three(0.9, 0.8, 0.6)
    field = toned(colour, (noise.hashed(which) - 0.5) * 0.3 - near * 0.2 + at.grain(40, 2) * 0.2)
    return Look(mix(field, pale, line), 0.88)


@material("cow_print", None, "f0eee8")
def cow(at: Surface, colour: Colour) -> Look:
    """Dark patches of several sizes on a light ground."""
    spots = at.pattern(3.2, 2) + (at.pattern(11, 3) - 0.5) * 0.12
    dark = at.accent if at.accent is not None else BLACK
    return Look(mix(colour, dark, step(spots, 0.54, 0.03)), 0.85)


@material("chevron", None, "2f6fb0")
def chevron(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    fold = np.abs((u * 6.0) % 1.0 - 0.5) * 2.0
    wave = np.abs((v * 7.0 + fold * 0.8) % 1.0 - 0.5) * 2.0
    other = at.accent if at.accent is not None else _contrast(colour)
    return Look(mix(other, colour, step(wave, 0.5, 0.06)), 0.6)


@material("gradient", None, "f0803a")
def gradient(at: Surface, colour: Colour) -> Look:
    """The colour below, the second one above; violet where no second is named."""
    other = at.accent if at.accent is not None else three(0.36, 0.16, 0.5)
    # There and back again, so that a shifted pattern has both colours too.
    height = (at.points[:, 1] * 1.15 + 0.5) % 2.0
    share = 1.0 - np.abs(height - 1.0)
    return Look(mix(colour, other, share), 0.5)


@material("tie_dye", None, "2f8fd0")
def tie_dye(at: Surface, colour: Colour) -> Look:
    """Rings of colour that are bent and run into each other."""
    bent = at.points + np.stack([at.pattern(3 + k, 3) - 0.5 for k in range(3)], 1) * np.float32(
        0.35
    )
    far = np.linalg.norm(bent, axis=1)
    turn = far[:, None] * np.float32(26.0) + three(0.0, 2.1, 4.2)
    dyed = (0.55 + 0.42 * np.cos(turn)).astype(np.float32)
    if at.accent is not None:
        dyed = mix(colour, at.accent, 0.5 + 0.5 * np.cos(turn[:, 0]))
    pale = step(at.pattern(13, 3), 0.66, 0.16)
    return Look(mix(mix(dyed, colour, np.full(len(far), 0.2)), WHITE, pale * 0.7), 0.9)


@material("floral", None, "f3e6d8")
def floral(at: Surface, colour: Colour) -> Look:
    """Five petals about a yellow middle in some of the cells, small leaves between them."""
    side = np.abs(at.normals).argmax(1)
    u, v = at.wall()
    column, row = np.floor(u * 8), np.floor(v * 8)
    which = (row * 1009 + column * 3 + side).astype(np.int64)
    x = u * 8 - column - 0.5 - (noise.hashed(which + 1) - 0.5) * 0.3
    y = v * 8 - row - 0.5 - (noise.hashed(which + 2) - 0.5) * 0.3
    far, turn = np.hypot(x, y), np.arctan2(y, x) + noise.hashed(which) * 6.0
    petal = 1.0 - step(far - 0.23 - 0.09 * np.cos(turn * 5.0), 0.0, 0.03)
    petal *= step(noise.hashed(which + 5), 0.25, 0.01)
    leaf = 1.0 - step(np.hypot(x - 0.28, (y + 0.26) * 2.2), 0.14, 0.03)
    paint = at.accent if at.accent is not None else _petals(colour)
    rgb = mix(toned(colour, at.grain(8) * 0.06), three(0.3, 0.5, 0.24), leaf * (1.0 - petal))
    rgb = mix(rgb, toned(paint, far * -0.6 + 0.1), petal)
    middle = petal * (1.0 - step(far, 0.075, 0.02))
    return Look(mix(rgb, three(0.95, 0.78, 0.2), middle), 0.7)


@material("clouds", None, "5b9be0")
def clouds(at: Surface, colour: Colour) -> Look:
    """White heaps on the colour of the sky."""
    heap = step(at.pattern(4, 5), 0.5, 0.22)
    shade = at.pattern(6, 4)
    white = mix(three(0.8, 0.84, 0.9), three(1.0, 1.0, 1.0), step(shade, 0.45, 0.3))
    return Look(mix(toned(colour, at.grain(2) * 0.15), white, heap), 0.9, height=heap * 0.004)


@material("plasma", None, "3ab0ff")
def plasma(at: Surface, colour: Colour) -> Look:
    """Branching veins of light on near-black."""
    ridge = np.maximum(
        1.0 - np.abs(at.pattern(4, 4) - 0.5) * 9.0, 1.0 - np.abs(at.pattern(9, 3) - 0.5) * 12.0
    )
    heat = np.clip(ridge, 0.0, 1.0)
    dark = at.accent if at.accent is not None else three(0.05, 0.05, 0.09)
    lit = mix(colour, three(1, 1, 1), heat**4 * 0.8)
    glow = (lit * (heat**1.5)[:, None]).astype(np.float32)
    return Look(mix(dark, lit, heat), 0.35, glow=glow)


def _contrast(colour: Colour) -> Colour:
    return BLACK if float(colour.mean()) > 0.62 else WHITE


def _petals(colour: Colour) -> Colour:
    """Flowers that show on a ground: pink on light, white on dark."""
    return three(0.86, 0.3, 0.45) if float(colour.mean()) > 0.62 else WHITE
