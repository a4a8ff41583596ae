"""Birds, fish and what creeps. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals import EYES, eyes
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "bird",
    "parrot:red_feathers sparrow:brown_feathers robin:brown_feathers chick chicken:white_feathers duck "
    "pigeon:grey_feathers eagle:brown_feathers crow:black_feathers raven:black_feathers canary budgie:lime_feathers",
    "yellow feathers",
)
def bird(
    f: Forms, *, length: float = 0.26, height: float = 0.26, radius: float = 0.08
) -> list[Part]:
    r, y = radius, height * 0.48
    body = Blob(0.03).bone((0, y, 0.01), (0, y - 0.01, -length * 0.25), r, r * 0.6)
    head = (0.0, height * 0.82, r * 0.85)
    body.bone((0, y + r * 0.5, r * 0.5), head, r * 0.6, r * 0.6)
    body.bone((0, y, -length * 0.25), (0, y + 0.03, -length * 0.62), r * 0.4, r * 0.16)
    wing = (
        f.ball(r * 1.25, squash=(0.2, 0.55, 1.05))
        .rotate((14, 0, 8))
        .translate((r * 0.95, y + 0.012, -0.035))
    )
    legs = [f.bone((0.035, y - r * 0.7, -0.01), (0.035, 0.01, 0.0), 0.008)] + [
        f.bone((0.035, 0.008, 0), (0.035 + dx, 0.007, 0.045), 0.007) for dx in (-0.02, 0, 0.02)
    ]
    beak = f.rod(r * 0.26, r * 0.6, (0, head[1] - 0.005, head[2] + r * 0.8), "z", 0.003)
    return [
        main("body feathers head", body.solid(f.detail)),
        second("wings wing", mirrored(wing), finish="golden yellow feathers"),
        fixed("beak legs feet", beak, mirrored(unite(legs)), finish="orange plastic"),
        eyes(f, r * 0.42, head[1] + r * 0.2, head[2] + r * 0.36, r * 0.13),
    ]


def _fins(
    f: Forms, half: float, height: float, thickness: float, y: float
) -> tuple[Manifold, Manifold, Manifold]:
    """The fins at the tail, on the back and below, of a fish whose middle is at height y."""
    tail = f.profile(
        [
            (-half * 0.58, y),
            (-half * 1.15, y + height * 0.55),
            (-half * 0.95, y),
            (-half * 1.15, y - height * 0.55),
        ],
        thickness,
    )
    back = f.profile(
        [
            (half * 0.4, y + height * 0.4),
            (half * 0.05, y + height * 0.8),
            (-half * 0.4, y + height * 0.55),
            (-half * 0.4, y + height * 0.15),
        ],
        thickness,
    )
    belly = f.profile(
        [
            (half * 0.1, y - height * 0.3),
            (-half * 0.2, y - height * 0.7),
            (-half * 0.35, y - height * 0.2),
        ],
        thickness,
    )
    return tail, back, belly


@family(
    "fish", "goldfish shark:grey_skin trout:silver_scales carp tuna:navy_scales", "orange scales"
)
def fish(f: Forms, *, length: float = 0.4, height: float = 0.16, width: float = 0.09) -> list[Part]:
    half, y = length / 2, height * 0.75
    shape = [
        (0.0, -half * 0.7),
        (0.22, -half * 0.6),
        (0.55, -half * 0.2),
        (0.95, half * 0.25),
        (0.85, half * 0.6),
        (0.5, half * 0.88),
        (0.0, half),
    ]
    body = (
        f.turned([(r * height / 2, h) for r, h in shape])
        .rotate((90, 0, 0))
        .scale((width / height, 1, 1))
        .translate((0, y, 0))
    )
    tail, back, belly = _fins(f, half, height, width * 0.1, y)
    fin = (
        f.ball(height * 0.2, squash=(0.16, 0.5, 1))
        .rotate((25, 25, 0))
        .translate((width * 0.5, y - height * 0.1, half * 0.18))
    )
    eye = f.ball(height * 0.07, (width * 0.37, y + height * 0.12, half * 0.66))
    return [
        main("body scales", body),
        second("fins fin tail", tail, back, belly, mirrored(fin), finish="orange paint"),
        fixed("eyes eye", mirrored(eye), finish=EYES),
        fixed(
            "mouth",
            f.ring(height * 0.06, height * 0.03, (0, y, half * 0.97), "z"),
            finish="rosy plastic",
        ),
    ]


@family("turtle", "tortoise sea_turtle", "green skin")
def turtle(
    f: Forms, *, length: float = 0.5, width: float = 0.4, height: float = 0.22
) -> list[Part]:
    half, y = length / 2, height * 0.3
    dome = f.ball(1).scale((width / 2, height * 0.75, half)) - f.box((9, 4, 9), (0, -2, 0))
    body = Blob(0.02).bone((0, y + 0.01, half * 0.6), (0, y + 0.06, half * 1.25), 0.05, 0.062)
    body.ball((0, y + 0.055, half * 1.4), 0.05)
    for z in (half * 0.6, -half * 0.65):
        body.mirrored_bone((width * 0.33, y, z), (width * 0.5, 0.03, z * 1.18), 0.05, 0.04)
    body.bone((0, y, -half * 0.8), (0, y - 0.02, -half * 1.2), 0.035, 0.01)
    return [
        main("body skin head legs", body.solid(f.detail)),
        second(
            "shell",
            dome.translate((0, y, 0)),
            f.lathe([(1, 0), (1.05, 0.02), (1, 0.05)])
            .scale((width / 2, 1, half))
            .translate((0, y - 0.02, 0)),
            finish="brown scales",
        ),
        eyes(f, 0.034, y + 0.085, half * 1.5, 0.012),
    ]


@family("snake", "serpent cobra python viper worm", "green scales")
def snake(f: Forms, *, length: float = 1.2, radius: float = 0.045) -> list[Part]:
    turns = [i / 28 for i in range(29)]
    path = [
        (0.16 * length * math.sin(s * 9.5) * (1 - 0.3 * s), radius, (s - 0.5) * length * 0.8)
        for s in turns
    ]
    rise = path[-1]
    neck = [rise, (rise[0], radius * 2.6, rise[2] + 0.06), (rise[0], radius * 5, rise[2] + 0.04)]
    body = Blob(0.01).path(path, radius * 0.25, radius).path(neck, radius, radius * 0.9)
    head = (rise[0], radius * 5.6, rise[2] + 0.07)
    body.bone(neck[-1], (head[0], head[1], head[2] + 0.05), radius * 1.15, radius * 0.75)
    eye = unite(
        [
            f.ball(
                radius * 0.24, (head[0] + s * radius * 0.62, head[1] + radius * 0.5, head[2] + 0.02)
            )
            for s in (1, -1)
        ]
    )
    tongue = f.bone(
        (head[0], head[1] - 0.01, head[2] + 0.05),
        (head[0], head[1] - 0.02, head[2] + 0.14),
        0.006,
        0.004,
    )
    return [
        main("body skin", body.solid(f.detail)),
        fixed("eyes eye", eye, finish="shiny golden yellow plastic"),
        fixed("tongue", tongue, finish="red plastic"),
    ]
