"""Ostrich, pelican and hummingbird. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.birds import bird_legs, eye_pair, folded_wing
from pipelines.geometry.families.animals.bright_birds import hanging_tail
from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares


def _ostrich_body(length: float, r: float, y: float) -> Blob:
    """The feathered body."""
    body = Blob(r * 0.3).limb(
        [(0, y + r * 0.1, -length * 0.4), (0, y, 0), (0, y + r * 0.1, length * 0.22)],
        shares("0.55 1 0.72", r),
        3,
    )
    for i in range(9):
        a = i * 0.7
        body.ball(
            (r * 0.75 * math.sin(a), y + r * (0.1 + 0.3 * math.cos(a)), -length * 0.1 - 0.05 * i),
            r * 0.36,
        )
    return body


def _ostrich_bare(height: float, length: float, r: float, y: float, t: float, top: Point) -> Blob:
    """Neck, head and legs, without feathers."""
    bare = Blob(t * 0.8, 0.7).limb(
        [
            (0, y + r * 0.2, length * 0.3),
            (0, height * 0.68, length * 0.52),
            (0, height * 0.85, length * 0.46),
            top,
        ],
        [t * 2.4, t * 1.25, t * 1.1, t * 1.2],
        4,
    )
    bare.ball(top, t * 1.75, (0.95, 0.9, 1.15))
    bare.mirrored_limb(
        [(r * 0.42, y - r * 0.35, 0), (r * 0.42, y * 0.5, 0.06), (r * 0.4, t, 0)],
        [t * 2.6, t * 1.1, t * 0.8],
        3,
    )
    for dx in (-t * 0.7, t * 0.6):
        bare.mirrored_limb(
            [(r * 0.4, t * 0.7, 0), (r * 0.4 + dx, t * 0.55, t * 4.2)], [t * 0.8, t * 0.6]
        )
    return bare


def _ostrich_plume(f: Forms, length: float, r: float, y: float) -> Manifold:
    """The tail's feathers."""
    return unite(
        [
            f.ball(1.0)
            .scale((r * 0.2, r * 0.2, r * 0.62))
            .rotate((-30 + 25 * i, 24 * (i - 1.5), 0))
            .translate((0, y + r * (0.1 + 0.12 * i), -length * 0.58))
            for i in range(4)
        ]
    )


@family(
    "ostrich",
    "emu:brown_feathers rhea:grey_feathers",
    "black feathers",
)
def ostrich(
    f: Forms,
    *,
    height: float = 2.2,
    length: float = 1.0,
    radius: float = 0.32,
    thickness: float = 0.05,
) -> list[Part]:
    """A great bird on two long legs."""
    r, y, t = radius, height * 0.5, thickness
    body = _ostrich_body(length, r, y)
    top = (0.0, height * 0.95, length * 0.55)
    bare = _ostrich_bare(height, length, r, y, t, top)
    plume = _ostrich_plume(f, length, r, y)
    beak = (
        f.ball(1.0)
        .scale((t * 1.0, t * 0.42, t * 1.7))
        .translate((0, top[1] - t * 0.35, top[2] + t * 2.3))
    )
    from_body = body.solid(f.detail)
    wings = folded_wing(
        f, body, (y + r * 0.15, -length * 0.05), (r * 0.22, r * 0.62, length * 0.34), (-6, 4, 8)
    )
    return [
        main("body feathers wings wing", from_body, wings),
        second("tail plume", plume, finish="white feathers"),
        fixed("neck head legs feet", bare.solid(f.detail), finish="salmon skin"),
        fixed("beak", beak, finish="mustard plastic"),
        eye_pair(f, bare, t * 0.95, top[1] + t * 0.5, t * 0.5),
    ]


def _bill_pouch(bill: float, r: float, top: Point, tip: Point) -> Blob:
    """The pouch below the bill."""
    return Blob(r * 0.12, 0.5).limb(
        [
            (0, top[1] - r * 0.2, top[2] + r * 0.2),
            (0, top[1] - bill * 0.52, top[2] + bill * 0.32),
            tip,
        ],
        [r * 0.2, r * 0.4, r * 0.05],
        4,
    )


@family("pelican", "pelicans", "white feathers")
def pelican(
    f: Forms, *, height: float = 0.8, length: float = 0.6, radius: float = 0.17, bill: float = 0.4
) -> list[Part]:
    """With a pouch under a long bill."""
    r, y = radius, height * 0.42
    top = (0.0, height - r * 0.45, length * 0.3)
    body = Blob(r * 0.3).limb(
        [(0, y, -length * 0.55), (0, y, -length * 0.1), (0, y + r * 0.3, length * 0.2)],
        shares("0.4 1 0.85", r),
        3,
    )
    neck = [
        (0, y + r * 0.4, length * 0.28),
        (0, height * 0.7, length * 0.42),
        (0, height * 0.85, length * 0.22),
        top,
    ]
    body.limb(neck, shares("0.6 0.34 0.3 0.36", r), 4).ball(top, r * 0.42)
    tip = (0.0, top[1] - bill * 0.62, top[2] + bill * 0.8)
    upper = f.bone((0, top[1], top[2] + r * 0.3), tip, r * 0.17, r * 0.07)
    pouch = _bill_pouch(bill, r, top, tip)
    wings = folded_wing(
        f, body, (y + r * 0.1, -length * 0.15), (r * 0.22, r * 0.65, length * 0.42), (-4, 4, 8)
    )
    return [
        main("body feathers head neck", body.solid(f.detail)),
        main("wings wing", wings),
        second("bill beak pouch", upper, pouch.solid(f.detail), finish="orange plastic"),
        fixed(
            "legs feet",
            bird_legs(f, r * 0.4, y - r * 0.7, 0.0, r * 0.12, r * 0.75),
            finish="mustard plastic",
        ),
        eye_pair(f, body, r * 0.22, top[1] + r * 0.15, r * 0.08),
    ]


@family("hummingbird", "colibri kolibri sunbird", "emerald feathers")
def hummingbird(
    f: Forms, *, length: float = 0.1, radius: float = 0.02, width: float = 0.14, bill: float = 0.045
) -> list[Part]:
    """Hovering, its wings raised."""
    r, y = radius, length * 0.55
    top = (0.0, y + length * 0.36, length * 0.12)
    body = Blob(r * 0.3).limb(
        [(0, y - length * 0.28, -length * 0.1), (0, y, 0), top], [r * 0.4, r, r * 0.6], 3
    )
    body.ball(top, r * 0.72)
    coat, breast = patches(f, body.solid(f.detail), [((0, y + r * 0.2, r * 1.1), r * 0.95)])
    shape = [
        (0, -0.1),
        (0.35, -0.16),
        (0.8, -0.02),
        (1.0, 0.2),
        (0.75, 0.26),
        (0.3, 0.16),
        (0, 0.1),
    ]
    wing = f.plate([(x * width * 0.5, u * width * 0.5) for x, u in shape], r * 0.12).rotate(
        (0, 18, 34)
    )
    tail = hanging_tail(f, length * 0.42, r * 0.9, (0, y - length * 0.25, -length * 0.1), 20)
    beak = f.bone(
        (0, top[1] + r * 0.05, top[2] + r * 0.6),
        (0, top[1] + r * 0.3, top[2] + r * 0.6 + bill),
        r * 0.1,
        r * 0.03,
    )
    return [
        main("body feathers head", coat, tail),
        main("wings wing", mirrored(wing.translate((r * 0.5, y + r * 0.7, -r * 0.2)))),
        second("breast throat", breast, finish="ruby feathers"),
        fixed("beak", beak, finish="black plastic"),
        eye_pair(f, body, r * 0.42, top[1] + r * 0.2, r * 0.13),
    ]
