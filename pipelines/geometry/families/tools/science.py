"""Tools of the desk, the easel and the laboratory."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("pen", "ballpoint_pen fountain_pen ballpoint biro marker felt_pen", "blue plastic")
def pen(f: Forms, *, length: float = 0.14, radius: float = 0.0055) -> list[Part]:
    r, h = radius, length
    body = f.turned(pairs(".82 .12, 1 .16, 1 .62, .96 .64", r, h))
    cap = f.turned(pairs(".98 .62, 1.08 .63, 1.06 .9, .8 .965, 0 .975", r, h))
    clip = f.hose(
        [
            (0, h * 0.94, r * 0.7),
            (0, h * 0.93, r * 1.5),
            (0, h * 0.8, r * 1.5),
            (0, h * 0.7, r * 1.3),
        ],
        r * 0.18,
        squash=1.8,
    )
    tip = f.turned(pairs(".05 0, .16 .006, .2 .03, .8 .1, .84 .125", r, h))
    rings = [
        f.ring(r * x, r * 0.1, (0, h * y, 0), share=0.8) for x, y in ((1.04, 0.635), (0.84, 0.125))
    ]
    return [
        main("body barrel", body),
        main("cap", cap, finish="blue plastic"),
        second("clip tip rings", clip, tip, *rings, finish="silver"),
    ]


@family("paintbrush", "paint_brush artist_brush brush", "red paint")
def paintbrush(
    f: Forms, *, length: float = 0.26, radius: float = 0.011, width: float = 0.03
) -> list[Part]:
    h, r = length, radius
    shape = pairs(".2 0, .4 .03, .34 .2, .8 .48, .66 .62, .6 .68", r, h)
    metal = f.stack(
        [
            (h * y, [(x * r * a, z * r * b) for x, z in f.circle(1, 0.6)])
            for y, a, b in ((0.66, 0.62, 0.62), (0.74, 1.0, 0.7), (0.84, width / (2 * r), 0.62))
        ]
    )
    tuft = f.stack(
        [
            (h * y, [(x * width / 2 * a, z * r * b) for x, z in f.circle(1, 0.6)])
            for y, a, b in (
                (0.83, 0.98, 0.6),
                (0.9, 1.06, 0.7),
                (0.95, 0.9, 0.56),
                (0.985, 0.5, 0.3),
                (1, 0.1, 0.08),
            )
        ]
    )
    level = f.slab((1, 1, 1), (0, h * 0.93, 0))
    return [
        main("handle", f.turned(shape)),
        fixed("ferrule", metal, finish="silver"),
        fixed("bristles hair", tuft - level, finish="brown hair"),
        second("paint tip", tuft ^ level, finish="blue paint"),
    ]


@family("paint palette", "palette artist_palette colour_palette color_palette", "caramel wood")
def paint_palette(
    f: Forms, *, width: float = 0.4, depth: float = 0.3, thickness: float = 0.014
) -> list[Part]:
    w, d, t = width / 2, depth / 2, thickness
    outline = smooth(
        pairs(
            "-.9 -.2, -.5 -.85, .1 -1, .7 -.8, 1 -.2, .9 .4, .5 .5, .36 .3, .2 .45, .3 .8, 0 1, -.55 .85, -.92 .4",
            w,
            d,
        ),
        closed=True,
    )
    board = f.floor([(x, -z) for x, z in outline], t)
    hole = f.rod(w * 0.12, 1, (-w * 0.3, 0, -d * 0.05), share=0.8)
    spots = (
        (-0.56, 0.2, "red"),
        (-0.42, 0.62, "orange"),
        (-0.1, 0.68, "yellow"),
        (0.7, 0.05, "green"),
        (0.66, -0.4, "blue"),
        (0.26, -0.66, "violet"),
        (-0.18, -0.66, "white"),
    )
    blobs = [
        (colour, f.ball(1, (x * w, t, z * -d), (w * 0.14, t * 0.9, w * 0.12), 0.5))
        for x, z, colour in spots
    ]
    solid = (board - hole).rotate((0, 0, 0))
    lean = [p.rotate((62, 0, 0)) for p in (solid, *[b for _, b in blobs])]
    return [
        main("board", lean[0]),
        *[
            fixed(f"{colour} paint", p, finish=f"shiny {colour} paint")
            for (colour, _), p in zip(blobs, lean[1:], strict=True)
        ],
    ]


@family("microscope", "lab_microscope", "white paint")
def microscope(
    f: Forms, *, height: float = 0.38, width: float = 0.16, depth: float = 0.22
) -> list[Part]:
    h, w, d = height, width, depth
    base = f.soft_box((w, h * 0.09, d), (0, h * 0.045, 0), h * 0.02)
    arm = [(0, h * y, d * z) for y, z in pairs(".06 -.3, .3 -.42, .55 -.4, .72 -.2, .74 .0")]
    limb = f.hose(arm, [h * 0.06, h * 0.055, h * 0.05, h * 0.05, h * 0.05], up=(1, 0, 0))
    stage = f.soft_box((w * 0.85, h * 0.035, d * 0.55), (0, h * 0.36, d * 0.04), h * 0.01) + f.box(
        (w * 0.3, h * 0.06, d * 0.3), (0, h * 0.35, -d * 0.3)
    )
    tube = f.rod(h * 0.055, h * 0.3, (0, h * 0.74, d * 0.06), share=0.7)
    nose = f.turned(pairs("0 .52, .6 .53, .75 .58, .75 .61, .5 .62", h * 0.1, h), (0, 0, d * 0.06))
    lens = f.rod(h * 0.026, h * 0.11, (0, h * 0.48, d * 0.06), share=0.5)
    lenses = [
        lens.translate((0, -h * 0.55, -d * 0.06))
        .rotate((0, 0, turn))
        .translate((0, h * 0.56, d * 0.06))
        for turn in (0, 38, -38)
    ]
    eye = (
        f.turned(pairs(".5 0, .55 .02, .5 .1, .62 .11, .62 .16, .4 .16", h * 0.09, h))
        .rotate((-30, 0, 0))
        .translate((0, h * 0.86, d * 0.06))
    )
    knobs = mirrored(
        f.rod(h * 0.055, w * 0.2, (w * 0.42, h * 0.24, -d * 0.38), "x", share=0.7)
    ) + f.rod(h * 0.02, w * 0.8, (0, h * 0.24, -d * 0.38), "x")
    light = f.rod(h * 0.05, h * 0.05, (0, h * 0.1, d * 0.06), share=0.7)
    slide = f.box((w * 0.6, h * 0.008, d * 0.12), (0, h * 0.38, d * 0.06))
    return [
        main("body arm base", base, limb, tube),
        second("stage knobs lenses", stage, *lenses, nose, knobs, eye, finish="black plastic"),
        fixed(
            "light slide glass",
            light,
            slide + f.post(h * 0.012, h * 0.08, (0, h * 0.34, d * 0.06)),
            finish="shiny sky blue glass",
        ),
    ]


@family(
    "flask",
    "erlenmeyer_flask lab_flask conical_flask chemistry_flask potion_flask",
    "light aqua glass",
)
def flask(
    f: Forms,
    *,
    height: float = 0.24,
    radius: float = 0.085,
    thickness: float = 0.006,
    full: bool = True,
) -> list[Part]:
    r, h, t = radius, height, thickness
    shape = pairs(".96 0, 1 .02, .98 .08, .34 .66, .3 .7, .3 .95, .4 .98, .38 1", r, h)
    glass = f.turned(shape)
    top = f.post(r * 0.24, h * 0.5, (0, h * 0.6, 0), share=0.7)
    wide = f.turned([(x + t * 0.16, y) for x, y in shape])
    drink = wide ^ f.slab((1, h * 0.42, 1), (0, h * 0.012, 0))
    foam = [
        f.ball(r * s, (r * x, h * 0.434, r * z), share=0.4)
        for x, z, s in ((0.3, 0.3, 0.1), (-0.2, 0.4, 0.12), (-0.4, -0.1, 0.09), (0.1, -0.4, 0.11))
    ]
    marks = [
        f.box((r * 0.3, h * 0.008, r * 0.06), (0, h * y, r * (1.06 - 1.09 * y)))
        for y in (0.2, 0.3, 0.4, 0.5)
    ]
    parts = [
        main("glass body", glass - top, f.ring(r * 0.36, r * 0.05, (0, h * 0.985, 0))),
        fixed("marks scale", *marks, finish="white paint"),
    ]
    return (
        [*parts, second("liquid potion", drink, *foam, finish="shiny lime plastic")]
        if full
        else parts
    )


@family("syringe", "injection hypodermic_needle", "white plastic")
def syringe(
    f: Forms, *, length: float = 0.14, radius: float = 0.011, width: float = 0.04
) -> list[Part]:
    r, h = radius, length
    tube = f.turned(pairs(".3 .3, .9 .31, 1 .33, 1 .78", r, h))
    flange = f.soft_box((width, h * 0.016, r * 2), (0, h * 0.78, 0), h * 0.006)
    plunger = f.box((r * 1.2, h * 0.22, r * 0.3), (0, h * 0.88, 0)) + f.box(
        (r * 0.3, h * 0.22, r * 1.2), (0, h * 0.88, 0)
    )
    thumb = f.rod(r * 1.3, h * 0.018, (0, h * 0.99, 0), share=0.8)
    marks = [
        f.ring(r * 1.0, r * 0.035, (0, h * y, 0), share=0.6) ^ f.box((1, 1, 1), (0, 0, 0.5))
        for y in (0.4, 0.47, 0.54, 0.61, 0.68)
    ]
    fill = f.post(r * 1.015, h * 0.24, (0, h * 0.34, 0), share=0.8)
    return [
        main("plunger flange", flange, plunger, thumb),
        main("tube barrel", tube, finish="light aqua glass"),
        second("liquid", fill, finish="shiny lime plastic"),
        fixed("marks", *marks, finish="black paint"),
        fixed(
            "needle",
            f.post(r * 0.07, h * 0.26, (0, 0, 0)),
            f.turned(pairs("0 .2, .24 .22, .3 .3, .2 .31", r, h)),
            finish="silver",
        ),
    ]


@family("battery", "aa_battery power_cell", "black plastic")
def battery(f: Forms, *, height: float = 0.05, radius: float = 0.0072) -> list[Part]:
    r, h = radius, height
    return [
        main(
            "body", f.turned([(r * 0.96, 0.0), (r, h * 0.01), (r, h * 0.66), (r * 0.96, h * 0.67)])
        ),
        second(
            "top",
            f.turned([(r * 0.96, h * 0.66), (r, h * 0.67), (r, h * 0.94), (r * 0.94, h * 0.955)]),
            finish="copper",
        ),
        fixed(
            "pole contact", f.post(r * 0.36, h * 0.06, (0, h * 0.94, 0), share=0.7), finish="silver"
        ),
        fixed(
            "sign",
            *[
                f.box(size, (0, h * 0.82, r))
                for size in ((r * 0.7, r * 0.18, r * 0.1), (r * 0.18, r * 0.7, r * 0.1))
            ],
            finish="black paint",
        ),
    ]


# Rough continents of a globe: degrees east and north, size, and how much wider than high.
LANDS = (
    (10, 12, 0.8, 0.8), (20, -20, 0.62, 0.8), (100, 40, 1.05, 1.35), (75, 22, 0.7, 1.0), (140, -26, 0.55, 1.2),
    (-95, 42, 0.85, 1.2), (-60, -14, 0.75, 0.75), (-105, 58, 0.7, 1.3), (50, 52, 0.8, 1.4), (-45, 72, 0.4, 1.0),
)  # fmt: skip


def _land(f: Forms, r: float, east: float, north: float, size: float, wide: float) -> Manifold:
    """A lens of land that lies on a ball of radius r."""
    lens = f.ball(r * size * 0.5, (0, 0, 0), (wide, 1, 0.36), 0.35).rotate(
        (0, 0, east * 3 % 50 - 25)
    )
    return lens.translate((0, 0, r * 0.93)).rotate((-north, east, 0))


@family("globe", "earth_globe world_globe desk_globe terrestrial_globe", "water")
def globe(
    f: Forms, *, height: float = 0.42, radius: float = 0.14, width: float = 0.22
) -> list[Part]:
    r, w, y = radius, width / 2, height - radius * 1.12
    ball = f.ball(r, share=1)
    lands = [_land(f, r, *row) for row in LANDS]
    poles = [f.ball(r * 1.006, share=1) ^ f.slab((1, 1, 1), (0, r * 0.93, 0))]
    poles.append(poles[0].mirror((0, 1, 0)))
    ground = (unite(lands) ^ f.ball(r * 1.012, share=0.8)) - unite(poles)
    axis = f.rod(r * 0.05, r * 2.3)
    turned = [p.rotate((0, -30, -23)) for p in (ball, ground, unite(poles), axis)]
    lean = [p.translate((0, y, 0)) for p in turned]
    arc = [
        (r * 1.13 * math.cos(a), r * 1.13 * math.sin(a), 0.0)
        for a in (math.radians(-92 - 20 + i * 18) for i in range(11))
    ]
    bow = f.hose(arc, r * 0.06, steps=2).rotate((0, 0, -4)).translate((0, y, 0))
    foot = f.turned(pairs("1 0, 1 .02, .9 .05, .3 .08, .16 .12, .2 .17, .1 .2", w, height))
    stem = f.post(w * 0.1, y - r * 1.1, (0, 0, 0))
    return [
        main("ball ocean", lean[0]),
        second("land continents", lean[1], finish="grass green paint"),
        fixed("ice poles", lean[2], finish="snow"),
        fixed("stand base frame", bow, foot, stem, lean[3], finish="brass"),
    ]
