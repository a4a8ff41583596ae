"""Lizards, the chameleon and the axolotl. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.animals.reptiles import on_back, spikes
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite, within
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import between


def _crawler(length: float, height: float, r: float, tail: float, legs: int) -> Blob:
    """A low body, its tail bent to the side, its legs sprawling."""
    half, y = length / 2, height * 0.55
    way = [
        (r * 2.6, r * 0.25, -half - tail * 0.9),
        (r * 0.4, r * 0.35, -half - tail * 0.6),
        (-r * 0.6, y * 0.6, -half - tail * 0.2),
    ]
    way += [(0, y, -half * 0.6), (r * 0.15, y, 0), (0, y * 1.05, half * 0.6), (0, y * 1.15, half)]
    body = Blob(r * 0.2).limb(way, [r * 0.1, r * 0.28, r * 0.5, r * 0.85, r, r * 0.85, r * 0.6], 3)
    pairs = within(legs, 2, 12) // 2
    for i in range(pairs):
        z = half * (0.62 - 1.25 * i / max(1, pairs - 1)) if pairs > 1 else 0.0
        ahead = r * (0.7 if i == 0 else -0.3)
        leg = [
            (r * 0.6, y * 0.85, z),
            (r * 1.75, y * 0.95, z - ahead * 0.3),
            (r * 2.0, r * 0.14, z + ahead),
        ]
        body.mirrored_limb(leg, [r * 0.36, r * 0.26, r * 0.18], 2)
        for turn in (-50, -18, 14, 46):
            a = math.radians(turn + 25)
            tip = (
                leg[-1][0] + math.sin(a) * r * 0.75,
                r * 0.07,
                leg[-1][2] + math.cos(a) * r * 0.75,
            )
            body.mirrored_bone(leg[-1], tip, r * 0.1, r * 0.07)
    return body


def _lizard_head(body: Blob, at: Point, size: float) -> Blob:
    body.melt_m = size * 0.25
    body.ball(at, size, (0.95, 0.75, 1.1))
    body.ball((0, at[1] - size * 0.12, at[2] + size * 0.85), size * 0.66, (1, 0.62, 1.1))
    return body.mirrored_ball((size * 0.6, at[1] + size * 0.5, at[2] + size * 0.25), size * 0.36)


def _lizard_smile(f: Forms, size: float, at: Point) -> Manifold:
    """A mouth."""
    return f.hose(
        [
            (
                size * 0.82 * math.sin(a),
                at[1] - size * 0.18,
                at[2] + size * (0.55 + 1.05 * math.cos(a)),
            )
            for a in (i * 0.4 for i in range(-3, 4))
        ],
        size * 0.05,
    )


@family(
    "lizard",
    "gecko:lime_skin monitor_lizard:khaki_scales komodo_dragon:khaki_scales skink:brown_skin ",
    "green scales",
)
def lizard(
    f: Forms,
    *,
    length: float = 0.3,
    height: float = 0.1,
    radius: float = 0.05,
    tail: float = 0.36,
    legs: int = 4,
) -> list[Part]:
    r, size = radius, radius * 0.9
    body = _crawler(length, height, r, tail, legs)
    at = (0.0, height * 0.7, length * 0.62)
    _lizard_head(body, at, size)
    zone = [((0.0, 0.0, length * (0.7 - 0.22 * i)), height * 0.5) for i in range(7)]
    coat, belly = patches(f, above_ground(body.solid(f.detail)), zone)
    line = on_back(body, [(0.0, length * (0.42 - 0.13 * i)) for i in range(8)])
    smile = _lizard_smile(f, size, at)
    eye = (size * 0.76, at[1] + size * 0.6, at[2] + size * 0.4)
    return [
        main("body scales skin", coat),
        second("belly", belly, finish="lime skin"),
        fixed(
            "crest spikes",
            spikes(f, line, [r * 0.38 - r * 0.02 * i for i in range(8)]),
            finish="orange scales",
        ),
        fixed("mouth", smile, finish="dark green plastic"),
        fixed("eyes eye", mirrored(f.ball(size * 0.26, eye)), finish="shiny golden yellow plastic"),
        fixed(
            "pupils",
            mirrored(
                f.ball(
                    size * 0.15,
                    (eye[0] + size * 0.2, eye[1], eye[2] + size * 0.06),
                    (0.6, 1.2, 0.7),
                )
            ),
            finish=EYES,
        ),
    ]


def _rolled(r: float, at: Point, turns: float) -> list[Point]:
    """A tail rolled up in the plane of y and z, from its root inwards."""
    rows = [at]
    for i in range(14):
        s = i / 13
        a = math.pi * 0.5 + 2 * math.pi * turns * s
        out = r * 1.5 * (1 - 0.75 * s)
        rows.append((0.0, at[1] - r * 1.7 + out * math.sin(a), at[2] - r * 1.3 + out * math.cos(a)))
    return rows


def _chameleon_body(
    height: float, turns: float, r: float, half: float
) -> tuple[float, Blob, Point]:
    """Trunk, rolled tail, head and helmet; and where the head is."""
    y = height * 0.75
    body = Blob(r * 0.2).limb(
        [(0, y, -half * 0.8), (0, y + r * 0.25, 0), (0, y, half * 0.6)], [r * 0.55, r, r * 0.7], 3
    )
    body.limb(
        _rolled(r, (0, y, -half * 0.8), turns),
        [r * 0.5, *[r * (0.42 - 0.022 * i) for i in range(14)]],
        2,
    )
    at = (0.0, y + r * 0.2, half + r * 0.5)
    body.melt_m = r * 0.12
    body.ball(at, r * 0.75, (0.85, 0.85, 1.15)).ball(
        (0, at[1] - r * 0.1, at[2] + r * 0.7), r * 0.45, (0.8, 0.7, 1.2)
    )
    body.limb(
        [(0, at[1] + r * 0.4, at[2]), (0, at[1] + r * 1.0, at[2] - r * 0.9)], [r * 0.45, r * 0.12]
    )
    body.mirrored_ball((r * 0.55, at[1] + r * 0.15, at[2] + r * 0.1), r * 0.36)
    return y, body, at


def _chameleon_legs(height: float, r: float, half: float, y: float, body: Blob) -> float:
    """Legs that hold the branch."""
    low = height * 0.14
    for z in (half * 0.42, -half * 0.55):
        leg = [
            (r * 0.5, y - r * 0.2, z),
            (r * 1.15, y - r * 0.6, z - r * 0.2),
            (r * 0.35, low + r * 0.3, z + r * 0.1),
        ]
        body.mirrored_limb(leg, [r * 0.26, r * 0.2, r * 0.17], 2)
    return low


@family("chameleon", "chameleons", "lime skin")
def chameleon(
    f: Forms,
    *,
    length: float = 0.24,
    radius: float = 0.05,
    height: float = 0.16,
    turns: float = 1.4,
) -> list[Part]:
    """On a branch, its tail rolled up."""
    r, half = radius, length / 2
    y, body, at = _chameleon_body(height, turns, r, half)
    low = _chameleon_legs(height, r, half, y, body)
    coat = body.solid(f.detail)
    bands = [
        f.box((r * 4, r * 4, r * 0.3), (0, y + r * 1.2, z * half))
        for z in (-0.75, -0.35, 0.05, 0.42)
    ]
    stripes, plain = coat.split(unite(bands).trim_by_plane((0, 1, 0), y - r * 0.5))
    back = on_back(body, [(0.0, half * (0.5 - 0.17 * i)) for i in range(8)])
    branch = f.hose(
        [(0, low * 0.8, -length * 0.95), (0, low, 0), (0, low * 1.3, length * 0.95)],
        low * 0.9,
        low * 0.7,
    )
    eye = (r * 0.86, at[1] + r * 0.17, at[2] + r * 0.16)
    return [
        main("body skin", plain),
        second(
            "stripes bands crest", stripes, spikes(f, back, [r * 0.22] * 8), finish="turquoise skin"
        ),
        fixed("eyes eye", mirrored(f.ball(r * 0.13, eye)), finish=EYES),
        fixed("branch perch", branch, finish="bark"),
    ]


def _gills(f: Forms, size: float, at: Point) -> Manifold:
    """Three feathery branches on each side of a head."""
    rows = []
    for turn in (62, 28, -8):
        a = math.radians(turn)
        tip = (
            at[0] + size * (0.7 + math.cos(a) * 0.95),
            at[1] + size * (0.15 + math.sin(a) * 1.1),
            at[2] - size * 0.55,
        )
        rows.append(
            f.hose(
                [(at[0] + size * 0.6, at[1] + size * 0.1, at[2] - size * 0.2), tip],
                size * 0.16,
                size * 0.08,
            )
        )
        rows += [
            f.ball(
                size * 0.15,
                between((size * 0.6, at[1] + size * 0.1, at[2] - size * 0.2), tip, s),
            )
            for s in (0.6, 0.8, 1.0)
        ]
    return mirrored(unite(rows))


def _axolotl_smile(f: Forms, size: float, at: Point) -> Manifold:
    """A mouth."""
    return f.hose(
        [
            (
                size * 1.0 * math.sin(a),
                at[1] - size * (0.02 + 0.22 * math.cos(a)),
                at[2] + size * 0.9 * math.cos(a),
            )
            for a in (i * 0.3 for i in range(-3, 4))
        ],
        size * 0.045,
    )


@family("axolotl", "axolotls mudpuppy ajolote", "pink skin")
def axolotl(
    f: Forms,
    *,
    length: float = 0.2,
    height: float = 0.075,
    radius: float = 0.036,
    tail: float = 0.15,
    legs: int = 4,
) -> list[Part]:
    """With feathery gills and a broad smile."""
    r, size = radius, radius * 1.25
    body = _crawler(length, height, r, tail, legs)
    at = (0.0, height * 0.62, length * 0.6)
    body.melt_m = size * 0.25
    body.ball(at, size, (1.15, 0.72, 0.95))
    edge = f.profile(
        [
            (-length * 0.1, height * 0.75),
            (-length * 0.45, height * 1.15),
            (-length * 0.75, height * 0.7),
            (-length * 0.62, height * 0.3),
            (-length * 0.3, height * 0.5),
        ],
        r * 0.16,
    )
    smile = _axolotl_smile(f, size, at)
    eye = (size * 0.72, at[1] + size * 0.22)
    return [
        main("body skin", above_ground(body.solid(f.detail))),
        second("gills", _gills(f, size, at), finish="magenta skin"),
        fixed("fin", edge, finish="pale pink skin"),
        fixed("mouth", smile, finish="maroon plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(size * 0.13, (*eye, body.reach((*eye, 0.0), 2)))),
            finish=EYES,
        ),
    ]
