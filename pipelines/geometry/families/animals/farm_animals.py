"""Animals of the farm, on four legs. Their front is +Z."""

from __future__ import annotations

import math
from typing import Any

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, Quadruped, above_ground, side_ear
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.wings import feathered_wings

PIG: dict[str, Any] = {
    "rise": 12,
    "drop": 8,
    "belly": 1.08,
    "rump": 1.0,
    "leg": 0.32,
    "snout": 0.5,
    "nape": 0.85,
    "paws": False,
}


@family("pig", "piglet hog swine piggy", "pink skin")
def pig(
    f: Forms,
    *,
    length: float = 1.05,
    height: float = 0.66,
    radius: float = 0.26,
    head: float = 0.175,
    legs: int = 4,
    heads: int = 1,
    winged: bool = False,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.2, 0.2, **PIG, legs=legs, heads=heads)
    body = q.blob()
    disc = f.rod(0.5, 0.24, (0, -0.12, q.muzzle / head + 0.5), "z")
    holes = mirrored(f.ball(0.11, (0.18, -0.1, q.muzzle / head + 0.63), (0.8, 1.3, 0.5)))
    ear = f.plate([(-0.3, 0), (0.3, 0), (0.08, 0.75), (-0.06, 0.75)], 0.12)
    ear = ear.rotate((38, 0, -22)).translate((0.5, 0.7, 0.05))
    curl = [
        (0.05 * math.sin(a), q.rear[1] + 0.12 + 0.05 * math.cos(a), q.rear[2] - 0.24 - 0.014 * a)
        for a in (i * 0.8 for i in range(12))
    ]
    root = (0.0, q.rear[1] + 0.1, q.rear[2] - 0.14)
    parts = [
        main("body skin", above_ground(body.solid(f.detail))),
        main("ears ear tail", q.wear(ear, both=True), f.hose([root, *curl], 0.02, steps=2)),
        second("snout", q.wear(disc), finish="rosy skin"),
        fixed("nostrils", q.wear(holes), finish="dark brown skin"),
        fixed("hooves hoof", q.hooves(f, 0.2), finish="dark brown plastic"),
        q.eyes(f, 0.5, 0.42, 0.72, 0.12),
    ]
    if winged:
        parts.append(feathered_wings(f, q.chest, q.radius, height * 0.9))
    return parts


def cow_horn(f: Forms, reach: float = 1.0) -> Manifold:
    """A horn that grows outward and up, in the head's frame, on the side of +x."""
    way = [(0.45, 0.75, -0.1), (0.45 + 0.6 * reach, 0.95, -0.1), (0.45 + 0.85 * reach, 1.6, 0.1)]
    return f.hose(way, 0.17, 0.04)


def patches(f: Forms, body: Manifold, spots: list[tuple[Point, float]]) -> list[Manifold]:
    """A body cut in two: what lies outside of the spots, and what lies within."""
    coarse = Forms(f.detail * 0.6)
    within, outside = body.split(unite([coarse.ball(r, at) for at, r in spots]))
    return [outside, within]


COW: dict[str, Any] = {
    "rise": 22,
    "drop": 32,
    "belly": 1.04,
    "rump": 0.95,
    "leg": 0.25,
    "snout": 0.66,
    "nape": 0.8,
    "paws": False,
}


@family("cow", "calf cattle heifer", "white fur")
def cow(
    f: Forms,
    *,
    length: float = 1.75,
    height: float = 1.3,
    radius: float = 0.37,
    head: float = 0.19,
    muzzle: float = 0.32,
    horned: bool = True,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, 0.42, muzzle, **COW, legs=legs, heads=heads)
    body, r, half = q.blob(), radius, length / 2
    end = q.tail(body, height * 0.62, [-20, -75, -88], 0.045, 0.03)[-1]
    spots: list[tuple[Point, float]] = [
        ((r, q.spine + r * 0.5, half * 0.15), r * 0.75),
        ((-r, q.spine + r * 0.3, half * 0.42), r * 0.7),
        ((-r * 0.6, q.spine + r * 0.6, -half * 0.6), r * 0.85),
        ((r, q.spine - r * 0.2, -half * 0.75), r * 0.6),
        (q.on(1.0, 0.3, 0.3), head * 0.95),
    ]
    plain, spotted = patches(f, above_ground(body.solid(f.detail)), spots)
    udder = f.ball(r * 0.42, (0, q.spine - r * 0.85, -half * 0.42), (1, 0.7, 1.1))
    tip = q.on(0, -0.12, muzzle / head)
    nose = f.ball(head * 0.75, tip, (1.05, 0.9, 0.85))
    parts = [
        main("body coat fur", plain, q.wear(side_ear(f, up=5), both=True)),
        second("spots patches tail", spotted, f.ball(0.06, end, (1, 2, 1)), finish="black fur"),
        fixed("muzzle nose snout udder", q.each(nose), udder, finish="pink skin"),
        fixed("hooves hoof", q.hooves(f), finish="charcoal plastic"),
        q.eyes(f, 0.78, 0.3, 0.5, 0.15),
    ]
    if horned:
        parts.append(fixed("horns horn", q.wear(cow_horn(f), both=True), finish="ivory plastic"))
    return parts


SHEEP: dict[str, Any] = {"rise": 35, "drop": 28, "leg": 0.22, "snout": 0.55, "paws": False}


@family("sheep", "lamb ewe", "cream fur")
def sheep(
    f: Forms,
    *,
    length: float = 0.9,
    height: float = 0.72,
    radius: float = 0.25,
    head: float = 0.1,
    horned: bool = False,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius * 0.8, head, 0.26, 0.14, **SHEEP, legs=legs, heads=heads)
    body, r, y = q.blob(), radius, q.spine
    wool = Blob(r * 0.1, 0.6).bone((0, y, -length * 0.3), (0, y, length * 0.25), r * 0.95)
    for i in range(30):
        a, s = i * 2.399, 1 - 2 * (i + 0.5) / 30
        ring = math.sqrt(1 - s * s)
        at = (r * 0.85 * ring * math.cos(a), y + r * 0.85 * ring * math.sin(a), length * 0.47 * s)
        wool.ball(at, r * 0.37)
    cap = unite(
        [f.ball(0.42, (x, 0.85, z)) for x, z in ((0, 0.1), (0.4, -0.1), (-0.4, -0.1), (0, -0.5))]
    )
    parts = [
        main("wool body coat", wool.solid(f.detail), q.wear(cap)),
        second(
            "head face legs ears",
            above_ground(body.solid(f.detail)),
            q.wear(side_ear(f, up=-12), both=True),
            finish="charcoal skin",
        ),
        fixed(
            "eyes eye",
            q.wear(f.ball(0.2, (0.6, 0.3, 0.72)), both=True),
            finish="shiny white plastic",
        ),
        fixed("pupils", q.wear(f.ball(0.1, (0.68, 0.3, 0.86)), both=True), finish=EYES),
    ]
    if horned:
        parts.append(fixed("horns horn", q.wear(ram_horn(f), both=True), finish="tan plastic"))
    return parts


def ram_horn(f: Forms) -> Manifold:
    """A horn that curls back beside the ear, in the head's frame, on the side of +x."""
    way = [
        (0.5 + 0.1 * a, 0.35 + 0.62 * math.cos(a), -0.25 - 0.62 * math.sin(a))
        for a in (i * 0.6 for i in range(9))
    ]
    return f.hose(way, 0.27, 0.07)


GOAT: dict[str, Any] = {
    "rise": 55,
    "drop": 28,
    "belly": 1.0,
    "leg": 0.25,
    "snout": 0.55,
    "nape": 0.7,
    "paws": False,
}


@family("goat", "billy_goat nanny_goat", "white fur")
def goat(
    f: Forms,
    *,
    length: float = 0.85,
    height: float = 0.75,
    radius: float = 0.19,
    head: float = 0.095,
    neck: float = 0.32,
    horned: bool = True,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, 0.17, **GOAT, legs=legs, heads=heads)
    body = q.blob()
    q.tail(body, 0.14, [40, 60], 0.035, 0.015)
    beard = f.bone((0, -0.75, 1.5), (0, -1.9, 1.35), 0.24, 0.04)
    way = [(0.3, 0.8, 0.1), (0.42, 1.6, -0.15), (0.6, 2.1, -0.75), (0.75, 2.2, -1.4)]
    parts = [
        main(
            "body coat fur",
            above_ground(body.solid(f.detail)),
            q.wear(side_ear(f, up=-15), both=True),
        ),
        second("beard", q.wear(beard), finish="grey hair"),
        q.nose(f, 0.22),
        fixed("hooves hoof", q.hooves(f), finish="charcoal plastic"),
        q.eyes(f, 0.7, 0.3, 0.6, 0.18),
    ]
    if horned:
        horn = q.wear(f.hose(way, 0.2, 0.05), both=True)
        parts.append(fixed("horns horn", horn, finish="khaki plastic"))
    return parts
