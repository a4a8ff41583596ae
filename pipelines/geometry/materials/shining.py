"""What sends out light by itself, and what shimmers."""

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


@material("neon", "glowing luminous neon_light fluorescent radiant glow_in_the_dark", "22e6d8")
def neon(at: Surface, colour: Colour) -> Look:
    """Bright all over, a little whiter than the light it sends out."""
    light = toned(colour, at.grain(3, 2) * 0.3)
    return Look(mix(light, three(1, 1, 1), np.full(len(light), 0.25)), 0.4, glow=light)


@material("embers", "ember glowing_coal hot_coal burning fiery fire flame", "241a18")
def embers(at: Surface, colour: Colour) -> Look:
    heat = step(at.pattern(5, 5) + at.grain(24) * 0.25, 0.53, 0.16)
    ash = toned(colour, at.grain(30) * 1.2)
    light = mix(three(0.7, 0.06, 0.01), three(1.0, 0.6, 0.12), heat**2)
    grain = at.grain(18)
    glow = (light * heat[:, None]).astype(np.float32)
    return Look(mix(ash, light, heat), 0.95, 0.0, grain * 0.02 - heat * 0.003, glow)


@material("circuit_board", "circuit circuits cyber cyberpunk tech sci_fi futuristic", "0d2b2a")
def circuit_board(at: Surface, colour: Colour) -> Look:
    """Tracks along a grid, some of them lit, with round pads where cells say so."""
    u, v = at.wall()
    column, row = np.floor(u * 34), np.floor(v * 34)
    which = (row * 4099 + column).astype(np.int64)
    across, down = np.abs(u * 34 - column - 0.5), np.abs(v * 34 - row - 0.5)
    along = noise.hashed(which // 3)
    track = np.where(along < 0.5, down, across)
    line = (1.0 - step(track, 0.12, 0.06)) * step(noise.hashed(which + 7), 0.25, 0.01)
    pad = 1.0 - step(np.hypot(across, down), 0.26, 0.06)
    pad *= step(noise.hashed(which + 31), 0.82, 0.01)
    lit = np.maximum(line, pad)
    bright = step(noise.hashed(which // 5 + 3), 0.45, 0.01) * lit
    light = at.accent if at.accent is not None else three(0.1, 0.95, 0.75)
    base = mix(toned(colour, at.grain(9) * 0.3), three(0.75, 0.6, 0.25), lit)
    glow = (light * bright[:, None]).astype(np.float32)
    return Look(mix(base, light, bright), 0.4, lit * (1.0 - bright), lit * 0.0012, glow)


@material("iridescent", "holographic hologram opalescent oil_slick prismatic", "c8b8e8")
def iridescent(at: Surface, colour: Colour) -> Look:
    """Thin-film colours that turn with the direction and a slow noise."""
    turn = at.faces(2.6, 3.4, 1.8) + at.pattern(3, 3) * 4.0
    film = 0.5 + 0.5 * np.cos(turn[:, None] + three(0.0, 2.1, 4.2))
    return Look(mix(film.astype(np.float32), colour, np.full(len(turn), 0.35)), 0.18, 0.6)


@material("pearl", "pearly nacre mother_of_pearl", "f0e8e2")
def pearl(at: Surface, colour: Colour) -> Look:
    turn = at.faces(1.6, 2.0, 1.2) + at.pattern(2, 2) * 2.0
    film = 0.5 + 0.5 * np.cos(turn[:, None] + three(0.0, 1.9, 4.0))
    return Look(mix(colour, film.astype(np.float32), np.full(len(turn), 0.14)), 0.16, 0.1)


@material("slime", "slimy goo gooey toxic radioactive jelly", "58d426")
def slime(at: Surface, colour: Colour) -> Look:
    near, _ = at.nearest(6)
    blobs = step(0.6 - near, 0.1, 0.5)
    rgb = toned(mix(colour, colour * three(0.6, 0.8, 0.4), at.pattern(4)), blobs * 0.35 - 0.1)
    glow = (rgb * np.float32(0.3)).astype(np.float32)
    return Look(rgb, 0.1, 0.0, blobs * 0.02 + at.grain(5, 2) * 0.015, glow)
