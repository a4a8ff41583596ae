"""Animals that sit or stand upright. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import (
    EYES,
    above_ground,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import shares, way


def _monkey_body(r: float, neck: float, head: float, tail: float) -> Blob:
    """It sits, its tail curled up; neck is that's height."""
    body = Blob(r * 0.3).limb(
        [(0, r, -0.02), (0, neck * 0.6, 0), (0, neck * 0.9, 0.0)], shares("1 0.95 0.8", r), 2
    )
    arm = [
        (r * 0.6, neck * 0.88, 0),
        (r * 1.65, neck * 0.6, 0.02),
        (r * 1.5, neck * 0.32, r * 1.35),
    ]
    body.mirrored_limb(arm, shares("0.4 0.3 0.26", r), 3)
    body.mirrored_limb(
        way("0.5 0.8 0, 1.45 1.15 1, 1.2 0.28 1.3", r), shares("0.55 0.42 0.28", r), 3
    )
    reach = tail / 0.6
    curl = way(
        "0 0.6 -0.8, 0 0.5 -2.2, 0 1.6 -3.1, 0 2.8 -2.6, 0 2.9 -1.9, 0 2.3 -1.9",
        (r, r * (0.4 + 0.6 * reach), r * reach),
    )
    body.limb(curl, shares("0.2 0.2 0.2 0.2 0.2 0.15", r), 4)
    body.melt_m = head * 0.2
    return body.ball((0.0, neck + head * 0.95, 0.03), head)


def _monkey_mouth(f: Forms, head: float, y: float, z: float) -> list[Manifold]:
    """Nostrils and a smile, on a head about (0, y, z)."""
    holes = mirrored(f.ball(head * 0.06, (head * 0.12, y - head * 0.12, z + head * 1.12)))
    smile = [
        (
            head * 0.42 * math.sin(a),
            y - head * (0.2 + 0.4 * math.cos(a)),
            z + head * (1.0 + 0.13 * math.cos(a)),
        )
        for a in (i * 0.44 for i in range(-3, 4))
    ]
    return [holes, f.hose(smile, head * 0.05, steps=2)]


@family("monkey", "ape baboon", "brown fur")
def monkey(
    f: Forms,
    *,
    height: float = 0.7,
    radius: float = 0.12,
    head: float = 0.115,
    tail: float = 0.6,
) -> list[Part]:
    r, neck = radius, height * 0.62
    body = _monkey_body(r, neck, head, tail)
    y, z = neck + head * 0.95, 0.03
    hands = mirrored(
        unite(
            [
                f.ball(r * 0.33, (r * 1.5, neck * 0.28, r * 1.45), (0.8, 1, 1)),
                f.ball(r * 0.36, (r * 1.2, r * 0.25, r * 1.6), (0.9, 0.65, 1.6)),
            ]
        )
    )
    face = [
        f.ball(head * 0.62, (s * head * 0.32, y + head * 0.16, z + head * 0.5), (1, 1, 0.8))
        for s in (1, -1)
    ]
    face.append(f.ball(head * 0.62, (0, y - head * 0.38, z + head * 0.62), (1.15, 0.8, 0.9)))
    ear = f.ball(head * 0.42, (head * 1.02, y + head * 0.05, z), (0.9, 1, 0.5))
    inner = f.ball(head * 0.27, (head * 1.06, y + head * 0.05, z + head * 0.12), (0.9, 1, 0.5))
    return [
        main("body fur coat", above_ground(body.solid(f.detail)), mirrored(ear)),
        second("face hands feet ears", *face, hands, mirrored(inner), finish="beige skin"),
        fixed("nostrils mouth", *_monkey_mouth(f, head, y, z), finish="dark brown plastic"),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.15, (head * 0.33, y + head * 0.2, z + head * 0.96))),
            finish=EYES,
        ),
    ]


def _panda_dark(r: float, head: float, size: float) -> Blob:
    """Arms and legs."""
    dark = Blob(r * 0.2)
    dark.mirrored_limb(
        [
            (r * 0.2, head - size * 1.0, 0),
            (r * 0.95, head - size * 1.25, 0.05),
            (r * 1.2, r * 0.95, r * 0.75),
        ],
        [r * 0.42, r * 0.4, r * 0.3],
        3,
    )
    dark.mirrored_limb(
        [(r * 0.6, r * 0.5, r * 0.3), (r * 0.95, r * 0.4, r * 1.25)], [r * 0.48, r * 0.4]
    )
    return dark


@family("panda", "panda_bear giant_panda", "white fur")
def panda(f: Forms, *, height: float = 0.9, radius: float = 0.27) -> list[Part]:
    """Sitting."""
    r, head, size = radius, height * 0.72, radius * 0.78
    body = Blob(r * 0.2).limb([(0, r, 0), (0, head - size * 0.7, 0.02)], [r * 1.05, r * 0.8])
    body.melt_m = r * 0.12
    body.ball((0, head, r * 0.12), size, (1.1, 0.95, 1)).ball(
        (0, head - size * 0.3, r * 0.75), size * 0.42, (1.1, 0.85, 0.9)
    )
    dark = _panda_dark(r, head, size)
    ear = f.ball(size * 0.36, (size * 0.78, head + size * 0.75, r * 0.05), (1, 1, 0.6))
    eye = (size * 0.4, head + size * 0.12)
    z = body.reach((*eye, 0.0), 2)
    patch = (
        f.ball(1.0)
        .scale((size * 0.23, size * 0.3, size * 0.14))
        .rotate((0, 0, -28))
        .translate((*eye, z - size * 0.04))
    )
    white = f.ball(size * 0.1, (*eye, z + size * 0.06))
    at = (0.0, head - size * 0.22)
    nose = f.ball(size * 0.15, (*at, body.reach((*at, 0.0), 2)), (1.3, 0.85, 0.8))
    return [
        main("body fur head", above_ground(body.solid(f.detail))),
        second(
            "arms legs ears patches",
            above_ground(dark.solid(f.detail)),
            mirrored(ear + patch),
            finish="black fur",
        ),
        fixed("nose", nose, finish=EYES),
        fixed("eyes eye", mirrored(white), finish="shiny white plastic"),
        fixed("pupils", mirrored(f.ball(size * 0.055, (*eye, z + size * 0.13))), finish=EYES),
    ]


def _kangaroo_body(height: float, tail: float, r: float, hip: float, skull: Point) -> Blob:
    """It stands on its long feet and its tail."""
    body = Blob(r * 0.3).limb(
        [(0, hip, -r * 0.3), (0, height * 0.55, 0.0), (0, height * 0.7, r * 0.35), skull],
        [r * 1.1, r * 0.85, r * 0.5, r * 0.36],
        3,
    )
    body.limb(
        [(0, hip, -r * 0.8), (0, r * 0.6, -r * 2.2), (0, r * 0.25, -r * 2.2 - tail * 0.7)],
        shares("0.7 0.38 0.14", r),
        3,
    )
    body.mirrored_limb(
        way("0.6 1 0, 0.95 0.85 0.9, 0.8 0.3 -0.35, 0.8 0.08 0", (r, hip, r)),
        shares("0.75 0.5 0.25 0.2", r),
        3,
    )
    body.mirrored_limb(
        [(r * 0.8, r * 0.17, -r * 0.1), (r * 0.85, r * 0.15, r * 1.35)], [r * 0.2, r * 0.18]
    )
    body.mirrored_limb(
        way("0.45 0.69 0.5, 0.75 0.55 0.95, 0.6 0.5 1.5", (r, height, r)),
        shares("0.26 0.19 0.13", r),
        3,
    )
    body.melt_m = r * 0.12
    body.bone(skull, (0, skull[1] - r * 0.1, skull[2] + r * 0.75), r * 0.38, r * 0.2)
    return body


def _pouch(f: Forms, height: float, r: float, body: Blob) -> Manifold:
    """The pouch's edge."""
    return f.hose(
        [
            (
                r * 0.62 * math.sin(a),
                height * 0.4 - r * 0.1 * math.cos(a),
                body.reach((r * 0.62 * math.sin(a), height * 0.4 - r * 0.1 * math.cos(a), 0), 2),
            )
            for a in (i * 0.3 for i in range(-4, 5))
        ],
        r * 0.05,
        steps=2,
    )


@family("kangaroo", "wallaby", "caramel fur")
def kangaroo(
    f: Forms, *, height: float = 1.5, radius: float = 0.24, tail: float = 1.0
) -> list[Part]:
    r, hip = radius, height * 0.36
    skull = (0.0, height * 0.86, r * 0.95)
    body = _kangaroo_body(height, tail, r, hip, skull)
    coat, belly = patches(
        f,
        above_ground(body.solid(f.detail)),
        [((0, height * 0.42, r * 1.05), r * 0.85), ((0, height * 0.58, r * 0.95), r * 0.6)],
    )
    ear = (
        f.ball(1.0)
        .scale((r * 0.14, r * 0.45, r * 0.1))
        .rotate((0, 0, -16))
        .translate((r * 0.26, skull[1] + r * 0.68, skull[2] - r * 0.08))
    )
    pouch = _pouch(f, height, r, body)
    return [
        main("body fur coat", coat, mirrored(ear)),
        second("belly", belly, finish="cream fur"),
        fixed("pouch", pouch, finish="brown fur"),
        fixed("nose", f.ball(r * 0.12, (0, skull[1] - r * 0.02, skull[2] + r * 0.92)), finish=EYES),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.08, (r * 0.27, skull[1] + r * 0.18, skull[2] + r * 0.28))),
            finish=EYES,
        ),
    ]


def _squirrel_body(height: float, r: float, top: float) -> Blob:
    """Sitting up, its paws before its mouth."""
    body = Blob(r * 0.3).limb(
        [(0, r * 0.95, -r * 0.2), (0, height * 0.45, 0), (0, top, r * 0.35)],
        [r, r * 0.82, r * 0.6],
        3,
    )
    body.ball((0, top, r * 0.4), r * 0.68)
    body.mirrored_ball((r * 0.72, r * 0.75, r * 0.05), r * 0.6, (0.6, 1, 1)).mirrored_limb(
        [(r * 0.75, r * 0.2, r * 0.2), (r * 0.7, r * 0.16, r * 1.1)], [r * 0.24, r * 0.18]
    )
    body.mirrored_limb(
        way(
            "0.6 1.7 0.4, 0.75 1.35 1.0, 0.25 1.5 1.35", (r, r, r), (0, height * 0.45 - r * 1.2, 0)
        ),
        shares("0.28 0.2 0.16", r),
        3,
    )
    body.melt_m = r * 0.1
    body.bone((0, top - r * 0.1, r * 0.7), (0, top - r * 0.18, r * 1.15), r * 0.38, r * 0.22)
    return body


def _bushy_tail(height: float, tail: float, r: float) -> Blob:
    """A tail that stands up behind it."""
    reach = tail / 0.26
    return Blob(r * 0.2, 0.5).limb(
        [
            (0, r * 0.5, -r * 0.9),
            (0, r * 1.3, -r * 2.2),
            (0, height * 0.62 * reach, -r * 2.0),
            (0, height * 0.95 * reach, -r * 2.1),
            (0, height * 0.98 * reach, -r * 3.0),
        ],
        shares("0.35 0.75 0.85 0.75 0.3", r),
        3,
    )


@family("squirrel", "chipmunk red_squirrel", "sienna fur")
def squirrel(
    f: Forms, *, height: float = 0.24, radius: float = 0.055, tail: float = 0.26
) -> list[Part]:
    """Sitting up with a nut."""
    r, top = radius, height * 0.76
    body = _squirrel_body(height, r, top)
    plume = _bushy_tail(height, tail, r)
    coat, belly = patches(
        f, above_ground(body.solid(f.detail)), [((0, height * 0.36, r * 1.15), r * 0.7)]
    )
    ear = (
        f.ball(1.0)
        .scale((r * 0.16, r * 0.34, r * 0.1))
        .rotate((0, 0, -14))
        .translate((r * 0.4, top + r * 0.75, r * 0.25))
    )
    eye = (r * 0.38, top + r * 0.18)
    nut = (0.0, height * 0.45 + r * 0.35, r * 1.5)
    return [
        main("body fur coat tail", coat, plume.solid(f.detail), mirrored(ear)),
        second("belly", belly, finish="cream fur"),
        fixed("nut acorn", f.ball(r * 0.3, nut, (1, 1.15, 1)), finish="caramel wood"),
        fixed(
            "cap",
            f.ball(r * 0.33, (nut[0], nut[1] + r * 0.18, nut[2]), (1, 0.6, 1)),
            finish="dark brown wood",
        ),
        fixed("nose", f.ball(r * 0.11, (0, top - r * 0.08, r * 1.36)), finish=EYES),
        fixed(
            "eyes eye",
            mirrored(f.ball(r * 0.13, (*eye, body.reach((*eye, 0.0), 2) - r * 0.03))),
            finish=EYES,
        ),
    ]
