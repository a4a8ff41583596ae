"""What figures of tales wear and hold: hats, beards, capes, horns. Places are in metres, the front is +Z.

Each takes the `Figure` that wears it, whose head and shoulders say where and how big.
"""

from __future__ import annotations

import math
from dataclasses import replace

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.figure import Figure
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part
from pipelines.geometry.families.ways import shares, way

SKIN = "skin head"


def dyed(parts: list[Part], finish: str, name: str = SKIN) -> list[Part]:
    """The parts, those whose name begins so in another finish."""
    return [replace(p, finish=finish) if p.name.startswith(name) else p for p in parts]


def on_head(p: Figure, solid: Manifold, up: float = 0.0, tilt: float = 0.0) -> Manifold:
    """A solid made for a head of radius 1 about the origin, put on the figure's."""
    return solid.scale((p.head,) * 3).rotate((tilt, 0, 0)).translate((0, p.face_y + up * p.head, 0))


def beard(f: Forms, p: Figure, long: float, wide: float = 0.5) -> Manifold:
    """A full beard with a moustache; `long` is in heads below the mouth."""
    at = (0.0, p.face_y, 0.0)
    hair = Blob(p.head * 0.25, 0.28).limb(
        way(f"0 -0.55 0.5, 0 {-0.7 - long * 0.5} 0.75, 0 {-0.7 - long} 0.8", p.head, at),
        shares(f"0.6 {wide} 0.12", p.head),
        3,
    )
    hair.mirrored_limb(way("0.8 -0.1 0.1, 0.62 -0.65 0.35", p.head, at), shares("0.16 0.3", p.head))
    hair.mirrored_limb(way("0.08 -0.3 0.95, 0.5 -0.5 0.85", p.head, at), shares("0.16 0.1", p.head))
    return hair.solid(f.detail)


def pointed_hat(f: Forms, p: Figure, tall: float, bend: float, brim: float = 0.0) -> Manifold:
    """A cone that bends back at its tip; `tall` and `brim` in heads."""
    cone = Blob(0.05, 0.25).limb(
        [
            (0, -0.05, 0),
            (0, tall * 0.5, -0.05),
            (bend * 0.3, tall * 0.85, -bend * 0.4),
            (bend, tall * (1 - bend * 0.12), -bend * 0.8),
        ],
        [1.0, 0.55, 0.25, 0.06],
        3,
    )
    solids = [cone.solid(f.detail)]
    if brim:
        solids.append(f.lathe([(0.95, 0.02), (brim, -0.08), (brim, -0.01), (0.95, 0.12)]))
    return on_head(p, unite(solids), 0.5, -8)


def crown(f: Forms, p: Figure, wide: float = 0.8) -> Manifold:
    """A band with points and a knob on each."""
    band = f.lathe(
        [(wide, 0), (wide + 0.08, 0), (wide + 0.14, 0.34), (wide + 0.06, 0.34)]
    ) - f.post(wide, 1, (0, -0.2, 0))
    f = Forms(f.detail * 0.6)  # the points are small
    tip = f.bone((wide + 0.08, 0.3, 0), (wide + 0.13, 0.62, 0), 0.12, 0.05) + f.ball(
        0.1, (wide + 0.13, 0.68, 0)
    )
    return on_head(p, unite([band, around(tip, 7)]), 0.72)


def cape(f: Forms, p: Figure, low: float = 0.12, wide: float = 1.25) -> Manifold:
    """Cloth from the shoulders down to the share `low` of the height, in folds, open in front."""
    x, h = p.width / 2 * wide, p.height
    rows = []
    for y, reach, deep in (
        (0.83, 0.72, 0.5),
        (0.74, 1.0, 0.72),
        (0.5, 1.12, 1.0),
        (low, 1.35, 1.3),
    ):
        outline = []
        for i in range(25):
            a = math.pi * (i / 24) * 1.06 - math.pi * 0.03
            wave = 1 + 0.06 * math.cos(i * math.pi / 2) * (1 - y)
            outline.append((x * reach * math.cos(a) * wave, -x * deep * math.sin(a) * wave))
        outline += [(px * 0.86, pz * 0.86 + x * 0.02) for px, pz in outline[::-1]]
        rows.append((y * h, outline))
    return f.stack(rows)


def belt(f: Forms, p: Figure, y: float = 0.53, wide: float = 0.9) -> tuple[Manifold, Manifold]:
    """A belt at the share y of the height, and its buckle."""
    r, deep = p.width / 2 * wide, 0.86
    at = (0.0, p.height * y, 0.0)
    ring = (
        f.lathe([(r * 0.9, -0.022), (r, -0.022), (r, 0.022), (r * 0.9, 0.022)])
        .scale((1, p.height / 1.7, deep))
        .translate(at)
    )
    buckle = f.soft_box((r * 0.36, r * 0.32, 0.03), (0, at[1], r * deep), 0.01)
    return ring, buckle


def held(f: Forms, p: Figure, solid: Manifold, side: float = 1.0) -> Manifold:
    """A solid made upright about the origin, put into a hand: that of +x, or the other."""
    x, y, z = p.hand
    return solid.translate((side * x, y, z + p.thickness * 0.3))


def boots(f: Forms, p: Figure, high: float = 0.24) -> Manifold:
    """Shoes with shafts up to the share `high` of the height."""
    x, t = p.width / 2, p.thickness
    shaft = f.post(t * 1.0, p.height * high, (x * 0.48, t * 0.3, 0), t * 1.25)
    return p.shoes(f) + mirrored(shaft)


def long_hair(f: Forms, p: Figure, down: float = 2.1) -> Manifold:
    """Hair that falls over the back, `down` heads long."""
    y, r = p.face_y, p.head
    hair = Blob(0.05, 0.3).ball((0, y + r * 0.22, -r * 0.18), r * 0.98)
    hair.limb(
        [
            (0, y + r * 0.1, -r * 0.5),
            (0, y - r * down * 0.5, -r * 0.72),
            (0, y - r * down, -r * 0.9),
        ],
        [r * 0.85, r * 0.72, r * 0.42],
        3,
    )
    hair.mirrored_limb(
        way("0.72 0.2 0.1, 0.86 -0.5 -0.05, 0.7 -1.3 -0.2", r, (0, y, 0)),
        shares("0.26 0.24 0.12", r),
        2,
    )
    return hair.solid(f.detail)


def gown(f: Forms, p: Figure, hem: float = 0.0, wide: float = 1.75) -> Manifold:
    """A skirt from the waist down to `hem` metres above the ground."""
    x, waist = p.width / 2, p.height * 0.6
    return f.turned(
        [
            (x * 0.55, waist + 0.03),
            (x * 0.85, waist - 0.09),
            (x * wide * 0.8, waist * 0.4),
            (x * wide, hem),
            (x * wide * 0.97, hem + 0.004),
        ]
    )


def tunic(f: Forms, p: Figure, low: float = 0.36, wide: float = 1.0) -> Manifold:
    """The part of a coat below the belt, down to the share `low` of the height."""
    x, h = p.width / 2 * wide, p.height
    return (
        Forms(f.detail * 0.7)
        .turned([(x * 0.76, h * 0.58), (x * 0.8, h * 0.5), (x * 1.05, h * low), (x * 1.0, h * low)])
        .scale((1, 1, 0.82))
    )


def robe(f: Forms, p: Figure, hem: float = 0.0) -> Manifold:
    """A coat that falls from the shoulders to the ground, with wide sleeves."""
    x, h = p.width / 2, p.height
    body = f.turned([(x * 0.6, h * 0.8), (x * 0.82, h * 0.6), (x * 1.1, h * 0.25), (x * 1.3, hem)])
    return body + mirrored(f.bone(p.elbow, p.wrist, p.thickness * 1.1, p.thickness * 1.5))


def horns(f: Forms, p: Figure, line: str, thick: float) -> Manifold:
    """A pair of horns along a line in heads."""
    return on_head(p, mirrored(f.hose(way(line), thick, thick * 0.15)))
