"""Toys, games and things that fly on a string."""

from __future__ import annotations

import math

from pipelines.geometry.families.curves import pairs, smooth, triples
from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("kite", "diamond_kite flying_kite", "red fabric")
def kite(
    f: Forms,
    *,
    height: float = 0.9,
    width: float = 0.7,
    thickness: float = 0.012,
    length: float = 0.6,
) -> list[Part]:
    h, w, t = height, width / 2, thickness
    top, low, y = length + h, length, length + h * 0.68
    ends = [(w, y), (0.0, low), (-w, y), (0.0, top)]
    halves = [f.plate([(0, y), ends[i - 1], ends[i]], t) for i in range(4)]
    bars = f.rod(t * 0.7, h * 1.0, (0, low + h / 2, -t * 0.6)) + f.rod(
        t * 0.7, w * 1.96, (0, y, -t * 0.6), "x"
    )
    tail = [
        (x * w, low + y_ * length, z * w)
        for x, y_, z in triples("0 .02 0, .12 -.2 .02, -.08 -.45 .06, .16 -.7 .02, .02 -1 0")
    ]
    curve = smooth(tail, 6)
    bow = f.bevelled(
        pairs("-1 -.6, 0 -.1, 1 -.6, 1 .6, 0 .1, -1 .6", w * 0.12, w * 0.12), t * 1.2, t * 0.2
    )
    bows = [bow.translate(curve[i]) for i in (6, 11, 16, 21)]
    return [
        main("sail", halves[0], halves[2]),
        second("quarters panels", halves[1], halves[3], finish="yellow fabric"),
        fixed("frame sticks", bars, finish="tan wood"),
        fixed("tail string", f.hose(tail, t * 0.4), finish="white fabric"),
        fixed("bows", *bows, finish="blue fabric"),
    ]


@family("balloon", "party_balloon toy_balloon helium_balloon balloons", "red rubber")
def balloon(
    f: Forms, *, height: float = 0.34, radius: float = 0.14, length: float = 0.5
) -> list[Part]:
    r, h, y = radius, height, length
    shape = pairs(".06 0, .16 .03, .5 .2, .9 .45, 1 .65, .86 .86, .5 .98, 0 1", r, h)
    knot = f.turned(pairs(".2 -.05, .12 -.02, .05 0, .08 .02", r, h), (0, y, 0))
    cord = [
        (r * x, length * v, r * z)
        for x, v, z in triples("0 1 0, .1 .8 .05, -.1 .55 0, .12 .28 -.05, 0 0 0")
    ]
    return [
        main("body", f.turned(shape, (0, y, 0)), knot),
        second("string cord", f.hose(cord, r * 0.022, steps=5, share=0.2), finish="white fabric"),
    ]


@family("dice", "die game_die gaming_die", "white plastic")
def dice(
    f: Forms, *, width: float = 0.5, height: float = 0.5, depth: float = 0.5, radius: float = 0.07
) -> list[Part]:
    size = (width, height, depth)
    body = f.soft_box(size, (0, height / 2, 0), radius * 1.1)
    spots = {1: [(0, 0)], 2: [(-1, -1), (1, 1)], 3: [(-1, -1), (0, 0), (1, 1)]}
    spots[4] = [(a, b) for a in (-1, 1) for b in (-1, 1)]
    spots[5], spots[6] = [*spots[4], (0, 0)], [*spots[4], (-1, 0), (1, 0)]
    faces = {
        1: (0, 0, 0),
        6: (0, 180, 0),
        2: (0, 90, 0),
        5: (0, -90, 0),
        3: (-90, 0, 0),
        4: (90, 0, 0),
    }
    pips = []
    for number, turn in faces.items():
        for a, b in spots[number]:
            pip = f.ball(radius, (a * width * 0.26, b * width * 0.26, width / 2), (1, 1, 0.4), 0.5)
            x, y, z = (side / width for side in size)
            pips.append(pip.rotate(turn).scale((x, y, z)).translate((0, height / 2, 0)))
    holes = unite(pips)
    return [
        main("body", body - holes),
        second(
            "pips dots spots",
            holes
            ^ f.soft_box(
                (width * 0.985, height * 0.985, depth * 0.985), (0, height / 2, 0), radius
            ),
            finish="black paint",
        ),
    ]


@family("puzzle cube", "rubik_cube rubiks_cube rubix_cube magic_cube", "black plastic")
def puzzle_cube(
    f: Forms, *, width: float = 0.5, radius: float = 0.012, thickness: float = 0.012
) -> list[Part]:
    w, n = width, 3
    step = w / n
    sticker = f.soft_box((step * 0.86, step * 0.86, thickness), (0, 0, w / 2), radius * 0.3)
    tile = [
        sticker.translate(((i - 1) * step, (j - 1) * step, 0)) for i in range(n) for j in range(n)
    ]
    face = unite(tile)
    sides = (
        ("red", (0, 0, 0)),
        ("orange", (0, 180, 0)),
        ("blue", (0, 90, 0)),
        ("green", (0, -90, 0)),
        ("white", (-90, 0, 0)),
        ("yellow", (90, 0, 0)),
    )
    body = f.soft_box((w, w, w), round_m=radius)
    grooves = [f.box(size, at) for at, size in _cuts(w, step, thickness)]
    up = (0, w / 2, 0)
    return [
        main("body", (body - unite(grooves)).translate(up)),
        *[
            fixed(f"{colour} stickers", face.rotate(turn).translate(up), finish=f"{colour} plastic")
            for colour, turn in sides
        ],
    ]


def _cuts(w: float, step: float, thin: float) -> list[tuple[tuple, tuple]]:
    """Grooves between the layers of a cube of side w, as (middle, size)."""
    rows = []
    for axis in range(3):
        for side in (-0.5, 0.5):
            for face in range(3):
                for end in (-1, 1):
                    if face == axis:
                        continue
                    at, size = [0.0, 0, 0], [w * 1.01] * 3
                    at[axis], size[axis] = side * step, thin * 0.5
                    at[face], size[face] = end * w / 2, thin
                    rows.append((tuple(at), tuple(size)))
    return rows


CHESS = {
    "foot": "1 0, 1 .05, .86 .08, .9 .12, .7 .17, .46 .26, .34 .45",
    "collar": ".3 .6, .56 .62, .58 .645, .34 .67",
}


@family("pawn", "chess_piece chess_pawn chessman game_piece", "cream wood")
def pawn(f: Forms, *, height: float = 0.5, radius: float = 0.14, width: float = 0.2) -> list[Part]:
    r, h = radius, height
    shape = pairs(CHESS["foot"] + ", " + CHESS["collar"], r, h)
    return [
        main("body", f.turned(shape), f.ball(width / 2, (0, h * 0.67 + width * 0.4, 0), share=1)),
        second(
            "base",
            f.lathe(pairs(".9 0, 1.04 .004, 1.04 .03, .9 .035", r, h)),
            finish="green fabric",
        ),
    ]


@family("chess king", "king_piece", "cream wood")
def chess_king(
    f: Forms, *, height: float = 0.85, radius: float = 0.17, width: float = 0.11
) -> list[Part]:
    r, h, w = radius, height * 0.86, width
    shape = pairs(
        CHESS["foot"] + ", .3 .62, .6 .64, .62 .66, .34 .68, .4 .72, .58 .92, .5 .96, .2 1, 0 1.01",
        r,
        h,
    )
    mark = f.bevelled(
        [
            (x * w, y * w)
            for x, y in pairs(
                "-.2 -.3, .2 -.3, .16 .3, .5 .26, .5 .62, .16 .58, .2 1, -.2 1, -.16 .58, -.5 .62, -.5 .26, -.16 .3"
            )
        ],
        w * 0.34,
        w * 0.06,
        at=(0, h * 1.02, 0),
    )
    return [
        main("body", f.turned(shape), mark),
        second(
            "base",
            f.lathe(pairs(".9 0, 1.04 .004, 1.04 .03, .9 .035", r, h)),
            finish="green fabric",
        ),
    ]


@family("chess rook", "rook_piece chess_castle chess_tower", "cream wood")
def chess_rook(
    f: Forms, *, height: float = 0.55, radius: float = 0.16, width: float = 0.22, points: int = 5
) -> list[Part]:
    r, h = radius, height
    shape = pairs(CHESS["foot"] + ", .42 .66, .5 .7, .72 .74, .72 1, .6 1", r, h)
    well = f.post(r * 0.5, h * 0.2, (0, h * 0.88, 0), share=0.8)
    slots = around(f.box((r * 0.24, h * 0.2, r * 2), (0, h * 0.98, r)), points)
    return [
        main("body", f.turned(shape) - well - slots),
        second(
            "base",
            f.lathe(pairs(".9 0, 1.04 .004, 1.04 .03, .9 .035", r, h)),
            finish="green fabric",
        ),
    ]


@family("spinning top", "toy_top humming_top", "red paint")
def spinning_top(
    f: Forms, *, height: float = 0.3, radius: float = 0.15, thickness: float = 0.02
) -> list[Part]:
    r, h = radius, height
    body = f.turned(pairs("0 0, .1 .04, .6 .3, 1 .52, .94 .62, .4 .7, .16 .74", r, h))
    wide = f.turned(pairs("0 0, .1 .04, .62 .3, 1.03 .52, .96 .63, .4 .71, .16 .74", r, h))
    stem = f.turned([(thickness * x, h * y) for x, y in pairs(".5 .7, .5 .9, .9 .94, .8 .98, 0 1")])
    bands = [wide ^ f.box((9, h * t, 9), (0, h * y, 0)) for y, t in ((0.36, 0.08), (0.55, 0.07))]
    return [
        main("body", body),
        second("stripes bands", *bands, finish="yellow paint"),
        fixed(
            "stem handle tip",
            stem,
            f.turned(pairs("0 -.02, .12 .04, .08 .08", r, h)),
            finish="caramel wood",
        ),
    ]


# Where flakes hang in a snow globe, on its far wall: angle from above, and about it from the back.
FLAKES = (
    (0.35, 0.2),
    (0.6, 1.3),
    (0.65, -1.2),
    (0.8, 0.5),
    (0.95, -0.5),
    (1.15, 1.0),
    (1.2, 0.1),
    (1.25, -0.9),
    (1.5, 0.55),
    (1.5, -0.4),
)


@family("snow globe", "snowglobe", "light aqua glass")
def snow_globe(
    f: Forms, *, radius: float = 0.1, height: float = 0.26, width: float = 0.19
) -> list[Part]:
    r, w, y = radius, width / 2, height - radius * 2
    base = f.turned(
        [
            (w, 0),
            (w * 1.04, y * 0.16),
            (w * 0.94, y * 0.3),
            (w * 0.9, y * 0.8),
            (r * 0.74, y * 1.16),
        ]
    )
    plate = f.soft_box((w * 0.9, y * 0.3, 0.01), (0, y * 0.54, w * 0.9), 0.003)
    ball, low = f.ball(r, (0, y + r, 0), share=1), f.slab((1, r * 0.5, 1), (0, y, 0))
    # Glass hides what is behind it, so a round window in front shows the scene.
    window = f.rod(r * 0.74, r, (0, y + r * 1.14, r * 0.55), "z", share=1)
    glass = ball - f.ball(r * 0.92, (0, y + r, 0), share=1) - window
    flake = f.ball(r * 0.04, (0, r * 0.91, 0), share=0.2)
    flakes = [
        flake.rotate((-math.degrees(a), 0, 0))
        .rotate((0, math.degrees(b), 0))
        .translate((0, y + r, 0))
        for a, b in FLAKES
    ]
    snow = f.ball(r * 0.96, (0, y + r, 0), share=1) ^ low
    return [
        main("globe glass", glass - low),
        fixed("snow", snow, *flakes, finish="snow"),
        second("base stand", base, finish="dark brown wood"),
        fixed("plaque", plate, finish="gold"),
        *_winter_scene(f, r, y + r * 0.48),
    ]


def _winter_scene(f: Forms, r: float, low: float) -> list[Part]:
    """A house and a fir in the snow; r is the globe's radius, low the height of its ground."""
    x, z = -r * 0.24, r * 0.1
    walls = f.slab((r * 0.44, r * 0.34, r * 0.36), (x, low - r * 0.03, z))
    roof = f.wedge((r * 0.54, r * 0.26, r * 0.5), (x, low + r * 0.3, z))
    chimney = f.slab((r * 0.09, r * 0.26, r * 0.09), (x + r * 0.13, low + r * 0.34, z))
    door = f.slab((r * 0.11, r * 0.2, r * 0.05), (x, low - r * 0.02, z + r * 0.18))
    at = (r * 0.36, low, r * 0.12)
    fir = [
        f.post(r * (0.24 - 0.05 * i), r * 0.3, (at[0], low + r * (0.1 + 0.19 * i), at[2]), 0.0, 0.5)
        for i in range(3)
    ]
    return [
        fixed("house walls", walls, finish="cream plaster"),
        fixed("roof chimney", roof, chimney, finish="red plaster"),
        fixed("tree", *fir, finish="dark green leaves"),
        fixed("door trunk", door, f.post(r * 0.06, r * 0.14, at), finish="brown wood"),
    ]


@family("crystal ball", "fortune_ball seer_ball magic_orb", "shiny violet glass")
def crystal_ball(
    f: Forms, *, radius: float = 0.12, height: float = 0.3, width: float = 0.2
) -> list[Part]:
    r, w, y = radius, width / 2, height - radius * 1.86
    base = f.turned(
        [
            (w, 0),
            (w * 1.04, y * 0.2),
            (w * 0.6, y * 0.5),
            (w * 0.66, y * 0.9),
            (w * 0.86, y * 1.3),
            (w * 0.7, y * 1.35),
        ]
    )
    claw = f.hose(
        [(w * 0.8, y * 0.9, 0), (r * 1.0, y + r * 0.5, 0), (r * 1.02, y + r * 0.95, 0)],
        [w * 0.12, w * 0.1, w * 0.03],
    )
    return [
        main("ball orb", f.ball(r, (0, y + r * 0.86, 0), share=1)),
        second("stand base claws", base, around(claw, 4), finish="gold"),
    ]
