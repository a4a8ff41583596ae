"""What stands in bathrooms, kitchens and living rooms and is no furniture."""

from __future__ import annotations

import itertools

from manifold3d import Manifold

from pipelines.geometry.families.forms import (
    Forms,
    Point,
    apart,
    cornered,
    mirrored,
    rounded,
    scaled,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second

STEEL = "polished steel"


def _tub(f: Forms, width: float, depth: float, low: float, high: float, foot: float) -> Manifold:
    """A basin's body: an oval of `width` by `depth` at `high`, smaller by `foot` at `low`, with soft corners."""
    rows = [(0.0, foot), (0.08, foot + 0.1), (0.35, 0.9 + foot * 0.04), (1.0, 1.0)]
    flat = [
        f.floor(
            rounded(width * s, depth * s, depth * 0.42 * s, 8),
            0.004,
            (0, low + (high - low) * y, 0),
        )
        for y, s in rows
    ]
    return unite([Manifold.batch_hull(pair) for pair in itertools.pairwise(flat)])


@family("bathtub", "bath tub bath_tub clawfoot_tub", "white ceramic")
def bathtub(
    f: Forms,
    *,
    width: float = 1.6,
    height: float = 0.62,
    depth: float = 0.76,
    thickness: float = 0.035,
) -> list[Part]:
    low, t = height * 0.18, thickness
    shell = _tub(f, width, depth, low, height, 0.62)
    inside = _tub(f, width - 2 * t, depth - 2 * t, low + t, height + 0.02, 0.6)
    rim = f.floor(rounded(width * 1.04, depth * 1.07, depth * 0.45, 8), t, (0, height - t, 0))
    foot = f.tube(
        [
            (width * 0.3, low * 1.7, depth * 0.3),
            (width * 0.36, low * 0.9, depth * 0.38),
            (width * 0.35, 0.025, depth * 0.36),
        ],
        0.03,
    ) + f.ball(0.04, (width * 0.36, 0.035, depth * 0.37))
    pipe = [
        (-width * 0.49, height * 0.9, 0),
        (-width * 0.49, height * 1.3, 0),
        (-width * 0.42, height * 1.36, 0),
        (-width * 0.37, height * 1.25, 0),
    ]
    taps = [
        f.bone((-width * 0.49, height * 1.1, -0.09), (-width * 0.49, height * 1.1, 0.09), 0.014)
    ]
    taps += [f.ball(0.028, (-width * 0.49, height * 1.1, z)) for z in (-0.1, 0.1)]
    water = inside ^ f.slab((width, height * 0.74, depth))
    return [
        main("body tub", shell - inside, rim - inside),
        second("feet foot", cornered(foot), finish="gold"),
        fixed("water", water, finish="water"),
        fixed("tap taps faucet", f.tube(pipe, 0.02), *taps, finish=STEEL),
    ]


@family("toilet", "lavatory toilet_bowl loo commode water_closet", "white ceramic")
def toilet(
    f: Forms, *, width: float = 0.4, height: float = 0.78, depth: float = 0.7, open: float = 0.0
) -> list[Part]:
    rim, front, bowl = height * 0.5, depth * 0.22, depth * 0.62
    oval = rounded(width * 0.95, bowl, width * 0.46, 8)
    rows = [
        (0.0, 0.62, 0.75, -0.1),
        (0.35, 0.55, 0.62, -0.1),
        (0.7, 0.85, 0.85, -0.03),
        (1.0, 1.0, 1.0, 0.0),
    ]
    flat = [
        f.floor([(x * a, z * b) for x, z in oval], 0.004, (0, rim * y, front * 0.7 + c * depth))
        for y, a, b, c in rows
    ]
    body = unite([Manifold.batch_hull(pair) for pair in itertools.pairwise(flat)])
    at = (0, rim, front * 0.7)
    hole = f.ball(1, (0, 0, 0), (width * 0.34, rim * 0.6, bowl * 0.36)).translate(at)
    back = -depth * 0.36
    return [
        main(
            "body bowl tank cistern",
            body - hole,
            f.soft_box((width, height * 0.42, depth * 0.26), (0, height * 0.76, back), 0.03),
            f.soft_box((width * 1.06, 0.04, depth * 0.3), (0, height * 0.98, back), 0.018),
            f.slab((width * 0.6, height * 0.6, depth * 0.3), (0, 0.0, back * 0.75)),
            f.slab((width * 0.62, rim * 0.35, depth * 0.4), (0, rim * 0.66, back * 0.4)),
        ),
        *_toilet_fittings(f, width, height, open, bowl, front, rim, oval, at, hole, back),
    ]


def _toilet_fittings(
    f: Forms,
    width: float,
    height: float,
    open: float,
    bowl: float,
    front: float,
    rim: float,
    oval: list[tuple[float, float]],
    at: Point,
    hole: Manifold,
    back: float,
) -> list[Part]:
    """A toilet's seat and lid, button and water."""
    seat = f.floor(oval, 0.03, at) - f.floor(
        scaled(oval, 0.66, 0.7), 0.2, (0, rim - 0.1, front * 0.7)
    )
    lid = f.floor(scaled(oval, 1.02, 1.01), 0.025)
    hinge = front * 0.7 - bowl / 2
    lid = lid.translate((0, 0, bowl / 2)).rotate((-3 - 94 * open, 0, 0))
    lid = lid.translate((0, rim + 0.024, hinge + 0.02 * open))
    return [
        second("seat lid", seat, lid, finish="white plastic"),
        fixed(
            "button flush handle",
            f.post(0.04, 0.045, (0, height * 0.98, back)),
            mirrored(
                f.rod(0.018, 0.09, (width * 0.22, rim + 0.03, front * 0.7 - bowl * 0.46), "x")
            ),
            finish=STEEL,
        ),
        fixed("water", hole ^ f.slab((1, rim * 0.58, 3)), finish="water"),
    ]


@family("fridge", "refrigerator freezer icebox fridge_freezer", "white paint")
def fridge(
    f: Forms,
    *,
    width: float = 0.75,
    height: float = 1.8,
    depth: float = 0.7,
    doors: int = 2,
    open: float = 0.0,
) -> list[Part]:
    share = 1.0 if doors == 1 else 0.66
    case = f.soft_box((width, height * 0.95, depth), (0, height * 0.525, -0.02), 0.03)
    room = f.box((width * 0.86, height * share * 0.88, depth), (0, height * 0.36, depth * 0.1))
    shelf = f.box((width * 0.9, 0.015, depth * 0.66), (0, 0, -depth * 0.08))
    low, split = height * 0.05, height * (0.05 + 0.95 * share)
    leaves = [_fridge_door(f, width, depth / 2, (low, split), split - 0.28, open)]
    if doors > 1:
        leaves.append(_fridge_door(f, width, depth / 2, (split, height), split + 0.08, 0.0))
    feet = cornered(f.post(0.03, height * 0.05 + 0.03, (width * 0.42, 0, depth * 0.3)))
    parts = [
        main("body case", case - room if open else case),
        main("doors door", *[leaf for leaf, _ in leaves]),
        fixed("handles handle", *[grip for _, grip in leaves], finish=STEEL),
        fixed("feet", feet, finish="black plastic"),
    ]
    if open:
        shelves = [shelf.translate((0, height * y, 0)) for y in (0.22, 0.36, 0.5)]
        parts.append(fixed("shelves", *shelves, finish="white plastic"))
    return parts


def _fridge_door(
    f: Forms, width: float, z: float, span: tuple[float, float], grip_y: float, open: float
) -> tuple[Manifold, Manifold]:
    """A door from the lower to the upper end of `span`, with its hinges on the left, and its handle."""
    low, high = span[0], span[1] - 0.012
    leaf = f.soft_box((width, high - low, 0.08), (0, (low + high) / 2, z), 0.03)
    ends = [(width * 0.4, y, z + 0.075) for y in (grip_y, grip_y + 0.2)]
    studs = [f.rod(0.012, 0.08, (x, y, z + 0.045), "z") for x, y, _ in ends]
    grip = unite([f.bone(ends[0], ends[1], 0.014), *studs])

    def hung(piece: Manifold) -> Manifold:
        turned = piece.translate((width / 2, 0, -z)).rotate((0, -100 * open, 0))
        return turned.translate((-width / 2, 0, z - 0.05 * open))

    return hung(leaf), hung(grip)


@family("stove", "oven cooker range kitchen_stove gas_stove", "white paint")
def stove(
    f: Forms, *, width: float = 0.7, height: float = 0.9, depth: float = 0.65, burners: int = 4
) -> list[Part]:
    z = depth / 2
    return [
        main(
            "body case",
            f.slab((width, height - 0.06, depth), (0, 0.06, 0)),
            f.slab((width, height * 0.2, 0.05), (0, height, -z + 0.025)),
        ),
        main(
            "door oven_door",
            f.soft_box((width * 0.92, height * 0.56, 0.05), (0, height * 0.49, z), 0.02),
        ),
        *_hob(f, width, height, depth, burners, z),
    ]


def _hob(f: Forms, width: float, height: float, depth: float, burners: int, z: float) -> list[Part]:
    """A stove's window, burners, knobs and handle."""
    columns = within(round(burners / 2), 1, 3)
    spots = [
        (x, height, s * depth * 0.2)
        for x in apart(columns, width * 0.26 * (columns - 1) + width * 0.22 * (columns > 1))
        for s in ((1, -1) if burners > 1 else (0,))
    ]
    burner = f.post(0.075, 0.012) + f.post(0.035, 0.03)
    grate = unite(
        [f.box((0.2, 0.012, 0.014), (0, 0.036, 0)).rotate((0, 90 * i, 0)) for i in (0, 1)]
    )
    grate += f.ring(0.085, 0.008, (0, 0.034, 0)) + cornered(f.post(0.008, 0.04, (0.06, 0, 0.06)))
    bar = f.bone(
        (-width * 0.36, height * 0.72, z + 0.05), (width * 0.36, height * 0.72, z + 0.05), 0.014
    )
    studs = mirrored(f.rod(0.012, 0.07, (width * 0.33, height * 0.72, z + 0.02), "z"))
    knobs = [f.rod(0.028, 0.05, (x, height * 0.88, z + 0.025), "z") for x in apart(5, width * 0.72)]
    return [
        fixed(
            "window glass",
            f.soft_box((width * 0.64, height * 0.3, 0.03), (0, height * 0.46, z + 0.02), 0.012),
            finish="dark glass",
        ),
        second(
            "burners hob knobs top",
            f.slab((width * 0.99, 0.012, depth * 0.96), (0, height - 0.002, 0.01)),
            *[(burner + grate).translate(at) for at in spots],
            *knobs,
            f.slab((width * 0.9, 0.07, depth * 0.9)),
            finish="black paint",
        ),
        fixed("handle handles", bar, studs, finish=STEEL),
    ]


@family("television", "tv telly tv_set flatscreen flat_screen", "black plastic")
def television(
    f: Forms, *, width: float = 1.1, height: float = 0.72, thickness: float = 0.05
) -> list[Part]:
    foot, t = height * 0.12, thickness
    panel = f.soft_box((width, height - foot, t), (0, foot + (height - foot) / 2, 0), 0.012)
    return [
        main(
            "body case frame",
            panel,
            f.soft_box(
                (width * 0.6, (height - foot) * 0.6, t), (0, foot + height * 0.36, -t * 0.7), 0.02
            ),
        ),
        second(
            "screen",
            f.box(
                (width * 0.965, (height - foot) * 0.93, t),
                (0, foot + (height - foot) * 0.51, 0.004),
            ),
            finish="shiny dark navy glass",
        ),
        fixed(
            "stand foot",
            f.soft_box((width * 0.42, 0.025, width * 0.2), (0, 0.0125, 0), 0.01),
            f.slab((width * 0.1, foot + 0.03, t * 0.7), (0, 0.01, -t * 0.1)),
            finish="charcoal steel",
        ),
    ]


@family("washing machine", "washer laundry_machine tumble_dryer dishwasher", "white paint")
def washing_machine(
    f: Forms, *, width: float = 0.6, height: float = 0.85, depth: float = 0.6, radius: float = 0.19
) -> list[Part]:
    z, y = depth / 2, height * 0.46
    return [
        main(
            "body case",
            f.soft_box((width, height - 0.03, depth), (0, height / 2 + 0.015, 0), 0.025),
        ),
        second(
            "door ring",
            f.ring(radius, 0.03, (0, y, z), "z"),
            f.rod(0.035, 0.05, (width * 0.34, height * 0.87, z + 0.015), "z"),
            finish=STEEL,
        ),
        fixed(
            "window glass porthole",
            f.ball(radius * 0.95, (0, y, z), (1, 1, 0.28)),
            finish="dark glass",
        ),
        fixed(
            "panel display drawer feet",
            f.box((width * 0.3, height * 0.06, 0.03), (0, height * 0.87, z)),
            f.box((width * 0.26, height * 0.08, 0.02), (-width * 0.33, height * 0.87, z)),
            f.box((width * 0.96, 0.012, 0.015), (0, height * 0.78, z)),
            cornered(f.post(0.025, 0.05, (width * 0.4, 0, depth * 0.4))),
            finish="charcoal plastic",
        ),
    ]


@family("sink", "washbasin wash_basin kitchen_sink washstand", "white ceramic")
def sink(
    f: Forms, *, width: float = 0.6, height: float = 0.86, depth: float = 0.46, radius: float = 0.1
) -> list[Part]:
    low = height - 0.2
    bowl = _tub(f, width, depth, low, height, 0.5)
    inside = _tub(f, width * 0.86, depth * 0.8, low + 0.04, height + 0.02, 0.4)
    foot = [(1.25, 0.0), (1.15, 0.05), (0.72, 0.2), (0.65, 0.7), (1.0, 1.0)]
    pipe = [
        (0, height - 0.03, -depth * 0.42),
        (0, height + 0.14, -depth * 0.42),
        (0, height + 0.16, -depth * 0.3),
        (0, height + 0.1, -depth * 0.2),
    ]
    ledge = f.soft_box((width * 0.9, 0.06, depth * 0.16), (0, height - 0.03, -depth * 0.44), 0.02)
    return [
        main("basin bowl body", bowl - inside, ledge),
        main("pedestal foot stand", f.turned([(r * radius, y * (low + 0.05)) for r, y in foot])),
        second(
            "tap taps faucet",
            f.tube(pipe, 0.018),
            mirrored(
                f.post(0.02, 0.07, (width * 0.2, height - 0.02, -depth * 0.43))
                + f.ball(0.026, (width * 0.2, height + 0.06, -depth * 0.43))
            ),
            f.post(0.03, 0.05, (0, low + 0.03, 0)),
            finish=STEEL,
        ),
    ]
