"""Machines on tracks and big wheels, and carts. Their front is +Z."""

from __future__ import annotations

import itertools

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, Point, apart, mirrored, scaled, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import GLASS, RUBBER

# Of a track, however long a prompt makes it.
MOST_CLEATS = 48
MOST_ROAD_WHEELS = 12


def _track(f: Forms, x: float, length: float, height: float, width: float) -> Manifold:
    """A caterpillar track at x with its cleats, open in the middle."""
    r, z = height / 2, length / 2 - height / 2
    ends = [f.rod(r, width, (0, r, s * z), "x") for s in (1, -1)]
    inner = [f.rod(r * 0.74, width * 2, (0, r, s * z), "x") for s in (1, -1)]
    belt = Manifold.batch_hull(ends) - Manifold.batch_hull(inner)
    count = within(int(length / (height * 0.3)), 6, MOST_CLEATS)
    cleat = f.box((width * 1.02, height + 0.05, height * 0.1), (0, r, 0))
    cleats = unite([cleat.translate((0, 0, z2)) for z2 in apart(count, 2 * z)])
    return (belt + (cleats - Manifold.batch_hull(inner))).translate((x, 0, 0))


def _road_wheels(f: Forms, x: float, length: float, height: float, width: float) -> Manifold:
    """The wheels within a track, held together."""
    r, z = height / 2, length / 2 - height / 2
    places = apart(within(int(length), 3, MOST_ROAD_WHEELS), 2 * z)
    wheels = [f.rod(r * 0.78, width * 0.9, (0, r, z2), "x") for z2 in places]
    hubs = [f.rod(r * 0.3, width, (0, r, z2), "x") for z2 in places]
    return unite([*wheels, *hubs, f.box((width * 0.6, r, 2 * z), (0, r, 0))]).translate((x, 0, 0))


@family("tank", "army_tank battle_tank panzer", "olive paint")
def tank(
    f: Forms,
    *,
    length: float = 6.0,
    width: float = 3.2,
    height: float = 2.3,
    radius: float = 0.12,
) -> list[Part]:
    half, x, low = length / 2, width * 0.4, height * 0.42
    side = [(-half * 0.95, low * 0.5), (-half * 0.9, height * 0.58), (half * 0.45, height * 0.58)]
    hull = f.profile([*side, (half * 0.98, low * 0.95), (half * 0.8, low * 0.4)], width * 0.62)
    right = pairs("0.5 -0.9, 0.85 -0.5, 0.85 0.3, 0.42 0.95", width * 0.36, half * 0.42)
    ring = right + [(-a, b) for a, b in right[::-1]]
    low_ring = f.floor(ring, 0.02, (0, height * 0.56, -half * 0.12))
    top_ring = f.floor(scaled(ring, 0.75, 0.8), 0.02, (0, height * 0.86, -half * 0.12))
    gun = height * 0.72
    guard = f.slab((width * 0.2, 0.06, length * 0.98), (x, low * 1.03, 0))
    return [
        main(
            "body hull turret",
            hull,
            Manifold.batch_hull([low_ring, top_ring]),
            mirrored(guard),
            f.post(width * 0.12, height * 0.08, (width * 0.12, height * 0.85, -half * 0.25)),
            f.rod(radius * 1.7, length * 0.1, (0, gun, half * 0.3), "z"),
        ),
        second(
            "gun barrel cannon",
            f.rod(radius, length * 0.62, (0, gun, half * 0.75), "z"),
            f.rod(radius * 1.4, length * 0.06, (0, gun, half * 1.35), "z"),
            finish="olive paint",
        ),
        *_running_gear(f, length, width, height, half, low, x),
    ]


def _running_gear(
    f: Forms, length: float, width: float, height: float, half: float, low: float, x: float
) -> list[Part]:
    """A tank's tracks with their wheels, and what stands on its turret."""
    return [
        fixed(
            "tracks track",
            mirrored(_track(f, x, length, low, width * 0.18)),
            finish="charcoal steel",
        ),
        fixed(
            "wheels", mirrored(_road_wheels(f, x, length, low, width * 0.18)), finish="olive steel"
        ),
        fixed(
            "hatch antenna lights",
            f.post(width * 0.1, height * 0.05, (width * 0.12, height * 0.92, -half * 0.25)),
            f.post(0.03, height * 0.5, (-width * 0.2, height * 0.85, -half * 0.35)),
            mirrored(f.rod(0.12, 0.12, (width * 0.22, low * 1.1, half * 0.88), "z")),
            finish="charcoal steel",
        ),
    ]


def _lugs(f: Forms, radius: float, width: float, at: Point) -> Manifold:
    """A tractor's tyre with its treads."""
    tread = f.box((width * 1.02, 0.14, 0.12), (0, radius, 0))
    count = 16
    treads = [tread.rotate((360.0 * i / count, 0, 0)) for i in range(count)]
    return unite([f.rod(radius, width, axis="x"), *treads]).translate(at)


@family("tractor", "farm_tractor", "green paint")
def tractor(
    f: Forms,
    *,
    length: float = 3.6,
    width: float = 1.9,
    height: float = 2.6,
    radius: float = 0.75,
) -> list[Part]:
    half, small = length / 2, radius * 0.58
    rear, fore = -half + radius, half - small * 1.1
    hood = f.soft_box((width * 0.36, 0.62, length * 0.5), (0, radius * 1.25, half * 0.42), 0.1)
    guard = f.rod(radius * 1.14, width * 0.2, axis="x") - f.rod(radius * 1.06, width, axis="x")
    guard = guard ^ f.slab((width, radius * 3, radius * 3), (0, radius * 0.25, 0))
    floor, roof = radius * 1.1, height - 0.12
    post = f.bone((width * 0.24, floor, rear * 0.15), (width * 0.24, roof, rear * 0.3), 0.04)
    back = f.bone((width * 0.24, floor, rear * 1.1), (width * 0.24, roof, rear * 0.95), 0.04)
    pane = [(rear * 0.15, floor), (rear * 0.3, roof), (rear * 0.95, roof), (rear * 1.1, floor)]
    glass = f.profile(pane, width * 0.47)
    return [
        main(
            "body hood bonnet roof",
            hood,
            mirrored(guard.translate((width * 0.37, radius, rear))),
            f.soft_box((width * 0.62, 0.14, half * 0.62), (0, roof + 0.05, rear * 0.6), 0.06),
            mirrored(post + back),
            f.box((width * 0.5, 0.5, half * 0.72), (0, floor - 0.1, rear * 0.62)),
        ),
        fixed("windows window glass", glass, finish=GLASS),
        *_tractor_wheels(f, width, radius, small, rear, fore),
        *_tractor_fittings(f, half, width, height, radius, rear, fore),
    ]


def _tractor_wheels(
    f: Forms, width: float, radius: float, small: float, rear: float, fore: float
) -> list[Part]:
    """Big wheels at z = rear, small ones at z = fore."""
    big = [(s * width * 0.38, radius, rear) for s in (1, -1)]
    little = [(s * width * 0.36, small, fore) for s in (1, -1)]
    return [
        second(
            "rims rim hubs",
            *[f.rod(radius * 0.52, width * 0.23, at, "x") for at in big],
            *[f.rod(small * 0.5, width * 0.19, at, "x") for at in little],
            finish="yellow paint",
        ),
        fixed(
            "wheels tyres tires",
            *[_lugs(f, radius, width * 0.22, at) for at in big],
            *[_lugs(f, small, width * 0.17, at) for at in little],
            finish=RUBBER,
        ),
    ]


def _tractor_fittings(
    f: Forms, half: float, width: float, height: float, radius: float, rear: float, fore: float
) -> list[Part]:
    """A tractor's exhaust, engine, axles and lamps."""
    return [
        fixed(
            "exhaust axles grille engine",
            f.post(0.05, height * 0.36, (width * 0.1, radius * 1.5, half * 0.5)),
            f.rod(0.09, width * 0.72, (0, radius, rear), "x"),
            f.rod(0.08, width * 0.7, (0, radius * 0.58, fore), "x"),
            f.box((width * 0.24, radius * 0.8, half * 1.24), (0, radius * 0.82, half * 0.2)),
            f.box((width * 0.26, 0.44, 0.06), (0, radius * 1.25, half * 0.92)),
            finish="charcoal steel",
        ),
        fixed(
            "lights headlights",
            mirrored(f.rod(0.08, 0.08, (width * 0.13, radius * 1.45, half * 0.93), "z")),
            finish="glossy cream plastic",
        ),
    ]


def _arm(f: Forms, width: float, points: list[tuple[float, float]], thick: float) -> Manifold:
    """A flat beam through (z, y) points, thicker at its first ones."""
    pieces = [
        Manifold.batch_hull(
            [
                f.rod(thick * (1 - 0.3 * i / len(points)), width, (0, y, z), "x"),
                f.rod(thick * (1 - 0.3 * (i + 1) / len(points)), width, (0, y2, z2), "x"),
            ]
        )
        for i, ((z, y), (z2, y2)) in enumerate(itertools.pairwise(points))
    ]
    return unite(pieces)


def _bucket(f: Forms, width: float, size: float, z: float, y: float) -> Manifold:
    """An excavator's bucket that hangs on (z, y) and opens to the back, with teeth."""
    outer = pairs("0.1 0.15, 0.5 -0.05, 0.62 -0.5, 0.35 -0.9, -0.2 -1, -0.3 -0.9")
    inner = pairs("-0.05 0.02, 0.38 -0.12, 0.48 -0.5, 0.27 -0.78, -0.5 -0.95, -0.6 0.1")
    shell = f.profile([(a * size, b * size) for a, b in outer], width)
    hollow = f.profile([(a * size, b * size) for a, b in inner], width * 0.86)
    tooth = f.box((width * 0.12, 0.06, size * 0.3), (0, -size * 0.95, -size * 0.3))
    teeth = [tooth.translate((x, 0, 0)) for x in apart(4, width * 0.84)]
    return unite([shell - hollow, *teeth]).translate((0, y, z))


@family("excavator", "digger backhoe power_shovel", "yellow paint")
def excavator(
    f: Forms,
    *,
    length: float = 7.5,
    width: float = 2.6,
    height: float = 4.4,
    radius: float = 0.2,
) -> list[Part]:
    base, floor = length * 0.44, height * 0.24
    boom = [(0.5, floor + 0.5), (length * 0.2, height * 0.9), (length * 0.38, height * 0.88)]
    stick = [(length * 0.36, height * 0.92), (length * 0.5, height * 0.42)]
    cab_z, house = base * 0.16, floor + height * 0.2
    tail = f.soft_box((width * 0.98, height * 0.28, base * 0.5), (0, house, -base * 0.3), 0.15)
    cab = f.soft_box((width * 0.4, height * 0.4, base * 0.42), (0, 0, 0), 0.12)
    spot = (width * 0.28, floor + height * 0.25, cab_z)
    link = f.bone((0, height * 0.46, length * 0.48), (0, height * 0.36, length * 0.5), radius * 0.8)
    return [
        main(
            "body cab house",
            tail,
            f.slab((width * 0.9, height * 0.1, base * 0.72), (0, floor, -base * 0.1)),
            cab.translate(spot),
        ),
        main(
            "boom arm stick",
            _arm(f, width * 0.16, boom, radius * 1.7),
            _arm(f, width * 0.14, stick, radius * 1.4),
        ),
        second(
            "bucket shovel",
            _bucket(f, width * 0.34, height * 0.24, length * 0.48, height * 0.36) + link,
            finish="charcoal steel",
        ),
        *_undercarriage(f, length, width, height, radius, base, floor, spot),
    ]


def _undercarriage(
    f: Forms,
    length: float,
    width: float,
    height: float,
    radius: float,
    base: float,
    floor: float,
    spot: Point,
) -> list[Part]:
    """An excavator's glass, its tracks and the rams of its boom."""
    track = height * 0.18
    ram = f.bone((0, height * 0.3, base * 0.3), (0, height * 0.66, length * 0.13), radius * 0.45)
    ram2 = f.bone(
        (0, height * 0.9 + radius, length * 0.23),
        (0, height * 0.9 + radius, length * 0.37),
        radius * 0.45,
    )
    pane = f.soft_box((width * 0.42, height * 0.22, base * 0.34), (0, height * 0.06, 0), 0.05)
    front = f.soft_box((width * 0.33, height * 0.26, base * 0.44), (0, height * 0.04, 0), 0.05)
    return [
        fixed(
            "windows window glass",
            (pane + front).translate(spot),
            finish=GLASS,
        ),
        fixed(
            "tracks wheels",
            mirrored(_track(f, width * 0.38, base, track, width * 0.22)),
            mirrored(_road_wheels(f, width * 0.38, base, track, width * 0.22)),
            f.slab((width * 0.7, track * 0.5, base * 0.4), (0, track * 0.35, 0)),
            f.post(width * 0.28, floor - track * 0.5, (0, track * 0.6, 0)),
            finish="charcoal steel",
        ),
        fixed("rams pistons", ram, ram2, finish="polished steel"),
    ]


def spoked_wheel(f: Forms, radius: float, width: float, at: Point, spokes: int = 5) -> Manifold:
    """A wooden wheel of a cart that turns about x, with `spokes` across."""
    rim = f.rod(radius, width, axis="x") - f.rod(radius * 0.84, width * 3, axis="x")
    spoke = f.rod(width * 0.3, radius * 1.8)
    spokes_ = [spoke.rotate((180.0 * i / spokes, 0, 0)) for i in range(spokes)]
    return unite([rim, *spokes_, f.rod(radius * 0.17, width * 2.2, axis="x")]).translate(at)


@family("cart", "wagon:caramel_wood handcart oxcart wooden_cart", "brown wood")
def cart(
    f: Forms,
    *,
    length: float = 1.6,
    width: float = 1.0,
    height: float = 0.95,
    radius: float = 0.42,
    wheels: int = 2,
) -> list[Part]:
    half, floor = length / 2, radius * 1.05
    walls = f.slab((width, height - floor, length), (0, floor, 0))
    inside = f.slab((width * 0.9, height, length * 0.94), (0, floor + 0.06, 0))
    planks = [
        f.slab((width * 1.04, height - floor + 0.03, 0.06), (0, floor - 0.02, z))
        for z in apart(4, length * 0.92)
    ]
    rows = apart(within(round(wheels / 2), 1, 3), length * 0.66)
    spots = [(s * width * 0.58, radius, z) for z in rows for s in (1, -1)]
    shaft = f.bone((width * 0.3, floor, half * 0.9), (width * 0.3, floor * 0.82, half * 1.9), 0.035)
    prop = f.bone((width * 0.3, floor, half * 0.94), (width * 0.3, 0.02, half * 0.98), 0.03)
    return [
        main(
            "body box",
            walls - inside,
            *[plank - inside for plank in planks],
            mirrored(shaft + prop),
            f.rod(0.035, width * 0.66, (0, floor * 0.84, half * 1.8), "x"),
        ),
        second(
            "wheels wheel",
            *[spoked_wheel(f, radius, 0.07, at) for at in spots],
            finish="dark brown wood",
        ),
        fixed(
            "axle",
            *[f.rod(0.04, width * 1.3, (0, radius, z), "x") for z in rows],
            *[f.slab((width * 0.7, radius * 0.2, 0.1), (0, radius * 0.93, z)) for z in rows],
            finish="charcoal steel",
        ),
    ]


@family("wheelbarrow", "barrow", "green paint")
def wheelbarrow(
    f: Forms,
    *,
    length: float = 1.4,
    width: float = 0.6,
    height: float = 0.6,
    radius: float = 0.18,
) -> list[Part]:
    half, low = length / 2, height * 0.45
    rim = [(s * width * 0.5, height, z) for s in (1, -1) for z in (-half * 0.35, half * 0.75)]
    foot = [(s * width * 0.3, low, z) for s in (1, -1) for z in (-half * 0.2, half * 0.3)]
    outer = Manifold.batch_hull([f.ball(0.03, at) for at in (*rim, *foot)])
    inner = [f.ball(0.02, (x * 0.93, y + 0.04, z * 0.95)) for x, y, z in (*rim, *foot)]
    hub = (0.0, radius, half - radius)
    bar = [
        (width * 0.42, height * 0.92, -half),
        (width * 0.32, low * 0.95, -half * 0.2),
        (0.05, radius, hub[2]),
    ]
    leg = [(width * 0.33, low, -half * 0.1), (width * 0.36, 0.02, -half * 0.2)]
    return [
        main("tray body", outer - Manifold.batch_hull(inner)),
        second(
            "wheel tyre wheels",
            f.ring(radius * 0.75, radius * 0.25, axis="x").translate(hub),
            finish=RUBBER,
        ),
        fixed(
            "frame handles legs",
            mirrored(f.tube(bar, 0.022) + f.tube(leg, 0.02)),
            f.rod(radius * 0.6, 0.05, hub, "x") + f.rod(0.025, 0.14, hub, "x"),
            finish="steel",
        ),
        fixed(
            "grips",
            mirrored(f.rod(0.03, 0.14, (width * 0.415, height * 0.9, -half + 0.06), "z")),
            finish=RUBBER,
        ),
    ]
