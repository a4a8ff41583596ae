"""Two looks in one: a pattern of a stuff ("marble tiles", "leopard print fur"), and a mesh's own look in weather."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.geometry.materials.registry import Look, Material, Surface, dot
from pipelines.words.colours import shaded
from pipelines.words.finish import PRINTS, Finish

_GREY = np.array((0.299, 0.587, 0.114), np.float32)


def keeps(finish: Finish) -> bool:
    """Whether a finish leaves a mesh its own look: it names neither a material nor a colour."""
    return finish.material is None and finish.colour is None


def changed(look: Look, finish: Finish) -> Look:
    """A mesh's own look (n,), darker, glossier or glowing as the finish says."""
    rgb = look.rgb
    if finish.shade:
        goal = np.float32(1.0 if finish.shade > 0 else 0.0)
        rgb = rgb + (goal - rgb) * np.float32(abs(finish.shade))
    roughness = look.roughness if finish.roughness is None else finish.roughness
    glow = rgb * np.float32(finish.glow) if finish.glow else look.glow
    return replace(look, rgb=rgb, roughness=roughness, glow=glow)


def pattern_of(finish: Finish, pattern: Material, stuff: Material, at: Surface) -> Look:
    """What a pattern of a stuff looks like at points (n, 3).

    A print has its own colours, with the grain, the gloss and the metal of the stuff; what is built has the colours of
    the stuff too.
    """
    if pattern.name in PRINTS:
        return _printed(finish, pattern, stuff, at)
    colour = np.asarray(shaded(finish.colour or stuff.colour, finish.shade), np.float32)
    ground = stuff.make(at, colour)
    made = pattern.make(at, ground.rgb)
    height = made.height
    if height is None and pattern.relief:
        height = dot(made.rgb, _GREY * np.float32(pattern.relief))
    return replace(made, roughness=ground.roughness, metalness=ground.metalness, height=height)


def _printed(finish: Finish, pattern: Material, stuff: Material, at: Surface) -> Look:
    ground = stuff.make(at, np.full(3, 0.6, np.float32))
    colour = np.asarray(shaded(finish.colour or pattern.colour, finish.shade), np.float32)
    made = pattern.make(at, colour)
    grain = dot(ground.rgb, _GREY)
    tone = (grain / max(float(grain.mean()), 1e-3))[:, None]
    height = ground.height
    if height is None and stuff.relief:
        height = grain * np.float32(stuff.relief)
    rgb = np.clip(made.rgb * (0.25 + 0.75 * tone), 0.0, 1.0).astype(np.float32)
    return Look(rgb, ground.roughness, ground.metalness, height, made.glow)
