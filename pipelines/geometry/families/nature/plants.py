"""Trees, flowers and other things that grow."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, Point, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("tree", "oak oak_tree apple_tree maple beech birch cherry_tree", "green leaves")
def tree(
    f: Forms, *, height: float = 5.0, radius: float = 1.5, thickness: float = 0.28
) -> list[Part]:
    crown = Blob(radius * 0.14)
    y = height * 0.68
    spots = [
        (0, 0.32, 0, 0.62),
        (0.52, 0.0, 0.25, 0.55),
        (-0.5, 0.08, 0.22, 0.55),
        (0.05, -0.02, -0.55, 0.55),
        (-0.12, -0.08, 0.5, 0.46),
        (0.45, 0.2, -0.3, 0.42),
        (-0.42, 0.3, -0.2, 0.42),
    ]
    for x, up, z, size in spots:
        crown.ball((x * radius, y + up * radius, z * radius), size * radius)
    trunk = Blob(0.15).bone((0, 0, 0), (0, height * 0.55, 0), thickness, thickness * 0.6)
    for turn in (0.3, 2.4, 4.5):
        tip = (math.cos(turn) * radius * 0.5, height * 0.64, math.sin(turn) * radius * 0.5)
        trunk.bone((0, height * 0.38, 0), tip, thickness * 0.45, thickness * 0.2)
        trunk.bone(
            (0, 0.18, 0),
            (math.cos(turn + 1) * 0.5, 0.05, math.sin(turn + 1) * 0.5),
            thickness * 0.5,
            0.06,
        )
    base = f.box((9, 2, 9), (0, -1, 0))
    return [
        main("leaves leaf crown foliage", crown.solid(f.detail)),
        second("trunk bark branches", trunk.solid(f.detail) - base, finish="bark"),
    ]


@family("pine", "pine_tree fir fir_tree spruce conifer", "dark green leaves")
def pine(f: Forms, *, height: float = 5.0, radius: float = 1.2) -> list[Part]:
    low = height * 0.16
    tiers = []
    for i in range(4):
        r = radius * (1 - 0.21 * i)
        y = low + i * height * 0.19
        tiers.append(
            f.lathe(
                [(r * 0.5, 0.12 * r), (r, 0), (r * 0.55, height * 0.15), (0.0, height * 0.28)],
                (0, y, 0),
            )
        )
    return [
        main("leaves needles branches", *tiers),
        second("trunk bark", f.post(radius * 0.14, height * 0.5), finish="bark"),
    ]


def _frond(f: Forms, length: float) -> Manifold:
    """A palm leaf that starts at the origin along +X, folded along its rib and bent down by its weight."""
    outline = [
        (0.0, 0.05),
        (length * 0.35, 0.28),
        (length * 0.7, 0.22),
        (length, 0.02),
        (length * 0.7, -0.22),
        (length * 0.35, -0.28),
        (0, -0.05),
    ]

    def bent(v: Point) -> Point:
        x, y, z = v
        rise = 0.35 * math.sin(x / length * 2.2) - 0.55 * (x / length) ** 2
        return x, y + rise - 0.8 * abs(z) ** 1.2, z

    return f.floor(outline, 0.05).refine_to_length(0.6).warp(bent)


@family("palm", "palm_tree coconut_tree coconut_palm", "green leaves")
def palm(
    f: Forms, *, height: float = 5.0, length: float = 2.3, thickness: float = 0.2
) -> list[Part]:
    path = [
        (0.0, 0.0, 0.0),
        (0.12, height * 0.35, 0.0),
        (0.36, height * 0.7, 0.0),
        (0.7, height * 0.93, 0.0),
    ]
    top = path[-1]
    blade = _frond(f, length)
    # Fills the pockets between leaves and nuts.
    heart = f.ball(0.36, (top[0], top[1] - 0.06, 0), (1, 0.55, 1))
    rings = [
        f.ring(thickness * 0.95, 0.03, (0.12 * i / 3, height * 0.09 * i + 0.2, 0), share=0.4)
        for i in range(4)
    ]
    nuts = [
        f.ball(0.17, (top[0] + 0.25 * math.cos(a), top[1] - 0.12, 0.25 * math.sin(a)))
        for a in (0.5, 2.6, 4.7)
    ]
    return [
        main(
            "leaves leaf fronds",
            around(blade, 9).translate(top),
            around(blade.scale((0.85, 1, 0.9)).rotate((0, 0, -28)), 7)
            .rotate((0, 24, 0))
            .translate(top),
        ),
        second(
            "trunk bark", f.tube(path, thickness, thickness * 0.6), heart, *rings, finish="tan bark"
        ),
        fixed("coconuts nuts", *nuts, finish="dark brown wood"),
    ]


@family("cactus", "saguaro", "green cactus skin")
def cactus(f: Forms, *, height: float = 1.5, radius: float = 0.18) -> list[Part]:
    body = Blob(radius * 0.3).bone((0, 0, 0), (0, height - radius, 0), radius, radius * 0.9)
    r = radius * 0.62
    for side, low, high in ((1, 0.38, 0.78), (-1, 0.5, 0.92)):
        out = side * radius * 2.3
        body.path(
            [(0, height * low, 0), (out, height * low + r * 0.3, 0), (out, height * high - r, 0)], r
        )
    ground = f.box((9, 2, 9), (0, -1, 0))
    rib = f.box((0.022, height * 0.86, 0.022), (0, height * 0.43, 0))
    ribs = around(rib.translate((radius * 0.99, 0, 0)), 10)
    return [
        main("body skin ribs", body.solid(f.detail) - ground, ribs),
        second(
            "flower flowers",
            unite(
                [
                    f.ball(radius * 0.28, at, (1, 0.7, 1))
                    for at in ((0, height * 1.0, 0), (radius * 2.3, height * 0.78, 0))
                ]
            ),
            finish="fuchsia paint",
        ),
        fixed(
            "pot sand ground",
            f.post(radius * 2.6, 0.06, (0, -0.05, 0), radius * 2.2),
            finish="sand",
        ),
    ]


def _petals(f: Forms, count: int, reach: float, width: float, tilt: float) -> list:
    petal = (
        f.ball(reach / 2, squash=(1, 0.14, width))
        .translate((reach * 0.55, 0, 0))
        .rotate((0, 0, tilt))
    )
    return [petal.rotate((0, 360 * i / count, 0)) for i in range(count)]


@family(
    "flower", "daisy:white_paint blossom sunflower:yellow_paint rose:red_paint bloom", "pink paint"
)
def flower(
    f: Forms,
    *,
    height: float = 0.5,
    radius: float = 0.15,
    thickness: float = 0.012,
    petals: int = 9,
) -> list[Part]:
    head = unite(_petals(f, petals, radius, 0.42, 16))
    tilt = (38.0, 0.0, 0.0)
    heart = f.ball(radius * 0.36, squash=(1, 0.5, 1))
    leaf = f.ball(0.09, squash=(1, 0.14, 0.42)).translate((0.082, 0, 0)).rotate((0, 0, 32))
    return [
        main("petals petal", head.rotate(tilt).translate((0, height, 0.02))),
        second(
            "heart centre center middle",
            heart.rotate(tilt).translate((0, height + 0.01, 0.028)),
            finish="yellow paint",
        ),
        fixed(
            "stem leaves leaf",
            f.tube([(0, 0, -0.02), (0.015, height * 0.5, -0.02), (0, height, 0.01)], thickness),
            leaf.translate((0.004, height * 0.3, -0.02)),
            leaf.rotate((0, 180, 0)).translate((0.014, height * 0.42, -0.02)),
            finish="grass green leaves",
        ),
    ]


@family("mushroom", "toadstool fly_agaric fungus", "red paint")
def mushroom(
    f: Forms, *, height: float = 0.3, radius: float = 0.17, thickness: float = 0.055
) -> list[Part]:
    y = height * 0.58
    cap = [(0.3, -0.1), (0.95, -0.06), (1, 0.05), (0.9, 0.32), (0.62, 0.6), (0.3, 0.75), (0.0, 0.8)]
    dots = []
    for turn, up in [(i * 2.4, 0.12 + 0.05 * i) for i in range(12)]:
        flat = math.cos(min(up * 1.9, 1.5))
        at = (
            radius * 0.93 * flat * math.cos(turn),
            y + radius * 0.72 * math.sin(min(up * 1.9, 1.5)),
            radius * 0.93 * flat * math.sin(turn),
        )
        dots.append(f.ball(radius * 0.13, at, (1, 0.8, 1)))
    stem = [(1.25, 0), (1.3, 0.05), (0.95, 0.25), (0.8, 0.6), (0.9, 1.0)]
    return [
        main("cap head", f.lathe([(r * radius, y + h * radius) for r, h in cap])),
        second("dots spots", *dots, finish="white paint"),
        fixed(
            "stem stalk",
            f.turned([(r * thickness, h * y) for r, h in stem]),
            f.lathe(
                [
                    (thickness * 1.0, y * 0.72),
                    (thickness * 1.7, y * 0.6),
                    (thickness * 0.9, y * 0.66),
                ]
            ),
            finish="cream plaster",
        ),
    ]


@family("bush", "shrub hedge", "green leaves")
def bush(f: Forms, *, height: float = 0.9, radius: float = 0.6) -> list[Part]:
    body = Blob(radius * 0.09)
    for i in range(11):
        turn, ring = i * 2.399, 0.55 * math.sqrt(i / 11)
        at = (
            ring * radius * 1.4 * math.cos(turn),
            height * (0.62 - 0.5 * ring),
            ring * radius * 1.4 * math.sin(turn),
        )
        body.ball(at, radius * 0.42)
    berries = []
    for i in range(11):
        a, ring = i * 2.399 + 0.4, radius * (0.15 + 0.065 * i)
        x, z = ring * math.cos(a), ring * math.sin(a)
        berries.append(f.ball(radius * 0.07, (x, body.reach((x, 0.0, z), 1), z)))
    leaves = body.solid(f.detail).trim_by_plane((0, 1, 0), 0.0)
    return [
        main("leaves leaf", leaves, finish=""),
        second("berries flowers", *berries, finish="red paint"),
    ]
