"""Instruments, jewels and other things of daily life."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _strings(f: Forms, low: float, neck0: float, neck_top: float, front: float) -> Manifold:
    """A guitar's strings, frets and pegs, on a neck from neck0 to neck_top."""
    frets = [
        f.box((0.052, 0.004, 0.006), (0, neck0 + i * (neck_top - neck0) / 9, front + 0.024))
        for i in range(10)
    ]
    strings = [
        f.box(
            (0.0022, neck_top - low * 0.9, 0.002), (x, (neck_top + low * 0.9) / 2, front + 0.0275)
        )
        for x in (-0.018, -0.011, -0.004, 0.004, 0.011, 0.018)
    ]
    pegs = [
        f.rod(0.009, 0.05, (s * 0.045, neck_top + 0.03 + i * 0.035, front + 0.005), "x")
        for s in (1, -1)
        for i in range(3)
    ]
    return unite([*frets, *strings, *pegs])


@family("guitar", "acoustic_guitar electric_guitar ukulele banjo", "caramel wood")
def guitar(f: Forms, *, length: float = 1.0, width: float = 0.38, depth: float = 0.1) -> list[Part]:
    low = width / 2
    lower = f.rod(width / 2, depth, (0, low, 0), "z")
    upper = f.rod(width * 0.37, depth, (0, low + width * 0.72, 0), "z")
    waist = f.box((width * 0.56, width * 0.6, depth), (0, low + width * 0.4, 0))
    front = depth / 2
    hole_y = low + width * 0.5
    neck_top = length * 0.86
    neck0 = low + width * 0.9
    metal = _strings(f, low, neck0, neck_top, front)
    return [
        main("body", (lower + upper + waist) - f.rod(width * 0.13, depth, (0, hole_y, front), "z")),
        second(
            "neck head bridge",
            f.box(
                (0.052, neck_top - neck0 + 0.12, 0.036), (0, (neck_top + neck0) / 2, front + 0.006)
            ),
            f.soft_box(
                (0.078, length - neck_top, 0.024), (0, (length + neck_top) / 2, front), 0.008
            ),
            f.box((width * 0.42, 0.03, 0.016), (0, low * 0.85, front + 0.006)),
            finish="dark brown wood",
        ),
        fixed(
            "hole rosette",
            f.ring(width * 0.135, 0.008, (0, hole_y, front), "z"),
            finish="black wood",
        ),
        fixed(
            "strings frets pegs",
            metal,
            f.box((0.06, 0.008, 0.03), (0, low * 0.86, front + 0.016)),
            finish="steel",
        ),
    ]


@family("drum", "snare bongo", "red paint")
def drum(f: Forms, *, height: float = 0.3, radius: float = 0.22) -> list[Part]:
    rods = around(f.post(0.008, height * 0.96, (radius * 1.05, height * 0.02, 0)), 8)
    return [
        main("shell body", f.post(radius, height * 0.94, (0, height * 0.03, 0))),
        second("skin head", f.post(radius * 0.96, height * 0.998), finish="cream leather"),
        fixed(
            "rims rods",
            f.ring(radius * 1.01, 0.014, (0, height * 0.97, 0)),
            f.ring(radius * 1.01, 0.014, (0, height * 0.03, 0)),
            rods,
            finish="polished steel",
        ),
    ]


@family("book", "notebook tome dictionary novel spellbook", "burgundy leather")
def book(
    f: Forms, *, width: float = 0.16, height: float = 0.23, depth: float = 0.045
) -> list[Part]:
    t = 0.005
    x = width / 2
    covers = [f.slab((width, height, t), (0, 0, s * (depth / 2))) for s in (1, -1)]
    spine = f.rod(depth / 2 + t / 2, height, (-x, height / 2, 0), "y").translate((x, 0, 0)).scale(
        (0.35, 1, 1)
    ).translate((-x, 0, 0)) - f.box((width, 1, 1), (0, 0, 0))
    bands = [
        f.rod(depth / 2 + t, 0.012, (-x, height * y, 0), "y")
        .translate((x, 0, 0))
        .scale((0.42, 1, 1))
        .translate((-x, 0, 0))
        - f.box((width, 1, 1))
        for y in (0.2, 0.5, 0.8)
    ]
    title = f.box((width * 0.6, height * 0.14, t * 2), (0.0, height * 0.68, depth / 2))
    return [
        main("cover covers", *covers, spine, f.slab((t, height, depth), (-x + t / 2, 0, 0))),
        fixed(
            "pages paper",
            f.slab((width * 0.95, height * 0.95, depth), (-width * 0.01, height * 0.025, 0)),
            finish="cream paint",
        ),
        second("title bands", title, *bands, finish="gold"),
    ]


@family("ring", "wedding_ring finger_ring engagement_ring diamond_ring", "gold")
def ring(f: Forms, *, radius: float = 0.01, thickness: float = 0.0016) -> list[Part]:
    y, t = radius + thickness, thickness
    stone = (
        f.lathe([(0.0, -1.1), (1.0, 0.0), (0.62, 0.5)], (0, 0, 0))
        .scale((t * 1.9,) * 3)
        .translate((0, y + radius + t * 2.2, 0))
    )
    seat = f.post(t * 0.8, t * 2.0, (0, y + radius - t * 0.2, 0), t * 1.5)
    claws = around(f.bone((t * 1.3, 0, 0), (t * 1.75, t * 2.6, 0), t * 0.3), 4).translate(
        (0, y + radius + t * 0.2, 0)
    )
    return [
        main("band", f.ring(radius, t, (0, y, 0), "z"), seat, claws),
        second("stone gem diamond jewel", stone, finish="shiny aqua glass"),
    ]


@family("crown", "tiara coronet diadem", "gold")
def crown(f: Forms, *, height: float = 0.14, radius: float = 0.1, spikes: int = 6) -> list[Part]:
    r, low = radius, height * 0.45
    tooth = f.plate(
        [(-r * 0.55, low * 0.5), (r * 0.55, low * 0.5), (0, height)], r * 0.09, (0, 0, r * 0.95)
    )
    shell = f.lathe([(r * 1.0, 0), (r * 1.0, low)]) - f.lathe(
        [(r * 0.9, -0.01), (r * 0.9, low * 1.1)]
    )
    tips = around(f.ball(r * 0.09, (0, height, r * 0.95)), spikes)
    gems = around(f.ball(r * 0.11, (0, low * 0.5, r * 1.0), (1, 1, 0.5)), spikes)
    return [
        main("band", shell, around(tooth, spikes), tips, f.ring(r, r * 0.06, (0, 0.0, 0))),
        second("gems jewels", gems, finish="ruby glass"),
    ]


@family("lantern", "street_lamp oil_lamp streetlight", "black steel")
def lantern(f: Forms, *, height: float = 0.4, width: float = 0.18) -> list[Part]:
    x, h = width / 2, height * 0.6
    posts = [
        f.slab((0.016, h, 0.016), (s * x * 0.86, 0.03, t * x * 0.86))
        for s in (1, -1)
        for t in (1, -1)
    ]
    top = 0.02 + h
    return [
        main(
            "frame",
            f.slab((width * 1.1, 0.035, width * 1.1)),
            *posts,
            f.post(width * 0.76, height * 0.17, (0, top, 0), 0.03).rotate((0, 0, 0)),
            f.slab((width * 1.05, 0.02, width * 1.05), (0, top - 0.01, 0)),
            f.ring(0.045, 0.008, (0, height * 0.93, 0), "z"),
        ),
        second(
            "glass panes",
            f.slab((width * 0.82, h, width * 0.82), (0, 0.025, 0)),
            finish="shiny golden yellow glass",
        ),
    ]


@family("candle", "candlestick", "cream plaster")
def candle(f: Forms, *, height: float = 0.2, radius: float = 0.025) -> list[Part]:
    low = 0.045
    dish = [(2.4, 0), (2.6, 0.012), (2.2, 0.006), (1.1, 0.012), (1.2, low), (0.9, low)]
    return [
        main(
            "wax body",
            f.post(radius, height, (0, 0.015, 0), radius * 0.92),
            *[
                f.bone(
                    (radius * math.cos(a), height, radius * math.sin(a)),
                    (radius * 1.04 * math.cos(a), height * k, radius * 1.04 * math.sin(a)),
                    0.006,
                )
                for a, k in ((0.4, 0.7), (2.2, 0.82), (4.4, 0.6))
            ],
        ),
        second(
            "holder dish",
            f.lathe([(r * radius, h) for r, h in dish]),
            f.ring(0.022, 0.005, (radius * 3.0, 0.02, 0), "z"),
            finish="brass",
        ),
        fixed(
            "wick flame fire",
            f.post(0.002, 0.03, (0, height, 0)),
            f.lathe([(0, 0), (0.009, 0.014), (0.006, 0.03), (0, 0.05)], (0, height + 0.022, 0)),
            finish="shiny orange plastic",
        ),
    ]


@family("umbrella", "parasol", "red fabric")
def umbrella(f: Forms, *, height: float = 0.9, radius: float = 0.5) -> list[Part]:
    outer = f.ball(1).scale((radius, radius * 0.62, radius))
    canopy = (
        outer
        - f.ball(1).scale((radius * 0.96, radius * 0.58, radius * 0.96))
        - f.box((9, 4, 9), (0, -2, 0))
    )
    y = height - radius * 0.62
    ribs = around(f.bone((0, radius * 0.6, 0), (radius * 0.98, 0.02, 0), 0.008), 8)
    return [
        main("canopy cover", canopy.translate((0, y, 0))),
        fixed(
            "pole shaft ribs",
            f.post(0.012, height * 1.02, (0, 0.05, 0)),
            (ribs ^ outer).translate((0, y, 0)),
            finish="steel",
        ),
        second(
            "handle",
            f.tube(
                [(0, 0.12, 0), (0, 0.04, 0), (0.02, 0.005, 0), (0.06, 0.005, 0), (0.08, 0.04, 0)],
                0.017,
            ),
            finish="brown wood",
        ),
    ]
