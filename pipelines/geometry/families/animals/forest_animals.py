"""Small wild animals of the wood and the river, on four legs. Their front is +Z."""

from __future__ import annotations

from typing import Any

from manifold3d import Manifold

from pipelines.geometry.families.animals.farm_animals import patches
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, unite
from pipelines.geometry.families.quadruped import Quadruped, above_ground, pointed_ear, round_ear
from pipelines.geometry.families.registry import Part, family, fixed, main, second

Spots = list[tuple[Point, float]]

FOX: dict[str, Any] = {
    "rise": 36.0,
    "drop": 14.0,
    "belly": 0.74,
    "rump": 0.8,
    "leg": 0.29,
    "snout": 0.26,
    "nape": 0.85,
}
RACCOON: dict[str, Any] = {
    "rise": 24.0,
    "drop": 12.0,
    "belly": 1.12,
    "rump": 1.05,
    "leg": 0.3,
    "snout": 0.3,
    "nape": 0.8,
}
OTTER: dict[str, Any] = {
    "rise": 30.0,
    "drop": 6.0,
    "belly": 0.98,
    "rump": 1.02,
    "leg": 0.36,
    "snout": 0.55,
    "nape": 0.9,
}
BEAVER: dict[str, Any] = {
    "rise": 26.0,
    "drop": 10.0,
    "belly": 1.16,
    "rump": 1.14,
    "leg": 0.3,
    "snout": 0.55,
    "nape": 0.9,
}


def paws_at(q: Quadruped, size: float) -> Spots:
    """Where dark socks go: balls about the feet on both sides."""
    return [((s * x, y, z + size * 0.2), size) for x, y, z in q.feet() for s in (1, -1)]


def both(at: Point, size: float) -> Spots:
    """A spot and its mirror image."""
    return [(at, size), ((-at[0], *at[1:]), size)]


def whiskers(f: Forms, q: Quadruped, reach: float = 1.3) -> Part:
    """Three hairs on each side of the nose."""
    z = q.muzzle / q.head
    rows = [
        f.bone((0.2, -0.1, z), (reach, -0.1 + up, z - 0.1), 0.03, 0.012) for up in (-0.2, 0, 0.2)
    ]
    return fixed("whiskers", q.wear(unite(rows), both=True), finish="white plastic")


def _brush(f: Forms, q: Quadruped, tail: float, wide: float) -> list[Manifold]:
    """A bushy tail and its tip."""
    r, (_, y, z) = q.radius, q.rear
    way = [(0.0, y + r * 0.3, z - r * 0.5), (0.0, y + r * 0.1, z - tail * 0.4)]
    way += [(0.0, y + tail * 0.02, z - tail * 0.75), (0.0, y + tail * 0.16, z - tail * 1.05)]
    body = Blob(r * 0.2, 0.5).limb(way, [r * 0.28, r * wide, r * wide * 0.95, r * 0.1], 3)
    return patches(f, body.solid(f.detail), [(way[-1], tail * 0.26)])


@family(
    "fox",
    "vixen fox_cub arctic_fox:white_fur fennec:sand_fur fennec_fox:sand_fur red_fox "
    "silver_fox:grey_fur",
    "terracotta fur",
)
def fox(
    f: Forms,
    *,
    length: float = 0.62,
    height: float = 0.43,
    radius: float = 0.105,
    head: float = 0.1,
    muzzle: float = 0.165,
    tail: float = 0.5,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """Slim, with dark legs, great ears and a brush."""
    q = Quadruped(length, height, radius, head, 0.14, muzzle, **FOX, legs=legs, heads=heads)
    body, r = q.blob(), radius
    body.melt_m = head * 0.3
    body.mirrored_ball(q.on(0.5, -0.3, 0.35), head * 0.62)
    bib: Spots = [((0.0, q.spine - r * 0.75, q.chest[2] + r * 0.9), r * 0.95)]
    bib += both(q.on(0.5, -0.75, 0.75), head * 0.6)
    coat, white = patches(f, above_ground(body.solid(f.detail)), bib)
    coat, dark = patches(f, coat, paws_at(q, q.spine * 0.42))
    hair, tip = _brush(f, q, tail, 0.62)
    ear = pointed_ear(f, 0.5, 0.55, height=1.25, width=0.46)
    inner = pointed_ear(f, 0.5, 0.58, height=0.95, width=0.28).translate((0, 0, 0.1))
    return [
        main("body fur coat tail", coat, hair, q.wear(ear, both=True)),
        second("chest cheeks tip", white, tip, finish="white fur"),
        fixed("legs paws socks ears", dark, q.wear(inner, both=True), finish="charcoal fur"),
        q.nose(f, 0.17),
        q.eyes(f, 0.45, 0.25, 0.82, 0.14),
    ]


def _ringed(f: Forms, q: Quadruped, tail: float) -> list[Manifold]:
    """A bushy tail: its light pieces and its dark ones."""
    r, (_, y, z) = q.radius, q.rear
    way = [(0.0, y + tail * up, z - r * 0.5 - tail * out) for up, out in ((0, 0), (0.02, 0.35))]
    way += [(0.0, y + tail * up, z - r * 0.5 - tail * out) for up, out in ((0.2, 0.7), (0.5, 0.9))]
    body = Blob(r * 0.2, 0.5).limb(way, [r * 0.3, r * 0.42, r * 0.42, r * 0.2], 3)
    rings = [
        f.rod(r * 0.9, tail * 0.11, (0, y + tail * up, z - r * 0.5 - tail * out), "z")
        for up, out in ((0.0, 0.2), (0.05, 0.42), (0.2, 0.62), (0.4, 0.84))
    ]
    within, outside = body.solid(f.detail).split(unite(rings))
    return [outside, within]


@family("raccoon", "racoon trash_panda", "grey fur")
def raccoon(
    f: Forms,
    *,
    length: float = 0.5,
    height: float = 0.32,
    radius: float = 0.115,
    head: float = 0.095,
    tail: float = 0.32,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With a mask and a ringed tail."""
    q = Quadruped(length, height, radius, head, 0.12, 0.135, **RACCOON, legs=legs, heads=heads)
    body = q.blob()
    body.melt_m = head * 0.3
    body.mirrored_ball(q.on(0.55, -0.25, 0.3), head * 0.7)
    coat = above_ground(body.solid(f.detail))
    coat, dark = patches(
        f, coat, [*both(q.on(0.5, 0.14, 0.85), head * 0.42), *paws_at(q, height * 0.22)]
    )
    coat, pale = patches(
        f, coat, [*both(q.on(0.4, 0.55, 0.95), head * 0.36), (q.on(0, -0.3, 1.5), head * 0.7)]
    )
    light, rings = _ringed(f, q, tail)
    ear = round_ear(f, 0.68, 0.75, size=0.38)
    inner = f.ball(0.24, (0.7, 0.78, 0.1), (1, 1, 0.4))
    return [
        main("body fur coat tail ears", coat, light, q.wear(ear, both=True)),
        second("mask rings paws feet", dark, rings, finish="black fur"),
        fixed("face muzzle brows", pale, q.wear(inner, both=True), finish="white fur"),
        q.nose(f, 0.19),
        whiskers(f, q),
        q.eyes(f, 0.45, 0.24, 0.86, 0.14),
    ]


@family(
    "otter",
    "sea_otter river_otter",
    "brown fur",
)
def otter(
    f: Forms,
    *,
    length: float = 0.72,
    height: float = 0.24,
    radius: float = 0.088,
    head: float = 0.075,
    tail: float = 0.42,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """A long, low body with short legs."""
    q = Quadruped(length, height, radius, head, 0.14, 0.07, **OTTER, legs=legs, heads=heads)
    body = q.blob()
    q.tail(body, tail, [-12, -8, 6], radius * 0.55, radius * 0.12)
    body.melt_m = head * 0.2
    body.mirrored_ball(q.on(0.3, -0.32, 0.95), head * 0.42)
    zone: Spots = [(q.on(0, -0.75, 0.8), head * 0.85), (q.on(0, -1.7, 0.1), head * 0.95)]
    zone.append(((0.0, q.spine - radius * 0.9, q.chest[2] + radius * 0.4), radius * 0.7))
    coat, pale = patches(f, above_ground(body.solid(f.detail)), zone)
    return [
        main("body fur coat tail", coat, q.wear(round_ear(f, 0.78, 0.5, size=0.24), both=True)),
        second("belly chest muzzle", pale, finish="cream fur"),
        q.nose(f, 0.26),
        whiskers(f, q),
        q.eyes(f, 0.48, 0.35, 0.78, 0.13),
    ]


def _paddle(f: Forms, q: Quadruped, tail: float) -> Manifold:
    """A flat, broad tail."""
    shape = [
        (-0.1, 0.3),
        (-0.3, -0.35),
        (-0.24, -0.85),
        (0.0, -1.0),
        (0.24, -0.85),
        (0.3, -0.35),
        (0.1, 0.3),
    ]
    flat = f.floor([(x * tail, z * tail) for x, z in shape], q.radius * 0.22)
    return flat.rotate((-10, 0, 0)).translate((0, q.height * 0.3, q.rear[2] - q.radius * 0.7))


@family("beaver", "", "brown fur")
def beaver(
    f: Forms,
    *,
    length: float = 0.52,
    height: float = 0.3,
    radius: float = 0.13,
    head: float = 0.1,
    tail: float = 0.34,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With two great teeth and a flat tail."""
    q = Quadruped(length, height, radius, head, 0.1, 0.1, **BEAVER, legs=legs, heads=heads)
    body = q.blob()
    body.melt_m = head * 0.2
    body.mirrored_ball(q.on(0.35, -0.3, 0.9), head * 0.5)
    tooth = f.soft_box((0.22, 0.5, 0.12), (0.13, -0.75, q.muzzle / head + 0.3), 0.05)
    return [
        main(
            "body fur coat",
            above_ground(body.solid(f.detail)),
            q.wear(round_ear(f, 0.75, 0.68, size=0.26), both=True),
        ),
        second("tail", _paddle(f, q, tail), finish="charcoal scales"),
        fixed("teeth", q.wear(tooth, both=True), finish="ivory plastic"),
        q.nose(f, 0.27),
        q.eyes(f, 0.5, 0.36, 0.78, 0.13),
    ]


@family("skunk", "", "black fur")
def skunk(
    f: Forms,
    *,
    length: float = 0.42,
    height: float = 0.24,
    radius: float = 0.09,
    head: float = 0.07,
    tail: float = 0.36,
    legs: int = 4,
    heads: int = 1,
) -> list[Part]:
    """With two white stripes and a raised, bushy tail."""
    q = Quadruped(length, height, radius, head, 0.09, 0.11, **RACCOON, legs=legs, heads=heads)
    body, r = q.blob(), radius
    coat = above_ground(body.solid(f.detail))
    rows = [(q.chest[2] + (q.rear[2] - q.chest[2]) * i / 5) for i in range(-1, 7)]
    line: Spots = [s for z in rows for s in both((r * 0.55, q.height + r * 0.05, z), r * 0.42)]
    coat, white = patches(f, coat, [*line, (q.on(0, 0.9, 0.5), head * 0.48)])
    y, z = q.rear[1:]
    way = [
        (0.0, y, z - r * 0.6),
        (0.0, y + tail * 0.35, z - r * 1.9),
        (0.0, y + tail * 0.8, z - r * 1.7),
    ]
    way.append((0.0, y + tail * 0.95, z - r * 2.9))
    plume = Blob(r * 0.2, 0.5).limb(way, [r * 0.3, r * 0.62, r * 0.72, r * 0.25], 3)
    streak = [((0.0, a, b - r * 0.55), r * 0.5) for _, a, b in way[1:]]
    hair, pale = patches(f, plume.solid(f.detail), streak)
    return [
        main(
            "body fur coat tail", coat, hair, q.wear(round_ear(f, 0.72, 0.66, size=0.3), both=True)
        ),
        second("stripes stripe", white, pale, finish="white fur"),
        q.nose(f, 0.2),
        q.eyes(f, 0.55, 0.3, 0.75, 0.14),
    ]
