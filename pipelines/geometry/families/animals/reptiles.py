"""Reptiles and frogs, and the dragon. Their front is +Z."""

from __future__ import annotations

import math
from typing import Any

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, Quadruped, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import between, shares, way
from pipelines.geometry.families.wings import skin_wing


def spikes(f: Forms, points: list[Point], sizes: list[float]) -> Manifold:
    """Thorns that stand on a line of points, each as high as its size."""
    cone = f.post(0.5, 1.2, (0, -0.3, 0), 0.02)
    rows = zip(points, sizes, strict=True)
    return unite([cone.scale((size * 0.5, size, size)).translate(at) for at, size in rows])


def on_back(body: Blob, places: list[tuple[float, float]]) -> list[Point]:
    """Points on top of a body, over places (x, z)."""
    return [(x, body.reach((x, 0.0, z), 1), z) for x, z in places]


def _dragon_back(f: Forms, q: Quadruped, tail: list[Point]) -> Manifold:
    """Thorns on its back and on the first points of its tail."""
    r = q.radius
    line = [(0.0, q.spine + r * 0.9, z) for z in (q.chest[2], 0.0, q.rear[2])]
    line += [(x, y + r * (0.52 - 0.12 * i), z) for i, (x, y, z) in enumerate(tail[:4])]
    return spikes(f, line, shares("0.3 0.34 0.32 0.28 0.24 0.2 0.16"))


DRAGON: dict[str, Any] = {
    "rise": 62,
    "drop": 15,
    "belly": 1.0,
    "rump": 0.92,
    "leg": 0.34,
    "snout": 0.62,
    "nape": 0.72,
}


def _dragon_teeth(f: Forms) -> list[Manifold]:
    """Teeth along the mouth."""
    return [f.bone((0.35, -0.4, z), (0.37, -0.95, z), 0.1, 0.01) for z in (1.15, 1.5)]


def _tail_blade(f: Forms, points: list[Point], r: float) -> Manifold:
    """A flat point at the tail's end, like an arrow's."""
    end = points[-1]
    blade = f.floor([(0, 0.2), (0.2, -0.1), (0, -0.36), (-0.2, -0.1)], 0.06)
    return blade.translate((0, end[1] - 0.03, end[2])) + f.bone(points[-2], end, r * 0.1)


@family("dragon", "", "green scales")
def dragon(
    f: Forms,
    *,
    length: float = 1.5,
    height: float = 1.1,
    radius: float = 0.3,
    head: float = 0.2,
    neck: float = 0.75,
    tail: float = 1.5,
    width: float = 1.9,
    winged: bool = True,
    heads: int = 1,
    legs: int = 4,
) -> list[Part]:
    q = Quadruped(length, height, radius, head, neck, 0.3, **DRAGON, legs=legs, heads=heads)
    body = q.blob()
    points = q.tail(body, tail, [-25, -25, -5, 20, 35], radius * 0.6, radius * 0.12)
    r = radius
    horn = f.hose([(0.4, 0.6, -0.2), (0.55, 1.2, -0.9), (0.6, 1.5, -1.7)], 0.22, 0.03)
    crest = [between((0, 0.8, 0.1), (0, 0.25, -0.85), i / 2) for i in range(3)]
    tooth = _dragon_teeth(f)
    holes = mirrored(f.ball(0.1, (0.25, 0.42, q.muzzle / head + 0.35)))
    belly = f.ball(r * 0.92, (0, q.spine - r * 0.16, length * 0.1), (0.8, 0.96, 1.9))
    parts = [
        main("body scales skin", above_ground(body.solid(f.detail))),
        second(
            "spikes belly tail thorns",
            _dragon_back(f, q, points),
            _tail_blade(f, points, r),
            belly,
            q.wear(spikes(f, crest, [0.7, 0.7, 0.6])),
            finish="golden yellow scales",
        ),
        fixed(
            "horns horn claws teeth",
            q.wear(unite([horn, *tooth]), both=True),
            finish="ivory plastic",
        ),
        fixed("nostrils", q.wear(holes), finish=EYES),
        fixed(
            "eyes eye",
            q.wear(f.ball(0.2, (0.52, 0.5, 0.72)), both=True),
            finish="shiny amber plastic",
        ),
        fixed("pupils", q.wear(f.ball(0.1, (0.58, 0.52, 0.87)), both=True), finish=EYES),
    ]
    if winged:
        at = (r * 0.45, q.spine + r * 0.55, q.chest[2] - r * 0.6)
        wing = skin_wing(f, width).translate(at)
        parts.append(fixed("wings wing", mirrored(wing), finish="crimson skin"))
    return parts


def _dinosaur_body(height: float, length: float, r: float, head: float, tail: float) -> Blob:
    """Tail, trunk, legs, arms and a head with its jaws open."""
    hip = height * 0.52
    body = Blob(r * 0.3).limb(
        [
            *way("0 0.55 -1.05, 0 0.75 -0.6, 0 1 0", (1.0, hip, tail)),
            (0, height * 0.6, length * 0.17),
            (0, height * 0.8, length * 0.27),
        ],
        shares("0.06 0.4 1.05 0.92 0.62", r),
        3,
    )
    leg = way("0.6 1 0, 0.85 0.62 0.2, 0.8 0.3 -0.12, 0.8 0.08 0.06", (r, hip, 1.0))
    body.mirrored_limb(leg, shares("0.68 0.46 0.25 0.22", r), 3)
    body.mirrored_ball((r * 0.8, 0.07, 0.16), r * 0.34, (0.9, 0.5, 1.5))
    arm = way("0.75 0 0, 0.9 -0.5 0.13, 0.7 -0.55 0.65", r, _dinosaur_arm(height, length, r))
    body.mirrored_limb(arm, shares("0.22 0.14 0.1", r), 2)
    at = _dinosaur_head(height, length)
    body.melt_m = head * 0.25
    body.ball(at, head, (0.85, 0.9, 1))
    body.limb(way("0 0.02 0.6, 0 -0.12 1.75", head, at), shares("0.62 0.46", head))
    body.melt_m = head * 0.08
    return body.limb(way("0 -0.55 0.1, 0 -0.95 1.4", head, at), shares("0.42 0.26", head))


def _dinosaur_head(height: float, length: float) -> Point:
    return 0.0, height * 0.9, length * 0.29


def _dinosaur_arm(height: float, length: float, r: float) -> Point:
    """The height and the depth of its shoulders, at x = 0."""
    return 0.0, height * 0.6 - r * 0.3, length * 0.17 + r * 0.35


def _dinosaur_claws(f: Forms, height: float, length: float, r: float, head: float) -> Manifold:
    """Teeth, toes and the claws of its hands."""
    _, y, z = _dinosaur_head(height, length)
    edge = y - head * 0.52
    teeth = [
        f.rod(head * 0.075, head * 0.28, (head * 0.34, edge, z + head * t), "y", 0.0)
        for t in (0.85, 1.15, 1.45, 1.75)
    ]
    down = unite(teeth).mirror((0, 1, 0)).translate((0, 2 * edge, 0))
    toes = [
        f.bone(
            (r * (0.8 + dx), 0.06, 0.16 + r * 0.42),
            (r * (0.8 + dx), 0.03, 0.2 + r * 0.62),
            0.045,
            0.015,
        )
        for dx in (-0.2, 0, 0.2)
    ]
    start, tip = way("0.7 -0.55 0.7, 0.68 -0.78 0.88", r, _dinosaur_arm(height, length, r))
    hand = f.bone(start, tip, r * 0.08, r * 0.02)
    return mirrored(unite([down, *toes, hand]))


@family(
    "dinosaur",
    "t_rex trex tyrannosaurus dino raptor velociraptor tyrannosaurus_rex allosaurus",
    "green scales",
)
def dinosaur(
    f: Forms,
    *,
    height: float = 2.0,
    length: float = 3.0,
    radius: float = 0.38,
    head: float = 0.3,
    tail: float = 1.8,
) -> list[Part]:
    r, hip = radius, height * 0.52
    body = _dinosaur_body(height, length, r, head, tail)
    _, y, z = _dinosaur_head(height, length)
    chest = length * 0.17
    spots = [((0.0, hip * 0.6, length * 0.2), r * 1.1), ((0.0, hip, length * 0.3), r * 0.85)]
    skin, belly = patches(f, above_ground(body.solid(f.detail)), spots)
    line = on_back(body, [(0.0, chest - 0.1 - (chest + tail * 0.8) * i / 5) for i in range(6)])
    return [
        main("body scales skin", skin),
        second(
            "belly spikes",
            belly,
            spikes(f, line, shares("0.36 0.4 0.4 0.36 0.3 0.24", r)),
            finish="lime scales",
        ),
        fixed(
            "teeth claws toes", _dinosaur_claws(f, height, length, r, head), finish="ivory plastic"
        ),
        fixed(
            "eyes eye",
            mirrored(f.ball(head * 0.16, (head * 0.66, y + head * 0.42, z + head * 0.5))),
            finish="shiny yellow plastic",
        ),
        fixed(
            "pupils",
            mirrored(f.ball(head * 0.09, (head * 0.76, y + head * 0.44, z + head * 0.58))),
            finish=EYES,
        ),
    ]


def _crocodile_body(length: float, r: float, y: float, tail: float, legs: int) -> Blob:
    """Tail, trunk, legs and a long snout; y is the height of its middle."""
    half = length / 2
    body = Blob(r * 0.25).limb(
        [
            (r * 0.5, y * 0.5, -half - tail),
            (0, y * 0.6, -half - tail * 0.5),
            (0, y * 0.9, -half),
            (0, y, half * 0.6),
        ],
        shares("0.12 0.45 0.85 0.9", r),
        3,
    )
    body.ball((0, y, 0), r * 1.05, (1.1, 0.85, 2.0))
    pairs = max(1, legs // 2)
    for i in range(pairs):
        z = half * (0.75 - 1.6 * i / max(1, pairs - 1))
        leg = [(r * 0.7, y * 0.85, z), (r * 1.6, y * 0.8, z + 0.03), (r * 1.65, 0.04, z + 0.08)]
        body.mirrored_limb(leg, shares("0.38 0.28 0.2", r), 2)
        body.mirrored_ball((r * 1.75, 0.03, z + 0.14), r * 0.22, (1.3, 0.5, 1.4))
    jaw = half + length * 0.62
    head = [(0, y, half * 0.5), (0, y + 0.02, half * 1.1), (0, y, half + length * 0.3), (0, y, jaw)]
    body.limb(head, shares("0.8 0.72 0.48 0.42", r), 2)
    body.melt_m = 0.03
    body.mirrored_ball((r * 0.38, y + r * 0.62, half * 1.15), r * 0.26)
    return body.mirrored_ball((r * 0.16, y + r * 0.36, jaw), r * 0.14)


def _crocodile_teeth(f: Forms, length: float, r: float, y: float, jaw: float) -> Manifold:
    """Teeth along the jaws of both sides."""
    return unite(
        [
            f.post(
                r * 0.07,
                r * 0.3,
                (r * (0.38 - 0.02 * i), y - r * 0.18, jaw - length * (0.02 + 0.075 * i)),
                0.003,
            )
            for i in range(6)
        ]
    )


@family("crocodile", "alligator croc caiman", "green scales")
def crocodile(
    f: Forms,
    *,
    length: float = 1.0,
    height: float = 0.34,
    radius: float = 0.24,
    tail: float = 0.95,
    legs: int = 4,
) -> list[Part]:
    r, half, y = radius, length / 2, height * 0.62
    body, jaw = _crocodile_body(length, r, y, tail, legs), half + length * 0.62
    mouth = f.box((r * 3, r * 0.05, length * 0.66), (0, y - r * 0.12, jaw - length * 0.2))
    whole = above_ground(body.solid(f.detail))
    line = on_back(
        body, [(s * r * 0.36, half * t) for t in (0.5, 0.2, -0.1, -0.4, -0.7) for s in (1, -1)]
    )
    line += on_back(body, [(0.0, -half - tail * t) for t in (0.08, 0.2, 0.32, 0.44)])
    teeth = _crocodile_teeth(f, length, r, y, jaw)
    eye = (r * 0.42, y + r * 0.7, half * 1.15 + r * 0.16)
    return [
        main("body scales skin", whole - mouth),
        second(
            "spikes ridges back",
            spikes(f, line, [r * 0.42] * 14),
            finish="dark green scales",
        ),
        fixed("teeth", mirrored(teeth), finish="ivory plastic"),
        fixed("eyes eye", mirrored(f.ball(r * 0.17, eye)), finish="shiny yellow plastic"),
        fixed(
            "pupils",
            mirrored(
                f.ball(
                    r * 0.09,
                    (eye[0] + r * 0.03, eye[1] + r * 0.02, eye[2] + r * 0.1),
                    (0.6, 1.2, 1),
                )
            ),
            finish=EYES,
        ),
    ]


def _frog_body(length: float, r: float, y: float) -> Blob:
    """Trunk, head, folded legs and toes; y is the height of its middle."""
    unit = (r, y, length)
    body = Blob(r * 0.3).limb(
        way("0 0.85 -0.32, 0 1.05 0, 0 1.35 0.25", unit), shares("0.7 1 0.95", r), 2
    )
    body.ball((0, y * 1.35, length * 0.34), r * 0.85, (1.12, 0.68, 1))
    body.melt_m = r * 0.15
    body.mirrored_ball((r * 0.55, y * 1.35 + r * 0.62, length * 0.3), r * 0.36)
    thigh = way("0.7 0.8 -0.3, 1.45 0.95 0.1, 1.25 0.28 -0.32", unit)
    body.mirrored_limb(thigh, shares("0.5 0.36 0.22", r), 2)
    body.mirrored_limb(
        [(r * 1.25, y * 0.22, -length * 0.32), (r * 1.75, r * 0.1, length * 0.08)],
        [r * 0.2, r * 0.14],
    )
    arm = [*way("0.75 0.95 0.25, 1.05 0.5 0.26", unit), (r * 0.95, r * 0.1, length * 0.42)]
    body.mirrored_limb(arm, shares("0.28 0.2 0.15", r), 2)
    for x, z in ((1.75, 0.08), (0.95, 0.42)):
        for dx, dz in ((0.3, 0.1), (0, 0.19), (-0.3, 0.15)):
            toe = [(r * x, r * 0.1, length * z), (r * (x + dx), r * 0.08, length * (z + dz))]
            body.mirrored_limb(toe, [r * 0.1, r * 0.13])
    return body


@family("frog", "toad bullfrog", "green skin")
def frog(f: Forms, *, length: float = 0.12, height: float = 0.1, width: float = 0.1) -> list[Part]:
    r, y = width * 0.42, height * 0.42
    body = _frog_body(length, r, y)
    smile = f.hose(
        [
            (
                r * 0.96 * math.sin(a),
                y * 1.33 - r * 0.16 * math.cos(a),
                length * 0.34 + r * 0.86 * math.cos(a),
            )
            for a in (i * 0.26 for i in range(-4, 5))
        ],
        r * 0.05,
    )
    skin, belly = patches(
        f, above_ground(body.solid(f.detail)), [((0, y * 0.35, length * 0.5), r * 1.05)]
    )
    eye = (r * 0.62, y * 1.35 + r * 0.7, length * 0.3 + r * 0.2)
    return [
        main("body skin", skin),
        second("belly throat", belly, finish="lime skin"),
        fixed("mouth", smile, finish="dark green plastic"),
        fixed("eyes eye", mirrored(f.ball(r * 0.26, eye)), finish="shiny golden yellow plastic"),
        fixed(
            "pupils",
            mirrored(
                f.ball(r * 0.15, (eye[0] + r * 0.06, eye[1], eye[2] + r * 0.16), (1.1, 0.8, 0.8))
            ),
            finish=EYES,
        ),
    ]
