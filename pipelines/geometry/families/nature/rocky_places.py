"""A waterfall and a cave. Their front is +Z."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, unite, within
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


def _cliff(height: float, rng: np.random.Generator, x: float) -> Blob:
    """The rock and stones about the pool."""
    rock = Blob(x * 0.18).limb(
        [(0, height * 0.35, -x), (0, height * 0.86, -x * 1.1)], [x * 0.95, x * 0.85]
    )
    for s in (1, -1):
        for y in (0.1, 0.42, 0.75):
            rock.ball(
                (s * x * rng.uniform(0.85, 1.1), height * y, -x * rng.uniform(0.5, 0.8)),
                x * rng.uniform(0.42, 0.58),
            )
    for i in range(7):
        a = math.pi * (i / 6) - math.pi * 0.0
        rock.ball(
            (x * 1.35 * math.cos(a), 0.0, x * 1.1 * math.sin(a) + x * 0.1),
            x * rng.uniform(0.2, 0.32),
        )
    return rock


def _falls(
    f: Forms, height: float, width: float, streams: int, rng: np.random.Generator, x: float
) -> list[Manifold]:
    """Streams down the rock."""
    count, falls = within(streams, 2, 14), []
    top = height * 0.98
    for i in range(count):
        off = width * 0.5 * ((i + 0.5) / count - 0.5)
        out = x * rng.uniform(0.02, 0.12)
        path = [
            (off, top, -x * 1.3),
            (off, top + 0.02, -x * 0.55),
            (off, height * 0.86, -x * 0.18 + out),
            (off, height * 0.4, -x * 0.02 + out),
            (off, height * 0.03, x * 0.06 + out),
        ]
        falls.append(f.hose(path, [x * 0.1, x * 0.12, x * 0.12, x * 0.13, x * 0.17], share=0.3))
    return falls


@family("waterfall", "cascade waterfalls niagara_falls cataract jungle_waterfall", "grey rock")
def waterfall(f: Forms, *, height: float = 3.0, width: float = 1.8, streams: int = 6) -> list[Part]:
    """Water over a cliff into a pool between rocks."""
    rng, x = chance(height, width), width / 2
    rock = _cliff(height, rng, x)
    falls = _falls(f, height, width, streams, rng, x)
    foam = [
        f.ball(
            x * rng.uniform(0.12, 0.2),
            (width * 0.52 * (i / 8 - 0.5), height * 0.03, x * 0.15 + x * 0.08 * (i % 2)),
            (1.2, 0.7, 1),
        )
        for i in range(9)
    ]
    bush = [
        f.ball(x * 0.3, (s * x * a, height * y, -x * b), (1, 0.7, 1))
        for s, a, y, b in (
            (1, 0.75, 1.06, 1.1),
            (-1, 0.8, 1.04, 1.0),
            (1, 1.1, 0.66, 0.5),
            (-1, 1.15, 0.3, 0.3),
        )
    ]
    pool = f.post(x * 1.32, height * 0.035, (0, 0, x * 0.1))
    return [
        main("rock cliff stone", above_ground(rock.solid(f.detail))),
        second("water falls streams pool", *falls, pool, finish="water"),
        fixed("foam spray", *foam, finish="white snow"),
        fixed("plants bushes leaves moss", *bush, finish="green leaves"),
    ]


def _stone_teeth(
    f: Forms, height: float, depth: float, rng: np.random.Generator, x: float
) -> list[Manifold]:
    """Stones that hang from the roof."""
    teeth = []
    for i in range(5):
        px = x * (0.32 - 0.16 * i)
        teeth.append(
            f.post(x * 0.07, height * rng.uniform(0.14, 0.24), (0, 0, 0), 0.01)
            .rotate((180, 0, 0))
            .translate((px, height * (0.66 - 0.12 * abs(i - 2) / 2), depth * 0.2))
        )
    return teeth


@family("cave", "cavern grotto cave_entrance den lair bear_cave", "grey rock")
def cave(f: Forms, *, height: float = 2.4, width: float = 3.4, depth: float = 2.4) -> list[Part]:
    """A hollow in a rock, open to the front, with stones that hang and stand."""
    rng, x = chance(height, width, depth), width / 2
    rock = Blob(x * 0.2).ball(
        (0, height * 0.35, -depth * 0.15), x * 0.8, (1.15, height * 0.75 / x, depth * 0.62 / x)
    )
    for i in range(11):
        a = math.pi * i / 10
        rock.ball(
            (x * 0.92 * math.cos(a), height * 0.72 * math.sin(a), depth * rng.uniform(-0.3, 0.15)),
            x * rng.uniform(0.24, 0.38),
        )
    hole = Blob(x * 0.1, 0.6).limb(
        [(0, height * 0.25, depth * 0.8), (0, height * 0.26, -depth * 0.05)], [x * 0.52, x * 0.42]
    )
    hollow = hole.solid(f.detail)
    dark = Blob(x * 0.1, 0.4).ball((0, height * 0.22, -depth * 0.12), x * 0.5)
    teeth = _stone_teeth(f, height, depth, rng, x)
    stones = [
        f.ball(x * rng.uniform(0.08, 0.14), (x * a, 0.0, depth * b), (1.2, 0.8, 1))
        for a, b in ((0.6, 0.5), (-0.55, 0.55), (-0.3, 0.62), (0.75, 0.35))
    ]
    stones += [
        f.post(x * 0.09, height * 0.16, (s * x * 0.3, 0, depth * 0.22), 0.01) for s in (1, -1)
    ]
    return [
        main("rock stone body walls", above_ground(rock.solid(f.detail) - hollow)),
        second(
            "stalactites stalagmites stones",
            *teeth,
            above_ground(unite(stones)),
            finish="pale grey rock",
        ),
        fixed(
            "inside darkness floor",
            above_ground(dark.solid(f.detail)),
            f.post(x * 0.95, height * 0.03, (0, 0, depth * 0.2)),
            finish="black stone",
        ),
    ]
