"""Rocks, mountains, clouds and what lies about outside."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.food.fruit import leaf
from pipelines.geometry.families.forms import Forms, Point, around, unite, within
from pipelines.geometry.families.nature.plants import palm
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import Roughness, chance, land
from pipelines.geometry.families.ways import shares


def boulder(rng: np.random.Generator, size: Point, corners: int = 26) -> Manifold:
    """An angular stone about the origin; size: its half sides in metres."""
    points = rng.normal(size=(corners, 3))
    points *= (rng.uniform(0.82, 1.0, corners) / np.linalg.norm(points, axis=1))[:, None]
    return Manifold.hull_points((points * size).tolist())


@family(
    "rock",
    "stone boulder pebble meteorite:charcoal_rock asteroid:charcoal_rock meteor:charcoal_rock",
    "grey rock",
)
def rock(f: Forms, *, width: float = 1.0, height: float = 0.7, depth: float = 0.8) -> list[Part]:
    rng = chance(width, height, depth)
    x, y, z = width / 2, height / 2, depth / 2
    stones = [boulder(rng, (x, y * 1.15, z)).translate((0, y * 0.9, 0))]
    for turn in rng.uniform(0, 2 * np.pi, 3):
        at = (
            x * 0.55 * math.cos(turn),
            y * float(rng.uniform(0.35, 0.6)),
            z * 0.55 * math.sin(turn),
        )
        stones.append(boulder(rng, (x * 0.55, y * 0.7, z * 0.55)).translate(at))
    return [main("rock stone body", above_ground(unite(stones)))]


def _snowline(f: Forms, radius: float, height: float, low: float) -> Manifold:
    """The room above a ragged line: what of a mountain lies in it is white."""
    room = f.box((radius * 2, height, radius * 2), (0, low + height / 2, 0))
    teeth = [
        f.rod(
            radius * 0.13,
            height * 0.3 * (1 + 0.6 * (i % 3) / 2),
            (radius * 0.34 * math.cos(a), low, radius * 0.34 * math.sin(a)),
            "y",
        )
        for i, a in enumerate(2 * math.pi * i / 11 for i in range(11))
    ]
    return unite([room, *teeth])


@family("mountain", "peak mountains alp summit everest mount", "grey rock")
def mountain(f: Forms, *, height: float = 1.0, radius: float = 0.78) -> list[Part]:
    rough = Roughness.of(chance(height, radius))

    def heights(x: NDArray, z: NDArray) -> NDArray:
        out = np.minimum(1.0, np.hypot(x, z) / radius)
        ridge = rough.ridged(x, z, radius * 0.55)
        second_peak = 0.62 * np.exp(
            -(((x - 0.42 * radius) ** 2 + (z - 0.2 * radius) ** 2) / (0.2 * radius) ** 2)
        )
        cone = np.maximum((1 - out) ** 1.1, second_peak * (1 - out))
        return height * cone * (0.3 + 0.85 * ridge * np.minimum(1.0, out * 4 + 0.8))

    body = land(
        radius, heights, rings=max(14, round(40 * f.detail)), spokes=max(24, round(90 * f.detail))
    )
    top = body.bounding_box()[4]
    snow, stone = body.split(_snowline(f, radius, height, top * 0.6))
    return [main("rock stone body", stone), second("snow cap peak top", snow, finish="snow")]


def _smoke(radius: float, top: float, floor: float) -> Blob:
    """Smoke over the mouth."""
    smoke = Blob(radius * 0.08, 0.6).bone((0, floor, 0), (0, top * 0.9, 0), radius * 0.08)
    for i in range(7):
        s = i / 6
        smoke.ball(
            (
                radius * 0.12 * math.sin(i * 2.1),
                top * (0.86 + 0.55 * s),
                radius * 0.1 * math.cos(i * 2.1),
            ),
            radius * (0.1 + 0.12 * s),
        )
    return smoke


@family("volcano", "vulcano", "charcoal rock")
def volcano(f: Forms, *, height: float = 0.8, radius: float = 0.9) -> list[Part]:
    rough, mouth = Roughness.of(chance(height, radius)), 0.2

    def heights(x: NDArray, z: NDArray) -> NDArray:
        out = np.hypot(x, z) / radius
        flank = np.clip((1 - out) / (1 - mouth), 0, 1) ** 1.5
        crater = np.where(out < mouth, 0.62 + 0.38 * (out / mouth) ** 2, 1.0)
        return height * flank * crater * (0.82 + 0.25 * rough.ridged(x, z, radius * 0.5))

    body = land(
        radius, heights, rings=max(14, round(34 * f.detail)), spokes=max(24, round(80 * f.detail))
    )
    top = body.bounding_box()[4]
    floor = float(heights(np.zeros(1), np.zeros(1))[0])
    pool = f.post(radius * mouth * 0.92, height * 0.14, (0, floor - height * 0.02, 0))
    streams = []
    for a, reach in ((0.5, 0.75), (1.9, 0.6), (3.6, 0.7), (5.0, 0.5)):
        rows = np.linspace(0.05, reach, 9)
        x, z = (
            radius * rows * np.cos(a + 0.2 * np.sin(rows * 9)),
            radius * rows * np.sin(a + 0.2 * np.sin(rows * 9)),
        )
        y = np.where(rows < mouth, floor + height * 0.1, heights(x, z))
        way = [(float(p), float(q), float(r)) for p, q, r in zip(x, y, z, strict=True)]
        streams.append(f.hose(way, radius * 0.055, radius * 0.035, steps=1))
    smoke = _smoke(radius, top, floor)
    return [
        main("rock stone body", body),
        second("lava magma", pool, *streams, finish="lava"),
        fixed("smoke cloud", smoke.solid(f.detail), finish="grey plaster"),
    ]


@family(
    "cloud", "clouds thundercloud:charcoal_plaster rain_cloud:grey_plaster cumulus", "white plaster"
)
def cloud(f: Forms, *, width: float = 1.6, height: float = 0.75, depth: float = 0.8) -> list[Part]:
    rng = chance(width, height, depth)
    body, x, z = Blob(height * 0.09), width / 2, depth / 2
    body.bone((-x * 0.62, height * 0.26, 0), (x * 0.62, height * 0.26, 0), height * 0.27)
    for share, up, size in (
        (-0.62, 0.34, 0.3),
        (-0.28, 0.52, 0.38),
        (0.12, 0.6, 0.4),
        (0.46, 0.42, 0.34),
        (0.72, 0.3, 0.24),
    ):
        for side in (-0.45, 0.45):
            dx, dy = rng.uniform(-0.05, 0.05, 2)
            body.ball(
                ((share + dx) * x, (up + dy) * height, side * z * (1 - 0.4 * abs(share))),
                size * height,
            )
    puffs = body.solid(f.detail)
    return [main("cloud body puffs", puffs.trim_by_plane((0, 1, 0), height * 0.06))]


@family("log", "tree_log firewood tree_trunk driftwood timber_log", "bark")
def log(f: Forms, *, length: float = 1.2, radius: float = 0.23) -> list[Part]:
    r, half = radius, length / 2
    rng = chance(length, radius)
    outline = [
        (r * s * math.cos(a), r * s * math.sin(a))
        for a, s in (
            (math.pi * i / 14, 1 + 0.05 * (-1) ** i * float(rng.uniform(0.4, 1))) for i in range(28)
        )
    ]
    trunk = f.plate(outline, length).rotate((0, 90, 0)).translate((0, r, 0))
    wood = [f.rod(r * 0.88, 0.012, (s * half, r, 0), "x") for s in (1, -1)]
    rings = [
        f.ring(r * k, r * 0.022, (s * (half + 0.004), r, 0), "x")
        for s in (1, -1)
        for k in (0.25, 0.45, 0.65, 0.82)
    ]
    stub = f.bone((half * 0.3, r * 1.5, 0), (half * 0.5, r * 2.5, r * 0.35), r * 0.28, r * 0.22)
    cut = (
        f.rod(r * 0.19, r * 0.2, (0, 0, 0), "y")
        .rotate((18, 0, -24))
        .translate((half * 0.52, r * 2.62, r * 0.38))
    )
    moss = (
        f.ball(1.0, share=0.45)
        .scale((half * 0.42, r * 0.3, r * 0.72))
        .translate((-half * 0.4, r * 1.86, 0))
    )
    return [
        main("bark trunk body", trunk, stub),
        second("wood ends end", *wood, cut, finish="beige wood"),
        fixed("rings", *rings, finish="caramel wood"),
        fixed("moss", moss, finish="moss"),
    ]


@family("stump", "tree_stump", "bark")
def stump(f: Forms, *, height: float = 0.35, radius: float = 0.25) -> list[Part]:
    r, body = radius, Blob(radius * 0.25)
    body.bone((0, 0, 0), (0, height - r * 0.25, 0), r, r * 0.88)
    for i in range(6):
        a = 1.05 * i + 0.3
        body.bone(
            (0, height * 0.25, 0),
            (r * 1.75 * math.cos(a), r * 0.02, r * 1.75 * math.sin(a)),
            r * 0.4,
            r * 0.1,
        )
    whole = above_ground(body.solid(f.detail)).trim_by_plane((0, -1, 0), -height * 0.97)
    rings = [f.ring(r * k, r * 0.02, (0, height * 0.985, 0)) for k in (0.2, 0.38, 0.56, 0.7)]
    return [
        main("bark trunk body roots", whole),
        second(
            "wood top", f.post(r * 0.8, height * 0.03, (0, height * 0.955, 0)), finish="beige wood"
        ),
        fixed("rings", *rings, finish="caramel wood"),
    ]


def _island_stones(radius: float, height: float) -> list[Manifold]:
    """Stones on the shore."""
    rng = chance(radius)
    return [
        boulder(rng, (radius * s, radius * s * 0.8, radius * s)).translate(
            (radius * x, height * 0.45, radius * z)
        )
        for x, z, s in ((0.62, 0.42, 0.1), (0.7, 0.25, 0.07), (-0.6, 0.5, 0.08))
    ]


@family("island", "desert_island tropical_island isle atoll", "sand")
def island(f: Forms, *, radius: float = 3.0, height: float = 0.7) -> list[Part]:
    rough = Roughness.of(chance(radius, height))

    def shore(x: NDArray, z: NDArray) -> NDArray:
        out = np.hypot(x, z) / radius
        return height * np.clip(1.1 * (1 - out**2) + 0.1 * rough.soft(x, z, radius * 0.4), 0, None)

    def meadow(x: NDArray, z: NDArray) -> NDArray:
        out = np.hypot(x, z) / (radius * 0.72)
        return height * np.clip(
            1.5 * (1 - out**2) * (1 + 0.12 * rough.soft(x, z, radius * 0.3)), 0, None
        )

    rings, spokes = max(8, round(16 * f.detail)), max(20, round(56 * f.detail))
    green = land(radius * 0.72, meadow, rings=rings, spokes=spokes).translate((0, height * 0.38, 0))
    trees = palm(f, height=radius * 1.15, length=radius * 0.52, thickness=radius * 0.05)
    spots = ((-0.15, -0.1, 0.0, 1.0), (0.25, 0.1, 150.0, 0.72))
    top = height * 1.6

    def planted(part: Part) -> Part:
        copies = [
            part.solid.scale((k,) * 3).rotate((0, turn, 0)).translate((x * radius, top, z * radius))
            for x, z, turn, k in spots
        ]
        return replace(
            part, solid=unite(copies), slot="fixed", finish=part.finish or "green leaves"
        )

    stones = _island_stones(radius, height)
    water = f.post(radius * 1.35, height * 0.12, (0, -height * 0.02, 0))
    return [
        main("beach sand shore", land(radius, shore, rings=rings, spokes=spokes)),
        second("grass meadow hill", green, finish="grass"),
        fixed("water sea ocean", water, finish="water"),
        fixed("rocks stones", *stones, finish="grey rock"),
        *(planted(part) for part in trees),
    ]


@family("bamboo", "bamboos bamboo_stalk sugar_cane", "lime paint")
def bamboo(f: Forms, *, height: float = 2.4, thickness: float = 0.05, stems: int = 5) -> list[Part]:
    f, t, stems = Forms(f.detail * 0.4), thickness, within(stems, 1, 12)
    canes, joints, blades = [], [], []
    for i in range(stems):
        a, out = i * 2.399, t * 2.6 * math.sqrt(i)
        x, z, high = out * math.cos(a), out * math.sin(a), height * (1 - 0.11 * (i * 3 % 5))
        lean = (x * 0.5, z * 0.5)
        joint = within(round(high / (t * 6)), 4, 16)
        for j in range(joint):
            low, up = (j / joint, (j + 0.97) / joint)
            ends = [(x + lean[0] * s, s * high, z + lean[1] * s) for s in (low, up)]
            canes.append(f.bone(ends[0], ends[1], t * 0.5))
            joints.append(
                f.ball(t * 0.6, (x + lean[0] * low, low * high, z + lean[1] * low), (1, 0.3, 1))
            )
        for j in range(4):
            s, turn = 0.55 + 0.12 * j, 100.0 * i + 137.0 * j
            spray = unite(
                [
                    leaf(f, height * 0.16, height * 0.028).rotate((0, side, -22))
                    for side in (-28, 0, 28)
                ]
            )
            blades.append(
                spray.rotate((0, turn, 0)).translate((x + lean[0] * s, s * high, z + lean[1] * s))
            )
    ground = f.ball(t * 3.4 + t * 1.6 * math.sqrt(stems), (0, 0, 0), (1, 0.22, 1))
    return [
        main("stems stem canes stalks body", above_ground(unite(canes))),
        second("leaves leaf", *blades, finish="green leaves"),
        fixed("joints nodes", above_ground(unite(joints)), finish="moss green paint"),
        fixed("ground soil earth", above_ground(ground), finish="dirt"),
    ]


@family("vine", "creeper climbing_plant vines liana ivy_plant", "green leaves")
def vine(
    f: Forms, *, height: float = 2.0, radius: float = 0.12, thickness: float = 0.022
) -> list[Part]:
    """It climbs a post."""
    f, turns, steps = Forms(f.detail * 0.5), 3.5, 36
    way: list[Point] = []
    for i in range(steps + 1):
        s = i / steps
        a = 2 * math.pi * turns * s
        way.append((radius * 1.05 * math.cos(a), height * 0.96 * s, radius * 1.05 * math.sin(a)))
    shoots, blades = [f.hose(way, thickness, thickness * 0.5, steps=1)], []
    for i in range(2, steps, 2):
        x, y, z = way[i]
        turn = -math.degrees(math.atan2(z, x)) + (24 if i % 4 else -24)
        size = height * (0.075 + 0.02 * (i % 3))
        heart = unite(
            [
                leaf(f, size, size * 0.72),
                f.ball(size * 0.2, (size * 0.16, 0, size * 0.16), (1, 0.12, 1)),
                f.ball(size * 0.2, (size * 0.16, 0, -size * 0.16), (1, 0.12, 1)),
            ]
        )
        blades.append(heart.rotate((30, 0, -28)).rotate((0, turn, 0)).translate((x, y, z)))
    blooms = [
        around(f.ball(radius * 0.2, (radius * 0.2, 0, 0), (1.2, 0.5, 0.8)), 5)
        .rotate((60, 0, 0))
        .rotate((0, 90 - math.degrees(math.atan2(way[i][2], way[i][0])), 0))
        .translate((way[i][0] * 1.1, way[i][1], way[i][2] * 1.1))
        for i in (7, 15, 23, 31)
    ]
    return [
        main("leaves leaf", *blades),
        second("flowers blossoms", *blooms, finish="purple paint"),
        fixed("stem stalk shoots", *shoots, finish="moss green bark"),
        fixed(
            "post pole trellis",
            f.post(radius, height),
            f.post(radius * 2.2, height * 0.03),
            finish="brown wood",
        ),
    ]


def _tongue(turn: float, out: float, top: float, radius: float) -> list[Point]:
    """A line that rises from a fire's foot, swells outward, draws in and ends in a tip that licks aside."""
    places = []
    for share, far, twist in (
        (0.1, 0.6, 0.0),
        (0.35, 1.25, 0.15),
        (0.7, 0.95, 0.45),
        (1.0, 1.1, 0.8),
    ):
        a = turn + twist
        places.append(
            (radius * out * far * math.cos(a), top * share, radius * out * far * math.sin(a))
        )
    return places


@family("flame", "flames blaze inferno fireball", "orange plastic")
def flame(f: Forms, *, height: float = 0.6, radius: float = 0.26, tongues: int = 8) -> list[Part]:
    """A tall tongue among shorter ones that lick aside, and low bright ones about the foot."""
    count, r = max(1, tongues), radius
    fire, glow = Blob(r * 0.1), Blob(r * 0.06, 0.5)
    middle = [(0.0, r * 0.3, 0.0), (r * 0.14, height * 0.4, 0.0)]
    middle += [(-r * 0.1, height * 0.72, 0.0), (r * 0.08, height, 0.0)]
    fire.limb(middle, shares("0.62 0.55 0.26 0.012", r), 4)
    fire.ball((0.0, r * 0.34, 0.0), r * 0.8, (1.0, 0.6, 1.0))
    for i in range(count - 1):
        turn = 2 * math.pi * (i + 0.3) / max(1, count - 1)
        top = height * (0.74, 0.52, 0.64)[i % 3]
        fire.limb(_tongue(turn, 0.5, top, r), shares("0.32 0.27 0.14 0.012", r), 4)
    for i in range(5):
        turn = 2 * math.pi * (i + 0.25) / 5  # the second burns in front
        glow.limb(
            _tongue(turn, 0.5, height * (0.6, 0.5)[i % 2], r), shares("0.3 0.3 0.15 0.012", r), 4
        )
    return [
        main("fire flames flame", above_ground(fire.solid(f.detail))),
        second(
            "glow heart inner",
            above_ground(glow.solid(f.detail)),
            finish="shiny yellow plastic",
        ),
    ]
