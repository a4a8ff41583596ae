"""Pieces of games, signs of maps and science. They face +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, around, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second

FOOT = "1 0, 1 0.05, 0.9 0.07, 0.94 0.1, 0.72 0.14"


@family("chess_knight", "knight_chess_piece chess_horse", "cream wood")
def chess_knight(f: Forms, *, height: float = 0.09, radius: float = 0.02) -> list[Part]:
    h, r = height, radius
    head = pairs(
        "-0.62 0.2, 0.7 0.2, 0.66 0.34, 0.3 0.48, 0.34 0.6, 0.86 0.58, 1.06 0.66, 1.0 0.76, "
        "0.5 0.9, 0.3 1.0, 0.14 0.93, "
        "-0.3 0.86, -0.66 0.64, -0.74 0.4",
        r,
        h,
    )
    side = f.bevelled(smooth(head, 3, closed=True), r * 0.9, r * 0.2, r * 0.22)
    mane = [
        f.box(
            (r * 0.3, h * 0.02, r * 0.98),
            (-r * (0.66 - 0.12 * (i - 3) * (i > 3)), h * (0.4 + 0.07 * i), 0),
        )
        for i in range(6)
    ]
    return [
        main(
            "body head horse",
            side.rotate((0, -120, 0)),
            f.turned(pairs(FOOT + ", 0.6 0.2, 0.68 0.24", r, h)),
        ),
        second(
            "mane base felt",
            unite(mane).rotate((0, -120, 0)),
            f.ring(r * 0.9, r * 0.09, (0, h * 0.075, 0)),
            finish="brown wood",
        ),
        fixed(
            "eyes eye mouth",
            *[
                f.ball(r * 0.1, (r * 0.42, h * 0.79, s * r * 0.43)).rotate((0, -120, 0))
                for s in (1, -1)
            ],
            finish="dark brown paint",
        ),
    ]


@family("chess_queen", "queen_chess_piece", "cream wood")
def chess_queen(
    f: Forms, *, height: float = 0.1, radius: float = 0.021, points: int = 8
) -> list[Part]:
    h, r = height, radius
    body = pairs(
        FOOT
        + ", 0.46 0.3, 0.34 0.55, 0.38 0.66, 0.62 0.69, 0.62 0.72, 0.42 0.74, 0.48 0.8, 0.68 0.9, 0.5 0.9",
        r,
        h,
    )
    tooth = f.ball(r * 0.13, (r * 0.58, h * 0.905, 0), share=0.4)
    return [
        main("body piece", f.turned(body), f.ball(r * 0.42, (0, h * 0.9, 0), (1, 0.8, 1))),
        second(
            "crown points ball",
            around(tooth, within(points, 4, 16)),
            f.ball(r * 0.2, (0, h * 0.9 + r * 0.4, 0)),
            finish="cream wood",
        ),
        fixed(
            "rings base felt",
            f.ring(r * 0.92, r * 0.08, (0, h * 0.075, 0)),
            f.ring(r * 0.56, r * 0.07, (0, h * 0.705, 0)),
            finish="brown wood",
        ),
    ]


@family("chess_bishop", "bishop_chess_piece", "cream wood")
def chess_bishop(f: Forms, *, height: float = 0.085, radius: float = 0.019) -> list[Part]:
    h, r = height, radius
    body = pairs(FOOT + ", 0.42 0.32, 0.3 0.56, 0.34 0.62, 0.58 0.65, 0.58 0.68, 0.34 0.7", r, h)
    head = f.turned(pairs("0.3 0.69, 0.52 0.76, 0.48 0.84, 0.2 0.93, 0 0.95", r, h))
    cut = f.box((r * 0.16, h * 0.16, 4 * r)).rotate((0, 0, -32)).translate((r * 0.3, h * 0.86, 0))
    return [
        main("body head piece", f.turned(body), head - cut),
        second("ball tip", f.ball(r * 0.17, (0, h * 0.965, 0)), finish="cream wood"),
        fixed(
            "rings base felt",
            f.ring(r * 0.92, r * 0.08, (0, h * 0.075, 0)),
            f.ring(r * 0.54, r * 0.07, (0, h * 0.665, 0)),
            finish="brown wood",
        ),
    ]


@family(
    "chess_board",
    "chessboard checkerboard checkers_board draughts_board",
    "cream wood",
)
def chess_board(
    f: Forms, *, width: float = 0.45, height: float = 0.03, squares: int = 8
) -> list[Part]:
    w, h, count = width, height, within(squares, 2, 12)
    step = w * 0.9 / count
    dark = [
        f.slab(
            (step, h * 0.3, step),
            (step * (i - count / 2 + 0.5), h * 0.78, step * (j - count / 2 + 0.5)),
        )
        for i in range(count)
        for j in range(count)
        if (i + j) % 2 == 0
    ]
    t = Forms(f.detail * 0.35)
    pawn = t.lathe(
        pairs("0.34 0, 0.34 0.2, 0.16 0.4, 0.12 0.9, 0.24 1.0, 0.24 1.3, 0 1.45", step, step)
    )
    tall = t.lathe(
        pairs(
            "0.38 0, 0.38 0.2, 0.18 0.5, 0.14 1.4, 0.32 1.5, 0.26 1.7, 0.36 2.1, 0 2.2", step, step
        )
    )
    rows = [(pawn, count - 2), (tall, count - 1)]
    line = [step * (i - count / 2 + 0.5) for i in range(count)]
    white = (
        [piece.translate((x, h * 1.0, line[row])) for piece, row in rows for x in line]
        if count > 3
        else [pawn.translate((line[0], h, line[0]))]
    )
    return [
        main("board light squares", f.slab((w * 0.92, h, w * 0.92))),
        second("dark squares frame edge", *dark, f.slab((w, h * 0.9, w)), finish="dark brown wood"),
        fixed("white pieces", *white, finish="white ceramic"),
        *_chess_board_black(f, count, h, pawn, line, white),
    ]


def _chess_board_black(
    f: Forms, count: int, h: float, pawn: Manifold, line: list[float], white: list[Manifold]
) -> list[Part]:
    """A chess board's black."""
    black = (
        [piece.mirror((0, 0, 1)) for piece in white]
        if count > 3
        else [pawn.translate((line[-1], h, line[0]))]
    )
    return [
        fixed("black pieces", *black, finish="black paint"),
    ]


@family("lego_brick", "lego lego_block building_brick toy_brick lego_piece", "red plastic")
def lego_brick(
    f: Forms, *, length: float = 0.032, width: float = 0.016, height: float = 0.0096, studs: int = 4
) -> list[Part]:
    w, z, h, count = length, width, height, within(studs, 1, 10)
    step = w / count
    rows = max(1, round(z / step))
    r = min(step, z / rows) * 0.3
    places = [
        (step * (i + 0.5) - w / 2, z * ((j + 0.5) / rows - 0.5))
        for i in range(count)
        for j in range(rows)
    ]
    tops = [f.post(r, h * 0.2, (x, h * 0.99, y), share=0.7) for x, y in places]
    names = [f.box((r * 1.1, h * 0.012, r * 0.5), (x, h * 1.19, y)) for x, y in places]
    return [
        main("body brick", f.slab((w, h, z))),
        second("studs stud knobs", *tops, finish="red plastic"),
        fixed("letters logo", *names, finish="dark red plastic"),
    ]


@family(
    "location_pin",
    "map_pin map_marker location_marker place_marker gps_pin pin_marker destination_pin google_maps_pin",
    "red plastic",
)
def location_pin(
    f: Forms, *, height: float = 1.0, radius: float = 0.34, thickness: float = 0.2
) -> list[Part]:
    h, r, t = height, radius, thickness
    y = h - r
    turns = [math.radians(-35 + 250 * i / 32) for i in range(33)]
    outline = [(r * math.cos(a), y + r * math.sin(a)) for a in turns] + [(0.0, 0.0)]
    hole = f.rod(r * 0.42, 3 * t, (0, y, 0), "z", share=1)
    return [
        main("body pin marker", f.bevelled(outline, t, t * 0.2, t * 0.3) - hole),
        second(
            "dot centre ring",
            f.rod(r * 0.46, t * 0.7, (0, y, 0), "z", share=1),
            finish="white plastic",
        ),
    ]


@family("dollar_sign", "dollar_symbol money_symbol money_sign usd_sign", "gold")
def dollar_sign(
    f: Forms, *, height: float = 1.0, width: float = 0.55, thickness: float = 0.14
) -> list[Part]:
    h, w, t = height, width / 2, thickness
    curve = [
        (x * w, h * y, 0.0)
        for x, y in (
            (0.8, 0.72),
            (0.45, 0.86),
            (-0.3, 0.86),
            (-0.8, 0.7),
            (-0.45, 0.55),
            (0.4, 0.45),
            (0.82, 0.3),
            (0.35, 0.14),
            (-0.4, 0.14),
            (-0.82, 0.28),
        )
    ]
    return [
        main("body sign curve", f.hose(curve, t * 0.5, share=0.5)),
        second(
            "bar stroke line",
            f.soft_box((t * 0.6, h, t * 0.8), (0, h / 2, 0), t * 0.25),
            finish="gold",
        ),
    ]


@family("dna", "dna_helix double_helix dna_strand dna_molecule", "blue plastic")
def dna(f: Forms, *, height: float = 1.0, radius: float = 0.17, turns: int = 2) -> list[Part]:
    h, r, count = height, radius, within(turns, 1, 4)
    n = 12 * count

    def at(i: float, turn: float) -> tuple[float, float, float]:
        a = 2 * math.pi * count * i / n + turn
        return (r * math.cos(a), h * (0.04 + 0.92 * i / n), r * math.sin(a))

    strands = [
        f.hose([at(i, turn) for i in range(n + 1)], r * 0.15, steps=2) for turn in (0.0, math.pi)
    ]
    rungs: list[list[Manifold]] = [[], []]
    for i in range(1, n, 2):
        a, b = at(i, 0.0), at(i, math.pi)
        mid = (0.0, a[1], 0.0)
        rungs[0].append(f.bone(a, mid, r * 0.075))
        rungs[1].append(f.bone(mid, b, r * 0.075))
    return [
        main("strand helix backbone", strands[0]),
        second("other strand", strands[1], finish="red plastic"),
        fixed("rungs pairs bases", *rungs[0], finish="yellow plastic"),
        fixed("rungs2 halves", *rungs[1], finish="green plastic"),
    ]


@family("atom", "atom_symbol atom_model science_symbol nucleus", "blue plastic")
def atom(f: Forms, *, radius: float = 0.5, thickness: float = 0.022, orbits: int = 3) -> list[Part]:
    r, t, count = radius, thickness, within(orbits, 1, 4)
    loop = f.ring(r, t, axis="z").scale((1, 0.36, 1))
    tilts = [180.0 * i / count + 90 / count * (count > 1) for i in range(count)]
    places = [
        (0.42 * (i % 2) - 0.2, 0.36 * (i // 2 % 2) - 0.18, 0.4 * (i // 4) - 0.2) for i in range(8)
    ]
    balls = [f.ball(r * 0.12, (x * r * 0.5, y * r * 0.5, z * r * 0.5)) for x, y, z in places]
    dots = [
        f.ball(r * 0.075, (r * 0.98 * (-1) ** i, 0, 0)).rotate((0, 0, a))
        for i, a in enumerate(tilts)
    ]
    web = unite([f.rod(t * 0.5, 2 * r, (0, 0, 0), "x", share=0.3).rotate((0, 0, a)) for a in tilts])
    return [
        main("orbits orbit rings", *[loop.rotate((0, 0, a)) for a in tilts], web),
        second("electrons electron", *dots, finish="yellow plastic"),
        fixed("protons nucleus", *balls[::2], finish="red plastic"),
        fixed("neutrons", *balls[1::2], finish="light grey plastic"),
    ]


@family("treasure_map", "map pirate_map old_map parchment_map", "tan cardboard")
def treasure_map(
    f: Forms, *, width: float = 0.5, height: float = 0.36, radius: float = 0.025
) -> list[Part]:
    w, h, r = width, height, radius
    edge = [
        (0, 0),
        (w * 0.3, -h * 0.02),
        (w * 0.55, h * 0.012),
        (w * 0.8, -h * 0.014),
        (w, 0),
        (w * 0.985, h * 0.4),
        (w * 1.01, h * 0.66),
        (w, h),
        (w * 0.66, h * 0.985),
        (w * 0.4, h * 1.01),
        (0, h),
        (w * 0.012, h * 0.6),
        (-w * 0.01, h * 0.3),
    ]
    sheet = f.plate([(x - w / 2, y) for x, y in edge], r * 0.3)
    land = smooth(
        pairs(
            "-0.36 0.3, -0.2 0.2, 0.02 0.26, 0.2 0.18, 0.36 0.34, 0.34 0.6, 0.18 0.8, -0.06 0.74, -0.28 0.8, -0.4 0.56",
            w,
            h,
        ),
        3,
        closed=True,
    )
    return [
        main("sheet paper map", sheet, mirrored(f.rod(r, h * 1.02, (w * 0.5, h * 0.5, -r * 0.7)))),
        second("land island", f.plate(land, r * 0.42), finish="olive paint"),
        *_treasure_map_fittings(f, h, r, w),
    ]


def _treasure_map_fittings(f: Forms, h: float, r: float, w: float) -> list[Part]:
    """A treasure map's path and cross."""
    path = pairs("-0.26 0.36, -0.18 0.46, -0.08 0.46, 0.0 0.38, 0.1 0.42, 0.14 0.52", w, h)
    dots = [f.rod(r * 0.2, r * 0.6, (x, y, 0), "z", share=0.4) for x, y in path]
    cross = [
        f.box((w * 0.09, h * 0.026, r * 0.6))
        .rotate((0, 0, s * 45.0))
        .translate((w * 0.2, h * 0.62, 0))
        for s in (1, -1)
    ]
    rose = f.plate(f.star(h * 0.1, 4, 0.3), r * 0.5, (w * 0.4, h * 0.84, 0))
    return [
        fixed(
            "path dots compass rose",
            *dots,
            rose,
            *[
                f.plate(pairs("-0.05 0, 0.05 0, 0 0.1", w, h), r * 0.56, (w * x, h * y, 0))
                for x, y in ((-0.14, 0.6), (-0.05, 0.58), (0.26, 0.36))
            ],
            finish="dark brown paint",
        ),
        fixed("cross mark x", *cross, finish="red paint"),
    ]
