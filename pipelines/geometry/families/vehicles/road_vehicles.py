"""Cars and lorries for one purpose: vans, pickups, jeeps, fire engines. Their front is +Z."""

from __future__ import annotations

from collections.abc import Sequence

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, apart, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import GLASS, RUBBER, wheel


def wheels_of(
    f: Forms, radius: float, wide: float, width: float, rows: Sequence[float]
) -> list[Part]:
    """Tyres at both ends of axles at z = rows, and rims with the axles."""
    spots = [(s * (width - wide) / 2, radius, z) for z in rows for s in (1, -1)]
    axles = [wheel(f, radius * 0.18, width * 0.9, (0, radius, z)) for z in rows]
    rims = [wheel(f, radius * 0.55, wide * 1.12, at) for at in spots]
    return [
        fixed("wheels tyres tires", *[wheel(f, radius, wide, at) for at in spots], finish=RUBBER),
        fixed("rims hubcaps", *rims, *axles, finish="polished steel"),
    ]


def both_ends(solid: Manifold, z: float) -> Manifold:
    """The solid in front and behind, its middle at a distance of z."""
    return solid.translate((0, 0, z)) + solid.translate((0, 0, -z))


def arches_of(f: Forms, radius: float, width: float, rows: list[float]) -> Manifold:
    """What the wheels need to be cut out of a body."""
    return unite([f.rod(radius * 1.14, width * 2, (0, radius, z), "x") for z in rows]) - f.box(
        (width * 0.62, 9, 99)
    )


def lamps_of(f: Forms, x: float, y: float, z: float, size: float) -> list[Part]:
    """Headlights at the front end z, taillights at the back end."""
    return [
        fixed(
            "lights headlights",
            mirrored(f.rod(size, size, (x, y, z), "z")),
            finish="glossy cream plastic",
        ),
        fixed(
            "taillights",
            mirrored(f.box((size * 1.2, size * 2, size), (x, y, -z))),
            finish="glossy crimson plastic",
        ),
    ]


@family(
    "van",
    "minivan delivery_van campervan camper_van transporter",
    "white paint",
)
def van(
    f: Forms, *, length: float = 5.0, width: float = 2.0, height: float = 2.2, radius: float = 0.36
) -> list[Part]:
    half, low = length / 2, radius * 0.7
    rows = [half * 0.62, -half * 0.6]
    upper = pairs("1 0.42, 0.9 0.52, 0.56 0.93, 0.42 1, -0.97 1, -1 0.9", half, height)
    side = [(-half, low), (half * 0.97, low), *upper]
    waist = f.profile([(z * 0.99, min(y, height * 0.6)) for z, y in side], width)
    arches = arches_of(f, radius, width, rows)
    seam = f.box((0.05, height * 0.6, 0.03), (width * 0.49, height * 0.52, 0))
    seams = [mirrored(seam.translate((0, 0, half * z))) for z in (0.14, -0.33)]
    band = f.box((width * 1.005, height * 0.07, length * 0.9), (0, height * 0.44, -half * 0.05))
    grille = f.box((width * 0.4, 0.14, 0.1), (0, height * 0.33, half * 0.99))
    bumper = f.soft_box((width * 0.94, 0.2, 0.18), (0, low + 0.1, 0), 0.06)
    return [
        main(
            "body",
            Manifold.batch_hull([waist, f.profile(side, width * 0.9)]) - arches - unite(seams),
        ),
        second("stripe stripes", band - arches, finish="blue paint"),
        fixed("windows window glass", _van_glass(f, half, width, height), finish=GLASS),
        *wheels_of(f, radius, 0.24, width, rows),
        fixed("bumpers grille", both_ends(bumper, half * 0.99), grille, finish="charcoal plastic"),
        *lamps_of(f, width * 0.38, height * 0.36, half * 0.985, 0.12),
    ]


def _van_glass(f: Forms, half: float, width: float, height: float) -> Manifold:
    """A van's windows all around."""
    doors = pairs("0.88 0.55, 0.6 0.88, 0.2 0.88, 0.2 0.55", half, height)
    screen = f.box((width * 0.8, height * 0.36, 0.08)).rotate((-33, 0, 0))
    pane = f.box((width * 0.97, height * 0.24, half * 0.32))
    return unite(
        [
            f.profile(doors, width * 0.98),
            screen.translate((0, height * 0.71, half * 0.75)),
            *[pane.translate((0, height * 0.73, half * z)) for z in (-0.1, -0.55)],
            f.box((width * 0.7, height * 0.24, 0.05), (0, height * 0.72, -half)),
        ]
    )


@family("pickup", "pickup_truck pick_up_truck ute", "blue paint")
def pickup(
    f: Forms, *, length: float = 5.2, width: float = 1.95, height: float = 1.8, radius: float = 0.4
) -> list[Part]:
    half, low, belt = length / 2, radius * 0.75, height * 0.62
    rows = [half * 0.62, -half * 0.6]
    upper = pairs("1 0.6, 0.96 0.95, 0.34 1, -1 1", half, belt)
    body = f.profile([(-half, low), (half * 0.97, low), *upper], width)
    bed = f.slab((width * 0.82, belt, length * 0.4), (0, belt * 0.62, -half * 0.58))
    seam = f.box((0.05, belt * 0.6, 0.03), (width * 0.5, belt * 0.7, 0))
    seams = mirrored(unite([seam.translate((0, 0, half * z)) for z in (0.36, -0.15)]))
    cab, frame = _pickup_cab(f, half, width, belt, height)
    bumper = f.soft_box((width * 0.96, 0.2, 0.18), (0, low + 0.08, 0), 0.05)
    grille = f.box((width * 0.5, belt * 0.24, 0.1), (0, belt * 0.7, half * 0.97))
    liner = bed ^ f.slab((width, belt * 0.06, length), (0, belt * 0.62, 0))
    return [
        main("body", body - bed - arches_of(f, radius, width, rows) - seams, frame),
        second("bed liner", liner, finish="charcoal plastic"),
        fixed("windows window glass", cab, finish=GLASS),
        *wheels_of(f, radius, 0.28, width * 1.02, rows),
        fixed("bumpers grille", both_ends(bumper, half), grille, finish="polished steel"),
        *lamps_of(f, width * 0.38, belt * 0.72, half * 0.985, 0.11),
    ]


def _pickup_cab(
    f: Forms, half: float, width: float, belt: float, height: float
) -> tuple[Manifold, Manifold]:
    """A pickup's glass, and the roof and pillars about it."""
    corners = [(0.38, belt - 0.02, 0.45), (-0.16, belt - 0.02, 0.45), (0.14, height, 0.38)]
    corners.append((-0.12, height, 0.38))
    dot = f.box((0.02, 0.02, 0.02))
    glass = [dot.translate((s * width * w, y, half * z)) for z, y, w in corners for s in (1, -1)]
    roof = f.soft_box((width * 0.8, 0.09, half * 0.3), (0, height, half * 0.01), 0.04)
    posts = [
        Manifold.batch_hull(
            [
                f.box((0.1, 0.02, 0.14), (width * 0.44, belt, half * low)),
                f.box((0.1, 0.02, 0.1), (width * 0.375, height, half * high)),
            ]
        )
        for low, high in ((0.37, 0.13), (-0.14, -0.11))
    ]
    return Manifold.batch_hull(glass), roof + mirrored(unite(posts))


@family("jeep", "off_roader offroad_car safari_car military_jeep:olive_paint", "olive paint")
def jeep(
    f: Forms, *, length: float = 3.8, width: float = 1.75, height: float = 1.8, radius: float = 0.4
) -> list[Part]:
    half, low, belt = length / 2, radius * 0.9, height * 0.58
    rows = [half * 0.62, -half * 0.58]
    hood = f.soft_box((width * 0.66, belt * 0.55, half * 0.8), (0, belt * 0.78, half * 0.58), 0.05)
    tub = f.slab((width * 0.86, belt - low, length * 0.6), (0, low, -half * 0.38))
    room = f.slab((width * 0.76, belt, length * 0.54), (0, low + 0.12, -half * 0.38))
    wing = f.soft_box(
        (width * 0.2, 0.08, half * 0.52), (width * 0.4, min(radius * 2.1, belt * 0.95), 0), 0.03
    )
    screen = f.box((width * 0.74, height - belt, 0.04), (0, (height + belt) / 2, half * 0.17))
    slot = f.box((0.05, belt * 0.3, 0.06), (0, belt * 0.76, half * 0.985))
    bumper = f.soft_box((width * 0.9, 0.16, 0.14), (0, low + 0.05, 0), 0.04)
    spare = f.rod(radius * 0.92, 0.2, (0, belt * 0.85, -half * 0.98 - 0.08), "z")
    return [
        main(
            "body",
            (tub - room) - arches_of(f, radius, width, rows),
            hood,
            *[mirrored(wing.translate((0, 0, z))) for z in rows],
            f.slab((width * 0.5, 0.16, length * 0.98), (0, low * 0.85, 0)),
        ),
        *_jeep_seats(f, half, width, low, belt, height),
        fixed("windows windscreen glass", screen, finish="pale aqua glass"),
        *wheels_of(f, radius, 0.26, width, rows),
        fixed("spare", spare, finish=RUBBER),
        fixed(
            "bumpers grille hub",
            *[slot.translate((x, 0, 0)) for x in apart(7, width * 0.36)],
            both_ends(bumper, half),
            f.rod(radius * 0.5, 0.24, (0, belt * 0.85, -half * 0.98 - 0.08), "z"),
            finish="charcoal steel",
        ),
        *lamps_of(f, width * 0.27, belt * 0.8, half * 0.97, 0.1)[:1],
    ]


def _jeep_seats(
    f: Forms, half: float, width: float, low: float, belt: float, height: float
) -> list[Part]:
    """Four seats beneath roll bars."""
    bars = []
    for z in (half * 0.16, -half * 0.4, -half * 0.9):
        foot, shoulder = (width * 0.38, belt - 0.05, z), (width * 0.36, height, z + 0.03)
        bars.append(f.tube([foot, shoulder, (0, height, z + 0.03)], 0.035))
    bars.append(
        f.bone((width * 0.36, height, half * 0.16), (width * 0.36, height, -half * 0.88), 0.035)
    )
    seat = f.soft_box((0.42, 0.14, 0.42), (0.33, belt * 0.85, 0), 0.04)
    seat += f.soft_box((0.42, 0.5, 0.12), (0.33, belt * 1.05, -0.22), 0.04)
    seat += f.slab((0.1, belt * 0.85 - low, 0.4), (0.33, low, 0))
    seats = [seat.translate((0, 0, half * z)) for z in (-0.1, -0.56)]
    return [
        second(
            "seats seat roll_bars roof", mirrored(unite([*seats, *bars])), finish="black leather"
        )
    ]


@family("fire engine", "fire_truck firetruck fire_lorry", "red paint")
def fire_engine(
    f: Forms, *, length: float = 7.5, width: float = 2.4, height: float = 2.8, radius: float = 0.5
) -> list[Part]:
    half, low = length / 2, radius * 0.8
    rows, cab_z = [half * 0.62, -half * 0.5], half * 0.34
    cab_at = (0, (height + low) / 2, (half + cab_z) / 2)
    cab = f.soft_box((width, height - low, half - cab_z), cab_at, 0.14)
    box_at = (0, low, (cab_z - half) / 2 - 0.03)
    box = f.slab((width, height * 0.9 - low, half + cab_z - 0.12), box_at)
    frame = f.slab((width * 0.8, 0.3, length * 0.96), (0, low, 0))
    band = f.box((width * 1.012, 0.22, length * 0.98), (0, height * 0.33, 0))
    arches = arches_of(f, radius, width, rows)
    shutter = f.box((width * 1.015, height * 0.38, length * 0.14), (0, height * 0.6, cab_z))
    pane = f.box((width * 1.02, height * 0.26, length * 0.09), (0, height * 0.72, 0))
    screen = f.box((width * 0.88, height * 0.34, 0.08), (0, height * 0.68, half))
    beacon = f.soft_box((0.42, 0.16, 0.22), (width * 0.26, height + 0.05, half * 0.72), 0.06)
    return [
        main("body cab", (unite([cab, box, frame])) - arches),
        second("stripe stripes", band - arches, finish="white paint"),
        fixed(
            "windows window glass",
            *[pane.translate((0, 0, half * z)) for z in (0.84, 0.5)],
            screen,
            finish=GLASS,
        ),
        fixed("ladder", _fire_ladder(f, half, height), finish="silver"),
        fixed(
            "shutters bumper grille",
            *[shutter.translate((0, 0, -length * (0.14 + 0.16 * i))) for i in range(4)],
            f.soft_box((width * 1.02, 0.3, 0.24), (0, low + 0.1, half), 0.06),
            f.box((width * 0.5, 0.34, 0.06), (0, height * 0.38, half)),
            finish="silver grey steel",
        ),
        *wheels_of(f, radius, 0.34, width, rows),
        fixed("beacons siren", mirrored(beacon), finish="glossy blue glass"),
        *lamps_of(f, width * 0.38, height * 0.36, half, 0.15),
    ]


def _fire_ladder(f: Forms, half: float, height: float) -> Manifold:
    """A ladder that leans on a fire engine's roof, on its turntable."""
    rails = mirrored(f.box((0.07, 0.12, half * 1.72), (0.28, 0, half * 0.85)))
    rungs = [f.box((0.6, 0.05, 0.05), (0, 0, z + half * 0.85)) for z in apart(13, half * 1.6)]
    ladder = (
        unite([rails, *rungs]).rotate((-4, 0, 0)).translate((0, height * 0.9 + 0.2, -half * 0.9))
    )
    return ladder + f.post(0.45, 0.36, (0, height * 0.88, -half * 0.72))
