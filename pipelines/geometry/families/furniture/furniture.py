"""What stands in a room."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, apart, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant


def places(legs: int, x: float, z: float) -> list[tuple[float, float]]:
    """Where the legs under a top of half sizes x and z stand: pairs along x if even, else about an ellipse."""
    if legs <= 1:
        return [(0.0, 0.0)]
    if legs % 2 == 0:
        return [(a, s * z) for a in apart(legs // 2, 2 * x) for s in (1, -1)]
    turns = [2 * math.pi * (i / legs + 0.25) for i in range(legs)]
    return [(x * math.cos(turn), -z * math.sin(turn)) for turn in turns]


def _legs(
    f: Forms, x: float, z: float, height: float, t: float, legs: int = 4, kind: int = 0
) -> list[Manifold]:
    """Legs under a top of half sizes x and z: square posts, or turned ones."""
    shape = pairs("0.35 0, 0.5 0.04, 0.36 0.1, 0.6 0.5, 0.45 0.78, 0.62 0.82, 0.55 1", t, height)
    one = Forms(f.detail * 0.45).turned(shape) if kind else f.slab((t, height, t))
    return [one.translate((a, 0, b)) for a, b in places(legs, x, z)]


def _pedestal(f: Forms, reach: float, height: float, t: float) -> list[Manifold]:
    """One leg in the middle on four feet."""
    foot = f.bone((0, height * 0.12, 0), (reach, t * 0.4, 0), t * 0.6, t * 0.4)
    stem = [(t * 1.1, 0.03), (t * 1.2, height * 0.16), (t * 0.7, height * 0.4), (t, height)]
    return [around(foot, 4).rotate((0, 45, 0)), f.turned(stem)]


def _chair_back(
    f: Forms, width: float, height: float, seat: float, z: float, t: float, back: int
) -> list[Manifold]:
    """What is between a chair's back posts: upright slats, rungs, a panel or a cross."""
    tall, x = height - seat, width / 2 - t / 2
    if back == 1:
        return [
            f.box((width, tall * 0.15, t * 0.5), (0, seat + tall * y, -z)) for y in (0.3, 0.55, 0.8)
        ]
    if back == 2:
        return [f.box((width, tall * 0.62, t * 0.5), (0, seat + tall * 0.66, -z))]
    if back == 3:
        ends = (seat + t, height - t)
        return [f.bone((-x, ends[i], -z), (x, ends[1 - i], -z), t * 0.35) for i in (0, 1)]
    slat = f.slab((t * 0.6, height * 0.5, t * 0.6), (0, height * 0.45, -z))
    return [slat.translate((i * width * 0.17, 0, 0)) for i in (-1, 0, 1)]


@family("chair", "dining_chair kitchen_chair wooden_chair", "brown wood")
def chair(
    f: Forms,
    *,
    width: float = 0.46,
    height: float = 0.95,
    depth: float = 0.46,
    thickness: float = 0.045,
    legs: int = 4,
    back: int = Variant("slatted spindle, ladder, panelled, crossed"),
    leg: int = Variant("square, turned"),
) -> list[Part]:
    seat, t = height * 0.48, thickness
    x, z = width / 2 - t / 2, depth / 2 - t / 2
    return [
        main(
            "frame legs leg",
            *(
                _pedestal(f, width * 0.45, seat, t)
                if legs <= 1
                else _legs(f, x, z, seat, t, legs, leg)
            ),
            *(
                [f.box((t * 0.6, t * 0.6, 2 * z), (s * x, seat * 0.4, 0)) for s in (1, -1)]
                if legs == 4
                else []
            ),
        ),
        main(
            "back backrest",
            *_chair_back(f, width, height, seat, z, t, back),
            *[f.slab((t, height - seat, t), (s * x, seat, -z)) for s in (1, -1)],
            f.box((width, t * 2.0, t * 0.9), (0, height - t, -z)),
        ),
        second(
            "seat cushion",
            f.soft_box((width * 1.04, t, depth * 1.04), (0, seat, 0), 0.015),
            finish="brown wood",
        ),
    ]


@family("stool", "bar_stool footstool", "brown wood")
def stool(
    f: Forms, *, height: float = 0.6, radius: float = 0.2, thickness: float = 0.04, legs: int = 4
) -> list[Part]:
    leg = f.bone(
        (radius * 1.1, thickness / 2, 0), (radius * 0.65, height - 0.03, 0), thickness * 0.55
    )
    return [
        main(
            "legs leg",
            *(
                _pedestal(f, radius, height - 0.03, thickness)
                if legs <= 1
                else [
                    around(leg, legs).rotate((0, 180.0 / legs + 90 * (legs % 2), 0)),
                    f.ring(radius * 0.92, thickness * 0.3, (0, height * 0.35, 0)),
                ]
            ),
        ),
        second(
            "seat",
            f.lathe([(radius, 0), (radius * 1.08, 0.025), (radius, 0.05)], (0, height - 0.05, 0)),
            finish="brown wood",
        ),
    ]


@family("table", "dining_table kitchen_table coffee_table workbench", "brown wood")
def table(
    f: Forms,
    *,
    length: float = 0.85,
    width: float = 1.5,
    height: float = 0.75,
    thickness: float = 0.05,
    legs: int = 4,
    top: int = Variant("rectangular, round circular, oval, octagonal, square"),
    leg: int = Variant("straight, turned"),
) -> list[Part]:
    if top in (1, 3, 4):
        width = length = (width + length) / 2
    inset = 0.7 if top in (1, 2, 3) and legs == 4 else 1.0
    x, z = (width / 2 - 0.08) * inset, (length / 2 - 0.08) * inset
    tall = height - thickness / 2
    return [
        main(
            "legs leg",
            *(_pedestal(f, z, tall, 0.08) if legs <= 1 else _legs(f, x, z, tall, 0.08, legs, leg)),
        ),
        main("frame", _table_frame(f, x, z, height - thickness - 0.04)),
        second(
            "top tabletop",
            _table_top(f, width, length, height, thickness, top),
            finish="brown wood",
        ),
    ]


def _table_frame(f: Forms, x: float, z: float, y: float) -> Manifold:
    """The boards under a table's top."""
    hollow = f.box((2 * x - 0.06, 0.2, 2 * z - 0.06), (0, y - 0.05, 0))
    return f.box((2 * x, 0.1, 2 * z), (0, y, 0)) - hollow


def _table_top(
    f: Forms, width: float, length: float, height: float, thickness: float, top: int
) -> Manifold:
    """A table's top: with four sides, eight, or round."""
    if top not in (1, 2, 3):
        return f.soft_box((width, thickness, length), (0, height - thickness / 2, 0), 0.012)
    share = 0.2 if top == 3 else 1.0
    edge = f.rod(width / 2, thickness, (0, height - thickness / 2, 0), share=share)
    return edge.rotate((0, 22.5 * (top == 3), 0)).scale((1, 1, length / width))


@family("bed", "double_bed single_bed", "brown wood")
def bed(f: Forms, *, width: float = 1.5, length: float = 2.1, height: float = 1.0) -> list[Part]:
    half, base = length / 2, height * 0.3
    pillow = f.soft_box((width * 0.4, 0.14, 0.36), (width * 0.23, base + 0.29, -half + 0.3), 0.07)
    return [
        main(
            "frame headboard",
            f.soft_box((width * 1.06, height, 0.09), (0, height / 2, -half), 0.03),
            f.soft_box((width * 1.06, height * 0.55, 0.08), (0, height * 0.275, half), 0.03),
            f.box((width * 1.02, 0.2, length), (0, base * 0.8, 0)),
        ),
        fixed(
            "mattress sheet",
            f.soft_box((width, 0.24, length * 0.95), (0, base + 0.12, 0), 0.06),
            finish="white fabric",
        ),
        second(
            "blanket cover duvet",
            f.soft_box((width * 1.05, 0.26, length * 0.64), (0, base + 0.14, length * 0.155), 0.06),
            finish="sky blue fabric",
        ),
        fixed("pillows pillow", mirrored(pillow), finish="white fabric"),
    ]


@family("sofa", "couch settee loveseat armchair", "blue fabric")
def sofa(f: Forms, *, width: float = 2.0, height: float = 0.85, depth: float = 0.9) -> list[Part]:
    arm, seat = 0.22, height * 0.5
    inner = width - 2 * arm
    cushion = f.soft_box(
        (inner * 0.49, 0.18, depth * 0.72), (inner * 0.25, seat, depth * 0.1), 0.05
    )
    rest = f.soft_box(
        (inner * 0.49, height * 0.46, 0.2),
        (inner * 0.25, seat + height * 0.24, -depth * 0.26),
        0.07,
    )
    return [
        main(
            "frame",
            f.soft_box((width, height * 0.34, depth), (0, height * 0.28, 0), 0.05),
            f.soft_box((width, height * 0.88, 0.22), (0, height * 0.56, -depth / 2 + 0.11), 0.07),
            mirrored(
                f.soft_box(
                    (arm, height * 0.62, depth), (width / 2 - arm / 2, height * 0.42, 0), 0.07
                )
            ),
        ),
        second(
            "cushions cushion pillows",
            mirrored(cushion),
            mirrored(rest),
            finish="light blue fabric",
        ),
        fixed(
            "legs feet",
            *[
                f.post(0.03, height * 0.14, (s * width * 0.44, 0, t * depth * 0.4), 0.04)
                for s in (1, -1)
                for t in (1, -1)
            ],
            finish="brown wood",
        ),
    ]


@family("bookshelf", "shelf bookcase shelves shelving book_shelf", "brown wood")
def bookshelf(
    f: Forms,
    *,
    width: float = 0.95,
    height: float = 1.9,
    depth: float = 0.3,
    thickness: float = 0.03,
    shelves: int = 5,
) -> list[Part]:
    case = f.slab((width, height, depth)) - f.slab(
        (width - 2 * thickness, height - 2 * thickness, depth), (0, thickness, thickness)
    )
    gap = (height - thickness) / max(shelves, 1)
    boards = [
        f.box((width, thickness, depth), (0, i * gap + thickness / 2, 0)) for i in range(1, shelves)
    ]
    rows: list[list] = [[], [], []]
    for shelf in range(max(shelves, 1)):
        x, step = -width / 2 + 0.07, 0
        while x < width / 2 - 0.08:
            thick = 0.035 + 0.018 * ((step * 7 + shelf * 3) % 4) / 3
            tall = min(gap, 0.42) * (0.58 + 0.2 * ((step * 5 + shelf) % 3) / 2)
            rows[(step + shelf) % 3].append(
                f.slab(
                    (thick - 0.004, tall, depth * 0.72), (x, shelf * gap + thickness - 0.005, 0.01)
                )
            )
            x, step = x + thick, step + 1
            if (step + shelf) % 9 == 8:
                x += 0.09
    return [
        main("case frame shelves", case, *boards),
        fixed("books", *rows[0], finish="burgundy leather"),
        fixed("volumes", *rows[1], finish="navy leather"),
        fixed("tomes", *rows[2], finish="olive leather"),
    ]


@family("cabinet", "wardrobe cupboard closet armoire", "brown wood")
def cabinet(
    f: Forms, *, width: float = 1.1, height: float = 1.8, depth: float = 0.55, doors: int = 2
) -> list[Part]:
    front, step = depth / 2, width * 0.95 / max(doors, 1)
    rows = apart(doors, width * 0.95 - step)
    leaves = [
        f.soft_box((step * 0.96, height * 0.84, 0.04), (x, height * 0.52, front), 0.012)
        for x in rows
    ]
    edges = [x + step * 0.4 * (1 if i % 2 == 0 else -1) for i, x in enumerate(rows)]
    grip = f.bone((0, height * 0.46, front + 0.025), (0, height * 0.58, front + 0.025), 0.014)
    return [
        main(
            "case body",
            f.slab((width, height * 0.94, depth), (0, height * 0.05, 0)),
            f.soft_box((width * 1.08, 0.06, depth * 1.12), (0, height, 0), 0.02),
            *_legs(f, width * 0.45, depth * 0.42, height * 0.06, 0.07),
        ),
        second("doors door", *leaves, finish="caramel wood"),
        fixed(
            "handles handle knobs",
            *[grip.translate((x, 0, 0)) for x in edges],
            finish="brass",
        ),
    ]


@family("dresser", "drawers chest_of_drawers sideboard", "brown wood")
def dresser(
    f: Forms, *, width: float = 1.0, height: float = 0.95, depth: float = 0.48, drawers: int = 4
) -> list[Part]:
    front, low = depth / 2, height * 0.09
    step = (height - low - 0.05) / max(drawers, 1)
    rows = [low + step * (i + 0.5) for i in range(drawers)]
    fronts = [
        f.soft_box((width * 0.93, step * 0.9, 0.04), (0, y, front - 0.005), 0.01) for y in rows
    ]
    knob = f.rod(0.012, 0.05, axis="z") + f.ball(0.024, (0, 0, 0.03), (1, 1, 0.7))
    return [
        main(
            "case body",
            f.slab((width, height - low - 0.02, depth), (0, low, 0)),
            f.soft_box((width * 1.06, 0.04, depth * 1.1), (0, height - 0.02, 0), 0.015),
            *_legs(f, width * 0.45, depth * 0.42, low + 0.02, 0.06),
        ),
        second("drawers drawer", *fronts, finish="caramel wood"),
        fixed(
            "handles handle knobs",
            *[knob.translate((s * width * 0.24, y, front + 0.03)) for y in rows for s in (1, -1)],
            finish="brass",
        ),
    ]


@family("clock", "wall_clock watch timepiece", "brown wood")
def clock(f: Forms, *, radius: float = 0.15, thickness: float = 0.05) -> list[Part]:
    y, t = radius * 1.12, thickness / 2
    dial = f.rod(radius * 0.9, thickness, (0, y, 0.004), "z")
    mark = f.box((radius * 0.05, radius * 0.14, 0.01), (0, radius * 0.76, t + 0.006))
    marks = unite([mark.rotate((0, 0, 30 * i)) for i in range(12)]).translate((0, y, 0))
    hand = f.box((radius * 0.06, radius * 0.6, 0.012), (0, radius * 0.26, t + 0.008)).rotate(
        (0, 0, -60)
    )
    short = f.box((radius * 0.08, radius * 0.42, 0.012), (0, radius * 0.17, t + 0.008)).rotate(
        (0, 0, 60)
    )
    return [
        main(
            "case frame rim",
            f.ring(radius, t * 0.9, (0, y, 0), "z"),
            f.rod(radius, thickness * 0.9, (0, y, -0.004), "z"),
            mirrored(f.bone((radius * 0.5, y - radius * 0.8, 0), (radius * 0.62, 0.012, 0), 0.014)),
        ),
        second("dial face", dial, finish="cream paint"),
        fixed(
            "hands numbers",
            marks,
            hand.translate((0, y, 0)),
            short.translate((0, y, 0)),
            f.rod(radius * 0.06, thickness + 0.03, (0, y, 0), "z"),
            finish="black paint",
        ),
    ]
