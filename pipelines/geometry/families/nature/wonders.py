"""Crystals, water, ice, wind and weather. Heights in metres; seeds vary what chance has made."""

from __future__ import annotations

import math
from collections.abc import Callable

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, unite, within
from pipelines.geometry.families.quadruped import above_ground
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


def _shard(radius: float, height: float) -> Manifold:
    """A six-sided crystal with a point, that stands on the origin and narrows a little below."""
    rings = [(0.0, 0.72), (height * 0.72, 1.0), (height, 0.02)]
    corners = [
        (radius * k * math.cos(a), y, radius * k * math.sin(a))
        for y, k in rings
        for a in (math.pi * i / 3 for i in range(6))
    ]
    return Manifold.hull_points(corners)


@family(
    "crystal",
    "crystals quartz crystal_cluster geode amethyst_crystal:purple_glass kryptonite:lime_glass "
    "mana_crystal magic_crystal rock_crystal crystal_shard",
    "violet glass",
)
def crystal(f: Forms, *, height: float = 0.3, radius: float = 0.05, shards: int = 9) -> list[Part]:
    """A cluster of six-sided points on a rock."""
    rng, rows = chance(height, radius), []
    for i in range(within(shards, 1, 24)):
        s, a = i / max(1, shards - 1), i * 137.5
        size = (1.0 - 0.62 * s) * rng.uniform(0.85, 1.1)
        one = _shard(radius * (0.45 + 0.6 * size), height * size).rotate(
            (0, float(rng.uniform(0, 60)), 0)
        )
        lean = 0.0 if i == 0 else 14 + 34 * s
        rows.append(
            one.rotate((lean, a, 0)).translate(
                (
                    radius * 1.5 * s * math.sin(math.radians(a)),
                    height * 0.03,
                    radius * 1.5 * s * math.cos(math.radians(a)),
                )
            )
        )
    base = Blob(radius * 0.3, 0.4).ball((0, 0, 0), radius * 1.7, (1.25, 0.5, 1.1))
    for i in range(5):
        a = i * 1.3
        base.ball(
            (radius * 1.6 * math.cos(a), 0, radius * 1.5 * math.sin(a)),
            radius * rng.uniform(0.5, 0.9),
        )
    return [
        main("crystals crystal shards body", *rows),
        second(
            "rock base stone", above_ground(base.solid(f.detail * 0.5)), finish="charcoal stone"
        ),
    ]


@family("iceberg", "ice_berg ice_floe glacier_ice", "ice")
def iceberg(f: Forms, *, height: float = 3.0, width: float = 4.0, peaks: int = 3) -> list[Part]:
    """Angular, in the water."""
    rng, rows = chance(height, width), []
    for i in range(within(peaks, 1, 7)):
        a, far = i * 2.4, width * 0.17 * math.sqrt(i)
        x, z, tall = (
            far * math.cos(a),
            far * math.sin(a),
            height * (1.0 if i == 0 else rng.uniform(0.45, 0.75)),
        )
        points = [
            (
                x + width * 0.26 * k * math.cos(b) * rng.uniform(0.8, 1.2),
                tall * y,
                z + width * 0.24 * k * math.sin(b) * rng.uniform(0.8, 1.2),
            )
            for y, k in ((0.0, 1.15), (0.3, 1.0), (0.65, 0.62))
            for b in (j * 1.05 for j in range(6))
        ]
        points.append((x + width * float(rng.uniform(-0.06, 0.06)), tall, z))
        rows.append(Manifold.hull_points([(float(p), float(q), float(r)) for p, q, r in points]))
    skirt = f.post(width * 0.44, height * 0.06, share=0.4)
    sea = f.post(width * 0.62, height * 0.05, share=0.9)
    return [
        main("ice body peaks", *rows),
        fixed("edge foam", skirt, finish="white paint"),
        second("water sea ocean", sea, finish="water"),
    ]


def _curling_line() -> list[tuple[float, float]]:
    """The wave from its side, in shares of its height."""
    return [
        (-1.0, 0.0),
        (-0.95, 0.08),
        (-0.6, 0.2),
        (-0.25, 0.48),
        (-0.02, 0.82),
        (0.2, 0.98),
        (0.48, 0.97),
        (0.66, 0.82),
        (0.68, 0.68),
        (0.58, 0.77),
        (0.42, 0.82),
        (0.26, 0.72),
        (0.2, 0.5),
        (0.3, 0.26),
        (0.6, 0.1),
        (1.0, 0.06),
        (1.0, 0.0),
    ]


@family("wave", "ocean_wave tidal_wave tsunami sea_wave big_wave great_wave surf breaker", "water")
def wave(f: Forms, *, height: float = 1.6, width: float = 2.4, length: float = 2.2) -> list[Part]:
    """A breaker that curls over, with foam on its crest."""
    h, z = height, length / 2
    line = _curling_line()

    def swell(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, d = v
        k = 1 - 0.32 * (2 * x / width) ** 2
        return (
            x,
            y * k + 0.03 * h * math.sin(x * 6 / width * 2),
            d + 0.12 * z * math.sin(x * 5 / width),
        )

    body = (
        f.profile([(a * z, b * h) for a, b in line], width)
        .refine_to_length(width * 0.05)
        .warp(swell)
    )
    rng, foam = chance(height, width, length), []
    for i in range(26):
        x = width * (i / 25 - 0.5)
        for a, b in ((0.5, 0.96), (0.68, 0.76)):
            px, py, pz = swell((x, b * h, a * z))
            foam.append(
                f.ball(
                    h * rng.uniform(0.05, 0.085),
                    (px, py + h * rng.uniform(-0.03, 0.03), pz + h * rng.uniform(-0.03, 0.05)),
                    share=0.35,
                )
            )
        px, _, pz = swell((x, 0, z * rng.uniform(0.35, 0.6)))
        foam.append(f.ball(h * rng.uniform(0.04, 0.07), (px, h * 0.11, pz), (1.3, 0.6, 1), 0.3))
    return [main("water body wave", body), second("foam crest spray", *foam, finish="white snow")]


def _bent(height: float, radius: float) -> Callable[[Point], Point]:
    """Sways a column about the y axis as a whirlwind sways, the least at its foot and its top."""

    def sway(place: Point) -> Point:
        x, y, z = place
        s = y / height
        slack = 0.22 * radius * math.sin(math.pi * min(max(s, 0.0), 1.0))
        return x + slack * math.sin(s * 6.5), y, z + slack * math.cos(s * 5.0)

    return sway


def _debris(f: Forms, height: float, radius: float) -> list[Manifold]:
    """Planks that fly about, half sunk in the wind."""
    planks = []
    for i in range(7):
        s, a = 0.16 + 0.09 * i, i * 2.2
        out = radius * _funnel(s)
        plank = f.box((radius * 0.16, radius * 0.06, radius * 0.24)).rotate((40 * i, 25 * i, 0))
        planks.append(plank.translate((out * math.cos(a), height * s, out * math.sin(a))))
    return planks


def _funnel(s: float) -> float:
    """A tornado's radius at a share of its height, as a share of its widest."""
    return 0.09 + 0.3 * s + 0.61 * s**5


@family("tornado", "twister whirlwind cyclone hurricane vortex dust_devil", "grey plaster")
def tornado(f: Forms, *, height: float = 2.0, radius: float = 0.75, turns: int = 6) -> list[Part]:
    """A funnel wound of wind, wide above and narrow at its foot, with dust about it."""
    count, rng, sway = within(turns, 2, 12), chance(height, radius), _bent(height, radius)
    wall = [(radius * _funnel(i / 14), height * i / 14) for i in range(15)]
    core = f.turned([*wall, (radius * 0.7, height * 0.97), (0.0, height * 0.86)])
    steps = 16 * count
    coil = []
    for i in range(steps + 1):
        s = 0.03 + 0.95 * i / steps
        a, out = 2 * math.pi * count * i / steps, radius * _funnel(s) * 0.97
        coil.append((out * math.cos(a), height * s, out * math.sin(a)))
    thick = [radius * (0.03 + 0.1 * _funnel(0.03 + 0.95 * i / steps)) for i in range(steps + 1)]
    thick[-8:] = [
        wide * (7.4 - k) / 8 for k, wide in enumerate(thick[-8:])
    ]  # it runs out into the rim
    wind = f.hose(coil, thick, steps=1, share=0.2)
    dust = [
        f.ball(
            radius * rng.uniform(0.12, 0.2),
            (radius * 0.26 * math.cos(a), radius * 0.07, radius * 0.26 * math.sin(a)),
            (1.2, 0.8, 1.2),
        )
        for a in (i * 0.7 for i in range(9))
    ]
    return [
        main("funnel wind body", unite([core, wind]).warp(sway)),
        second("dust ground", above_ground(unite(dust)), finish="tan dirt"),
        fixed("debris bits", unite(_debris(f, height, radius)).warp(sway), finish="brown wood"),
    ]


@family("snowflake", "snow_flake ice_crystal snowflakes frost_crystal", "ice")
def snowflake(
    f: Forms, *, radius: float = 0.1, thickness: float = 0.008, branches: int = 3
) -> list[Part]:
    """Six arms with branches, upright."""
    r, t = radius, thickness
    arm = [f.box((t * 1.3, r, t), (0, r / 2, 0))]
    count = within(branches, 1, 6)
    for i in range(count):
        s = 0.32 + 0.52 * i / max(1, count - 1) if count > 1 else 0.6
        long = r * (0.36 - 0.2 * (s - 0.3))
        twig = f.box((t, long, t * 0.9), (0, long / 2, 0))
        arm += [twig.rotate((0, 0, turn)).translate((0, r * s, 0)) for turn in (55, -55)]
    arm.append(
        f.bevelled(
            [(0, r * 0.12), (r * 0.05, 0), (0, -r * 0.1), (-r * 0.05, 0)],
            t * 1.1,
            t * 0.2,
            at=(0, r, 0),
        )
    )
    one = unite(arm)
    flake = unite([one.rotate((0, 0, 60 * i)) for i in range(6)])
    heart = f.bevelled(
        [
            (r * 0.2 * math.cos(a), r * 0.2 * math.sin(a))
            for a in (math.pi * (i / 3 + 1 / 6) for i in range(6))
        ],
        t * 1.5,
        t * 0.3,
    )
    return [main("arms body", flake), second("heart centre", heart, finish="white ice")]


RAINBOW = ("red", "orange", "yellow", "green", "blue", "indigo", "violet")


@family("rainbow", "rain_bow rainbows rainbow_arch", "white plaster")
def rainbow(
    f: Forms, *, width: float = 1.6, thickness: float = 0.09, depth: float = 0.1
) -> list[Part]:
    """Seven bows between two clouds."""
    outer, rng, parts = width / 2, chance(width, thickness), []
    for i, colour in enumerate(RAINBOW):
        r = max(outer - thickness * i, width * 0.02)
        inner = max(r - thickness, width * 0.01)
        turns = [math.pi * k / 40 for k in range(41)]
        band = [(r * math.cos(a), r * math.sin(a)) for a in turns] + [
            (inner * math.cos(a), inner * math.sin(a)) for a in turns[::-1]
        ]
        parts.append(
            fixed(
                f"{colour} bow",
                f.plate(band, depth * (1 - 0.02 * (i % 2))),
                finish=f"{colour} paint",
            )
        )
    cloud = Blob(thickness * 0.5, 0.7)
    middle = outer - thickness * 3.5
    for x, y, size in (
        (-0.3, 0.0, 2.0),
        (0.7, 0.2, 2.3),
        (-1.6, -0.1, 1.7),
        (1.9, -0.2, 1.6),
        (0.2, 0.8, 1.7),
    ):
        for s in (1, -1):
            cloud.ball(
                (
                    s * middle + x * thickness * 1.6,
                    y * thickness,
                    rng.uniform(-0.3, 0.5) * thickness,
                ),
                size * thickness,
            )
    return [main("clouds cloud", above_ground(cloud.solid(f.detail))), *parts]


@family(
    "water drop",
    "raindrop waterdrop drop droplet water_droplet tear teardrop blood_drop:crimson_plastic "
    "drop_of_water rain_drop dew_drop",
    "shiny azure plastic",
)
def water_drop(f: Forms, *, height: float = 0.3, radius: float = 0.1) -> list[Part]:
    """Round below, pointed above, with a gleam."""
    r = radius
    rows = [
        (r * math.cos(a), r + r * math.sin(a))
        for a in (math.radians(d) for d in range(-90, 31, 12))
    ]
    neck = [
        (r * 0.62, r + r * 0.85),
        (r * 0.3, height * 0.78),
        (r * 0.1, height * 0.93),
        (0.0, height),
    ]
    gleam = f.hose(
        [
            (-r * 0.62, r * 0.75, r * 0.68),
            (-r * 0.68, r * 1.05, r * 0.64),
            (-r * 0.6, r * 1.35, r * 0.62),
        ],
        [r * 0.07, r * 0.12, r * 0.05],
    )
    return [
        main("water drop body", f.turned([(max(a, 0.0), y) for a, y in rows] + neck)),
        second("gleam shine", gleam, finish="white plastic"),
    ]
