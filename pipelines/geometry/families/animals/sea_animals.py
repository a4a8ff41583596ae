"""What lives in the sea. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Flat, Forms, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import way


def fin(f: Forms, outline: Flat, thickness: float) -> Manifold:
    """A fin with sharp edges: an outline of (z, y), seen from the side, thinner toward its rim."""
    thick = f.profile(outline, thickness * 0.45)
    middle = [sum(axis) / len(outline) for axis in zip(*outline, strict=True)]
    inner = [
        (middle[0] + (z - middle[0]) * 0.7, middle[1] + (y - middle[1]) * 0.7) for z, y in outline
    ]
    core = f.profile(inner, thickness)
    return Manifold.batch_hull([thick, core]) if len(outline) <= 4 else thick + core


def two_tone(solid: Manifold, zone: Manifold) -> tuple[Manifold, Manifold]:
    """What of a solid lies outside of a zone, and what lies within."""
    within, outside = solid.split(zone)
    return outside, within


def _shark_fins(
    f: Forms, half: float, r: float, thickness: float
) -> tuple[Manifold, Manifold, Manifold]:
    """Of a shark whose middle is at height 0: the tail's fin, those of the back, and one of the sides."""
    tail = pairs(
        "-0.78 0.15, -1.02 1.75, -1.12 1.8, -0.95 0.1, -1.06 -0.85, -1 -0.9, -0.8 -0.1", half, r
    )
    back = pairs("0.22 0.75, -0.06 1.95, -0.14 1.95, -0.14 0.7", half, r)
    small = pairs("-0.5 0.35, -0.6 0.75, -0.62 0.25", half, r)
    side = pairs("0.28 0, -0.12 1.7, -0.2 1.65, 0.02 0", half, r)
    backs = fin(f, back, thickness) + fin(f, small, thickness)
    return fin(f, tail, thickness), backs, fin(f, side, thickness).rotate((0, 0, -112))


def _gills(f: Forms, width: float, half: float, r: float, y: float) -> list[Manifold]:
    """Slits on both sides."""
    return [
        f.bone(
            (width * 0.49, y - r * 0.1, half * (0.34 + 0.05 * i)),
            (width * 0.48, y + r * 0.25, half * (0.36 + 0.05 * i)),
            r * 0.03,
        )
        for i in range(3)
    ]


@family("shark", "great_white great_white_shark", "grey skin")
def shark(
    f: Forms,
    *,
    length: float = 3.0,
    height: float = 0.7,
    width: float = 0.6,
    thickness: float = 0.07,
) -> list[Part]:
    half, r = length / 2, height / 2
    y = r * 1.35
    body = Blob(r * 0.15).limb(
        way("0 0.05 -0.86, 0 0 -0.45, 0 0 0.1, 0 0 0.6, 0 0.1 0.93", (1.0, r, half), (0, y, 0)),
        [r * 0.16, r * 0.52, r, r * 0.82, r * 0.32],
        4,
    )
    whole = body.solid(f.detail).scale((width / height, 1, 1))
    zone = f.box((9, r * 2, length * 0.8), (0, y - r * 1.28, half * 0.42))
    upper, belly = two_tone(whole, zone)
    tail, back, side = _shark_fins(f, half, r, thickness)
    paddle = side.translate((width * 0.36, y - r * 0.3, 0))
    slim, at = width / height, (0.0, y + r * 0.25, half * 0.62)
    eye = (body.reach(at, 0) * slim, *at[1:])
    jaw = (0.0, y - r * 0.52, half * 0.66)
    mouth = (
        f.ball(1.0, share=0.45)
        .scale((width * 0.33, r * 0.26, r * 0.8))
        .rotate((-8, 0, 0))
        .translate(jaw)
    )
    teeth = []
    for i in range(-4, 5):
        x, z = width * 0.25 * math.sin(i * 0.36), jaw[2] + r * 0.66 * math.cos(i * 0.36)
        teeth.append(f.post(r * 0.075, r * 0.26, (x * 1.25, jaw[1] - r * 0.1, z * 1.02), 0.002))
    gills = _gills(f, width, half, r, y)
    return [
        main("body skin", upper, tail.translate((0, y, 0))),
        main("fins fin", back.translate((0, y, 0)), mirrored(paddle)),
        second("belly", belly, finish="white skin"),
        fixed("mouth gills", mouth, mirrored(unite(gills)), finish="maroon skin"),
        fixed("teeth", *teeth, finish="white plastic"),
        fixed("eyes eye", mirrored(f.ball(r * 0.11, eye)), finish=EYES),
    ]


def _fluke(f: Forms, thickness: float, half: float, r: float, y: float) -> Manifold:
    """The tail's fin, lying flat."""
    fluke = pairs(
        "0 0.3, 0.25 0.32, 0.62 0.02, 0.7 -0.32, 0.4 -0.2, 0.1 -0.12, 0 -0.02", r * 1.5, r * 1.5
    )
    flat = f.floor(fluke, thickness * 0.6)
    return mirrored(flat).rotate((28, 0, 0)).translate((0, y * 1.75, -half * 0.92))


def _flipper(f: Forms, r: float) -> Manifold:
    """One flipper."""
    return (
        f.ball(1.0)
        .scale((r * 0.75, r * 0.12, r * 0.3))
        .translate((r * 0.7, 0, 0))
        .rotate((0, 35, -24))
    )


def _spray(f: Forms, half: float, r: float, y: float) -> list[Manifold]:
    """Water that it blows."""
    return [
        f.hose(
            way(
                f"0 0 0, {x * 0.5} 0.55 {z * 0.5}, {x * 1.5} 0.6 {z * 1.5}",
                r,
                (0, y * 1.9, half * 0.42),
            ),
            r * 0.06,
            r * 0.1,
        )
        for x, z in ((0.4, 0), (-0.4, 0), (0, 0.4), (0, -0.4))
    ]


@family(
    "whale",
    "blue_whale humpback humpback_whale",
    "blue skin",
)
def whale(
    f: Forms,
    *,
    length: float = 8.0,
    height: float = 2.6,
    width: float = 2.6,
    thickness: float = 0.3,
) -> list[Part]:
    half, r = length / 2, height / 2
    y = r
    body = Blob(r * 0.3).limb(
        way("0 1.75 -0.9, 0 1.15 -0.5, 0 1 0.15, 0 1 0.62", (1.0, y, half)),
        [r * 0.16, r * 0.5, r * 1.0, r * 0.9],
        4,
    )
    whole = above_ground(body.solid(f.detail).scale((width / height, 1, 1)))
    zone = (
        f.ball(1.0, share=0.45)
        .scale((width, r * 0.8, half * 0.85))
        .translate((0, y - r * 0.95, half * 0.4))
    )
    upper, belly = two_tone(whole, zone)
    tail = _fluke(f, thickness, half, r, y)
    flipper = _flipper(f, r)
    spray = _spray(f, half, r, y)
    return [
        main(
            "body skin",
            upper,
            tail,
            mirrored(flipper.translate((width * 0.28, y * 0.65, half * 0.2))),
        ),
        second("belly", belly, finish="white skin"),
        fixed("water spray spout", *spray, finish="sky blue plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.085, (width * 0.455, y * 1.02, half * 0.68))),
            finish=EYES,
        ),
    ]


def _belly_zone(f: Forms, half: float, r: float, y: float) -> Manifold:
    """Where the skin is pale."""
    return (
        f.ball(1.0)
        .scale((r * 1.5, r * 0.9, half * 0.75))
        .rotate((12, 0, 0))
        .translate((0, y - r * 0.72, half * 0.36))
    )


def _dolphin_back(half: float, r: float, y: float) -> list[tuple[float, float]]:
    """The fin on its back."""
    return [
        (half * 0.12, y + r * 1.1),
        (-half * 0.12, y + r * 1.95),
        (-half * 0.2, y + r * 1.9),
        (-half * 0.16, y + r * 1.0),
    ]


@family("dolphin", "porpoise", "grey skin")
def dolphin(
    f: Forms,
    *,
    length: float = 2.2,
    height: float = 0.55,
    thickness: float = 0.06,
) -> list[Part]:
    half, r = length / 2, height / 2
    y = r * 1.6
    arch = [
        (0, y - r * 0.7, -half * 0.85),
        (0, y + r * 0.1, -half * 0.45),
        (0, y + r * 0.3, half * 0.1),
        (0, y, half * 0.55),
        (0, y - r * 0.35, half * 0.78),
    ]
    body = Blob(r * 0.2).limb(arch, [r * 0.17, r * 0.52, r, r * 0.85, r * 0.5], 4)
    body.bone((0, y - r * 0.45, half * 0.75), (0, y - r * 0.75, half * 1.03), r * 0.3, r * 0.16)
    zone = _belly_zone(f, half, r, y)
    upper, belly = two_tone(body.solid(f.detail), zone)
    at = (0.0, y - r * 0.1, half * 0.66)
    eye = (body.reach(at, 0), *at[1:])
    back = _dolphin_back(half, r, y)
    fluke = [(0.0, 0.35), (0.3, 0.25), (0.85, -0.35), (0.4, -0.25), (0.0, -0.12)]
    tail = mirrored(f.floor([(x * r * 1.4, z * r * 1.4) for x, z in fluke], thickness * 0.8))
    side = [(half * 0.14, 0.0), (-half * 0.1, r * 1.05), (-half * 0.17, r), (-half * 0.06, 0.0)]
    paddle = (
        fin(f, side, thickness).rotate((0, 0, -125)).translate((r * 0.72, y - r * 0.3, half * 0.28))
    )
    return [
        main(
            "body skin", upper, tail.rotate((-22, 0, 0)).translate((0, y - r * 0.72, -half * 0.88))
        ),
        main("fins fin", fin(f, back, thickness), mirrored(paddle)),
        second("belly", belly, finish="pale grey skin"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.1, eye)),
            finish=EYES,
        ),
    ]
