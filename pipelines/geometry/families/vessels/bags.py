"""Bags, baskets and boxes to carry things in."""

from __future__ import annotations

import math

import numpy as np
from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, triples
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _rounded(x: float, z: float, corner: float = 0.4) -> list[tuple[float, float]]:
    """A box of sides x and z with very round corners, as an outline from above."""
    a, b = 1 - corner, 1 - corner * 0.4
    rows = [
        (-a, -1),
        (a, -1),
        (b, -b),
        (1, -a),
        (1, a),
        (b, b),
        (a, 1),
        (-a, 1),
        (-b, b),
        (-1, a),
        (-1, -a),
        (-b, -b),
    ]
    return [(px * x / 2, pz * z / 2) for px, pz in rows]


def _sack(f: Forms, x: float, z: float, levels: str, height: float) -> Manifold:
    """A soft body of levels "height wide deep, ..." in shares of its sides."""
    rows = [tuple(map(float, row.split())) for row in levels.split(",")]
    return f.stack([(y * height, _rounded(x * wide, z * deep)) for y, wide, deep in rows])


BODY = "0 .8 .8, .03 .96 .96, .3 1 1, .7 .96 .94, .86 .86 .82, .95 .6 .56, .98 .3 .28"
POCKET = "0 .86 .8, .04 .98 1, .3 1 1, .38 .96 .92, .42 .8 .6"
ZIP = "-.47 .4 .3, -.45 .7 .28, -.3 .9 .22, 0 .955 .18, .3 .9 .22, .45 .7 .28, .47 .4 .3"
STRAP = ".16 .9 -.36, .2 .86 -.62, .24 .6 -.78, .26 .3 -.7, .28 .1 -.4"
LOOP = "-.12 .94 -.1, -.1 1.03 -.12, .1 1.03 -.12, .12 .94 -.1"


@family("backpack", "rucksack school_bag schoolbag knapsack", "red fabric")
def backpack(
    f: Forms, *, height: float = 0.45, width: float = 0.32, depth: float = 0.2
) -> list[Part]:
    w, h, d = width, height, depth

    def line(text: str) -> list[tuple[float, float, float]]:
        return [(x * w, y * h, z * d) for x, y, z in triples(text)]

    pocket = _sack(f, w * 0.72, d * 0.5, POCKET, h).translate((0, h * 0.06, d * 0.42))
    flap = _sack(f, w * 0.76, d * 0.52, "0 1 1, .08 1 1, .12 .9 .8", h).translate(
        (0, h * 0.36, d * 0.42)
    )
    strap = f.ribbon(line(STRAP), w * 0.16, d * 0.07, up=(0, 0, 1))
    side = _sack(f, w * 0.16, d * 0.6, "0 .8 .8, .05 1 1, .3 1 1, .34 .9 .9", h).translate(
        (w * 0.48, h * 0.06, 0)
    )
    buckle = f.soft_box((w * 0.1, h * 0.06, d * 0.12), (0, h * 0.36, d * 0.68), w * 0.015)
    return [
        main("body", _sack(f, w, d, BODY, h), mirrored(side)),
        second("pocket flap", pocket, flap, finish="dark red fabric"),
        fixed(
            "straps handle", mirrored(strap), f.hose(line(LOOP), w * 0.03), finish="charcoal fabric"
        ),
        fixed("zip", f.hose(line(ZIP), w * 0.012), finish="silver"),
        fixed("buckle", buckle, finish="tan leather"),
    ]


@family("bag", "handbag purse tote_bag shoulder_bag shopping_bag", "brown leather")
def bag(
    f: Forms, *, width: float = 0.36, height: float = 0.26, depth: float = 0.14, length: float = 0.2
) -> list[Part]:
    w, h, d = width, height, depth
    body = _sack(f, w, d, "0 .96 .9, .03 1 1, .3 1 .98, .7 .92 .76, .95 .84 .5, 1 .8 .42", h)
    flap = f.stack(
        [
            (y * h, _rounded(w * x, d * z))
            for y, x, z in triples(".45 .8 .9, .5 .96 .97, .8 .94 .74, 1.0 .84 .52, 1.03 .78 .44")
        ]
    ) ^ f.box((9, 9, 9), (0, 0, 4.5 - d * 0.18))
    arc = [
        (w * x, h + length * y, 0.0)
        for x, y in pairs("-.3 -.16, -.3 .3, -.2 .8, 0 1, .2 .8, .3 .3, .3 -.16")
    ]
    rings = [f.ring(w * 0.035, w * 0.009, (s * w * 0.3, h * 0.98, 0), "z", 0.6) for s in (1, -1)]
    lock = f.soft_box((w * 0.12, h * 0.1, d * 0.1), (0, h * 0.5, d * 0.48), w * 0.012)
    piping = f.stack(
        [
            (y * h, _rounded(w * s, d * s))
            for y, s in ((0.01, 0.99), (0.03, 1.03), (0.06, 1.03), (0.08, 0.99))
        ]
    )
    return [
        main("body", body),
        main("flap", flap, finish="brown leather"),
        second(
            "handle strap",
            f.hose(arc, w * 0.025, up=(0, 0, 1)),
            piping,
            finish="dark brown leather",
        ),
        fixed("rings lock buckle", *rings, lock, finish="gold"),
    ]


@family("sack", "money_bag burlap_sack pouch coin_bag loot_bag", "tan fabric")
def sack(
    f: Forms,
    *,
    height: float = 0.5,
    radius: float = 0.22,
    thickness: float = 0.02,
    open: float = 0.0,
) -> list[Part]:
    r, h = radius, height
    if open > 0.05:
        return [_open_sack(f, r, h)]
    shape = pairs(
        ".7 0, .92 .06, 1 .25, .9 .45, .55 .66, .25 .76, .28 .8, .5 .93, .56 1, .3 .94", r, h
    )
    body = f.turned(shape).refine_to_length(r * 0.25)
    folds = body.warp(lambda v: (v[0] * (1 + _fold(v, h)), v[1], v[2] * (1 + _fold(v, h))))
    rope = [f.ring(r * 0.29, thickness * 0.5, (0, h * y, 0), share=0.7) for y in (0.755, 0.785)]
    ends = [
        f.hose(
            [
                (0.0, h * 0.77, r * 0.26),
                (s * r * 0.14, h * 0.72, r * 0.5),
                (s * r * 0.2, h * 0.6, r * 0.72),
            ],
            thickness * 0.45,
        )
        for s in (1, -1)
    ]
    return [
        main("body", folds),
        second(
            "rope string",
            f.post(r * 0.3, h * 0.03, (0, h * 0.755, 0), share=0.7),
            *rope,
            *ends,
            finish="brown fabric",
        ),
    ]


def _open_sack(f: Forms, r: float, h: float) -> Part:
    """Without its string, the rim turned down."""
    outer = f.turned(
        pairs(".7 0, .92 .06, 1.02 .3, .98 .55, .96 .66, 1.06 .67, 1.08 .76, 1 .8, .9 .8", r, h)
    )
    inner = f.turned(pairs(".86 .6, .88 .9", r, h))
    return main("body", outer - inner)


def _fold(v: tuple[float, float, float], height: float) -> float:
    """How far a sack's cloth stands in or out at a point, as a share: folds about its neck."""
    share = max(0.0, 1 - abs(v[1] / height - 0.85) / 0.35)
    return 0.09 * share * math.sin(9 * math.atan2(v[2], v[0]))


@family("basket", "wicker_basket picnic_basket hamper", "tan wood")
def basket(
    f: Forms,
    *,
    height: float = 0.22,
    radius: float = 0.2,
    thickness: float = 0.012,
    length: float = 0.26,
) -> list[Part]:
    r, h, t, count = radius, height, thickness, 14
    wall = f.turned(pairs(".72 0, .74 .02, .9 .5, 1 1, .94 1, .84 .5, .68 .08, 0 .08", r, h))
    arc = [
        (r * x, h * 0.9 + length * y, 0.0)
        for x, y in pairs("-1 0, -.97 .4, -.66 .84, 0 1, .66 .84, .97 .4, 1 0")
    ]
    rim = f.ring(r, t * 1.1, (0, h, 0), share=0.8)
    return [
        main("body weave", wall, _weave(f, r, h, t, count)),
        second("rim handle", rim, f.hose(arc, t * 0.9, up=(0, 0, 1)), finish="brown wood"),
    ]


def _weave(f: Forms, r: float, h: float, t: float, count: int) -> Manifold:
    """Ropes round a basket that go in front of every second stake."""
    rows, loops = max(3, round(7 * f.detail)), []
    turns = np.linspace(0, 2 * math.pi, 2 * count, endpoint=False)
    for j in range(rows):
        share = (j + 0.5) / rows
        reach = r * (0.74 + 0.27 * share**0.8) + t * 0.1
        wave = [reach + t * 0.34 * (1 if (i + j) % 2 else -1) for i in range(2 * count)]
        loop = [
            (a * math.cos(turn), h * share, -a * math.sin(turn))
            for a, turn in zip(wave, turns, strict=True)
        ]
        loops.append(f.hose(loop, h / rows * 0.5, steps=1, share=0.15, closed=True))
    return unite(loops)


@family("suitcase", "luggage travel_case trunk_case", "brown leather")
def suitcase(
    f: Forms,
    *,
    width: float = 0.6,
    height: float = 0.42,
    depth: float = 0.2,
    thickness: float = 0.02,
) -> list[Part]:
    w, h, d, t = width, height, depth, thickness
    body = f.soft_box((w, h, d), (0, h / 2, 0), t * 1.6)
    seam = f.soft_box((w * 1.006, h * 1.008, t * 0.4), (0, h / 2, 0), t * 0.2)
    straps = mirrored(f.soft_box((w * 0.07, h * 1.02, d * 1.03), (w * 0.28, h / 2, 0), t * 0.5))
    grip = f.hose(
        [(-w * 0.13, h, 0), (-w * 0.12, h * 1.1, 0), (w * 0.12, h * 1.1, 0), (w * 0.13, h, 0)],
        t * 0.7,
        up=(0, 0, 1),
    )
    corners = [
        f.soft_box(
            (t * 4, t * 4, t * 4),
            (x * (w / 2 - t * 1.9), h / 2 + y * (h / 2 - t * 1.9), z * (d / 2 - t * 1.9)),
            t * 1.6,
        )
        for x in (1, -1)
        for y in (1, -1)
        for z in (1, -1)
    ]
    locks = mirrored(f.soft_box((w * 0.05, h * 0.1, t), (w * 0.28, h * 0.8, d * 0.52), t * 0.3))
    return [
        main("body case", body),
        second("straps handle corners", straps, grip, *corners, finish="dark brown leather"),
        fixed("locks buckles", locks, seam, finish="brass"),
    ]


@family("box", "cardboard_box package parcel carton", "tan paint")
def box(
    f: Forms, *, width: float = 0.45, height: float = 0.32, depth: float = 0.36, open: float = 0.0
) -> list[Part]:
    w, h, d, t = width, height, depth, height * 0.025
    body = f.slab((w, h, d))
    share = max(0.0, min(open, 1.0))
    parts = []
    if share > 0.05:
        body = body - f.slab((w - 2 * t, h, d - 2 * t), (0, t, 0))
        flap = (
            f.box((w * 0.99, t, d / 2), (0, 0, d / 4))
            .rotate((-180 * share * 0.8, 0, 0))
            .translate((0, h - t * 0.5, -d / 2 + t / 2))
        )
        wing = (
            f.box((w * 0.4, t, d * 0.9), (-w * 0.2, 0, 0))
            .rotate((0, 0, -180 * share * 0.78))
            .translate((w / 2 - t / 2, h - t * 0.5, 0))
        )
        parts = [flap + flap.rotate((0, 180, 0)), mirrored(wing)]
    else:
        body = body - f.box((w, t, t * 0.3), (0, h, 0))
    tape = [
        f.box((w * 0.14, h * 0.3, d + t * 0.4), (0, h * 0.85, 0))
        - f.box((w * 0.2, h, d - t * 0.4), (0, h * 0.5, 0)),
        f.box((w * 0.14, t * 0.4, d), (0, h, 0)),
    ]
    label = f.box((w * 0.3, h * 0.3, t * 0.4), (w * 0.25, h * 0.45, d / 2))
    return [
        main("body flaps", body, *parts),
        second("tape", *(tape if not parts else tape[:1]), finish="caramel plastic"),
        fixed("label", label, finish="white paint"),
    ]


@family("gift", "present gift_box birthday_present christmas_present", "red paint")
def gift(f: Forms, *, width: float = 0.3, height: float = 0.26, depth: float = 0.3) -> list[Part]:
    w, h, d = width, height, depth
    lid = f.slab((w * 1.06, h * 0.2, d * 1.06), (0, h * 0.8, 0))
    bands = [
        f.slab((w * 0.15, h * 1.006, d * 1.075), (0, -h * 0.0, 0)),
        f.slab((w * 1.075, h * 1.006, d * 0.15)),
    ]
    bands = [
        (band ^ f.slab((9, h * 0.8, 9))) ^ f.slab((w * 1.015, h, d * 1.015)) for band in bands
    ] + [band ^ f.slab((9, h, 9), (0, h * 0.8, 0)) for band in bands]
    loop = f.ribbon(
        triples("0 0 0, .18 .2 0, .36 .22 0, .42 .12 0, .3 .02 0, .1 0 0", w),
        w * 0.15,
        w * 0.02,
        up=(0, 1, 0),
    ).translate((0, h, 0))
    tail = f.ribbon(triples("0 .02 0, .12 .05 .12, .2 .01 .28", w), w * 0.12, w * 0.02).translate(
        (0, h, 0)
    )
    return [
        main("box body", f.slab((w, h * 0.9, d)), lid),
        second(
            "ribbon bow",
            *bands,
            mirrored(loop),
            mirrored(tail),
            f.soft_box((w * 0.12, w * 0.1, w * 0.16), (0, h + w * 0.04, 0), w * 0.03),
            finish="gold",
        ),
    ]
