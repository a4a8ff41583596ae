"""Gems, worked metals, and things woven, pressed or cracked."""

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


@material("hammered_metal", "hammered beaten beaten_metal hammered_copper forged", "a9764f")
def hammered(at: Surface, colour: Colour) -> Look:
    near, _ = at.nearest(16)
    dent = near**2
    return Look(toned(colour, (dent - 0.25) * 0.4), 0.28, 1.0, dent * 0.012)


@material("diamond_plate", "tread_plate checker_plate chequer_plate", "9ea3a8")
def diamond_plate(at: Surface, colour: Colour) -> Look:
    """Raised lozenges in turn along both diagonals."""
    u, v = at.wall()
    along, across = (u + v) * 13, (u - v) * 13
    turn = (np.floor(along) + np.floor(across)) % 2
    one, other = along - np.floor(along) - 0.5, across - np.floor(across) - 0.5
    long_, short = np.where(turn, one, other), np.where(turn, other, one)
    lozenge = 1.0 - step(np.abs(long_) + np.abs(short) * 3.2, 0.4, 0.16)
    return Look(toned(colour, lozenge * 0.2 + at.grain(20) * 0.25), 0.38, 1.0, lozenge * 0.004)


@material("chainmail", "mail chain_mail ring_mail", "8d9298")
def chainmail(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    row = np.floor(v * 36)
    along = u * 32 + 0.5 * (row % 2)
    ring = np.hypot(along - np.floor(along) - 0.5, (v * 36 - row - 0.5) * 0.8)
    metal = 1.0 - step(np.abs(ring - 0.36), 0.11, 0.1)
    rgb = mix(colour * np.float32(0.18), colour, metal)
    return Look(rgb, 0.35 + 0.4 * (1.0 - metal), metal, metal * 0.004)


@material("carbon_fibre", "carbon_fiber carbon kevlar", "2a2b2e")
def carbon_fibre(at: Surface, colour: Colour) -> Look:
    """A twill of two over two, light along one way and dark along the other."""
    u, v = at.wall()
    column, row = np.floor(u * 60), np.floor(v * 60)
    over = ((column + row) % 4) < 2
    bow = np.where(over, np.abs(u * 60 - column - 0.5), np.abs(v * 60 - row - 0.5))
    return Look(toned(colour, np.where(over, 0.55, -0.25) - bow * 0.5), 0.2, 0.3, bow * -0.001)


@material("obsidian", "volcanic_glass onyx jet_black", "15141a")
def obsidian(at: Surface, colour: Colour) -> Look:
    near, second, which = at.cells(5)
    tone = (noise.hashed(which) - 0.5) * 0.5
    ridge = 1.0 - step(second - near, 0.05, 0.1)
    return Look(toned(colour, tone + ridge * 0.5), 0.08, 0.0, near * 0.012)


@material("jade", "nephrite jadeite malachite", "4c9a6a")
def jade(at: Surface, colour: Colour) -> Look:
    cloud = at.pattern(4, 5)
    rgb = mix(colour * three(0.62, 0.75, 0.65), colour * three(1.35, 1.3, 1.3), cloud)
    veins = 1.0 - step(np.abs(at.pattern(6, 4) - 0.5), 0.02, 0.04)
    return Look(toned(rgb, veins * 0.12), 0.2)


@material("amethyst", "gemstone gem jewel jewelled faceted", "8a4fc4")
def amethyst(at: Surface, colour: Colour) -> Look:
    """Facets: each cell a plane of its own tone."""
    near, second, which = at.cells(8)
    tone = (noise.hashed(which) - 0.5) * 0.7
    rim = 1.0 - step(second - near, 0.03, 0.05)
    rgb = mix(toned(colour, tone), three(1, 1, 1), rim * 0.35)
    slant = np.stack([noise.hashed(which * 3 + k) - 0.5 for k in range(3)], 1)
    height = np.einsum("nd,nd->n", at.points, slant.astype(np.float32)) * 0.5
    return Look(rgb, 0.05, 0.0, np.where(rim > 0.5, 0.0, height).astype(np.float32) * 0.2)


@material("honeycomb", "hexagons hexagonal hex_tiles beeswax", "e0a52c")
def honeycomb(at: Surface, colour: Colour) -> Look:
    """Six-sided cells on the side that the surface faces most."""
    u, v = at.wall()
    places = np.stack([u * 15, v * 15], 1)
    step_ = three(1.0, 3.0**0.5, 0.0)[:2]
    halves = [
        places - step_ * np.rint((places - shift) / step_) - shift for shift in (0, step_ / 2)
    ]
    sizes = [np.einsum("nd,nd->n", half, half) for half in halves]
    local = np.abs(np.where((sizes[0] < sizes[1])[:, None], *halves))
    rim = np.maximum(local[:, 0], local[:, 0] * 0.5 + local[:, 1] * 0.866)
    wall = step(rim, 0.42, 0.07)
    rgb = mix(toned(colour, at.grain(12) * 0.3 - 0.25), colour * three(1.15, 1.1, 1.0), wall)
    return Look(rgb, 0.35 + 0.4 * wall, 0.0, wall * 0.004)


@material("wicker", "rattan basket_weave woven_basket cane", "b98a52")
def wicker(at: Surface, colour: Colour) -> Look:
    u, v = at.wall()
    column, row = np.floor(u * 22), np.floor(v * 44)
    over = (column + row) % 2
    bow = np.cos((u * 22 - column - 0.5) * np.pi) * np.where(over, 1.0, -1.0)
    strand = np.cos((v * 44 - row - 0.5) * np.pi)
    tone = bow * 0.18 + strand * 0.3 - 0.3 + at.grain(30) * 0.3
    return Look(toned(colour, tone), 0.8, 0.0, bow * 0.0016 + strand * 0.002)


@material("cork", "corkboard", "bd8f5e")
def cork(at: Surface, colour: Colour) -> Look:
    near, which = at.nearest(32)
    tone = (noise.hashed(which) - 0.5) * 0.4
    pits = step(at.pattern(24, 2), 0.66, 0.08)
    return Look(toned(colour, tone - pits * 0.45), 0.95, 0.0, pits * -0.003 - near * 0.001)


@material("cardboard", "parchment papyrus kraft_paper papier_mache", "b68d5c")
def cardboard(at: Surface, colour: Colour) -> Look:
    fibres = at.grain(50, 3, (1.0, 0.2, 1.0))
    flutes = np.sin(at.points[:, 0] * 260.0)
    tone = fibres * 0.3 + at.grain(5) * 0.15 + flutes * 0.02
    return Look(toned(colour, tone), 0.95, 0.0, fibres * 0.001 + flutes * 0.0003)


@material("cracked_earth", "cracked crackle dry_mud drought parched desert_floor", "b08a60")
def cracked_earth(at: Surface, colour: Colour) -> Look:
    near, second, which = at.cells(10)
    crack = 1.0 - step(second - near + at.grain(30) * 0.06, 0.06, 0.06)
    grain = at.grain(20)
    plate = toned(colour, (noise.hashed(which) - 0.5) * 0.2 + grain * 0.4)
    curl = step(0.35 - (second - near), 0.1, 0.5)
    height = curl * 0.003 - crack * 0.006 + grain * 0.002
    return Look(mix(plate, colour * np.float32(0.22), crack), 0.95, height=height)


@material("terrazzo", "speckled granite_speckled confetti sprinkles", "e6e1d8")
def terrazzo(at: Surface, colour: Colour) -> Look:
    """Chips of four colours in a light ground."""
    near, second, which = at.cells(20)
    chip = step(second - near, 0.22, 0.06) * step(noise.hashed(which + 5), 0.35, 0.01)
    tones = np.array(
        [(0.72, 0.42, 0.32), (0.25, 0.33, 0.36), (0.86, 0.7, 0.45), (0.5, 0.56, 0.5)], np.float32
    )
    chosen = tones[(noise.hashed(which + 11) * 3.999).astype(np.int64)]
    return Look(mix(toned(colour, at.grain(60, 2) * 0.12), chosen, chip), 0.25)


@material("tartan", "plaid_fabric scottish kilt flannel", "a8202a")
def tartan(at: Surface, colour: Colour) -> Look:
    """Bands of three widths across each other, woven."""
    u, v = at.wall()
    dark = at.accent if at.accent is not None else three(0.07, 0.2, 0.13)
    bands = []
    for place in (u, v):
        turn = place * 6.0 - np.floor(place * 6.0)
        broad = 1.0 - step(np.abs(turn - 0.5), 0.2, 0.01)
        thin = 1.0 - step(np.abs(turn - 0.06), 0.02, 0.01)
        bands.append((broad, thin))
    rgb = mix(np.broadcast_to(colour, (len(u), 3)), dark, (bands[0][0] + bands[1][0]) * 0.45)
    rgb = mix(rgb, three(0.93, 0.85, 0.4), np.maximum(bands[0][1], bands[1][1]) * 0.75)
    twill = np.sin((u + v) * 420)
    return Look(toned(rgb, twill * 0.1), 0.95, 0.0, twill * 0.0005)
