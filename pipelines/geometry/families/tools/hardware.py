"""Iron things: wheels, locks, screws, chains."""

from __future__ import annotations

import math

from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, around, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second

MOST_ROUNDS = 24  # of a coiled rope


@family("wheel", "car_wheel alloy_wheel", "black rubber")
def wheel(
    f: Forms, *, radius: float = 0.33, thickness: float = 0.22, spokes: int = 5
) -> list[Part]:
    r, t = radius, thickness
    tyre = f.turned(pairs(".66 -.5, .9 -.52, .985 -.4, 1 -.2, 1 .2, .985 .4, .9 .52, .66 .5", r, t))
    treads = around(
        f.box((r * 0.05, t * 0.34, r * 0.05), (0, t * 0.32, r))
        + f.box((r * 0.05, t * 0.34, r * 0.05), (0, -t * 0.32, r)),
        30,
    )
    rim = f.lathe(pairs(".6 -.45, .68 -.45, .68 .52, .6 .52, .62 .4, .58 0", r, t)) - f.rod(
        r * 0.575, t * 3, share=1
    )
    spoke = f.stack(
        [
            (
                y * t,
                [(x * r * k, z * r) for x, z in ((-0.1, 0), (0.1, 0), (0.06, 0.62), (-0.06, 0.62))],
            )
            for y, k in ((0.2, 1.2), (0.42, 0.8))
        ]
    )
    hub = f.turned(pairs(".2 .1, .2 .44, .14 .5, 0 .52", r, t))
    nuts = around(f.post(r * 0.026, t * 0.1, (0, t * 0.4, r * 0.15)), 5)
    disc = f.rod(r * 0.6, t * 0.2, (0, 0, 0), share=1)
    turn = [
        p.rotate((90, 0, 0)).translate((0, r, 0))
        for p in (
            tyre - treads - f.rod(r * 0.64, 1, share=1),
            unite([rim, around(spoke, spokes), hub]),
            nuts,
            disc,
        )
    ]
    return [
        main("tyre tire rubber", turn[0]),
        second("rim spokes hub", turn[1], finish="silver"),
        fixed("nuts bolts", turn[2], finish="charcoal steel"),
        fixed("brake disc", turn[3], finish="charcoal steel"),
    ]


@family("padlock", "lock combination_lock security_lock", "brass")
def padlock(
    f: Forms, *, width: float = 0.06, height: float = 0.09, depth: float = 0.024, open: float = 0.0
) -> list[Part]:
    w, h, d, body = width, height, depth, height * 0.56
    share = max(0.0, min(open, 1.0))
    bow = [
        (x * w, body * 0.8 + y * h, 0.0)
        for x, y in pairs("-.3 -.1, -.3 .26, -.2 .44, 0 .5, .2 .44, .3 .26, .3 0", 1, 1)
    ]
    shackle = f.hose(bow, w * 0.075, up=(0, 0, 1))
    shackle = (
        shackle.translate((w * 0.3, 0, 0))
        .rotate((0, 70 * share, 0))
        .translate((-w * 0.3, h * 0.16 * share, 0))
    )
    hole = f.rod(w * 0.07, d, (0, body * 0.52, d * 0.8), "z", share=0.6) + f.plate(
        pairs("-.04 0, .04 0, .07 -.2, -.07 -.2", w, body), d, (0, body * 0.5, d * 0.8)
    )
    plate = f.rod(w * 0.22, d * 0.1, (0, body * 0.46, d * 0.5), "z", share=0.8)
    caps = [f.post(w * 0.12, h * 0.03, (s * w * 0.3, body * 0.985, 0), share=0.6) for s in (-1, 1)]
    return [
        main("body", f.soft_box((w, body, d), (0, body / 2, 0), w * 0.1)),
        second("shackle bow", shackle, *caps, finish="polished steel"),
        fixed("plate", plate - hole, finish="steel"),
        fixed("keyhole", hole ^ f.box((1, 1, d * 1.04), (0, 0, 0)), finish="black paint"),
    ]


@family("screw", "wood_screw", "steel")
def screw(
    f: Forms, *, length: float = 0.06, radius: float = 0.004, width: float = 0.018
) -> list[Part]:
    r, h, turns = radius, length, 13
    head = f.turned([(r, h * 0.86), (width * 0.5, h * 0.97), (width * 0.48, h), (0, h)])
    slot = f.box((width * 0.8, h * 0.06, width * 0.14), (0, h, 0)) + f.box(
        (width * 0.14, h * 0.06, width * 0.8), (0, h, 0)
    )
    path, sizes = [], []
    for i in range(turns * 8 + 1):
        share, turn = i / (turns * 8), i * math.pi / 4
        reach = r * min(1.0, 0.25 + share * 4)
        path.append((reach * math.cos(turn), h * (0.05 + 0.66 * share), reach * math.sin(turn)))
        sizes.append(r * 0.34 * min(1.0, 0.4 + share * 3))
    return [
        main(
            "body head",
            f.turned([(0, 0), (r * 0.7, h * 0.12), (r, h * 0.3), (r, h * 0.9)]),
            head - slot,
        ),
        second("thread", f.hose(path, sizes, steps=1, share=0.15), finish="steel"),
    ]


@family("bolt", "hex_bolt nut screw_nut machine_bolt hex_nut", "steel")
def bolt(
    f: Forms, *, length: float = 0.08, radius: float = 0.009, width: float = 0.03
) -> list[Part]:
    r, h, t, turns = radius, length, width * 0.34, 14
    hexagon = [
        (width * 0.5 * math.cos(math.pi * i / 3), width * 0.5 * math.sin(math.pi * i / 3))
        for i in range(6)
    ]
    cone = f.turned(
        [(width * 0.44, 0), (width * 0.52, t * 0.16), (width * 0.52, t * 0.84), (width * 0.44, t)]
    )
    head = f.floor(hexagon, t) ^ cone
    path = [
        (
            r * math.cos(i * math.pi / 5),
            t + h * (0.3 + 0.54 * i / (turns * 10)),
            r * math.sin(i * math.pi / 5),
        )
        for i in range(turns * 10 + 1)
    ]
    return [
        main("head body", head, f.post(r, h - t, (0, t * 0.9, 0), share=0.8)),
        fixed("thread", f.hose(path, r * 0.12, steps=1, share=0.15), finish="steel"),
        second("nut", head.rotate((0, 20, 0)).translate((0, h * 0.55, 0)), finish="steel"),
    ]


@family("nail", "iron_nail", "steel")
def nail(
    f: Forms, *, length: float = 0.08, radius: float = 0.0024, width: float = 0.011
) -> list[Part]:
    r, h, w = radius, length, width / 2
    rings = [f.ring(r, r * 0.16, (0, h * y, 0), share=0.4) for y in (0.86, 0.88, 0.9, 0.92)]
    return [
        main("shaft body", f.turned([(0, 0), (r, h * 0.08), (r, h * 0.98)]), *rings),
        second(
            "head",
            f.turned([(r, h * 0.95), (w, h * 0.975), (w, h * 0.992), (w * 0.7, h), (0, h)]),
            finish="steel",
        ),
    ]


@family("horseshoe", "lucky_horseshoe", "charcoal steel")
def horseshoe(
    f: Forms, *, height: float = 0.14, width: float = 0.13, thickness: float = 0.012
) -> list[Part]:
    w, h, t = width / 2, height, thickness
    outer = smooth(
        pairs("-.62 1, -.96 .74, -1 .45, -.78 .14, 0 0, .78 .14, 1 .45, .96 .74, .62 1", w, h), 4
    )
    inner = smooth(
        pairs(
            ".34 .96, .56 .72, .6 .48, .46 .28, 0 .19, -.46 .28, -.6 .48, -.56 .72, -.34 .96", w, h
        ),
        4,
    )
    groove = smooth(pairs("-.79 .76, -.81 .46, -.6 .2, -.3 .1", w, h), 3)
    cut = f.hose([(x, y, t * 0.5) for x, y in groove], t * 0.18, steps=1, up=(0, 0, 1))
    spots = [(x, y) for x, y in pairs(".8 .7, .81 .5, .7 .3, .5 .17", w, h)]
    nails = [
        f.soft_box((t * 0.5, t * 0.5, t * 0.3), (s * x, y, t * 0.4), t * 0.1)
        for x, y in spots
        for s in (1, -1)
    ]
    return [
        main("body", f.bevelled([*outer, *inner], t, t * 0.18) - cut - cut.mirror((1, 0, 0))),
        second("nails", *nails, finish="silver"),
    ]


@family("magnet", "horseshoe_magnet", "red paint")
def magnet(
    f: Forms,
    *,
    height: float = 0.12,
    width: float = 0.1,
    depth: float = 0.03,
    thickness: float = 0.03,
) -> list[Part]:
    w, h, t = width / 2, height, thickness
    turns = [math.pi * (1 + i / 16) for i in range(17)]
    outer = [(w * math.cos(a), w + w * math.sin(a)) for a in turns]
    inner = [((w - t) * math.cos(a), w + (w - t) * math.sin(a)) for a in reversed(turns)]
    body = f.bevelled([*outer, (w, h), (w - t, h), *inner, (t - w, h), (-w, h)], depth, t * 0.08)
    tip = f.slab((9, 9, 9), (0, h * 0.8, 0))
    return [main("body", body - tip), second("tips poles ends", body ^ tip, finish="silver")]


@family("chain", "metal_chain chain_link iron_chain", "steel")
def chain(
    f: Forms, *, length: float = 0.6, width: float = 0.08, thickness: float = 0.02, links: int = 6
) -> list[Part]:
    t, step = thickness / 2, length / (links + 0.4)
    long, w = step * 1.4 / 2 - t, width / 2 - t
    bend = [
        (w, -long + w),
        (w, long - w),
        (w * 0.7, long - w * 0.3),
        (0, long),
        (-w * 0.7, long - w * 0.3),
        (-w, long - w),
        (-w, w - long),
        (-w * 0.7, w * 0.3 - long),
        (0, -long),
        (w * 0.7, w * 0.3 - long),
    ]
    link = f.hose([(x, y, 0) for x, y in bend], t, closed=True, up=(0, 0, 1))
    odd = [
        link.rotate((0, 90 * (i % 2), 0)).translate((0, step * (i + 0.7) + i * t * 0.5, 0))
        for i in range(links)
    ]
    # Links hang in each other with a hair of overlap, so that the whole is one piece.
    return [main("links", *odd[::2]), second("links between", *odd[1::2], finish="steel")]


@family("rope", "coil_of_rope lasso cord", "tan fabric")
def rope(
    f: Forms, *, radius: float = 0.22, thickness: float = 0.03, height: float = 0.16
) -> list[Part]:
    t, rounds = thickness / 2, within(round(height / thickness), 2, MOST_ROUNDS)
    count = 20 * rounds
    path = [
        (
            radius * (1 + 0.05 * math.sin(i * 0.9)) * math.cos(i * math.pi / 10),
            t + height * 0.9 * i / count,
            radius * (1 + 0.05 * math.sin(i * 0.9)) * math.sin(i * math.pi / 10),
        )
        for i in range(count + 1)
    ]
    tail = [
        path[0],
        (radius * 1.15, t, -radius * 0.3),
        (radius * 1.4, t, -radius * 0.2),
        (radius * 1.8, t, -radius * 0.5),
    ]
    rows = [
        f.ring(radius * k, t, (0, t + y * height, 0), share=0.8)
        for k, y in ((0.97, 0.1), (1.03, 0.45), (0.98, 0.75))
    ]
    bands = [
        f.ring(
            t * 2.4,
            t * 0.5,
            (radius * math.cos(a), t + height * 0.45, radius * math.sin(a)),
            "y",
            0.5,
        )
        for a in (0.5, 2.6)
    ]
    return [
        main("coil body", f.hose(path, t, steps=1, share=0.25), *rows, f.hose(tail, t)),
        second("knots", *bands, finish="brown fabric"),
    ]
