"""Wild animals on four legs. Their front is +Z."""

from __future__ import annotations

import math
from typing import Any

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import (
    EYES,
    Quadruped,
    above_ground,
    round_ear,
    side_ear,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GIRAFFE: dict[str, Any] = {
    "rise": 72,
    "drop": 30,
    "belly": 0.95,
    "rump": 0.85,
    "leg": 0.28,
    "snout": 0.55,
    "nape": 0.72,
    "paws": False,
}


@family("giraffe", "", "golden yellow fur")
def giraffe(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 2.5,
    radius: float = 0.38,
    head: float = 0.16,
    neck: float = 1.9,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, 0.36, **GIRAFFE, legs=legs, heads=heads)
    body = q.blob(0.5)
    end = q.tail(body, 0.9, [-40, -80, -88], 0.06, 0.05)[-1]
    angular = Forms(0.2)
    coat, brown = patches(angular, above_ground(body.solid(f.detail)), _giraffe_spots(q))
    knobs = f.bone((0.35, 0.7, -0.1), (0.45, 1.9, -0.4), 0.14) + f.ball(0.24, (0.45, 1.95, -0.42))
    top, low = q.on(0, 0.5, -0.75), (0.0, height, q.chest[2] - radius * 0.1)
    middle = (0.0, (top[1] + low[1]) / 2, (top[2] + low[2]) / 2 - 0.06)
    mane = Blob(0.02, 0.3).limb([top, middle, low], [0.06, 0.07, 0.05], 3).solid(f.detail)
    return [
        main("body fur coat", coat, q.wear(side_ear(f, up=5), both=True)),
        second("spots patches", brown, finish="sienna fur"),
        fixed(
            "horns mane tail",
            q.wear(knobs, both=True),
            q.each(mane),
            f.ball(0.06, end, (1, 2.4, 1)),
            finish="chestnut fur",
        ),
        fixed("hooves hoof", q.hooves(f, 0.08), finish="charcoal plastic"),
        q.eyes(f, 0.78, 0.25, 0.5, 0.17),
    ]


def _giraffe_spots(q: Quadruped) -> list[tuple[Point, float]]:
    """Where its patches are, on the trunk and up the neck, and how big."""
    spots: list[tuple[Point, float]] = []
    for side in (1, -1):
        for row, up in enumerate((0.55, -0.15)):
            for i in range(5):
                z = q.rear[2] + (q.chest[2] - q.rear[2]) * (i + 0.4 * row) / 4.2
                spots.append(((side * q.radius * 0.9, q.spine + up * q.radius, z), q.radius * 0.3))
        top = q.skull
        for i in range(7):
            s = (i + 0.8) / 7.6
            y = q.height + (top[1] - q.height) * s
            z = q.chest[2] + q.radius * 0.35 + (top[2] - q.chest[2] - q.radius * 0.35) * s
            wide = q.radius * (0.62 - 0.32 * s)
            spots.append(((side * wide, y - 0.1, z + (0.5 - i % 2) * wide * 0.9), wide * 0.72))
    return spots


DEER: dict[str, Any] = {
    "rise": 62,
    "drop": 22,
    "belly": 0.9,
    "rump": 0.92,
    "leg": 0.23,
    "snout": 0.45,
    "nape": 0.66,
    "paws": False,
}


@family("deer", "stag reindeer elk", "caramel fur")
def deer(
    f: Forms,
    *,
    length: float = 1.2,
    height: float = 1.05,
    radius: float = 0.22,
    head: float = 0.115,
    neck: float = 0.45,
    muzzle: float = 0.22,
    horned: bool = True,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, muzzle, **DEER, legs=legs, heads=heads)
    body = q.blob()
    white = f.ball(
        radius * 0.4, (0, q.rear[1] + radius * 0.35, -length / 2 - 0.01), (0.7, 1.1, 0.7)
    )
    parts = [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(side_ear(f, length=1.2, up=25), both=True),
        ),
        second("tail", white, finish="white fur"),
        q.nose(f, 0.24),
        fixed("hooves hoof", q.hooves(f, 0.1), finish="charcoal plastic"),
        q.eyes(f, 0.72, 0.3, 0.6, 0.17),
    ]
    if horned:
        beam = [(0.35, 0.75, -0.1), (0.9, 2.0, -0.6), (1.7, 3.1, -0.7), (1.8, 4.3, 0.0)]
        tines = [
            ((0.6, 1.3, -0.3), (0.8, 1.8, 0.7)),
            ((1.1, 2.3, -0.65), (1.1, 3.2, 0.3)),
            ((1.65, 3.0, -0.7), (2.3, 3.9, -1.1)),
        ]
        antler = unite([f.hose(beam, 0.18, 0.07), *(f.bone(a, b, 0.13, 0.05) for a, b in tines)])
        parts.append(
            fixed("antlers antler horns", q.wear(antler, both=True), finish="beige plastic")
        )
    return parts


MOUSE: dict[str, Any] = {
    "rise": 10,
    "drop": 12,
    "belly": 1.1,
    "rump": 1.15,
    "leg": 0.26,
    "snout": 0.3,
    "nape": 0.75,
}


def _mouse_tail(tail: float, root: Point) -> list[Point]:
    """The way of its tail."""
    return [root] + [
        (0.012 * math.sin(i * 1.1), max(0.006, root[1] * (1 - i / 4)), root[2] - tail * i / 7)
        for i in range(1, 8)
    ]


@family("mouse", "rat", "grey fur")
def mouse(
    f: Forms,
    *,
    length: float = 0.1,
    height: float = 0.062,
    radius: float = 0.031,
    head: float = 0.024,
    tail: float = 0.11,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.025, 0.03, **MOUSE, legs=legs, heads=heads)
    body = q.blob()
    root = (0.0, q.rear[1] - radius * 0.2, q.rear[2] - radius * 0.8)
    way = _mouse_tail(tail, root)
    inner = f.ball(0.52, (0.86, 0.87, 0.18), (1, 1, 0.4))
    return [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(round_ear(f, 0.85, 0.85, size=0.72), both=True),
        ),
        second("ears ear", q.wear(inner, both=True), finish="pink skin"),
        fixed("tail", f.hose(way, radius * 0.13, radius * 0.05), finish="rosy skin"),
        q.nose(f, 0.2, finish="rosy plastic"),
        fixed(
            "whiskers",
            q.wear(
                unite(
                    [
                        f.bone((0.15, -0.2, 1.2), (1.2, -0.2 + up, 1.0), 0.03, 0.015)
                        for up in (-0.15, 0.15)
                    ]
                ),
                both=True,
            ),
            finish="white plastic",
        ),
        q.eyes(f, 0.55, 0.3, 0.75, 0.17),
    ]


@family("elephant", "", "grey skin")
def elephant(
    f: Forms, *, length: float = 2.6, height: float = 1.9, radius: float = 0.72
) -> list[Part]:
    half, leg = length / 2, height - radius * 0.7
    body = Blob(0.22).bone(
        (0, leg, -half * 0.5), (0, leg * 1.03, half * 0.35), radius * 0.95, radius
    )
    for z in (half * 0.42, -half * 0.6):
        body.mirrored_bone((radius * 0.5, leg * 0.6, z), (radius * 0.55, 0.12, z), 0.28, 0.24)
    head = (0.0, leg + radius * 0.45, half * 0.95)
    body.ball(head, 0.46)
    bends = [(-0.15, 0.36), (-0.65, 0.6), (-1.2, 0.6), (-1.4, 0.78)]
    body.path([(0, head[1] + y, head[2] + z) for y, z in bends], 0.2, 0.09)
    back = -half * 0.5 - radius * 0.8
    body.bone((0, leg + 0.2, back), (0, leg * 0.5, back - radius * 0.35), 0.06, 0.05)
    ear = (
        f.ball(0.48, squash=(0.9, 1.15, 0.16))
        .rotate((0, -35, 0))
        .translate((0.6, head[1] + 0.02, head[2] - 0.14))
    )
    tusk = f.hose(
        [
            (0.22, head[1] - 0.3, head[2] + 0.3),
            (0.26, head[1] - 0.6, head[2] + 0.6),
            (0.24, head[1] - 0.6, head[2] + 0.92),
        ],
        0.07,
        0.025,
    )
    return [
        main("body skin", above_ground(body.solid(f.detail))),
        main("ears ear", mirrored(ear)),
        second("tusks tusk", mirrored(tusk), finish="ivory plastic"),
        fixed(
            "eyes eye", mirrored(f.ball(0.05, (0.3, head[1] + 0.1, head[2] + 0.36))), finish=EYES
        ),
    ]
