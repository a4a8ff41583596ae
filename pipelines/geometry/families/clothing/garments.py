"""Clothes, hollow and upright as if somebody wore them."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import triples
from pipelines.geometry.families.forms import Flat, Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _oval(x: float, z: float, count: int = 24) -> list[tuple[float, float]]:
    """An oval of half axes x and z, a little square, from above."""
    rows = []
    for i in range(count):
        c, s = math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count)
        rows.append((x * math.copysign(abs(c) ** 0.8, c), z * math.copysign(abs(s) ** 0.8, s)))
    return rows


def _levels(text: str, w: float, h: float, d: float, wall: float = 0.0) -> list[tuple[float, Flat]]:
    """Ovals "height wide deep, ..." in shares of w, h and d, `wall` metres smaller."""
    return [(y * h, _oval(x * w - wall, z * d - wall)) for y, x, z in triples(text)]


def _sleeve(
    f: Forms, path: list, radii: list[float], depth: float, wall: float
) -> tuple[Manifold, Manifold]:
    """A sleeve and the room in it, both sides of x = 0."""
    outer = f.hose(path, radii, share=0.5, up=(0, 0, 1), squash=1.0).scale((1, 1, depth))
    way = [
        path[0],
        *path[1:-1],
        tuple(2.2 * b - 1.2 * a for a, b in zip(path[-2], path[-1], strict=True)),
    ]
    inner = f.hose(way, [r - wall for r in radii], share=0.5, up=(0, 0, 1)).scale((1, 1, depth))
    end, before = path[-1], path[-2]
    cut = f.box((1, 1, 1), (0.5, 0, 0)).rotate(
        (0, 0, math.degrees(math.atan2(end[1] - before[1], end[0] - before[0])))
    )
    outer = outer - cut.translate(end)
    return mirrored(outer), mirrored(inner)


TORSO = "0 .92 .9, .3 .86 .86, .6 .92 .9, .8 1 .9, .9 .84 .72, .97 .5 .52, 1 .4 .46"


@family(
    "shirt",
    "t-shirt tshirt tee_shirt jersey polo_shirt",
    "sky blue fabric",
)
def shirt(
    f: Forms, *, height: float = 0.68, width: float = 0.5, depth: float = 0.24, length: float = 0.26
) -> list[Part]:
    w, h, d, t = width / 2, height, depth / 2, 0.012
    body = f.stack(_levels(TORSO, w, h, d))
    room = f.stack(
        [
            (-0.02, _oval(w * 0.92 - t, d * 0.9 - t)),
            *_levels(TORSO, w, h, d, t)[1:-1],
            (h * 1.03, _oval(w * 0.42 - t, d * 0.46 - t)),
        ]
    )
    line = [(w * 0.5, h * 0.86, 0.0), (w * 0.9, h * 0.82, 0), (w + length * 0.55, h * 0.62, 0)]
    sleeves, hollows = _sleeve(f, line, [h * 0.13, h * 0.135, h * 0.12], 0.78, t)
    collar = f.stack(
        [
            (h * y, _oval(w * x, d * z))
            for y, x, z in (
                (0.955, 0.52, 0.56),
                (1.0, 0.43, 0.48),
                (1.015, 0.42, 0.47),
                (1.01, 0.36, 0.4),
            )
        ]
    )
    neck = f.ball(1, (0, h * 1.02, d * 0.3), (w * 0.36, h * 0.1, d * 0.5), 0.6)
    hem = f.stack([(y, _oval(w * 0.925, d * 0.905)) for y in (0.0, h * 0.035)])
    return [
        main("body sleeves", (body + sleeves) - room - hollows - neck),
        second("collar hem trim", (collar + hem) - room - neck, finish="sky blue fabric"),
    ]


LEG = "0 .36 .62, .4 .42 .74, .7 .48 .9, .84 .5 .96"


@family("trousers", "pants jeans:denim slacks leggings", "denim")
def trousers(
    f: Forms, *, height: float = 1.0, width: float = 0.42, depth: float = 0.24
) -> list[Part]:
    w, h, d, t = width / 2, height, depth / 2, 0.012

    def leg(wall: float, low: float) -> Manifold:
        rows = [(y if y > 0 else low, flat) for y, flat in _levels(LEG, w, h, d, wall)]
        solid = f.stack(rows)
        return mirrored(solid.translate((w * 0.5, 0, 0)))

    hips = "0.74 .98 .94, .86 .97 .95, .96 .88 .86, 1 .88 .86"
    seat = f.stack(_levels(hips, w, h, d))
    room = f.stack(
        [*_levels(hips, w, h, d, t)[1:-1], (h * 1.02, _oval(w * 0.88 - t, d * 0.86 - t))]
    )
    band = f.stack([(h * y, _oval(w * 0.9, d * 0.88)) for y in (0.955, 0.995)])
    loops = [
        f.soft_box((w * 0.06, h * 0.055, d * 0.1), (x * w, h * 0.972, z * d), 0.003)
        for x, z in ((0.45, 0.8), (-0.45, 0.8), (0.45, -0.8), (-0.45, -0.8))
    ]
    pockets = [
        f.soft_box((w * 0.5, h * 0.14, d * 0.14), (s * w * 0.45, h * 0.8, -d * 0.9), 0.004)
        for s in (1, -1)
    ]
    button = f.rod(h * 0.013, d * 0.1, (0, h * 0.975, d * 0.9), "z", share=0.5)
    return [
        main("body legs", (seat + leg(0, 0)) - room - leg(t, -0.02)),
        second(
            "waistband belt pockets",
            (band + unite(loops)) - room,
            unite(pockets) - room - leg(t, -0.02),
            finish="denim",
        ),
        fixed("button", button, finish="brass"),
    ]


GOWN = "0 1 1, .1 .9 .92, .3 .66 .74, .5 .42 .56, .62 .3 .48, .72 .36 .52, .84 .42 .56, .9 .36 .46"


@family("dress", "gown ball_gown wedding_dress:white_fabric princess_dress", "pink fabric")
def dress(
    f: Forms, *, height: float = 1.2, width: float = 0.9, depth: float = 0.7, folds: int = 14
) -> list[Part]:
    w, h, d, t = width / 2, height, depth / 2, 0.014

    room = _pleated(w, h, d, folds, t)
    hollow = f.stack([(-0.02, room[0][1]), *room[1:-1], (h * 0.93, room[-1][1])])
    line = triples(".2 .88 .43, .21 1 .12, .21 1 -.12, .2 .88 -.43")
    straps = mirrored(
        f.ribbon([(w * x, h * y, d * z) for x, y, z in line], w * 0.07, t, up=(0, 0, 1))
    )
    sash = f.stack(_levels(".57 .36 .53, .6 .33 .5, .64 .33 .5, .66 .34 .51", w, h, d))
    bow = mirrored(f.ball(1, (w * 0.1, h * 0.61, -d * 0.53), (w * 0.12, h * 0.035, d * 0.08), 0.5))
    return [
        main("body skirt", f.stack(_pleated(w, h, d, folds, 0)) - hollow),
        second("sash belt bow", sash - hollow, bow, finish="rose fabric"),
        fixed("straps", straps, finish="pink fabric"),
    ]


def _pleated(w: float, h: float, d: float, folds: int, wall: float) -> list[tuple[float, Flat]]:
    """Levels of a gown with folds in its skirt, `wall` metres smaller."""
    rows: list[tuple[float, Flat]] = []
    for y, x, z in triples(GOWN):
        deep, flat = 0.05 * max(0.0, 1 - y / 0.6), _oval(w * x - wall, d * z - wall, folds * 4)
        wave = [1 + deep * (1, 0, -1, 0)[i % 4] for i in range(folds * 4)]
        rows.append((y * h, [(a * k, b * k) for (a, b), k in zip(flat, wave, strict=True)]))
    return rows


@family("boxing glove", "boxing_gloves", "shiny red plastic")
def boxing_glove(
    f: Forms, *, height: float = 0.3, width: float = 0.16, depth: float = 0.15
) -> list[Part]:
    w, h = width / 0.16, height
    soft = Blob(0.014)
    soft.bone((-0.014 * w, h * 0.74, 0.004), (0.014 * w, h * 0.74, 0.004), 0.07)
    soft.bone((0.0, h * 0.42, -0.006), (0, h * 0.66, 0.0), 0.05, 0.062)
    soft.bone((-0.026 * w, h * 0.6, 0.042), (0.022 * w, h * 0.6, 0.042), 0.034)
    soft.melt_m = 0.006
    thumb = [(0.046 * w, h * 0.4, 0.02), (0.082 * w, h * 0.52, 0.036), (0.078 * w, h * 0.68, 0.05)]
    soft.limb(thumb, [0.028, 0.032, 0.027], 3)
    fist = soft.solid(f.detail).scale((1, 1, depth / 0.15))
    cuff = f.turned([(0.046, 0.0), (0.05, h * 0.02), (0.044, h * 0.22), (0.04, h * 0.38)]) - f.post(
        0.04, h * 0.18, (0, -0.01, 0), share=0.8
    )
    bands = [
        f.ring(r, 0.004, (0, y, 0), share=0.8) for r, y in ((0.05, h * 0.02), (0.0455, h * 0.22))
    ]
    laces = [
        f.bone((-0.014, h * y, 0.044), (0.014, h * (y + 0.02), 0.044), 0.0026)
        for y in (0.06, 0.1, 0.14, 0.18)
    ]
    return [
        main("fist body", fist),
        second("cuff", cuff, *bands, finish="white leather"),
        fixed("laces", *laces, finish="black fabric"),
    ]


@family("sock", "christmas_stocking stocking socks", "red fabric")
def sock(f: Forms, *, height: float = 0.36, length: float = 0.24, width: float = 0.1) -> list[Part]:
    w, h, long = width / 2, height, length
    line = [
        (0.0, h, 0.0),
        (0, h * 0.6, 0),
        (0, h * 0.28, 0.0),
        (0, h * 0.17, long * 0.3),
        (0, h * 0.14, long * 0.62),
    ]
    body = f.hose(
        line, [w, w * 0.98, w * 1.02, w * 1.0, w * 0.72], share=0.6, up=(1, 0, 0)
    ).trim_by_plane((0, -1, 0), -h)
    heel = f.ball(1, (0, h * 0.2, -w * 0.1), (w * 0.92, w * 1.2, w * 1.1), 0.7)
    cuff = f.turned(
        [(w * 1.06, h * 0.82), (w * 1.16, h * 0.84), (w * 1.16, h * 0.98), (w * 1.06, h)]
    )
    room = f.post(w * 0.86, h * 0.4, (0, h * 0.62, 0), share=0.8)
    low = body.bounding_box()[1]
    toe = (body.scale((1.03, 1.03, 1.0)) ^ f.box((1, 1, 1), (0, 0, 0.5 + long * 0.52))) + f.ball(
        w * 0.73, (0, h * 0.142, long * 0.62), share=0.6
    )
    parts = [(body + heel) - room, cuff - room, toe]
    body, cuff, toe = (p.translate((0, -low, 0)) for p in parts)
    return [
        main("body", body),
        second("cuff trim", cuff, finish="white fur"),
        fixed("toe", toe, finish="white fabric"),
    ]
