"""Things made in pieces or by hand: boards, plates, knitting, straw, leaded glass; and what is cast or baked."""

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


@material("planks", None, "8a5a30")
def planks(at: Surface, colour: Colour) -> Look:
    """Boards side by side with dark joints, each cut at a place of its own."""
    u, v = at.wall()
    row = np.floor(u * 9)
    along = v * 1.6 + noise.hashed(row.astype(np.int64)) * 3.0
    board = (row * 131 + np.floor(along)).astype(np.int64)
    across = u * 9 - row
    joint = np.maximum(
        1.0 - step(np.minimum(across, 1.0 - across), 0.035, 0.04),
        1.0 - step(np.abs(along - np.rint(along)), 0.008, 0.01),
    )
    grain = noise.fbm(np.stack([u * 60, v * 5, noise.hashed(board) * 90], 1).astype(np.float32), 3)
    plain = np.float32(0.0 if at.plain else 1.0)
    tone = (noise.hashed(board + 5) - 0.5) * 0.32 + (grain - 0.5) * 0.5 * plain
    height = (1.0 - joint) * 0.003 + (grain - 0.5) * 0.0015
    return Look(mix(toned(colour, tone), colour * np.float32(0.22), joint), 0.72, height=height)


@material("plates", None, "878d93")
def plates(at: Surface, colour: Colour) -> Look:
    """Metal sheets of two sizes with seams, and a rivet in each corner."""
    u, v = at.wall()
    column, row = np.floor(u * 5), np.floor(v * 5)
    split = step(noise.hashed((row * 89 + column).astype(np.int64)), 0.55, 0.01)
    x, y = u * 5 - column, v * 5 - row
    x = np.where(split > 0.5, (x * 2.0) % 1.0, x)
    width = np.where(split > 0.5, 0.5, 1.0)
    across = np.minimum(x, 1.0 - x) * width
    up = np.minimum(y, 1.0 - y)
    seam = 1.0 - step(np.minimum(across, up), 0.02, 0.02)
    rivet = 1.0 - step(np.hypot(across - 0.085, up - 0.085), 0.034, 0.012)
    which = (row * 577 + column * 31 + np.floor(u * 10) * split).astype(np.int64)
    brushed = at.grain(9, 3, (1.0, 12.0, 1.0))
    tone = (noise.hashed(which) - 0.5) * 0.22 + brushed * 0.22 + rivet * 0.25
    rgb = mix(toned(colour, tone), colour * np.float32(0.2), seam)
    return Look(rgb, 0.4 + 0.3 * seam, 1.0, height=rivet * 0.003 - seam * 0.003)


@material("corrugated", None, "9aa0a4")
def corrugated(at: Surface, colour: Colour) -> Look:
    u, _ = at.wall()
    wave = np.sin(u * 190.0)
    tone = wave * 0.16 + at.grain(8) * 0.25
    return Look(toned(colour, tone), 0.45, 1.0, height=wave * 0.003)


@material("knit", None, "c9b9a2")
def knit(at: Surface, colour: Colour) -> Look:
    """Columns of stitches, each two strands that lean to each other."""
    u, v = at.wall()
    column = np.floor(u * 34)
    across = u * 34 - column - 0.5
    lean = v * 40 + np.abs(across) * 1.5
    # At a column's border the cosine may come out a hair below 0.
    edge = np.sqrt(np.maximum(np.cos(across * np.pi), 0.0))
    strand = np.cos((lean - np.floor(lean) - 0.5) * np.pi) * edge
    gap = np.clip(np.abs(across) * 2.0, 0.0, 1.0) ** 4
    tone = strand * 0.45 - 0.3 - gap * 0.2 + at.grain(70, 2) * 0.3
    return Look(toned(colour, tone), 0.97, height=(strand * 0.004 - gap * 0.002).astype(np.float32))


@material("straw", None, "cdab5a", relief=0.012)
def straw(at: Surface, colour: Colour) -> Look:
    """Stalks mostly along the fall of the surface, some across."""
    down = at.spots.fbm(three(90, 9, 90), 3)
    cross = at.spots.fbm(three(34, 60, 34), 2)
    tone = (down - 0.5) * 1.1 + (cross - 0.5) * 0.35
    pale = mix(colour, colour * three(0.8, 0.7, 0.5), at.pattern(5, 3))
    return Look(toned(pale, tone + 0.06), 0.92)


@material("stained_glass", None, "3a6ac0")
def stained_glass(at: Surface, colour: Colour) -> Look:
    """Panes of many colours in dark lead; the light behind them is their own."""
    near, second, which = at.cells(9)
    turn = noise.hashed(which)[:, None] * np.float32(6.283) + three(0.0, 2.1, 4.2)
    pane = (0.5 + 0.45 * np.cos(turn)).astype(np.float32)
    pane = mix(pane, colour, np.full(len(pane), 0.2))
    lead = 1.0 - step(second - near, 0.07, 0.04)
    rgb = mix(toned(pane, at.grain(12) * 0.2), three(0.09, 0.09, 0.1), lead)
    glow = (rgb * (1.0 - lead[:, None]) * np.float32(0.25)).astype(np.float32)
    return Look(rgb, 0.08 + 0.5 * lead, lead * 0.8, height=lead * 0.004, glow=glow)


@material("wax", None, "ead9ae")
def wax(at: Surface, colour: Colour) -> Look:
    """Cast and smooth: wax, soap, chocolate, candy. Lighter where it is thin to the light from above."""
    lit = np.clip(at.normals[:, 1] * 0.5 + 0.5, 0.0, 1.0)
    soft = at.grain(4, 3)
    rgb = toned(colour, soft * 0.12 + (lit - 0.5) * 0.16)
    return Look(rgb, 0.38, height=soft * 0.004)


@material("bread", None, "c58a46")
def bread(at: Surface, colour: Colour) -> Look:
    """A crust: darker where it rose, with pores and flour."""
    rise, fine = at.pattern(5, 5), at.grain(45, 3)
    pores = step(at.pattern(34, 2), 0.7, 0.06)
    rgb = mix(colour * three(1.18, 1.2, 1.25), colour * three(0.62, 0.5, 0.4), (rise - 0.3) * 1.8)
    rgb = toned(np.clip(rgb, 0, 1), fine * 0.35 - pores * 0.3)
    return Look(rgb, 0.9, height=rise * 0.01 + fine * 0.003 - pores * 0.002)
