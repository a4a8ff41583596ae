"""Fish and what creeps. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, Point, mirrored, unite
from pipelines.geometry.families.quadruped import EYES, above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _fin(f: Forms, outline: str, scale: float, thickness: float) -> Manifold:
    """A rounded fin: points "z y" of its outline, in shares of `scale`."""
    return f.profile(smooth(pairs(outline, scale, scale), 3, closed=True), thickness)


def _fins(f: Forms, half: float, r: float, thickness: float, y: float) -> list[Manifold]:
    """The fins at the tail, on the back and below, of a fish whose middle is at height y; r is half its height."""
    tail = _fin(
        f,
        "0 0.12, -0.4 0.75, -0.85 1.0, -0.7 0.35, -0.62 0, -0.7 -0.35, -0.85 -1.0, -0.4 -0.75, 0 -0.12",
        r,
        thickness,
    )
    back = _fin(
        f,
        "0.55 0, 0.35 0.5, -0.1 0.72, -0.65 0.55, -0.95 0.3, -0.75 0, -0.3 -0.25, 0.2 -0.25",
        r,
        thickness,
    )
    belly = _fin(
        f, "0.25 0.2, 0.15 -0.2, -0.2 -0.55, -0.45 -0.45, -0.4 -0.1, -0.15 0.25", r, thickness
    )
    return [
        tail.translate((0, y, -half * 0.66)),
        back.translate((0, y + r * 0.88, half * 0.12)),
        belly.translate((0, y - r * 0.82, -half * 0.1)),
    ]


@family(
    "fish",
    "goldfish carp tuna:navy_scales salmon:salmon_scales",
    "orange scales",
)
def fish(f: Forms, *, length: float = 0.4, height: float = 0.17, width: float = 0.09) -> list[Part]:
    half, r = length / 2, height / 2
    y, slim = height * 0.85, width / height
    body = Blob(r * 0.2).limb(
        [(0, y, -half * 0.72), (0, y, -half * 0.35), (0, y, half * 0.2), (0, y, half * 0.72)],
        [r * 0.2, r * 0.55, r, r * 0.45],
        4,
    )
    lips = f.ring(r * 0.13, r * 0.08, (0, y, half * 0.72 + r * 0.47), "z")
    eye = (0.0, y + r * 0.25, half * 0.58)
    x = body.reach(eye, 0) * slim
    tail, back, belly = _fins(f, half, r, width * 0.12, y)
    side = _fin(f, "0 0.14, -0.3 0.34, -0.62 0.3, -0.7 0, -0.55 -0.26, -0.2 -0.16", r, width * 0.09)
    side = side.rotate((0, -32, 0)).translate((width * 0.44, y - r * 0.25, half * 0.28))
    white, iris = (
        f.ball(r * size, (x + out * r, *eye[1:]), (0.6, 1, 1))
        for size, out in ((0.2, -0.02), (0.13, 0.06))
    )
    return [
        main("body scales", body.solid(f.detail).scale((slim, 1, 1))),
        second("fins fin tail", tail, back, belly, mirrored(side), finish="orange paint"),
        fixed("eyeballs", mirrored(white), finish="white plastic"),
        fixed("eyes eye", mirrored(iris), finish=EYES),
        fixed("mouth lips", lips, finish="rosy plastic"),
    ]


@family("turtle", "tortoise sea_turtle", "green skin")
def turtle(
    f: Forms, *, length: float = 0.5, width: float = 0.4, height: float = 0.24, legs: int = 4
) -> list[Part]:
    half, y, x = length / 2, height * 0.3, width / 2
    body = Blob(0.02).limb(
        [(0, y, half * 0.5), (0, y + 0.01, half * 1.0), (0, y + 0.075, half * 1.32)],
        [0.06, 0.05, 0.065],
        3,
    )
    body.ball((0, y + 0.09, half * 1.4), 0.072, (0.95, 0.9, 1.1))
    pairs = max(1, legs // 2)
    for i in range(pairs):
        z = half * (0.62 - 1.27 * i / max(1, pairs - 1))
        body.mirrored_limb(
            [(x * 0.6, y, z), (x * 0.95, y * 0.75, z * 1.15), (x * 1.02, 0.03, z * 1.2)],
            [0.055, 0.05, 0.045],
            2,
        )
    body.limb([(0, y, -half * 0.8), (0, y - 0.02, -half * 1.22)], [0.035, 0.008])
    dome = (
        f.ball(1).scale((x, height * 0.72, half)).trim_by_plane((0, 1, 0), 0).translate((0, y, 0))
    )
    eye = (0.042, y + 0.105)
    z = body.reach((*eye, 0.0), 2)
    return [
        main("body skin head legs", above_ground(body.solid(f.detail))),
        second("shell", dome, finish="sienna scales"),
        fixed("plates scutes", _plates(f, x, height * 0.72, half, y), finish="chestnut scales"),
        fixed(
            "rim belly",
            f.lathe([(0.9, -0.03), (1.02, 0), (1.06, 0.02), (1, 0.045)])
            .scale((x, 1, half))
            .translate((0, y - 0.02, 0)),
            finish="khaki scales",
        ),
        fixed("eyes eye", mirrored(f.ball(0.016, (*eye, z - 0.005))), finish=EYES),
    ]


def _plates(f: Forms, x: float, high: float, half: float, y: float) -> Manifold:
    """Raised plates on a turtle's dome with half sides x, high and half: one on top, two rings about it."""
    rows = [(0.0, 0, 1, 0.34), (0.62, 0, 6, 0.27), (0.93, 15, 12, 0.16)]
    plates = []
    for out, turn, count, size in rows:
        for i in range(count):
            a = math.radians(turn + 360.0 * i / count)
            up = math.sqrt(max(0.0, 1 - out * out))
            at = (out * math.cos(a), up, out * math.sin(a))
            disc = (
                f.ball(1.0, share=0.16)
                .scale((size, 0.05, size))
                .rotate((0, 0, -math.degrees(math.asin(out))))
            )
            plates.append(disc.rotate((0, -math.degrees(a), 0)).translate(at))
    return unite(plates).scale((x, high, half)).trim_by_plane((0, 1, 0), 0.01).translate((0, y, 0))


def _coils(r: float, turns: float, loop: float) -> list[Point]:
    """The way of its body on the ground."""
    way: list[Point] = []
    for i in range(25):
        s = i / 24
        a, out = math.pi / 2 - 2 * math.pi * turns * (1 - s), loop * (1.5 - 0.75 * s)
        way.append((out * math.cos(a), r * (0.95 + 2.6 * s * s), out * math.sin(a)))
    return way


@family("snake", "serpent cobra python viper", "green scales")
def snake(f: Forms, *, length: float = 1.6, radius: float = 0.045, heads: int = 1) -> list[Part]:
    """Coiled, its head raised."""
    r, turns = radius, 2.0
    loop = length / (2 * math.pi * (turns + 0.3)) * 0.72
    way = _coils(r, turns, loop)
    x, y, z = way[-1]
    top = (0.0, y + r * 4.6, z * 0.5 + r * 1.0)
    body = Blob(r * 0.25).limb(
        [(way[0][0] + r * 3.0, r * 0.3, way[0][2] + r), *way],
        [r * 0.12] + [r * (0.7 + 0.3 * min(1, i / 8)) for i in range(25)],
        2,
    )
    first, parts = len(body.limbs), []
    body.limb([(x, y, z), (0.0, y + r * 1.6, z * 0.55 - r), top], [r, r * 0.95, r * 0.85], 4)
    body.ball((0, top[1] + r * 0.3, top[2] + r * 0.5), r * 1.3, (1, 0.75, 1.3)).ball(
        (0, top[1] + r * 0.15, top[2] + r * 1.5), r * 0.85, (1, 0.6, 1.1)
    )
    turn = [(i - (max(1, heads) - 1) / 2) * 75.0 for i in range(max(1, heads))]
    eye, slit = ((0.8 * r, top[1] + 0.72 * r, top[2] + out * r) for out in (1.25, 1.5))
    tongue = [
        f.bone((0, top[1], top[2] + r * 2.1), (0, top[1] - r * 0.15, top[2] + r * 3.1), r * 0.12)
    ]
    tongue += [
        f.bone(
            (0, top[1] - r * 0.15, top[2] + r * 3.1),
            (s * r * 0.3, top[1] - r * 0.15, top[2] + r * 3.6),
            r * 0.1,
            r * 0.05,
        )
        for s in (1, -1)
    ]
    for name, solid, look in (
        ("eyes eye", mirrored(f.ball(r * 0.32, eye)), "shiny golden yellow plastic"),
        ("pupils", mirrored(f.ball(r * 0.17, slit, (0.8, 1.3, 1))), EYES),
        ("tongue", unite(tongue), "red plastic"),
    ):
        parts.append(
            fixed(name, unite([_about(solid, angle, (x, z)) for angle in turn]), finish=look)
        )
    if len(turn) > 1:
        body.fan(first, turn, (x, y, z))
    return [main("body skin", above_ground(body.solid(f.detail))), *parts]


def _about(solid: Manifold, degrees: float, at: tuple[float, float]) -> Manifold:
    """A solid turned about an upright line through (x, z)."""
    return solid.translate((-at[0], 0, -at[1])).rotate((0, degrees, 0)).translate((at[0], 0, at[1]))


@family("worm", "earthworm", "rosy skin")
def worm(f: Forms, *, length: float = 0.3, radius: float = 0.022, eyes: int = 2) -> list[Part]:
    r, rings = radius, 13
    body = Blob(r * 0.12)
    spots: list[Point] = []
    for i in range(rings):
        s = i / (rings - 1)
        hump = max(0.0, math.sin(s * 2.2 * math.pi)) * length * 0.2 * s
        spots.append(
            (
                0.16 * length * math.sin(s * 5.5) * (1 - s),
                r + hump * 0.75,
                (s - 0.5) * length * 0.85,
            )
        )
    for i, at in enumerate(spots):
        body.ball(at, r * (0.6 + 0.4 * min(1.0, i / 3)))
    body.path(spots, r * 0.6, r * 0.85)
    x, y, z = spots[-1]
    body.ball((x, y + r * 0.5, z + r * 0.6), r * 1.25)
    looks = []
    for side in (0.0,) if eyes == 1 else (1.0, -1.0):
        spot = (x + side * r * 0.45, y + r * 0.95)
        looks.append(f.ball(r * 0.3, (*spot, body.reach((*spot, 0.0), 2))))
    lips = (x, y + r * 0.2)
    mouth = f.ball(r * 0.3, (*lips, body.reach((*lips, 0.0), 2)), (1.4, 0.45, 0.5))
    return [
        main("body skin", above_ground(body.solid(f.detail))),
        fixed("eyes eye", *looks, finish=EYES),
        fixed("mouth", mouth, finish="maroon plastic"),
    ]


def _short_feeler(f: Forms, length: float, height: float, t: float) -> Manifold:
    """One of the lower feelers."""
    return f.bone(
        (t * 0.3, height * 0.42, length * 0.5),
        (t * 0.5, height * 0.38, length * 0.6),
        t * 0.15,
        t * 0.12,
    )


def _coil(length: float, r: float, t: float) -> list[Point]:
    """Points of the shell's turns, from outside in."""
    middle, coil = (0.0, t * 0.9 + r * 0.8, -length * 0.08), []
    for i in range(26):
        a, s = i * 0.56, 1 - i / 28
        coil.append(
            (
                r * 0.9 * (1 - s) ** 1.2 * 0.0,
                middle[1] + r * 0.62 * s * math.sin(-a - 0.9),
                middle[2] + r * 0.62 * s * math.cos(-a - 0.9),
            )
        )
    return coil


@family("snail", "", "beige skin")
def snail(
    f: Forms, *, length: float = 0.08, height: float = 0.05, radius: float = 0.021
) -> list[Part]:
    r, t = radius, length * 0.1
    body = Blob(t * 0.5).limb(
        [
            (0, t * 0.25, -length * 0.55),
            (0, t * 0.7, -length * 0.1),
            (0, t * 0.8, length * 0.25),
            (0, height * 0.48, length * 0.42),
        ],
        [t * 0.25, t * 0.95, t * 0.9, t * 0.75],
        3,
    )
    body.ball((0, t * 0.3, 0), t * 1.2, (1, 0.45, 3.0))
    body.ball((0, height * 0.5, length * 0.44), t * 0.85)
    stalk = [(t * 0.35, height * 0.55, length * 0.45), (t * 0.8, height * 0.98, length * 0.52)]
    short = _short_feeler(f, length, height, t)
    coil = _coil(length, r, t)
    spiral = Blob(r * 0.05, 0.5)
    for i, (_, y, z) in enumerate(coil):
        s = 1 - i / 28
        spiral.ball((0, y, z), r * 0.52 * s + r * 0.1, (1.1 + 0.9 * (1 - s), 1, 1))
    line = [(r * (0.6 + 0.14 * (i / 25)), y, z) for i, (_, y, z) in enumerate(coil)]
    groove = f.hose([(x * 0.98, y, z) for x, y, z in line], r * 0.075, r * 0.06, steps=1)
    return [
        main(
            "body skin",
            above_ground(body.solid(f.detail)),
            mirrored(f.hose(stalk, t * 0.16, t * 0.12) + short),
        ),
        second("shell house", spiral.solid(f.detail), finish="sienna plaster"),
        fixed("spiral", mirrored(groove), finish="dark brown plaster"),
        fixed("eyes eye", mirrored(f.ball(t * 0.22, stalk[1])), finish=EYES),
    ]
