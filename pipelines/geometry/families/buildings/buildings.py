"""Houses, towers and what stands in the landscape."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, apart, around, doorway, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant

GLASS = "dark glass"
MOST_TEETH = 36  # of a castle's wall


def _panes(
    f: Forms, width: float, depth: float, storey: float, storeys: int, windows: int
) -> tuple[list[Manifold], list[Manifold]]:
    """A house's windows and the frames behind them: front, back and sides, a row for each storey."""
    pane = f.box((width * 0.13, storey * 0.36, 0.12))
    frame = f.box((width * 0.16, storey * 0.44, 0.1))
    spots = []
    for floor in range(storeys):
        y = storey * (floor + 0.56)
        for x in apart(windows, width * 0.62):
            front = [depth / 2] if floor or abs(x) > width * 0.17 else []
            spots += [((x, y, z), 0.0) for z in (*front, -depth / 2)]
        spots += [((s * width / 2, y, 0.0), 90.0) for s in (1, -1)]
    panes = [pane.rotate((0, turn, 0)).translate(at) for at, turn in spots]
    return panes, [frame.rotate((0, turn, 0)).translate(at) for at, turn in spots]


@family("house", "cottage home villa farmhouse building", "cream plaster")
def house(
    f: Forms,
    *,
    width: float = 7.0,
    height: float = 6.0,
    depth: float = 5.5,
    storeys: int = 1,
    windows: int = 2,
    roof: int = Variant("gabled gable, hipped hip, gambrel, cubic boxy"),
    porch: int = Variant("plain, porch veranda"),
) -> list[Part]:
    storeys = within(storeys, 1, 24)
    storey = height * (0.52 if storeys < 2 else 0.46)
    walls, rise, front = storey * storeys, height * 0.48, depth / 2
    cover, gable = _house_roof(f, width, rise, depth, walls, roof)
    door = f.slab((width * 0.16, storey * 0.72, 0.16), (0, 0, front))
    top = walls + rise * 0.35 + height * 0.35
    panes, frames = _panes(f, width, depth, storey, storeys, windows)
    return [
        main("walls wall", f.slab((width, walls, depth)), gable),
        second("roof", cover, finish="terracotta tiles"),
        fixed("door", door, finish="brown wood"),
        fixed("windows window glass", *panes, finish=GLASS),
        fixed(
            "frames shutters",
            *frames,
            f.slab((width * 0.2, storey * 0.76, 0.1), (0, 0, front)),
            f.slab((width * 0.24, 0.12, 0.7), (0, 0, front + 0.25)),
            f.ball(0.07, (width * 0.05, storey * 0.36, front + 0.1)),
            *(_porch(f, width, storey, front) if porch else []),
            finish="white paint",
        ),
        fixed(
            "chimney",
            f.slab((0.6, height * 0.36, 0.6), (width * 0.27, walls + rise * 0.35, -depth * 0.16)),
            f.slab((0.75, 0.12, 0.75), (width * 0.27, top, -depth * 0.16)),
            finish="brick",
        ),
    ]


def _house_roof(
    f: Forms, width: float, rise: float, depth: float, walls: float, kind: int
) -> tuple[Manifold, Manifold]:
    """A house's roof, and the wall that closes it at the ends."""
    wide, deep = width * 1.12, depth * 1.24
    if kind == 1:
        eaves = f.slab((wide, 0.16, deep), (0, walls - 0.08, 0))
        ridge = f.slab((width * 0.4, 0.06, 0.1), (0, walls + rise * 0.9, 0))
        return Manifold.batch_hull([eaves, ridge]), f.slab(
            (width * 0.5, rise * 0.3, depth * 0.4), (0, walls - 0.02, 0)
        )
    if kind == 2:
        half = [(1, 0), (0.78, 0.62), (0, 1), (-0.78, 0.62), (-1, 0)]
        shape = [(z * deep / 2, y * rise * 1.1) for z, y in half]
        small = [(z * depth / 2, y * rise) for z, y in half]
        inside = f.profile([(z * 1.02, y - 0.04) for z, y in small], width * 2, (0, walls - 0.3, 0))
        return f.profile(shape, wide, (0, walls - 0.05, 0)) - inside, f.profile(
            small, width, (0, walls - 0.02, 0)
        )
    if kind == 3:
        flat = f.slab((wide, rise * 0.14, deep), (0, walls - 0.04, 0)) - f.slab(
            (width, 1, depth), (0, walls + rise * 0.06, 0)
        )
        return flat, f.slab(
            (width * 0.5, rise * 0.4, depth * 0.56), (width * 0.18, walls - 0.02, -depth * 0.1)
        )
    roof = f.wedge((wide, rise, deep), (0, walls - 0.05, 0))
    under = f.wedge((width * 2, rise, deep), (0, walls - 0.3, 0))
    return roof - under, f.wedge((width, rise * 0.8, depth), (0, walls - 0.02, 0))


def _porch(f: Forms, width: float, storey: float, front: float) -> list[Manifold]:
    """A roof on posts before a house's door, and its step."""
    deep, tall = storey * 0.45, storey * 0.84
    return [
        f.slab((width * 0.4, 0.14, deep), (0, tall, front + deep / 2)),
        f.slab((width * 0.4, 0.16, deep), (0, 0, front + deep / 2)),
        mirrored(f.slab((0.13, tall, 0.13), (width * 0.18, 0.05, front + deep * 0.9))),
    ]


@family("tower", "watchtower castle_turret bell_tower stone_tower", "grey stone")
def tower(
    f: Forms,
    *,
    height: float = 9.0,
    radius: float = 1.5,
    storeys: int = 3,
    top: int = Variant("roofed pointed, crenellated battlemented, domed, spired"),
) -> list[Part]:
    storeys = within(storeys, 1, 24)
    tall = height * 0.62 * max(storeys / 3, 0.6)
    low, wide = radius * 0.82, radius * 1.05
    shaft = f.lathe([(radius, 0), (low, tall * 0.12), (low, tall), (wide, tall + radius * 0.35)])
    crown = f.post(wide, radius * 0.5, (0, tall + radius * 0.3, 0))
    teeth = around(
        f.slab(
            (radius * 0.3, radius * 0.36, radius * 0.42),
            (wide - radius * 0.15, tall + radius * 0.78, 0),
        ),
        8,
    )
    hollow = f.post(wide - radius * 0.3, radius, (0, tall + radius * 0.6, 0))
    ledge = tall + radius * 0.8
    return [
        main("walls wall shaft", shaft, crown - hollow),
        main("battlements teeth", teeth),
        second(
            "roof",
            _tower_roof(f, wide, height, top).translate((0, ledge + radius * 0.25, 0)),
            f.post(wide * 0.62, radius * 0.6, (0, ledge - radius * 0.3, 0)),
            finish="blue tiles",
        ),
        *_tower_fittings(
            f, height, radius, storeys, tall, low, ledge + height * (0.0, -0.2, -0.04, 0.1)[top]
        ),
    ]


def _tower_roof(f: Forms, wide: float, height: float, top: int) -> Manifold:
    """What covers a tower, from y = 0 on: a cone, hardly more than a floor, a dome or a steep spire."""
    shapes = (
        [(0.86, 0), (0.5, 0.1), (0.0, 0.28)],
        [(0.62, -0.01), (0.6, 0.02), (0.1, 0.05), (0.1, 0.08)],
        [(0.8, 0), (0.86, 0.06), (0.72, 0.13), (0.36, 0.19), (0.05, 0.24)],
        [(1.0, 0), (0.6, 0.08), (0.3, 0.22), (0.04, 0.38)],
    )
    shape = [(r * wide, y * height) for r, y in shapes[top]]
    return f.turned(shape) if top == 2 else f.lathe(shape)


def _tower_fittings(
    f: Forms, height: float, radius: float, storeys: int, tall: float, low: float, ledge: float
) -> list[Part]:
    """A tower's windows, door and flag."""
    slit = f.plate(doorway(radius * 0.26, radius * 0.62, 6), radius * 0.3)
    panes = [
        slit.translate((0, tall * (i + 0.38) / storeys, low - radius * 0.06)).rotate((0, turn, 0))
        for i in range(storeys)
        for turn in ((0, 120, 240) if i else (120, 240))
    ]
    return [
        fixed("windows window", *panes, finish="black paint"),
        fixed(
            "door",
            f.plate(doorway(radius * 0.62, radius * 1.15), radius * 0.5, (0, 0, radius * 0.8)),
            finish="brown wood",
        ),
        fixed(
            "flag flags",
            f.post(0.07, height * 0.16, (0, ledge + height * 0.26 + radius * 0.25, 0)),
            f.box(
                (radius * 0.6, radius * 0.34, 0.05),
                (radius * 0.3, ledge + height * 0.38 + radius * 0.25, 0),
            ),
            finish="red fabric",
        ),
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
    tooth, gap = 0.55, max(1.1, 2 * x / MOST_TEETH)
    teeth = [
        f.slab((tooth, tooth, 0.5), (-x + i * gap, wall - 0.01, t * z * 0.98))
        for i in range(int(2 * x / gap) + 1)
        for t in (1, -1)
    ]
    keep = f.slab((width * 0.3, height * 0.7, depth * 0.3), (0, 0.4, -z * 0.25))
    keep += f.slab((width * 0.34, 0.6, depth * 0.34), (0, height * 0.68, -z * 0.25))
    gate = f.slab((width * 0.24, wall * 1.3, 1.6), (0, 0, z))
    opening = f.slab((width * 0.12, wall * 0.6, 9), (0, -0.01, z)) + f.rod(
        width * 0.06, 9, (0, wall * 0.6, z), "z"
    )
    return unite([(curtain + gate) - opening, *teeth, keep])


@family("castle", "fortress citadel fort medieval_castle stronghold", "grey stone")
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
            f.post(width * 0.17, height * 0.24 + 0.1, (0, height * 0.68 + 0.5, -z * 0.25), 0.02),
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
    f: Forms,
    *,
    width: float = 6.0,
    height: float = 22.0,
    depth: float = 6.0,
    storeys: int = 20,
) -> list[Part]:
    steps = [(1.0, 0.0, 0.62), (0.78, 0.6, 0.84), (0.52, 0.82, 0.95)]
    blocks = [
        f.slab((width * s, height * (b - a), depth * s), (0, height * a, 0)) for s, a, b in steps
    ]
    storeys = max(storeys, 1)
    bands, panel = [], height / storeys
    for floor in range(1 if storeys > 1 else 0, storeys):
        y = height * 0.95 * (floor + 0.5) / storeys
        s = next(share for share, _, top in steps if y + panel * 0.3 < height * top or top > 0.9)
        bands.append(f.box((width * s * 0.86, panel * 0.56, depth * s * 1.02), (0, y, 0)))
        bands.append(f.box((width * s * 1.02, panel * 0.56, depth * s * 0.86), (0, y, 0)))
    piers = [
        f.box(
            (width * s * 0.05, height * (b - a), depth * s * 1.03),
            (x * width * s, height * (a + b) / 2, 0),
        )
        for s, a, b in steps
        for x in (-0.2, 0.0, 0.2)
    ]
    return [
        main("walls wall", *blocks, *piers, *[pier.rotate((0, 90, 0)) for pier in piers]),
        second("windows window glass", *bands, finish="navy glass"),
        fixed(
            "antenna spire", f.post(0.18, height * 0.2, (0, height * 0.94, 0), 0.04), finish="steel"
        ),
        fixed(
            "door entrance",
            f.slab((width * 0.34, panel * 0.9, depth * 1.05)),
            f.slab((width * 0.42, panel * 0.14, depth * 1.16), (0, panel * 0.86, 0)),
            finish="dark glass",
        ),
    ]


@family("windmill", "mill wind_mill", "white plaster")
def windmill(
    f: Forms, *, height: float = 7.0, radius: float = 1.5, length: float = 3.2, blades: int = 4
) -> list[Part]:
    blades = within(blades, 1, 12)
    top, hub = height * 0.66, (0.0, height * 0.72, radius * 1.05)
    arm = f.box((0.12, length, 0.1), (0, length / 2, 0)) + f.box(
        (0.55, length * 0.72, 0.05), (0.26, length * 0.6, 0)
    )
    arms = unite([arm.rotate((0, 0, 360.0 * i / blades + 20)) for i in range(blades)]).translate(
        hub
    )
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
    f: Forms, *, length: float = 10.0, width: float = 2.4, height: float = 3.0, arches: int = 3
) -> list[Part]:
    rise, half = height * 0.72, length / 2
    deck = f.plate(
        [(-half, 0), (half, 0), (half, rise * 0.7), (0, rise), (-half, rise * 0.7)], width
    )
    span = length * 0.93 / max(arches, 1)
    arch = f.rod(1, width * 2, axis="z", share=0.6).scale((span * 0.45, rise * 0.72, 1))
    holes = unite([arch.translate((x, 0, 0)) for x in apart(arches, length * 0.93 - span)])
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
    walls = [(wall - holes).translate((0, 0, side * width / 2)) for side in (1, -1)]
    ends, crown = (half, rise * 0.7 + 0.04), (0, rise + 0.04)
    road = [(-half, rise * 0.65), (half, rise * 0.65), ends, crown, (-half, ends[1])]
    rim = arch.scale((1.14, 1.1, (width + 0.4) / (2 * width)))
    rims = unite([rim.translate((x, 0, 0)) for x in apart(arches, length * 0.93 - span)])
    rims = (rims - holes) ^ f.slab((length, rise, 9))
    return [
        main("walls wall", deck - holes, *walls),
        main("arches rims", rims),
        second(
            "road deck path",
            f.plate(road, width * 0.9),
            finish="tan concrete",
        ),
    ]
