"""Dragonfly, fly, grasshopper, mantis and caterpillar. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.insects import legs_of
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.quadruped import EYES
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def pane(f: Forms, long: float, wide: float) -> Manifold:
    """A narrow wing along +X from the origin, rounded and wider toward its tip."""
    shape = [
        (0, -0.12),
        (0.35, -0.3),
        (0.75, -0.42),
        (0.95, -0.25),
        (1.0, 0.0),
        (0.9, 0.2),
        (0.5, 0.24),
        (0, 0.12),
    ]
    return f.floor([(x * long, z * wide) for x, z in shape], wide * 0.05)


def _dragonfly_body(r: float, half: float, y: float) -> Blob:
    """Head, trunk and a long abdomen."""
    body = (
        Blob(r * 0.2)
        .ball((0, y, half * 0.52), r * 1.15, (0.95, 1, 1.35))
        .ball((0, y + r * 0.1, half * 0.78), r * 0.85)
    )
    body.limb(
        [(0, y, half * 0.3), (0, y + r * 0.1, -half * 0.3), (0, y, -half)],
        [r * 0.8, r * 0.5, r * 0.42],
        2,
    )
    return body


@family("dragonfly", "dragonflies damselfly", "turquoise plastic")
def dragonfly(
    f: Forms, *, length: float = 0.07, width: float = 0.09, radius: float = 0.0055, legs: int = 6
) -> list[Part]:
    """With four long wings."""
    r, half, y = radius, length / 2, radius * 3.2
    body = _dragonfly_body(r, half, y)
    rings = [
        f.ring(
            r * 0.52, r * 0.12, (0, y + r * 0.15 - r * 0.03 * i, half * (0.02 - 0.16 * i)), "z", 0.4
        )
        for i in range(6)
    ]
    front = (
        pane(f, width * 0.5, width * 0.16)
        .rotate((0, 8, 8))
        .translate((0, y + r * 0.65, half * 0.52))
    )
    rear = (
        pane(f, width * 0.46, width * 0.19)
        .rotate((0, -16, 4))
        .translate((0, y + r * 0.55, half * 0.34))
    )
    return [
        main("body abdomen", body.solid(f.detail)),
        second("wings wing", mirrored(front + rear), finish="pale sky blue glass"),
        fixed(
            "rings legs leg",
            *rings,
            legs_of(
                f, within(legs, 2, 12), (0, y - r * 0.5, half * 0.45), r * 2.6, r * 0.11, spread=80
            ),
            finish="navy plastic",
        ),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.62, (r * 0.5, y + r * 0.3, half * 0.9))),
            finish="shiny red plastic",
        ),
    ]


def _fly_wing(f: Forms, length: float, u: float, y: float) -> Manifold:
    """One wing."""
    return (
        pane(f, length * 0.62, length * 0.3)
        .rotate((0, 62, 0))
        .rotate((-8, 0, 8))
        .translate((u * 0.6, y + u * 1.4, u * 1.2))
    )


def _fly_bands(f: Forms, u: float, y: float) -> list[Manifold]:
    """Bands about the abdomen."""
    return [
        f.ring(u * (1.5 - 0.3 * i), u * 0.16, (0, y, -u * (2.1 + 0.9 * i)), "z", 0.5).scale(
            (0.95, 1, 1)
        )
        for i in range(2)
    ]


@family(
    "fly",
    "housefly gnat midge horsefly fruit_fly flies",
    "charcoal plastic",
)
def fly(
    f: Forms, *, length: float = 0.012, width: float = 0.009, height: float = 0.006, legs: int = 6
) -> list[Part]:
    """With great red eyes and two wings laid back."""
    u, y = length / 10, height * 0.55
    body = (
        Blob(u * 0.4)
        .ball((0, y, -u * 1.6), u * 1.7, (0.95, 0.85, 1.35))
        .ball((0, y + u * 0.3, u * 1.4), u * 1.45)
    )
    body.ball((0, y + u * 0.1, u * 3.3), u * 1.05, (1.1, 1, 0.85))
    wing = _fly_wing(f, length, u, y)
    bands = _fly_bands(f, u, y)
    trunk = f.bone((0, y - u * 0.5, u * 3.9), (0, y - u * 1.5, u * 4.3), u * 0.25, u * 0.16)
    hairs = mirrored(
        f.bone((u * 0.3, y + u * 0.8, u * 3.9), (u * 0.6, y + u * 1.4, u * 4.6), u * 0.08)
    )
    return [
        main("body abdomen head", body.solid(f.detail)),
        second("wings wing", mirrored(wing), finish="pale grey glass"),
        fixed(
            "legs leg feelers trunk bands",
            legs_of(
                f,
                within(legs, 2, 12),
                (0, y, u * 1.2),
                width * 0.75,
                u * 0.2,
                spread=110,
                rise=0.25,
            ),
            trunk,
            hairs,
            *bands,
            finish="black plastic",
        ),
        fixed(
            "eyes eye",
            mirrored(f.ball(u * 0.85, (u * 0.85, y + u * 0.4, u * 3.6), (0.8, 1, 0.9))),
            finish="shiny maroon plastic",
        ),
    ]


def _spring_leg(f: Forms, x: float, y: float, z: float, long: float, thick: float) -> Manifold:
    """A hind leg with a raised knee."""
    knee = (x + long * 0.3, y + long * 0.62, z - long * 0.35)
    foot = (x + long * 0.42, thick * 0.4, z - long * 0.8)
    thigh = f.hose(
        [(x, y, z), ((x + knee[0]) / 2, (y + knee[1]) / 2, (z + knee[2]) / 2), knee],
        [thick * 0.7, thick * 1.5, thick * 0.6],
    )
    return (
        thigh
        + f.bone(knee, foot, thick * 0.5, thick * 0.3)
        + f.bone(foot, (foot[0], thick * 0.3, foot[2] + long * 0.18), thick * 0.35)
    )


@family(
    "grasshopper",
    "cricket_insect locust grasshoppers katydid cricket",
    "grass green plastic",
)
def grasshopper(
    f: Forms, *, length: float = 0.05, height: float = 0.022, radius: float = 0.0046
) -> list[Part]:
    """With long hind legs."""
    r, half, y = radius, length / 2, height * 0.42
    body = Blob(r * 0.3).limb(
        [(0, y * 0.8, -half), (0, y, 0), (0, y * 1.05, half * 0.45)],
        [r * 0.45, r * 0.95, r * 1.1],
        2,
    )
    body.ball((0, y * 1.15, half * 0.72), r * 0.95, (0.9, 1.25, 0.85))
    wing = (
        f.ball(1.0, share=0.5)
        .scale((r * 0.2, r * 0.6, half * 0.75))
        .rotate((4, 0, 14))
        .translate((r * 0.75, y * 1.1, -half * 0.3))
    )
    feeler = f.hose(
        [
            (r * 0.3, y + r * 1.2, half * 0.8),
            (r * 0.8, y + r * 2.6, half * 1.0),
            (r * 1.6, y + r * 3.0, half * 1.45),
        ],
        r * 0.08,
        r * 0.04,
    )
    legs = legs_of(f, 4, (0, y * 0.8, half * 0.35), r * 3.2, r * 0.18, spread=55)
    hind = mirrored(_spring_leg(f, r * 0.9, y * 0.95, -half * 0.05, length * 0.52, r * 0.42))
    return [
        main("body abdomen head", body.solid(f.detail)),
        main("legs leg", legs, hind),
        second("wings wing", mirrored(wing), finish="moss green plastic"),
        fixed("feelers antennae", mirrored(feeler), finish="brown plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.34, (r * 0.68, y * 1.15 + r * 0.5, half * 0.82))),
            finish=EYES,
        ),
    ]


def _mantis_arm(height: float, r: float, half: float) -> Blob:
    """One arm, folded."""
    return Blob(r * 0.15, 0.7).mirrored_limb(
        [
            (r * 0.5, height * 0.76, half * 0.5),
            (r * 1.2, height * 0.6, half * 0.95),
            (r * 1.1, height * 0.8, half * 1.25),
            (r * 1.0, height * 0.6, half * 1.3),
        ],
        [r * 0.4, r * 0.45, r * 0.5, r * 0.12],
    )


def _mantis_feeler(f: Forms, r: float, top: Point) -> Manifold:
    """One feeler."""
    return f.hose(
        [
            (r * 0.3, top[1] + r * 0.5, top[2] + r * 0.3),
            (r * 1.0, top[1] + r * 2.5, top[2] + r * 1.2),
            (r * 1.4, top[1] + r * 3.2, top[2] + r * 3.0),
        ],
        r * 0.09,
        r * 0.04,
    )


@family("praying mantis", "mantis mantid", "lime plastic")
def praying_mantis(
    f: Forms, *, length: float = 0.07, height: float = 0.055, radius: float = 0.0045
) -> list[Part]:
    """Upright in front, its arms folded."""
    r, half, y = radius, length / 2, height * 0.42
    neck, top = (0.0, height * 0.82, half * 0.55), (0.0, height * 0.92, half * 0.66)
    body = Blob(r * 0.3).limb(
        [(0, y * 0.75, -half), (0, y, -half * 0.4), (0, y * 1.05, 0.0)],
        [r * 0.5, r * 1.3, r * 0.8],
        2,
    )
    body.limb([(0, y * 1.05, 0), neck, top], [r * 0.7, r * 0.62, r * 0.4], 2)
    body.mirrored_bone(top, (r * 1.2, top[1] + r * 0.5, top[2]), r * 0.6, r * 0.5).bone(
        top, (0, top[1] - r * 1.0, top[2] + r * 0.7), r * 0.55, r * 0.22
    )
    arm = _mantis_arm(height, r, half)
    wing = (
        f.ball(1.0, share=0.5)
        .scale((r * 0.25, r * 0.9, half * 0.62))
        .rotate((4, 0, 12))
        .translate((r * 0.7, y * 1.02, -half * 0.5))
    )
    feeler = _mantis_feeler(f, r, top)
    return [
        main("body abdomen head", body.solid(f.detail)),
        main(
            "arms legs leg",
            arm.solid(f.detail),
            legs_of(f, 4, (0, y * 0.9, 0.0), r * 5.0, r * 0.2, spread=80),
        ),
        second("wings wing", mirrored(wing), finish="grass green plastic"),
        fixed("feelers antennae", mirrored(feeler), finish="moss green plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.5, (r * 1.25, top[1] + r * 0.6, top[2] + r * 0.2))),
            finish=EYES,
        ),
    ]


def _humps(length: float, r: float, count: int) -> list[Point]:
    rows = []
    for i in range(count):
        s = i / (count - 1)
        rows.append(
            (0.0, r * (0.95 + 1.3 * max(0.0, math.sin(s * math.pi * 2.2)) * s), length * (s - 0.5))
        )
    return rows


def _caterpillar_smile(f: Forms, r: float, head: Point) -> Manifold:
    """A mouth."""
    return f.hose(
        [
            (
                r * 0.55 * math.sin(a),
                head[1] - r * 0.1 - r * 0.35 * math.cos(a),
                head[2] + r * (0.72 + 0.32 * math.cos(a)),
            )
            for a in (i * 0.4 for i in range(-3, 4))
        ],
        r * 0.06,
    )


@family(
    "caterpillar",
    "caterpillars inchworm silkworm:cream_plastic hungry_caterpillar",
    "lime plastic",
)
def caterpillar(
    f: Forms, *, length: float = 0.09, radius: float = 0.0095, segments: int = 9
) -> list[Part]:
    """Balls in a row on small feet, with a round head."""
    r, count = radius, within(segments, 3, 40)
    spots = _humps(length, r, count)
    body = Blob(r * 0.15)
    for i, at in enumerate(spots[:-1]):
        body.ball(at, r * (0.72 + 0.28 * min(1.0, i / 2)), (1, 1, 0.9))
    body.path(spots, r * 0.6)
    x, y, z = spots[-1]
    head = (x, y + r * 0.35, z + r * 0.3)
    feet = [f.ball(r * 0.26, (r * 0.5, at[1] - r * 0.8, at[2]), (1, 1, 1)) for at in spots[:-1]]
    dots = [
        f.ball(r * 0.28, (r * 0.86, at[1] + r * 0.25, at[2]), (0.5, 1, 1)) for at in spots[1:-1:2]
    ]
    feeler = f.hose(
        [(r * 0.4, head[1] + r * 0.9, head[2]), (r * 0.65, head[1] + r * 1.6, head[2] + r * 0.1)],
        r * 0.09,
    ) + f.ball(r * 0.2, (r * 0.66, head[1] + r * 1.65, head[2] + r * 0.1))
    smile = _caterpillar_smile(f, r, head)
    return [
        main("body segments", body.solid(f.detail).trim_by_plane((0, 1, 0), 0.0)),
        second(
            "head dots spots",
            f.ball(r * 1.15, head),
            mirrored(unite(dots)),
            finish="orange plastic",
        ),
        fixed(
            "feet legs feelers antennae",
            mirrored(unite([*feet, feeler])).trim_by_plane((0, 1, 0), -r),
            finish="dark brown plastic",
        ),
        fixed("mouth", smile, finish="maroon plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.26, (r * 0.45, head[1] + r * 0.35, head[2] + r * 0.92))),
            finish=EYES,
        ),
    ]
