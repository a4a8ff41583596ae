"""Animals of far lands, and the unicorn. Their front is +Z."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from manifold3d import Manifold

from pipelines.geometry.families.animals.animals import horse
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.quadruped import (
    EYES,
    Quadruped,
    above_ground,
    pointed_ear,
    round_ear,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way
from pipelines.geometry.families.wings import skin_wing


@family("unicorn", "", "white fur")
def unicorn(
    f: Forms,
    *,
    length: float = 1.6,
    height: float = 1.45,
    radius: float = 0.3,
    legs: int = 4,
    heads: int = 1,
    winged: bool = False,
) -> list[Part]:
    parts = horse(
        f,
        length=length,
        height=height,
        radius=radius,
        legs=legs,
        heads=heads,
        horned=True,
        winged=winged,
    )
    looks = {"mane tail": "rainbow", "hooves hoof": "gold"}
    return [replace(part, finish=looks.get(part.name, part.finish)) for part in parts]


RHINO: dict[str, Any] = {
    "rise": -2,
    "drop": 22,
    "belly": 1.05,
    "rump": 0.98,
    "leg": 0.33,
    "snout": 0.72,
    "nape": 0.75,
    "paws": False,
}


@family("rhino", "rhinoceros", "grey skin")
def rhino(
    f: Forms,
    *,
    length: float = 1.9,
    height: float = 1.35,
    radius: float = 0.48,
    head: float = 0.27,
    legs: int = 4,
    heads: int = 1,
    horned: bool = True,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.45, 0.5, **RHINO, legs=legs, heads=heads)
    body = q.blob()
    q.tail(body, 0.5, [-40, -80], 0.05, 0.03)
    big = f.hose(way("0 0.35 2.15, 0 1.1 2.45, 0 1.9 2.2", 1.0), 0.42, 0.05)
    small = f.hose(way("0 0.5 1.2, 0 1.05 1.3, 0 1.35 1.2", 1.0), 0.3, 0.05)
    parts = [
        main(
            "body skin",
            above_ground(body.solid(f.detail)),
            q.wear(pointed_ear(f, 0.5, 0.65, height=0.8, width=0.3), both=True),
        ),
        fixed("toes nails", q.hooves(f, 0.12, 1.12), finish="charcoal skin"),
        q.eyes(f, 0.7, 0.35, 0.75, 0.1),
    ]
    if horned:
        parts.insert(1, second("horns horn", q.wear(big + small), finish="ivory plastic"))
    return parts


HIPPO: dict[str, Any] = {
    "rise": 12,
    "drop": 20,
    "belly": 1.08,
    "rump": 1.0,
    "leg": 0.33,
    "snout": 0.95,
    "nape": 0.85,
    "paws": False,
}


@family("hippo", "hippopotamus", "mauve skin")
def hippo(
    f: Forms,
    *,
    length: float = 1.8,
    height: float = 1.1,
    radius: float = 0.5,
    head: float = 0.3,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.42, 0.42, **HIPPO, legs=legs, heads=heads)
    body = q.blob()
    teeth = unite([f.bone((0.4, -0.65, 2.1), (0.42, -0.35, 2.25), 0.13, 0.1)])
    holes = f.ball(0.14, (0.38, 0.55, 2.05), (1, 0.8, 1))
    smile = f.hose(
        [
            (1.02 * math.sin(a), -0.45 + 0.12 * abs(math.sin(a)), 1.4 + 1.0 * math.cos(a))
            for a in (i * 0.3 for i in range(-5, 6))
        ],
        0.05,
        steps=2,
    )
    return [
        main(
            "body skin",
            above_ground(body.solid(f.detail)),
            q.wear(round_ear(f, 0.6, 0.85, size=0.25), both=True),
        ),
        second(
            "belly nostrils toes",
            q.hooves(f, 0.16, 1.12),
            q.wear(holes, both=True),
            finish="pink skin",
        ),
        fixed("teeth", q.wear(teeth, both=True), finish="ivory plastic"),
        fixed("mouth", q.wear(smile), finish="plum skin"),
        q.eyes(f, 0.55, 0.72, 0.6, 0.15),
    ]


CAMEL: dict[str, Any] = {
    "rise": 48,
    "drop": 12,
    "belly": 1.0,
    "rump": 0.85,
    "leg": 0.27,
    "snout": 0.62,
    "nape": 0.6,
}


@family("camel", "", "tan fur")
def camel(
    f: Forms,
    *,
    length: float = 1.6,
    height: float = 1.65,
    radius: float = 0.36,
    head: float = 0.15,
    neck: float = 0.85,
    legs: int = 4,
    heads: int = 1,
    humps: int = 2,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, 0.33, **CAMEL, legs=legs, heads=heads)
    body = q.blob()
    for i in range(max(0, humps)):
        z = q.chest[2] * 0.75 + (q.rear[2] * 0.8 - q.chest[2] * 0.75) * (i + 0.5) / max(1, humps)
        body.limb(
            [(0, q.height - radius * 0.5, z), (0, q.height + radius * 0.55, z)],
            [radius * 0.62, radius * 0.3],
        )
    end = q.tail(body, 0.7, [-30, -75, -88], 0.05, 0.035)[-1]
    tuft = Blob(0.03, 0.3).ball(q.on(0, 0.75, 0), head * 0.55)
    return [
        main(
            "body fur coat humps",
            above_ground(body.solid(f.detail)),
            q.wear(pointed_ear(f, 0.5, 0.6, height=0.7, width=0.28), both=True),
        ),
        second(
            "tail hair tuft",
            f.ball(0.07, end, (0.9, 1.9, 0.9)),
            q.each(tuft.solid(f.detail)),
            finish="brown fur",
        ),
        q.nose(f, 0.2),
        q.eyes(f, 0.7, 0.3, 0.6, 0.16),
    ]


@family("vampire bat", "fruit_bat flying_bat bats", "charcoal fur")
def vampire_bat(
    f: Forms, *, width: float = 0.4, height: float = 0.13, radius: float = 0.032
) -> list[Part]:
    """The animal, its wings spread."""
    r, y = radius, height * 0.5
    top = y + r * 1.35
    body = Blob(r * 0.3).limb(
        [(0, y - r * 0.9, 0), (0, y, 0), (0, top, r * 0.1)], [r * 0.45, r * 0.85, r * 0.6], 3
    )
    body.melt_m = r * 0.1
    body.ball((0, top, r * 0.12), r * 0.78).ball((0, top - r * 0.2, r * 0.7), r * 0.32)
    ear = (
        f.post(1.0, 1.0, end=0.1)
        .scale((r * 0.36, r * 0.95, r * 0.18))
        .rotate((0, 0, -20))
        .translate((r * 0.36, top + r * 0.45, r * 0.05))
    )
    foot = f.bone((r * 0.25, y - r * 0.9, 0), (r * 0.3, y - r * 1.7, 0), r * 0.13, r * 0.09)
    wing = (
        skin_wing(f, width * 0.52)
        .rotate((0, -20, -20))
        .translate((r * 0.3, y + r * 0.35, -r * 0.1))
    )
    eye = (r * 0.32, top + r * 0.12)
    fang = f.bone(
        (r * 0.12, top - r * 0.4, r * 0.88), (r * 0.11, top - r * 0.75, r * 0.9), r * 0.08, r * 0.01
    )
    return [
        main("body fur head ears", body.solid(f.detail), mirrored(ear + foot)),
        second("wings wing", mirrored(wing), finish="black skin"),
        fixed("fangs teeth", mirrored(fang), finish="white plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.15, (*eye, body.reach((*eye, 0.0), 2)))),
            finish="shiny red plastic",
        ),
    ]


def _spikes(f: Forms, r: float) -> list[Manifold]:
    """Rows of spikes over the back."""
    thorn = f.post(0.5, 1.0, end=0.02, share=0.16)
    rows = []
    for i in range(110):
        a, s = i * 2.399, i / 109
        tilt = math.degrees(math.acos(1 - 1.28 * s))
        spike = (
            thorn.scale((r * 0.13, r * 0.62, r * 0.13))
            .translate((0, r * 0.8, 0))
            .rotate((tilt, 0, 0))
        )
        rows.append(spike.rotate((0, math.degrees(a), 0)))
    return rows


@family("hedgehog", "", "beige fur")
def hedgehog(
    f: Forms, *, length: float = 0.22, height: float = 0.13, radius: float = 0.058
) -> list[Part]:
    r, y, half = radius, height * 0.48, length / 2
    body = Blob(r * 0.25).limb(
        [
            (0, y, -half * 0.45),
            (0, y, half * 0.15),
            (0, y * 0.85, half * 0.55),
            (0, y * 0.72, half * 0.98),
        ],
        shares("0.85 0.95 0.6 0.2", r),
        3,
    )
    for z in (half * 0.35, -half * 0.5):
        body.mirrored_limb(
            [(r * 0.5, y * 0.6, z), (r * 0.55, r * 0.12, z + r * 0.15)], [r * 0.3, r * 0.2]
        )
    rows = _spikes(f, r)
    coat = (
        unite([f.ball(r, (0, 0, 0)), *rows])
        .scale((1.02, 1.0, 1.3))
        .trim_by_plane((0, 0.9, -0.55), -r * 0.62)
    )
    eye = (r * 0.3, y * 0.98)
    return [
        second(
            "spines spikes quills",
            coat.translate((0, y + r * 0.1, -half * 0.18)),
            finish="chocolate wood",
        ),
        main(
            "body fur face",
            above_ground(body.solid(f.detail)),
            mirrored(f.ball(r * 0.2, (r * 0.5, y * 1.2, half * 0.48), (1, 1, 0.5))),
        ),
        fixed("nose", f.ball(r * 0.14, (0, y * 0.74, half * 1.05 + r * 0.1)), finish=EYES),
        fixed(
            "eyes eye", mirrored(f.ball(r * 0.1, (*eye, body.reach((*eye, 0.0), 2)))), finish=EYES
        ),
    ]
