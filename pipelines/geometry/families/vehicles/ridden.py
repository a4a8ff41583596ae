"""What one rides: motorcycles, scooters, boards and sleds. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, Point, cornered, mirrored, rounded, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.vehicles.vehicles import RUBBER


def tyre(f: Forms, radius: float, thick: float, at: Point) -> Manifold:
    """A round tyre that turns about x, open in the middle."""
    return f.ring(radius - thick, thick, axis="x").translate(at)


def _mudguard(f: Forms, radius: float, width: float, at: Point, tilt: float) -> Manifold:
    """A curved sheet over the upper part of a wheel, turned by `tilt` degrees towards the back."""
    shell = f.rod(radius + 0.02, width, axis="x") - f.rod(radius, width * 2, axis="x")
    kept = shell ^ f.slab((1, 2 * radius, 1.5 * radius), (0, radius * 0.3, 0))
    return kept.rotate((-tilt, 0, 0)).translate(at)


def _spoked(f: Forms, radius: float, thick: float, at: Point, spokes: int = 5) -> Manifold:
    """Hub and cast spokes within a tyre that turns about x."""
    spoke = f.box((thick * 0.6, 2 * (radius - thick), thick * 0.7))
    turned = [spoke.rotate((180.0 * i / spokes, 0, 0)) for i in range(spokes)]
    rim = f.rod(radius - 1.2 * thick, thick, axis="x") - f.rod(radius - 2.4 * thick, 1, axis="x")
    return unite(
        [*turned, rim, f.rod(thick, thick * 2.4, axis="x"), f.rod(0.022, 0.2, axis="x")]
    ).translate(at)


def _engine(f: Forms, y: float) -> Manifold:
    """Crankcase and two finned cylinders of a motorcycle."""
    fins = [f.box((0.24, 0.02, 0.17), (0, 0.1 + 0.055 * i, 0)) for i in range(4)]
    cylinder = unite([f.post(0.07, 0.34), *fins])
    case = f.rod(0.15, 0.27, (0, 0, -0.02), "x") + f.rod(0.1, 0.29, (0, 0.02, -0.19), "x")
    pair = cylinder.rotate((26, 0, 0)) + cylinder.rotate((-24, 0, 0))
    return (case + pair).translate((0, y, -0.02))


def _fork(f: Forms, hub: Point, top: float) -> Manifold:
    legs = mirrored(f.bone((0.085, hub[1], hub[2]), (0.085, top, hub[2] - 0.3), 0.024))
    bar = [(0.38, top + 0.08, hub[2] - 0.47), (0.27, top + 0.13, hub[2] - 0.36)]
    handle = f.tube([*bar, (0.06, top + 0.02, hub[2] - 0.3), (0, top, hub[2] - 0.3)], 0.016)
    return unite([legs, mirrored(handle), f.rod(0.025, 0.22, (0, top - 0.03, hub[2] - 0.29), "x")])


@family("motorcycle", "motorbike chopper_bike superbike harley", "red paint")
def motorcycle(
    f: Forms,
    *,
    length: float = 2.1,
    height: float = 1.1,
    radius: float = 0.32,
    thickness: float = 0.065,
) -> list[Part]:
    z = length / 2 - radius
    back, front = (0.0, radius, -z), (0.0, radius, z)
    top = height - 0.14
    saddle = pairs("-0.72 0.78, -0.3 0.66, 0 0.68, 0 0.74, -0.3 0.73, -0.7 0.88")
    return [
        main(
            "body tank petrol_tank",
            f.ball(0.2, (0, top - 0.16, 0.2), (0.75, 0.62, 1.35)),
            _mudguard(f, radius + 0.03, 0.17, back, 12),
            _mudguard(f, radius + 0.03, 0.15, front, 5),
            mirrored(f.soft_box((0.04, 0.2, 0.24), (0.09, 0.58, -0.24), 0.02)),
        ),
        second(
            "seat saddle",
            f.profile([(a, b * height / 1.1) for a, b in saddle], 0.24),
            finish="black leather",
        ),
        fixed(
            "wheels tyres tires",
            tyre(f, radius, thickness * 1.15, back),
            tyre(f, radius, thickness, front),
            finish=RUBBER,
        ),
        fixed("engine motor", _engine(Forms(f.detail * 0.6), 0.38), finish="polished steel"),
        *_motorcycle_metal(f, radius, thickness, z, back, front, top),
    ]


def _motorcycle_metal(
    f: Forms, radius: float, thickness: float, z: float, back: Point, front: Point, top: float
) -> list[Part]:
    """What is of metal on a motorcycle, its lamp and its grips."""
    f = Forms(f.detail * 0.6)  # its many rods are thin
    pipe = [(0.17, 0.36, 0.2), (0.19, 0.27, 0.0), (0.19, 0.3, -0.45)]
    frame = [f.bone((0.06, radius, -z), (0.06, 0.42, -0.18), 0.028)]
    frame += [f.bone((0.06, 0.3, -0.2), (0.06, 0.28, 0.18), 0.022)]
    frame += [f.bone((0.06, 0.28, 0.18), (0.02, top - 0.03, z - 0.29), 0.022)]
    frame += [f.bone((0.09, radius, -z), (0.09, 0.72, -0.42), 0.022)]
    frame += [f.bone((0.04, 0.72, -0.3), (0.04, radius * 2 + 0.05, -z), 0.03)]
    frame += [f.bone((0.08, radius * 2 + 0.04, z), (0.08, radius, z), 0.012)]
    frame += [f.bone((0.0, 0.36, 0.2), (0.17, 0.36, 0.2), 0.04)]
    frame += [f.bone((0, 0.4, 0), (0, top - 0.16, 0.2), 0.05)]
    frame += [f.bone((0, 0.4, -0.1), (0, (top + 0.14) * 0.63, -0.3), 0.04)]
    frame += [f.bone((0, top - 0.16, 0.2), (0, top - 0.05, z - 0.29), 0.03)]
    return [
        fixed(
            "fork handlebar handlebars exhaust pipes frame",
            *[_spoked(f, radius, thickness, hub) for hub in (back, front)],
            *[mirrored(bar) for bar in frame],
            _fork(f, front, top),
            mirrored(f.tube(pipe, 0.04) + f.bone(pipe[2], (0.2, 0.34, -z - 0.1), 0.055)),
            finish="steel",
        ),
        fixed(
            "light headlight",
            f.rod(0.1, 0.2, (0, top - 0.06, z - 0.19), "z"),
            finish="glossy cream plastic",
        ),
        fixed(
            "grips taillight",
            mirrored(f.bone((0.38, top + 0.08, z - 0.47), (0.42, top + 0.06, z - 0.53), 0.024)),
            finish=RUBBER,
        ),
    ]


def _scooter_body(f: Forms, z: float, y: float) -> Manifold:
    """Leg shield, footboard and the round tail of a motor scooter."""
    shield = f.soft_box((0.4, 0.64, 0.05), round_m=0.024).rotate((-10, 0, 0))
    floor = f.soft_box((0.36, 0.06, 2 * z - 0.52), (0, y - 0.03, 0.03), 0.03)
    brace = f.bone((0, y + 0.25, z - 0.1), (0, y + 0.25, z - 0.32), 0.05)
    tail = Manifold.batch_hull(
        [
            f.ball(0.19, (0, y + 0.16, -z - 0.06), (0.95, 0.9, 1.1)),
            f.ball(0.15, (0, y + 0.2, -z + 0.4), (1.05, 1.05, 0.6)),
            f.ball(0.1, (0, y + 0.02, -z + 0.36)),
        ]
    )
    cheeks = mirrored(f.ball(0.16, (0.14, y + 0.08, -z + 0.1), (0.7, 0.9, 1.5)))
    return unite([shield.translate((0, y + 0.28, z - 0.31)), floor, brace, tail, cheeks])


@family("scooter", "vespa moped motor_scooter", "mint paint")
def scooter(
    f: Forms, *, length: float = 1.75, height: float = 1.1, radius: float = 0.22
) -> list[Part]:
    z, y = length / 2 - radius, radius + 0.12
    head = (0.0, height - 0.12, z - 0.3)
    cut = unite([f.rod(radius + 0.02, 0.26, (0, radius, s * z), "x") for s in (1, -1)])
    nose = f.ball(radius + 0.05, (0, radius + 0.03, z), (0.42, 1, 1.05)) ^ f.slab(
        (1, 1, 2), (0, radius, z)
    )
    return [
        main(
            "body",
            (_scooter_body(f, z, y) + nose) - cut,
            f.bone((0, radius + 0.2, z - 0.05), head, 0.045),
            f.soft_box((0.2, 0.14, 0.16), head, 0.06),
        ),
        second(
            "seat saddle",
            f.soft_box((0.26, 0.1, 0.66), (0, y + 0.4, -z + 0.2), 0.045),
            finish="brown leather",
        ),
        *_scooter_fittings(f, radius, z, head),
    ]


def _scooter_fittings(f: Forms, radius: float, z: float, head: Point) -> list[Part]:
    """A motor scooter's wheels, handlebar and lamp."""
    return [
        fixed(
            "wheels tyres tires",
            *[tyre(f, radius, 0.055, (0, radius, s * z)) for s in (1, -1)],
            mirrored(f.bone((0.27, head[1] + 0.05, head[2] - 0.07), (0.36, *head[1:]), 0.025)),
            finish=RUBBER,
        ),
        fixed(
            "rims handlebar handlebars mirrors",
            *[f.rod(radius - 0.05, 0.07, (0, radius, s * z), "x") for s in (1, -1)],
            *[f.rod(0.05, 0.3, (0, radius, s * z), "x") for s in (1, -1)],
            *[
                f.bone((0, radius, s * z), (0, 2 * radius + 0.1, s * z * 0.9), 0.05)
                for s in (1, -1)
            ],
            f.bone((-0.34, head[1] + 0.01, head[2]), (0.34, head[1] + 0.01, head[2]), 0.018),
            mirrored(f.bone((0.2, head[1], head[2]), (0.26, head[1] + 0.2, head[2]), 0.009)),
            mirrored(f.ball(0.06, (0.26, head[1] + 0.22, head[2]), (1, 0.8, 0.3))),
            finish="polished steel",
        ),
        fixed(
            "light headlight",
            f.rod(0.07, 0.1, (0, head[1], head[2] + 0.08), "z"),
            finish="glossy cream plastic",
        ),
    ]


@family("kick scooter", "push_scooter electric_scooter e_scooter razor_scooter", "blue paint")
def kick_scooter(
    f: Forms,
    *,
    length: float = 0.95,
    height: float = 0.95,
    width: float = 0.42,
    radius: float = 0.1,
    thickness: float = 0.02,
) -> list[Part]:
    z, deck = length / 2 - radius, radius * 0.95
    head, bar = (0.0, radius * 2.6, z - 0.07), (0.0, height - 0.02, z - 0.2)
    return [
        main(
            "deck body frame",
            f.soft_box((0.13, 0.035, length * 0.68), (0, deck, -length * 0.09), 0.015),
            f.bone((0, deck, z - 0.22), head, thickness * 1.3),
            mirrored(f.bone((0.035, radius, z), (0.035, head[1], head[2]), 0.013)),
            mirrored(f.bone((0.035, deck, -z + 0.14), (0.035, radius, -z), 0.016)),
        ),
        fixed(
            "wheels wheel tyres",
            *[f.rod(radius, 0.04, (0, radius, s * z), "x") for s in (1, -1)],
            finish=RUBBER,
        ),
        *_stem(f, length, width, radius, thickness, deck, z, bar, head),
    ]


def _stem(
    f: Forms,
    length: float,
    width: float,
    radius: float,
    thickness: float,
    deck: float,
    z: float,
    bar: Point,
    head: Point,
) -> list[Part]:
    """A kick scooter's handlebar on its stem, and the grips."""
    return [
        fixed(
            "stem handlebar rims",
            f.bone(head, bar, thickness),
            f.rod(0.016, 0.085, head, "x"),
            f.bone((-width / 2, *bar[1:]), (width / 2, *bar[1:]), thickness * 0.8),
            *[f.rod(radius * 0.6, 0.05, (0, radius, s * z), "x") for s in (1, -1)],
            *[f.rod(0.014, 0.1, (0, radius, s * z), "x") for s in (1, -1)],
            f.soft_box((0.09, 0.012, 0.16), (0, radius * 2.12, -z - 0.01), 0.005),
            mirrored(f.bone((0.04, radius, -z), (0.04, radius * 2.1, -z), 0.008)),
            finish="polished steel",
        ),
        second(
            "grips",
            mirrored(f.rod(thickness * 1.15, 0.12, (width / 2 - 0.05, *bar[1:]), "x")),
            f.box((0.11, 0.006, length * 0.6), (0, deck + 0.018, -length * 0.09)),
            finish="charcoal rubber",
        ),
    ]


@family("skateboard", "longboard penny_board", "red paint")
def skateboard(
    f: Forms,
    *,
    length: float = 0.8,
    width: float = 0.2,
    height: float = 0.12,
    radius: float = 0.028,
    thickness: float = 0.013,
) -> list[Part]:
    half, t = length / 2, thickness
    low = height - length * 0.055
    side = [(-half, height), (-half * 0.68, low), (half * 0.68, low), (half, height)]
    side += [(z, y - t) for z, y in side[::-1]]
    plan = f.floor(rounded(width, length, width * 0.48, 8), 1.0)
    deck = f.profile(side, width * 1.1) ^ plan
    grip = deck.translate((0, t * 0.45, 0)) ^ f.floor(rounded(width, length, width * 0.48, 8), 1.0)
    truck = f.profile([(-0.03, low - t), (0.03, low - t), (0, radius * 0.8)], 0.05)
    axle = f.rod(0.009, width * 0.8, (0, radius, 0), "x")
    wheel = f.rod(radius, 0.035, (width * 0.36, radius, half * 0.55), "x")
    hanger = (truck + axle + f.box((0.07, 0.01, 0.09), (0, low - t, 0))).translate(
        (0, 0, half * 0.55)
    )
    return [
        second("grip griptape top", grip - deck, finish="black rubber"),
        main("deck board", deck),
        fixed("trucks axles", hanger + hanger.mirror((0, 0, 1)), finish="steel"),
        fixed("wheels wheel", cornered(wheel), finish="cream plastic"),
    ]


@family("sled", "sledge sleigh toboggan", "caramel wood")
def sled(
    f: Forms,
    *,
    length: float = 1.2,
    width: float = 0.46,
    height: float = 0.3,
    thickness: float = 0.035,
) -> list[Part]:
    half, x, t = length / 2, width * 0.42, thickness
    curl = [
        (x, t * 0.5 + (1 - math.cos(a)) * height * 0.62, half * 0.62 + math.sin(a) * half * 0.36)
        for a in (0.0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4)
    ]
    runner = f.tube([(x, t * 0.5, -half), *curl], t * 0.5)
    posts = [f.bone((x, t, z * half), (x, height, z * half), t * 0.5) for z in (-0.7, -0.1, 0.45)]
    slats = [
        f.soft_box(
            (width * 0.2, t * 0.6, length * 0.88), (i * width * 0.25, height, -half * 0.1), 0.01
        )
        for i in (-1.5, -0.5, 0.5, 1.5)
    ]
    cross = [
        f.box((width * 0.9, t, t), (0, height - t * 0.7, z * half)) for z in (-0.7, -0.1, 0.45)
    ]
    rope = [
        (x, curl[-1][1], curl[-1][2]),
        (x * 0.7, height * 0.9, half * 1.1),
        (0, height, half * 1.18),
    ]
    return [
        main("frame", *[mirrored(post) for post in posts], *cross),
        second("seat slats", *slats, finish="caramel wood"),
        fixed("runners runner", mirrored(runner), finish="red steel"),
        fixed("rope", mirrored(f.tube(rope, 0.012)), finish="cream fabric"),
    ]
