"""Octopus, crab and jellyfish. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, around, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _arms(count: int, start: Point, reach: float, thick: float) -> list[list[Point]]:
    """The ways of an octopus's arms over the ground, curled up at their tips."""
    ways = []
    for i in range(count):
        a = 2 * math.pi * (i + 0.5) / count
        bend = 0.25 if i % 2 else -0.25
        path = [(start[0], start[1], start[2])]
        for s, up in ((0.3, 0.55), (0.6, 0.12), (0.85, 0.1), (1.0, 0.32)):
            turn = a + bend * s * s
            path.append(
                (
                    math.sin(turn) * reach * s,
                    thick * 0.8 + up * start[1],
                    math.cos(turn) * reach * s,
                )
            )
        ways.append(path)
    return ways


@family("octopus", "kraken", "purple skin")
def octopus(
    f: Forms,
    *,
    height: float = 0.5,
    radius: float = 0.17,
    width: float = 0.5,
    thickness: float = 0.05,
    arms: int = 8,
) -> list[Part]:
    r, top = radius, height - radius
    body = (
        Blob(r * 0.16)
        .ball((0, top, -r * 0.15), r, (1, 1.05, 1))
        .bone((0, top - r * 0.6, 0), (0, r * 0.9, 0.02), r * 0.72, r * 0.62)
    )
    ways = _arms(arms, (0.0, r * 0.7, 0.02), width, thickness)
    for path in ways:
        body.limb(path, [thickness * s for s in (1.15, 0.85, 0.6, 0.42, 0.25)], 3)
    spots = [
        f.ball(r * size, (x * r, top + up * r, out * r - r * 0.15), (1, 1, 0.9))
        for x, up, out, size in (
            (0.25, 0.9, 0.25, 0.2),
            (-0.35, 0.8, 0.4, 0.15),
            (0.75, 0.5, 0.2, 0.2),
            (-0.8, 0.4, -0.1, 0.22),
            (0.5, 0.5, -0.65, 0.22),
            (-0.3, 0.7, -0.6, 0.2),
        )
    ]
    eye = (r * 0.42, top - r * 0.25, r * 0.62)
    return [
        main("body head skin arms tentacles", above_ground(body.solid(f.detail))),
        second("spots dots", *spots, finish="pink skin"),
        fixed("eyes eye", mirrored(f.ball(r * 0.25, eye)), finish="white plastic"),
        fixed(
            "pupils",
            mirrored(f.ball(r * 0.14, (eye[0] + r * 0.03, eye[1], eye[2] + r * 0.16))),
            finish=EYES,
        ),
    ]


def _crab_legs(
    f: Forms, legs: int, x: float, z: float, t: float, unit: Point, at: Point
) -> list[Manifold]:
    """Legs on both sides."""
    rows = []
    for i in range(max(1, legs // 2)):
        out = 0.25 - 0.45 * i
        bends = way(f"0.7 0 {out}, 1.5 0.5 {out * 1.6}, 1.85 -0.2 {out * 2.2}", unit, at)
        rows.append(f.hose([*bends, (x * 1.75, t * 0.3, z * out * 2.5)], t, t * 0.35))
    return rows


def _crab_claws(
    height: float, x: float, z: float, y: float, t: float, unit: Point, at: Point
) -> Blob:
    """Two claws, each of two fingers."""
    claw = Blob(t * 0.5, 0.5).ball(
        (x * 1.48, y + height * 0.85, z * 1.2), x * 0.27, (0.95, 1.25, 0.75)
    )
    claw.limb(
        way("1.62 1.1 1.2, 1.74 1.5 1.25, 1.5 1.9 1.3", unit, at), shares("0.16 0.13 0.03", x), 3
    )
    claw.limb(
        way("1.3 1.1 1.2, 1.16 1.45 1.25, 1.32 1.75 1.3", unit, at), shares("0.13 0.1 0.02", x), 3
    )
    return claw


@family("crab", "", "red scales")
def crab(
    f: Forms,
    *,
    width: float = 0.18,
    length: float = 0.12,
    height: float = 0.07,
    thickness: float = 0.0085,
    legs: int = 6,
) -> list[Part]:
    x, z, y, t = width / 2, length / 2, height * 0.55, thickness
    shell = (
        Blob(t)
        .ball((0, y, 0), x, (1, height * 0.42 / x, z / x))
        .ball((0, y + height * 0.1, -z * 0.1), x * 0.85, (1, height * 0.36 / x, z * 0.9 / x))
    )
    unit, at = (x, height, z), (0.0, y, 0.0)
    rows = _crab_legs(f, legs, x, z, t, unit, at)
    arm = f.hose(way("0.65 0 0.55, 1.3 0.05 1.0, 1.5 0.5 1.15", unit, at), t * 1.35)
    claw = _crab_claws(height, x, z, y, t, unit, at)
    stalk = f.bone((x * 0.25, y, z * 0.75), (x * 0.28, y + height * 0.62, z * 0.95), t * 0.6)
    smile = f.hose(
        [
            (x * 0.2 * s, y - height * 0.05 * (1 - s * s), z * (0.99 - 0.02 * s * s))
            for s in (-1, -0.5, 0, 0.5, 1)
        ],
        t * 0.3,
    )
    return [
        main("shell body", shell.solid(f.detail)),
        main("claws claw legs leg", mirrored(unite([*rows, arm, claw.solid(f.detail), stalk]))),
        fixed("mouth", smile, finish="maroon plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(t * 1.25, (x * 0.28, y + height * 0.7, z * 0.97))),
            finish="white plastic",
        ),
        fixed(
            "pupils",
            mirrored(f.ball(t * 0.7, (x * 0.28, y + height * 0.72, z * 0.97 + t * 0.8))),
            finish=EYES,
        ),
    ]


def _bell(f: Forms, r: float, low: float) -> Manifold:
    """The bell, hollow below."""
    return f.turned(
        [
            (0.0, r * 0.95),
            (r * 0.55, r * 0.82),
            (r * 0.92, r * 0.42),
            (r, 0.02),
            (r * 0.9, -r * 0.1),
            (r * 0.8, 0.0),
            (r * 0.5, r * 0.4),
            (0.0, r * 0.5),
        ],
        (0, low, 0),
    )


def _strands(f: Forms, thickness: float, arms: int, r: float, low: float) -> list[Manifold]:
    """Thin arms that wave."""
    strands = []
    for i in range(arms):
        a, wave = 2 * math.pi * i / arms, 0.2 * r
        long = low * (1.0 if i % 2 else 0.8)
        path = [
            (
                math.cos(a) * r * (0.8 - 0.25 * s) + wave * math.sin(5 * s + a) * s,
                low - long * s + thickness,
                math.sin(a) * r * (0.8 - 0.25 * s) + wave * math.cos(4 * s + i) * s,
            )
            for s in (j / 6 for j in range(7))
        ]
        strands.append(
            f.hose(
                [(path[0][0] * 1.1, low + r * 0.05, path[0][2] * 1.1), *path],
                thickness,
                thickness * 0.6,
                steps=2,
                share=0.2,
            )
        )
    return strands


def _frill(r: float, low: float) -> Blob:
    """Four thick arms in the middle."""
    frill = Blob(r * 0.05, 0.5)
    for i in range(4):
        a = math.pi * (0.25 + i / 2)
        path = [
            (
                math.cos(a + 2 * s) * r * 0.22,
                low + r * 0.45 - (low * 0.75 + r * 0.45) * s,
                math.sin(a + 2 * s) * r * 0.22,
            )
            for s in (j / 7 for j in range(8))
        ]
        frill.limb(path, [r * 0.14 - r * 0.012 * j + r * 0.03 * (j % 2) for j in range(8)], 2)
    return frill


@family("jellyfish", "jelly_fish", "pale violet plastic")
def jellyfish(
    f: Forms,
    *,
    height: float = 0.5,
    radius: float = 0.16,
    thickness: float = 0.009,
    arms: int = 10,
) -> list[Part]:
    r, low = radius, height - radius * 0.95
    bell = _bell(f, r, low)
    rim = around(f.ball(r * 0.16, (r * 0.92, low - r * 0.03, 0), (1, 0.9, 1)), 14)
    strands = _strands(f, thickness, arms, r, low)
    frill = _frill(r, low)
    spots = around(f.ball(r * 0.12, (r * 0.52, low + r * 0.84, 0), (1.3, 0.4, 0.8)), 6)
    return [
        main("bell body head cap", bell, rim),
        second("tentacles arms", *strands, finish="magenta plastic"),
        fixed("frills", frill.solid(f.detail), finish="pink plastic"),
        fixed("spots", spots, finish="magenta plastic"),
    ]
