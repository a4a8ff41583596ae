"""Plant-eating and flying dinosaurs. Their front is +Z."""

from __future__ import annotations

import math
from typing import Any

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import smooth
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.quadruped import EYES, Quadruped, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares

LONG_NECK: dict[str, Any] = {
    "rise": 52.0,
    "drop": 18.0,
    "belly": 1.08,
    "rump": 0.95,
    "leg": 0.36,
    "snout": 0.62,
    "nape": 0.62,
    "paws": False,
}
PLATED: dict[str, Any] = {
    "rise": -14.0,
    "drop": 20.0,
    "belly": 1.12,
    "rump": 1.05,
    "leg": 0.3,
    "snout": 0.45,
    "nape": 0.5,
    "paws": False,
}
HORNED: dict[str, Any] = {
    "rise": 2.0,
    "drop": 22.0,
    "belly": 1.1,
    "rump": 1.0,
    "leg": 0.34,
    "snout": 0.5,
    "nape": 0.75,
    "paws": False,
}


@family(
    "brontosaurus",
    "brachiosaurus diplodocus sauropod apatosaurus long_neck_dinosaur brachiosaur",
    "teal skin",
)
def brontosaurus(
    f: Forms,
    *,
    length: float = 3.2,
    height: float = 2.0,
    radius: float = 0.75,
    head: float = 0.26,
    neck: float = 3.4,
    tail: float = 4.2,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With a long neck and a long tail."""
    q = Quadruped(length, height, radius, head, neck, 0.34, **LONG_NECK, legs=legs, heads=heads)
    body = q.blob(0.5)
    q.tail(body, tail, [-22, -14, -2, 10], radius * 0.62, radius * 0.06)
    zone = [
        ((0.0, q.spine - radius * 0.78, q.rear[2] + i * length * 0.2), radius * 0.62)
        for i in range(5)
    ]
    coat, belly = patches(f, above_ground(body.solid(f.detail)), zone)
    smile = f.hose(
        [
            (0.72 * math.sin(a), -0.42, 0.6 + 1.25 * math.cos(a))
            for a in (-0.9, -0.45, 0, 0.45, 0.9)
        ],
        0.06,
    )
    return [
        main("body skin", coat),
        second("belly", belly, finish="pale mint skin"),
        fixed("toes nails", q.hooves(f, 0.06, 1.05), finish="ivory plastic"),
        fixed("mouth", q.wear(smile), finish="dark green plastic"),
        q.eyes(f, 0.68, 0.42, 0.6, 0.17),
    ]


def _plates(f: Forms, body: Blob, q: Quadruped, tail: float, count: int) -> Manifold:
    """Two rows of upright plates along the back, the greatest above its middle."""
    rows, start, stop = [], q.chest[2] * 1.15, q.rear[2] - tail * 0.55
    for i in range(count):
        s = i / max(1, count - 1)
        z = start + (stop - start) * s
        size = q.radius * (0.32 + 0.62 * math.sin(math.pi * (0.12 + 0.8 * s)))
        y = body.reach((0.0, 0.0, z), 1)
        leaf = f.profile([(-0.42, -0.3), (-0.5, 0.3), (0, 1.0), (0.5, 0.3), (0.42, -0.3)], 0.16)
        side = 1 if i % 2 else -1
        rows.append(
            leaf.scale((size,) * 3).rotate((0, 0, -12 * side)).translate((side * size * 0.16, y, z))
        )
    return unite(rows)


@family("stegosaurus", "stego stegosaur", "olive skin")
def stegosaurus(
    f: Forms,
    *,
    length: float = 2.4,
    height: float = 1.35,
    radius: float = 0.5,
    head: float = 0.17,
    tail: float = 1.5,
    plates: int = 11,
    legs: int = 4,
) -> list[Part]:
    """With plates on its back and thorns on its tail."""
    q = Quadruped(length, height, radius, head, 0.75, 0.27, **PLATED, legs=legs)
    body, r = q.blob(0.5), radius
    body.melt_m = r * 0.4
    body.ball((0, q.spine + r * 0.2, -length * 0.08), r * 1.15, (0.9, 1.0, 1.3))
    points = q.tail(body, tail, [-18, -8, 4], r * 0.5, r * 0.1)
    (_, y, z), (_, y1, z1) = points[-1], points[-2]
    thorns = []
    for s in (0.1, 0.55):
        at = (0.0, y + (y1 - y) * s, z + (z1 - z) * s)
        thorns.append(
            f.bone(at, (r * 0.62, at[1] + r * 0.42, at[2] - r * 0.25), r * 0.1, r * 0.015)
        )
    return [
        main("body skin", above_ground(body.solid(f.detail))),
        second(
            "plates spikes",
            _plates(f, body, q, tail, within(plates, 2, 30)),
            finish="orange scales",
        ),
        fixed("thorns spines", mirrored(unite(thorns)), finish="ivory plastic"),
        fixed("toes nails", q.hooves(f, 0.1, 1.05), finish="beige plastic"),
        q.eyes(f, 0.7, 0.4, 0.6, 0.15),
    ]


def _frill(f: Forms) -> tuple[Manifold, Manifold]:
    """A triceratops's collar of bone in the head's frame, and the knobs along its rim."""
    turns = [math.radians(-28 + 236 * i / 10) for i in range(11)]
    shape = [(1.75 * math.cos(t), 0.15 + 1.75 * math.sin(t)) for t in turns]
    plate = f.plate([*shape, (-0.9, -0.9), (0.9, -0.9)], 0.26)
    knobs = [
        f.post(0.2, 0.42, (0, 0, 0), 0.03)
        .rotate((0, 0, math.degrees(t) - 90))
        .translate((x * 0.97, y * 0.97, 0))
        for t, (x, y) in zip(turns, shape, strict=True)
    ]
    lean = (-24.0, 0.0, 0.0)
    return tuple(s.rotate(lean).translate((0, 0.35, -0.55)) for s in (plate, unite(knobs)))


@family("triceratops", "trike protoceratops horned_dinosaur", "khaki skin")
def triceratops(
    f: Forms,
    *,
    length: float = 2.3,
    height: float = 1.4,
    radius: float = 0.52,
    head: float = 0.36,
    tail: float = 1.2,
    horned: bool = True,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With a collar of bone and three horns."""
    q = Quadruped(length, height, radius, head, 0.5, 0.5, **HORNED, legs=legs, heads=heads)
    body = q.blob(0.45)
    q.tail(body, tail, [-24, -14, -4], radius * 0.55, radius * 0.08)
    plate, knobs = _frill(f)
    beak = f.hose([(0, 0.15, 1.35), (0, 0.05, 1.95), (0, -0.5, 2.1)], [0.42, 0.36, 0.06])
    parts = [
        main("body skin", above_ground(body.solid(f.detail))),
        second("frill collar", q.wear(plate), finish="orange skin"),
        fixed("knobs toes", q.wear(knobs), q.hooves(f, 0.1, 1.05), finish="ivory plastic"),
        fixed("beak", q.wear(beak), finish="beige plastic"),
        q.eyes(f, 0.72, 0.35, 0.6, 0.13),
    ]
    if horned:
        brow = f.hose([(0.5, 0.65, 0.4), (0.62, 1.2, 1.2), (0.6, 1.5, 2.2)], 0.2, 0.03)
        nose = f.hose([(0, 0.35, 1.45), (0, 0.8, 1.75), (0, 1.1, 1.95)], 0.2, 0.03)
        horns = q.wear(brow, both=True) + q.wear(nose)
        parts.append(fixed("horns horn", horns, finish="ivory plastic"))
    return parts


def _pterodactyl_wing(f: Forms, span: float) -> Manifold:
    """Skin from the hip to the tip of one long finger, seen from above at (x, y) as outward and ahead; to the side of
    +x, its shoulder at the origin, its edge ahead thick with bone."""
    ahead = [(0.0, 0.02), (0.2, 0.12), (0.4, 0.16), (0.72, 0.1), (1.0, -0.1)]
    behind = [(0.8, -0.1), (0.58, -0.13), (0.36, -0.2), (0.18, -0.32), (0.0, -0.46)]
    line = smooth(ahead, 4) + smooth(behind, 4)
    skin = f.plate([(x * span, y * span) for x, y in line], span * 0.018)
    arm = f.hose([(x * span, y * span, 0.0) for x, y in ahead], span * 0.036, span * 0.008)
    claws = [
        f.bone(
            (0.39 * span, 0.16 * span, 0),
            (x * span, 0.24 * span, 0.02 * span),
            span * 0.014,
            span * 0.003,
        )
        for x in (0.36, 0.39, 0.42)
    ]
    return unite([skin, arm, *claws])


def _pterodactyl_head(f: Forms, head: float, at: Point) -> tuple[Manifold, Manifold]:
    """A long beak ahead and down, and as long a crest behind and up."""
    x, y, z = at
    beak = f.bone(
        (x, y - head * 0.1, z + head * 0.3),
        (x, y - head * 2.0, z + head * 3.4),
        head * 0.55,
        head * 0.05,
    )
    crest = f.bone(
        (x, y + head * 0.2, z - head * 0.2),
        (x, y + head * 2.5, z - head * 2.2),
        head * 0.5,
        head * 0.06,
    )
    return beak, crest.translate((-x, 0, 0)).scale((0.6, 1, 1)).translate((x, 0, 0))


@family("pterodactyl", "pteranodon pterosaur pterodactylus flying_dinosaur", "sienna skin")
def pterodactyl(
    f: Forms, *, width: float = 2.2, length: float = 0.9, radius: float = 0.13, head: float = 0.12
) -> list[Part]:
    """Flying with its wings spread, their upper side to the front as it turns."""
    r, y = radius, length * 0.62
    top = (0.0, y + r * 1.9, length * 0.3)
    body = Blob(r * 0.3).limb(
        [
            (0, y - length * 0.42, -length * 0.3),
            (0, y - r, -length * 0.1),
            (0, y + r * 0.6, 0.05),
            top,
        ],
        [r * 0.3, r * 0.95, r * 0.8, r * 0.5],
        3,
    )
    body.melt_m = head * 0.2
    body.ball(top, head, (0.9, 1.0, 1.1))
    for side in (1, -1):
        knee = (side * r * 1.2, y - length * 0.48, -length * 0.28)
        leg = [(side * r * 0.5, y - length * 0.24, -length * 0.2), knee]
        body.limb(
            [*leg, (side * r * 1.5, y - length * 0.62, -length * 0.4)], shares("0.3 0.2 0.1", r)
        )
    beak, crest = _pterodactyl_head(f, head, top)
    wing = _pterodactyl_wing(f, width * 0.5).rotate((-24, 14, 12))
    eye = f.ball(head * 0.2, (head * 0.8, top[1] + head * 0.25, top[2] + head * 0.5))
    return [
        main("body skin head", body.solid(f.detail)),
        second(
            "wings wing",
            mirrored(wing.translate((r * 0.4, y + r * 0.6, 0.0))),
            finish="caramel skin",
        ),
        fixed("beak", beak, finish="mustard plastic"),
        fixed("crest", crest, finish="red skin"),
        fixed("eyes eye", mirrored(eye), finish=EYES),
    ]
