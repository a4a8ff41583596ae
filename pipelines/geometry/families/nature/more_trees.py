"""Willow, birch, bonsai, bare and blossoming trees. Heights in metres; no two seeds grow alike."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, unite, within
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance

Twigs = list[tuple[Point, float]]


def grown(
    body: Blob,
    rng: np.random.Generator,
    at: Point,
    way: Point,
    long: float,
    thick: float,
    forks: int,
    tips: Twigs,
) -> None:
    """A branch from `at` along `way` and those that it forks into; `tips` gathers where the last ones end."""
    end = (at[0] + way[0] * long, at[1] + way[1] * long, at[2] + way[2] * long)
    x, y, z = ((a + b) / 2 + rng.uniform(-0.06, 0.06) * long for a, b in zip(at, end, strict=True))
    body.limb([at, (x, y, z), end], [thick, thick * 0.85, thick * 0.68], 2)
    if not forks:
        tips.append((end, long))
        return
    turn = rng.uniform(0, 2 * math.pi)
    for i in range(3 if forks > 1 else 2):
        a = turn + 2 * math.pi * i / (3 if forks > 1 else 2)
        lean = rng.uniform(0.5, 0.85)
        raw = np.array([way[0] + lean * math.cos(a), way[1] + 0.12, way[2] + lean * math.sin(a)])
        x, y, z = raw / np.linalg.norm(raw)
        grown(
            body,
            rng,
            end,
            (float(x), float(y), float(z)),
            long * rng.uniform(0.62, 0.8),
            thick * 0.66,
            forks - 1,
            tips,
        )


def roots(body: Blob, thickness: float, count: int = 5) -> Blob:
    for i in range(count):
        a = 2 * math.pi * i / count + 0.4
        body.bone(
            (0, thickness * 1.2, 0),
            (math.cos(a) * thickness * 2.4, 0.0, math.sin(a) * thickness * 2.4),
            thickness * 0.6,
            thickness * 0.25,
        )
    return body


def _one_piece(*solids: Manifold) -> Manifold:
    """What hangs together of the solids: the ends of thin branches may be too fine for a soft body's grid."""
    return max(unite(solids).decompose(), key=lambda piece: piece.volume())


@family(
    "dead tree",
    "bare_tree winter_tree leafless_tree spooky_tree haunted_tree withered_tree "
    "burnt_tree:charcoal_bark",
    "dark brown bark",
)
def dead_tree(
    f: Forms, *, height: float = 4.0, thickness: float = 0.22, forks: int = 3
) -> list[Part]:
    """A trunk and branches without leaves."""
    rng = chance(height, thickness)
    tips: Twigs = []
    body = roots(Blob(thickness * 0.7), thickness)
    grown(
        body,
        rng,
        (0.0, 0.0, 0.0),
        (0.0, 1.0, 0.0),
        height * 0.34,
        thickness,
        within(forks, 1, 4),
        tips,
    )
    twigs = [
        f.bone(
            at, (at[0] * 1.12, at[1] + long * 0.3, at[2] * 1.12), thickness * 0.12, thickness * 0.03
        )
        for at, long in tips
    ]
    hollow = f.ball(thickness * 0.5, (0, height * 0.17, thickness * 0.72), (0.8, 1.3, 0.5))
    return [
        main("trunk bark branches body", _one_piece(above_ground(body.solid(f.detail)), *twigs)),
        second("hollow hole", hollow, finish="black bark"),
    ]


@family(
    "cherry tree",
    "cherry_blossom_tree sakura sakura_tree blossom_tree cherry_tree_blossom flowering_tree",
    "pink leaves",
)
def cherry_tree(
    f: Forms, *, height: float = 4.0, radius: float = 1.6, thickness: float = 0.2
) -> list[Part]:
    """In blossom: clouds of flowers on spread branches."""
    rng = chance(height, radius, thickness)
    tips: Twigs = []
    wood, crown = roots(Blob(thickness * 0.6, 0.7), thickness), Blob(radius * 0.12)
    grown(wood, rng, (0.0, 0.0, 0.0), (0.08, 0.997, 0.0), height * 0.36, thickness, 2, tips)
    for (x, y, z), _ in tips:
        crown.ball((x, y + radius * 0.1, z), radius * rng.uniform(0.34, 0.46), (1.15, 0.75, 1.15))
    whole = crown.ball((0, height * 0.82, 0), radius * 0.5, (1.2, 0.7, 1.2))
    petals = [
        f.ball(
            radius * 0.05,
            (
                radius * 0.9 * math.cos(i * 2.4) * math.sqrt(i / 16),
                0.012 * radius,
                radius * 0.9 * math.sin(i * 2.4) * math.sqrt(i / 16),
            ),
            (1.3, 0.3, 1),
        )
        for i in range(3, 16)
    ]
    ground = f.post(radius * 0.95, radius * 0.02)
    return [
        main("leaves blossom flowers crown petals", whole.solid(f.detail), *petals),
        second("trunk bark branches", above_ground(wood.solid(f.detail)), finish="dark brown bark"),
        fixed("ground grass", ground, finish="grass"),
    ]


@family("willow", "weeping_willow willow_tree willows", "olive leaves")
def willow(
    f: Forms, *, height: float = 4.5, radius: float = 2.0, thickness: float = 0.3, strands: int = 44
) -> list[Part]:
    """Its branches hang down to the ground."""
    rng, rows = chance(height, radius), []
    trunk = roots(Blob(thickness * 0.6, 0.5), thickness)
    trunk.limb(
        [(0, 0, 0), (0.06, height * 0.3, 0), (0, height * 0.62, 0)],
        [thickness, thickness * 0.75, thickness * 0.6],
        2,
    )
    crown = Blob(radius * 0.15, 0.6).ball((0, height * 0.76, 0), radius * 0.62, (1, 0.6, 1))
    for i in range(6):
        a = i * 1.05
        crown.ball(
            (radius * 0.5 * math.cos(a), height * 0.72, radius * 0.5 * math.sin(a)),
            radius * 0.38,
            (1, 0.7, 1),
        )
    thin = Forms(f.detail * 0.5)
    for i in range(within(strands, 6, 90)):
        a, far = i * 2.399, radius * (0.45 + 0.5 * ((i * 0.618) % 1))
        low, c, s = height * rng.uniform(0.05, 0.32), math.cos(a), math.sin(a)
        top = height * (0.84 - 0.16 * (far / radius) ** 2)
        path = [
            (c * far * 0.8, top, s * far * 0.8),
            (c * far * 1.02, height * 0.62, s * far * 1.02),
            (c * far * 1.05, (low + height * 0.55) / 2, s * far * 1.05),
            (c * far * 0.98, low, s * far * 0.98),
        ]
        rows.append(
            thin.hose(path, [radius * 0.05, radius * 0.055, radius * 0.05, radius * 0.015], steps=2)
        )
    return [
        main("leaves leaf crown foliage", crown.solid(f.detail), *rows),
        second("trunk bark branches", above_ground(trunk.solid(f.detail)), finish="bark"),
    ]


@family("birch", "birch_tree silver_birch birches aspen aspen_tree", "lime leaves")
def birch(
    f: Forms, *, height: float = 5.0, radius: float = 0.95, thickness: float = 0.14
) -> list[Part]:
    """Slender, its bark white with dark marks."""
    rng = chance(height, radius)
    trunk = f.hose(
        [(0, 0, 0), (0.05, height * 0.3, 0), (-0.03, height * 0.6, 0.02), (0.02, height * 0.86, 0)],
        thickness,
        thickness * 0.4,
    )
    marks, crown = [], Blob(radius * 0.12)
    for i in range(12):
        y, a = height * (0.04 + 0.045 * i), float(rng.uniform(0, 360))
        out = thickness * (1 - 0.55 * y / height)
        marks.append(
            f.ball(1.0, share=0.25)
            .scale((out * 0.5, height * 0.006, out * 0.14))
            .translate((0, 0, out * 0.95))
            .rotate((0, a, 0))
            .translate((0.05 * math.sin(y), y, 0))
        )
    for i in range(11):
        s, a = i / 10, i * 2.399
        out = radius * (0.62 * math.sin(math.pi * (0.2 + 0.75 * s)))
        crown.ball(
            (out * math.cos(a), height * (0.42 + 0.5 * s), out * math.sin(a)),
            radius * rng.uniform(0.36, 0.46),
            (1, 1.15, 1),
        )
    return [
        main("leaves leaf crown foliage", crown.solid(f.detail)),
        second("trunk bark branches", trunk, finish="white bark"),
        fixed("marks spots", *marks, finish="charcoal bark"),
    ]


def _pads(f: Forms, places: list[tuple[float, float, float, float]], u: float) -> Manifold:
    """Flat clouds of leaves at (x, y, z), each of its radius."""
    rows = []
    for x, y, z, r in places:
        pad = Blob(u * 0.12, 0.4).ball((x, y, z), r, (1.15, 0.42, 1.0))
        for i in range(6):
            a = i * 1.05
            pad.ball(
                (x + r * 0.7 * math.cos(a), y + r * 0.08, z + r * 0.6 * math.sin(a)),
                r * 0.42,
                (1, 0.7, 1),
            )
        rows.append(pad.solid(f.detail).trim_by_plane((0, 1, 0), y - r * 0.22))
    return unite(rows)


def _bonsai_trunk(h: float, x: float, low: float, t: float) -> Blob:
    """A bent trunk with roots."""
    line = [
        (-x * 0.1, low, 0.0),
        (x * 0.3, h * 0.36, 0.02),
        (-x * 0.15, h * 0.55, 0.0),
        (x * 0.2, h * 0.74, -0.01),
        (x * 0.05, h * 0.88, 0.0),
    ]
    trunk = Blob(t * 0.4, 0.6).limb(line, [t * 1.3, t, t * 0.8, t * 0.55, t * 0.3], 4)
    trunk.bone(line[1], (x * 0.85, h * 0.46, 0.03), t * 0.5, t * 0.3).bone(
        line[2], (-x * 0.8, h * 0.64, 0.02), t * 0.45, t * 0.25
    )
    for a in (0.3, 1.8, 3.4, 5.0):
        trunk.bone(
            (-x * 0.1, low + t, 0),
            (-x * 0.1 + math.cos(a) * t * 2.4, low - t * 0.2, math.sin(a) * t * 2.4),
            t * 0.6,
            t * 0.25,
        )
    return trunk


@family("bonsai", "bonsai_pot potted_bonsai miniature_tree", "green leaves")
def bonsai(
    f: Forms, *, height: float = 0.4, width: float = 0.34, thickness: float = 0.032
) -> list[Part]:
    """A bent little tree in a flat pot."""
    h, x, low, t = height, width / 2, height * 0.2, thickness
    trunk = _bonsai_trunk(h, x, low, t)
    pads = [
        (x * 0.85, h * 0.5, 0.03, x * 0.42),
        (-x * 0.8, h * 0.68, 0.02, x * 0.46),
        (x * 0.1, h * 0.9, 0.0, x * 0.56),
        (x * 0.55, h * 0.76, -0.04, x * 0.34),
    ]
    pot = f.soft_box((width, h * 0.16, width * 0.62), (0, h * 0.12, 0), h * 0.03) + f.soft_box(
        (width * 1.1, h * 0.045, width * 0.7), (0, h * 0.185, 0), h * 0.015
    )
    feet = [
        f.box(
            (width * 0.14, h * 0.05, width * 0.1), (sx * width * 0.36, h * 0.025, sz * width * 0.2)
        )
        for sx in (1, -1)
        for sz in (1, -1)
    ]
    soil = f.soft_box((width * 0.98, h * 0.05, width * 0.58), (0, h * 0.2, 0), h * 0.02)
    return [
        main("leaves leaf crown foliage", _pads(f, pads, x)),
        second("pot dish", pot, *feet, finish="sienna ceramic"),
        fixed("trunk bark branches", trunk.solid(f.detail), finish="dark brown bark"),
        fixed("moss soil", soil, finish="moss"),
    ]


@family(
    "acacia",
    "savanna_tree umbrella_tree savannah_tree african_tree",
    "olive leaves",
)
def acacia(
    f: Forms, *, height: float = 4.0, radius: float = 2.2, thickness: float = 0.24
) -> list[Part]:
    """With a flat, broad crown, as on the savannah."""
    rng, tips = chance(height, radius), []
    wood = roots(Blob(thickness * 0.6, 0.8), thickness)
    top = height * 0.8
    wood.limb(
        [(0, 0, 0), (0.1, height * 0.25, 0), (-0.05, height * 0.45, 0)],
        [thickness, thickness * 0.8, thickness * 0.7],
        2,
    )
    for i in range(6):
        a = i * 1.05 + rng.uniform(-0.2, 0.2)
        far = radius * rng.uniform(0.5, 0.72)
        tips.append((far * math.cos(a), top + rng.uniform(-0.1, 0.05) * height, far * math.sin(a)))
        wood.limb(
            [
                (-0.05, height * 0.44, 0),
                (tips[-1][0] * 0.45, height * 0.62, tips[-1][2] * 0.45),
                tips[-1],
            ],
            [thickness * 0.55, thickness * 0.35, thickness * 0.2],
            2,
        )
    crown = Blob(radius * 0.1).ball((0, top + height * 0.06, 0), radius * 0.6, (1, 0.2, 1))
    for x, y, z in tips:
        crown.ball((x, y + height * 0.02, z), radius * rng.uniform(0.34, 0.44), (1, 0.32, 1))
    return [
        main("leaves leaf crown foliage", crown.solid(f.detail)),
        second("trunk bark branches", above_ground(wood.solid(f.detail)), finish="bark"),
    ]
