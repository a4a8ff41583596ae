"""Houses, towers and what stands in the landscape."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second

GLASS = "dark glass"


@family(
    "house", "cottage home hut cabin barn villa shed farmhouse building bungalow", "cream plaster"
)
def house(f: Forms, *, width: float = 7.0, height: float = 6.0, depth: float = 5.5) -> list[Part]:
    walls = height * 0.52
    front = depth / 2
    roof = f.wedge((width * 1.12, height - walls, depth * 1.24), (0, walls - 0.05, 0))
    gable = f.wedge((width, (height - walls) * 0.8, depth), (0, walls - 0.02, 0))
    pane = f.box((width * 0.15, walls * 0.34, 0.12))
    frame = f.box((width * 0.18, walls * 0.41, 0.1))
    spots = [(s * width * 0.31, walls * 0.56, z) for s in (1, -1) for z in (front, -front)]
    sides = [(s * width / 2, walls * 0.56, 0.0) for s in (1, -1)]
    return [
        main("walls wall", f.slab((width, walls, depth)), gable),
        second("roof", roof, finish="terracotta tiles"),
        fixed(
            "door", f.slab((width * 0.16, walls * 0.72, 0.16), (0, 0, front)), finish="brown wood"
        ),
        fixed(
            "windows window glass",
            *[pane.translate(at) for at in spots],
            *[pane.rotate((0, 90, 0)).translate(at) for at in sides],
            finish=GLASS,
        ),
        fixed(
            "frames shutters",
            *[frame.translate((x, y, z * 0.995)) for x, y, z in spots],
            f.slab((width * 0.2, walls * 0.76, 0.1), (0, 0, front)),
            f.slab((width * 0.24, 0.12, 0.7), (0, 0, front + 0.25)),
            f.ball(0.07, (width * 0.05, walls * 0.36, front + 0.1)),
            finish="white paint",
        ),
        fixed(
            "chimney",
            f.slab((0.6, height * 0.4, 0.6), (width * 0.27, height * 0.68, -depth * 0.16)),
            finish="brick",
        ),
    ]


@family("tower", "lighthouse watchtower turret minaret", "white stone")
def tower(f: Forms, *, height: float = 9.0, radius: float = 1.5) -> list[Part]:
    top = height * 0.72
    windows = [
        f.box((0.5, 0.9, 2.4 * radius), (0, top * share, 0)).rotate((0, turn, 0))
        for share, turn in ((0.38, 0), (0.62, 60), (0.82, 120))
    ]
    shaft = f.lathe([(radius, 0), (radius * 0.92, top * 0.15), (radius * 0.7, top)])
    cut = f.lathe([(radius * 0.97, 0), (radius * 0.89, top * 0.15), (radius * 0.67, top)])
    band = f.lathe([(radius * 0.86, top * 0.4), (radius * 0.8, top * 0.58)])
    return [
        main("walls wall shaft", shaft),
        second(
            "stripe stripes roof",
            band,
            f.post(radius * 0.9, height * 0.13, (0, height * 0.87, 0), 0.02),
            finish="red paint",
        ),
        fixed("windows window", unite(windows) ^ cut.scale((1.06, 1, 1.06)), finish=GLASS),
        fixed(
            "gallery platform balcony",
            f.post(radius * 0.95, 0.3, (0, top - 0.05, 0)),
            around(f.post(0.05, 0.6, (radius * 0.88, top + 0.2, 0)), 12),
            f.ring(radius * 0.88, 0.06, (0, top + 0.8, 0)),
            f.post(radius * 0.72, 0.2, (0, height * 0.85, 0)),
            finish="charcoal steel",
        ),
        fixed(
            "lamp light lantern",
            f.post(radius * 0.5, height * 0.15, (0, top + 0.1, 0)),
            finish="shiny golden yellow plastic",
        ),
        fixed("door", f.slab((0.8, 1.5, 0.5), (0, 0, radius * 0.8)), finish="brown wood"),
    ]


def _battlements(f: Forms, radius: float, y: float, tooth: float) -> Manifold:
    teeth = around(f.slab((tooth, tooth, tooth), (radius, y, 0)), 8)
    return teeth + f.post(radius + tooth * 0.5, tooth * 0.7, (0, y - tooth * 0.6, 0))


def _castle_walls(
    f: Forms, width: float, height: float, depth: float, x: float, z: float
) -> Manifold:
    """Curtain wall with its gate and teeth, and the keep. x and z are where the corner towers stand."""
    wall = height * 0.42
    curtain = f.slab((2 * x, wall, 2 * z)) - f.slab((2 * x - 1.4, wall, 2 * z - 1.4), (0, 0.5, 0))
    tooth = 0.55
    teeth = [
        f.slab((tooth, tooth, 0.5), (-x + i * 1.1, wall - 0.01, t * z * 0.98))
        for i in range(int(2 * x / 1.1) + 1)
        for t in (1, -1)
    ]
    keep = f.slab((width * 0.3, height * 0.7, depth * 0.3), (0, 0.4, -z * 0.25))
    keep += f.slab((width * 0.34, 0.6, depth * 0.34), (0, height * 0.68, -z * 0.25))
    gate = f.slab((width * 0.24, wall * 1.3, 1.6), (0, 0, z))
    opening = f.slab((width * 0.12, wall * 0.6, 9), (0, -0.01, z)) + f.rod(
        width * 0.06, 9, (0, wall * 0.6, z), "z"
    )
    return unite([(curtain + gate) - opening, *teeth, keep])


@family("castle", "fortress citadel fort palace medieval_castle stronghold", "grey stone")
def castle(
    f: Forms, *, width: float = 12.0, height: float = 9.0, depth: float = 10.0, radius: float = 1.5
) -> list[Part]:
    x, z = width / 2 - radius, depth / 2 - radius
    tower_h = height * 0.66
    corners = [(s * x, t * z) for s in (1, -1) for t in (1, -1)]
    one = f.post(radius, tower_h) + _battlements(f, radius, tower_h, radius * 0.4)
    walls = _castle_walls(f, width, height, depth, x, z)
    roof_y = tower_h + radius * 0.35
    gate = f.slab((width * 0.13, height * 0.29, 0.3), (0, 0, z + 0.2))
    return [
        main(
            "walls wall stone",
            walls,
            *[one.translate((a, 0, b)) for a, b in corners],
        ),
        second(
            "roofs roof",
            *[f.post(radius * 1.02, radius * 1.9, (a, roof_y, b), 0.02) for a, b in corners],
            f.post(width * 0.17, height * 0.24, (0, height * 0.74, -z * 0.25), 0.02),
            finish="blue tiles",
        ),
        fixed("gate door", gate, finish="brown wood"),
        fixed(
            "windows window",
            mirrored(f.box((0.4, 0.9, 0.3), (width * 0.08, height * 0.55, depth * 0.15 - z / 4))),
            *[f.box((0.3, 0.9, 2 * radius + 0.1), (a, tower_h * 0.62, b)) for a, b in corners],
            finish="black paint",
        ),
        fixed(
            "flag flags",
            f.post(0.06, height * 0.2, (0, height * 0.94, -z * 0.25)),
            f.box((1.1, 0.6, 0.06), (0.55, height * 1.1, -z * 0.25)),
            finish="red fabric",
        ),
    ]


@family(
    "skyscraper",
    "office_tower office_building high_rise apartment_block apartment_building",
    "grey concrete",
)
def skyscraper(
    f: Forms, *, width: float = 6.0, height: float = 22.0, depth: float = 6.0
) -> list[Part]:
    steps = [(1.0, 0.0, 0.62), (0.78, 0.6, 0.84), (0.52, 0.82, 0.95)]
    blocks = [
        f.slab((width * s, height * (b - a), depth * s), (0, height * a, 0)) for s, a, b in steps
    ]
    bands = []
    for s, a, b in steps[:2]:
        for i in range(int((b - a) * 20)):
            y = height * a + (i + 0.65) * height / 20
            bands.append(f.box((width * s * 0.86, height / 36, depth * s * 1.02), (0, y, 0)))
            bands.append(f.box((width * s * 1.02, height / 36, depth * s * 0.86), (0, y, 0)))
    return [
        main("walls wall", *blocks),
        second("windows window glass", *bands, finish="navy glass"),
        fixed(
            "antenna spire", f.post(0.18, height * 0.2, (0, height * 0.94, 0), 0.04), finish="steel"
        ),
        fixed("door", f.slab((width * 0.2, height * 0.06, depth * 1.03)), finish="dark glass"),
    ]


@family("windmill", "mill wind_mill", "white plaster")
def windmill(
    f: Forms, *, height: float = 7.0, radius: float = 1.5, length: float = 3.2
) -> list[Part]:
    top, hub = height * 0.66, (0.0, height * 0.72, radius * 1.05)
    arm = f.box((0.12, length, 0.1), (0, length / 2, 0)) + f.box(
        (0.55, length * 0.72, 0.05), (0.26, length * 0.6, 0)
    )
    arms = unite([arm.rotate((0, 0, 90 * i + 20)) for i in range(4)]).translate(hub)
    return [
        main("walls wall body", f.lathe([(radius, 0), (radius * 0.7, top)])),
        second(
            "roof cap",
            f.lathe(
                [(radius * 0.82, -0.1), (radius * 0.6, height * 0.12), (0, height * 0.2)],
                (0, top, 0),
            ),
            finish="brown wood",
        ),
        fixed("sails blades arms", arms, finish="cream wood"),
        fixed(
            "hub", f.rod(0.13, radius * 0.9, (0, hub[1], radius * 0.7), "z"), finish="brown wood"
        ),
        fixed(
            "door windows",
            f.slab((0.8, 1.5, 0.5), (0, 0, radius * 0.82)),
            f.box((0.5, 0.6, 0.4), (0, height * 0.45, radius * 0.72)),
            finish="dark brown wood",
        ),
    ]


@family("bridge", "viaduct footbridge", "grey stone")
def bridge(
    f: Forms, *, length: float = 10.0, width: float = 2.4, height: float = 3.0
) -> list[Part]:
    rise, half = height * 0.72, length / 2
    deck = f.plate(
        [(-half, 0), (half, 0), (half, rise * 0.7), (0, rise), (-half, rise * 0.7)], width
    )
    arch = f.rod(1, width * 2, axis="z").scale((half * 0.28, rise * 0.72, 1))
    arches = unite([arch.translate((x * length, 0, 0)) for x in (-0.31, 0.0, 0.31)])
    wall = f.plate(
        [
            (-half, rise * 0.6),
            (half, rise * 0.6),
            (half, rise * 0.7 + 0.45),
            (0, rise + 0.45),
            (-half, rise * 0.7 + 0.45),
        ],
        0.25,
    )
    walls = [(wall - arches).translate((0, 0, side * width / 2)) for side in (1, -1)]
    return [
        main("walls wall arches", deck - arches, *walls),
        second(
            "road deck path",
            f.plate(
                [
                    (-half, rise * 0.65),
                    (half, rise * 0.65),
                    (half, rise * 0.7 + 0.04),
                    (0, rise + 0.04),
                    (-half, rise * 0.7 + 0.04),
                ],
                width * 0.9,
            ),
            finish="tan concrete",
        ),
    ]


@family("tent", "camping_tent teepee tipi wigwam", "orange fabric")
def tent(f: Forms, *, width: float = 2.4, height: float = 1.6, length: float = 2.8) -> list[Part]:
    cover = f.wedge((length, height, width)).rotate((0, 90, 0))
    slit = f.plate(
        [(-width * 0.18, 0.0), (width * 0.18, 0.0), (0, height * 0.8)], 0.06, (0, 0, length / 2)
    )
    return [
        main("cover", cover),
        second("door flap entrance", slit, finish="charcoal fabric"),
        fixed(
            "poles pole ropes",
            f.rod(0.03, length * 1.06, (0, height - 0.01, 0), "z"),
            *[
                f.bone((0, height, s * length * 0.52), (0, 0.02, s * length * 0.78), 0.02)
                for s in (1, -1)
            ],
            mirrored(f.post(0.03, 0.15, (width * 0.5, 0, length * 0.5))),
            finish="steel",
        ),
    ]
