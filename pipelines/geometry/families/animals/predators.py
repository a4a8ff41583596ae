"""Wild animals that hunt, on four legs. Their front is +Z."""

from __future__ import annotations

import math
from typing import Any

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored
from pipelines.geometry.families.quadruped import (
    Quadruped,
    above_ground,
    pointed_ear,
    round_ear,
)
from pipelines.geometry.families.registry import Part, family, main, second

WOLF: dict[str, Any] = {
    "rise": 35,
    "drop": 12,
    "belly": 0.78,
    "rump": 0.8,
    "leg": 0.32,
    "snout": 0.38,
    "nape": 0.85,
}


def _brush(radius: float, tail: float, y: float, z: float) -> Blob:
    """A thick tail."""
    return Blob(0.02, 0.3).limb(
        [
            (0, y + 0.03, z + 0.03),
            (0, y - tail * 0.2, z - tail * 0.16),
            (0, y - tail * 0.42, z - tail * 0.2),
        ],
        [radius * 0.36, radius * 0.5, radius * 0.12],
        3,
    )


@family("wolf", "husky german_shepherd", "grey fur")
def wolf(
    f: Forms,
    *,
    length: float = 0.8,
    height: float = 0.6,
    radius: float = 0.145,
    head: float = 0.1,
    neck: float = 0.2,
    muzzle: float = 0.17,
    tail: float = 0.42,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, muzzle, **WOLF, legs=legs, heads=heads)
    body = q.blob()
    points = q.tail(body, tail * 0.5, [-25, -45], radius * 0.3, radius * 0.4)
    y, z = points[-1][1:]
    brush = _brush(radius, tail, y, z)
    tip = (0.0, y - tail * 0.46, z - tail * 0.2)
    coat, white = patches(
        f,
        above_ground(body.solid(f.detail)),
        [
            ((0, q.spine - radius * 0.9, q.chest[2] + radius * 0.7), radius),
            (q.on(0, -0.9, 1.5), head),
        ],
    )
    hair, end = patches(f, brush.solid(f.detail), [(tip, tail * 0.17)])
    return [
        main("body fur coat tail", coat, hair, q.wear(pointed_ear(f, height=1.0), both=True)),
        second("chest belly", white, end, finish="white fur"),
        q.nose(f, 0.2),
        q.eyes(f, 0.5, 0.3, 0.78, 0.15),
    ]


LION: dict[str, Any] = {
    "rise": 42,
    "drop": 5,
    "belly": 0.88,
    "rump": 0.86,
    "leg": 0.36,
    "snout": 0.5,
    "nape": 0.9,
}


@family("lion", "", "tan fur")
def lion(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 1.05,
    radius: float = 0.25,
    head: float = 0.19,
    tail: float = 0.85,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.3, head * 0.95, **LION, legs=legs, heads=heads)
    body = q.blob()
    end = q.tail(body, tail, [-35, -70, -60, 0], 0.045, 0.03)[-1]
    mane = Blob(0.05, 0.5)
    for i in range(11):
        a = 2 * math.pi * i / 11
        mane.ball(q.on(1.05 * math.sin(a), 0.1 + 1.05 * math.cos(a), -0.25), head * 0.55)
    x, y, z = q.on(0, -0.5, -0.7)
    mane.ball((x, y, z), head * 1.45).ball((0, y - head * 0.9, z + head * 0.1), head * 1.0)
    return [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(round_ear(f, size=0.38), both=True),
        ),
        second(
            "mane tail",
            q.each(mane.solid(f.detail)),
            f.ball(0.07, end, (0.9, 0.9, 1.4)),
            finish="chestnut fur",
        ),
        q.nose(f, 0.24),
        q.eyes(f, 0.42, 0.32, 0.84, 0.14),
    ]


TIGER: dict[str, Any] = {
    "rise": 32,
    "drop": 6,
    "belly": 0.9,
    "rump": 0.9,
    "leg": 0.38,
    "snout": 0.5,
    "nape": 0.85,
}


@family(
    "tiger",
    "",
    "tiger print",
)
def tiger(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 0.95,
    radius: float = 0.235,
    head: float = 0.18,
    tail: float = 0.85,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.28, head * 0.9, **TIGER, legs=legs, heads=heads)
    body = q.blob()
    q.tail(body, tail, [-35, -55, -20, 40], 0.055, 0.045)
    cheeks = mirrored(f.ball(0.42, (0.24, -0.28, 1.05), (1, 0.75, 0.8)))
    return [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(round_ear(f, size=0.4), both=True),
        ),
        second("muzzle cheeks", q.wear(cheeks), finish="white fur"),
        q.nose(f, 0.22, finish="rosy plastic"),
        q.eyes(f, 0.42, 0.32, 0.84, 0.15),
    ]


POLAR_BEAR: dict[str, Any] = {
    "rise": 12,
    "drop": 12,
    "belly": 1.02,
    "rump": 1.0,
    "leg": 0.38,
    "snout": 0.48,
    "nape": 0.72,
}


@family(
    "polar bear",
    "grizzly:brown_fur grizzly_bear:brown_fur brown_bear:brown_fur black_bear:black_fur",
    "white fur",
)
def polar_bear(
    f: Forms,
    *,
    length: float = 1.7,
    height: float = 1.15,
    radius: float = 0.4,
    head: float = 0.2,
    neck: float = 0.42,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, 0.27, **POLAR_BEAR, legs=legs, heads=heads)
    body = q.blob()
    body.ball((0, q.rear[1] + 0.12, -length / 2), 0.07)
    return [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(round_ear(f, 0.62, 0.75, size=0.3), both=True),
        ),
        q.nose(f, 0.26),
        q.eyes(f, 0.45, 0.4, 0.8, 0.11),
    ]
