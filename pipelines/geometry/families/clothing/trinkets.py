"""Small things to wear, to own and to keep."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.curves import pairs, smooth
from pipelines.geometry.families.forms import Forms, around, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("coin", "gold_coin token doubloon silver_coin:silver penny:copper", "gold")
def coin(
    f: Forms, *, radius: float = 0.5, thickness: float = 0.09, height: float = 0.05, points: int = 5
) -> list[Part]:
    r, t = radius, thickness
    rim = f.turned(
        pairs(".84 -.3, .88 -.5, .97 -.5, 1 -.38, 1 .38, .97 .5, .88 .5, .84 .3", r, t)
    ).rotate((90, 0, 0))
    disc = f.rod(r * 0.9, t * 0.66, axis="z", share=1)
    dots = [
        f.ball(r * 0.035, (r * 0.78 * math.cos(a), r * 0.78 * math.sin(a), s * t * 0.33), share=0.2)
        for a in (i * math.pi / 16 for i in range(32))
        for s in (1, -1)
    ]
    notches = [
        f.box((r * 0.02, r * 0.06, t), (0, r * 1.01, 0)).rotate((0, 0, i * 6)) for i in range(60)
    ]
    star = f.bevelled(f.star(r * 0.56, points), t * 0.66 + height, r * 0.07, height * 0.5)
    up = (0, r, 0)
    return [
        main("disc body", disc.translate(up), (rim - unite(notches)).translate(up)),
        second("emblem star", star.translate(up), unite(dots).translate(up), finish="gold"),
    ]


@family("tooth", "molar teeth:white_ceramic", "white ceramic")
def tooth(f: Forms, *, height: float = 0.9, width: float = 0.62, depth: float = 0.5) -> list[Part]:
    h, w = height, width
    soft = Blob(0.09)
    soft.mirrored_bone(
        (0.17 * w / 0.62, h * 0.74, 0.1), (0.2 * w / 0.62, h * 0.52, 0.05), 0.14, 0.12
    )
    soft.mirrored_bone(
        (0.17 * w / 0.62, h * 0.74, -0.1), (0.2 * w / 0.62, h * 0.52, -0.05), 0.14, 0.12
    )
    soft.mirrored_bone((0.13 * w / 0.62, h * 0.5, 0), (0.17 * w / 0.62, h * 0.06, 0), 0.15, 0.05)
    soft.bone((0, h * 0.72, 0), (0, h * 0.55, 0), 0.16)
    return [main("body", soft.solid(f.detail).scale((1, 1, depth / 0.5)))]


@family("watch", "wristwatch wrist_watch smartwatch", "steel")
def watch(
    f: Forms,
    *,
    radius: float = 0.02,
    height: float = 0.075,
    width: float = 0.02,
    thickness: float = 0.009,
) -> list[Part]:
    r, t, y, front = radius, thickness, height / 2, height * 0.41
    case = (
        f.turned(pairs(".94 -.5, 1 -.2, 1 .3, .92 .5", r, t))
        .rotate((90, 0, 0))
        .translate((0, y, front))
    )
    dial = f.rod(r * 0.84, t * 0.3, (0, y, front + t * 0.42), "z", share=1)
    turns = (2 * math.pi * (i + 0.5) / 16 for i in range(16))
    loop = [(0.0, y + height * 0.46 * math.cos(a), front * 0.97 * math.sin(a)) for a in turns]
    strap = f.ribbon(loop, width, t * 0.34, up=(0, 1, 0), closed=True, steps=3)
    crown = f.rod(r * 0.16, r * 0.3, (r * 1.08, y, front), "x", share=0.5)
    rim = f.ring(r * 0.9, r * 0.08, (0, y, front + t * 0.45), "z", 0.9)
    return [
        main("case body", case, crown, rim),
        second("strap band bracelet", strap, finish="brown leather"),
        fixed("dial face", dial, finish="white paint"),
        fixed(
            "hands marks", _hands(f, r, t).translate((0, y, front + t * 0.58)), finish="black paint"
        ),
    ]


def _hands(f: Forms, r: float, t: float) -> Manifold:
    """A watch's marks and hands about the origin, at ten past ten."""
    mark = f.box((r * 0.06, r * 0.16, t * 0.1), (0, r * 0.66, 0))
    marks = [mark.rotate((0, 0, 30 * i)) for i in range(12)]
    for long, turn in ((0.44, 60), (0.62, -60)):
        hand = f.box((r * 0.07, r * long, t * 0.12), (0, r * long / 2, 0))
        marks.append(hand.rotate((0, 0, turn)).translate((0, 0, t * 0.04)))
    return unite([*marks, f.rod(r * 0.08, t * 0.3, axis="z", share=0.4)])


@family("necklace", "pendant amulet locket chain jewelry", "gold")
def necklace(
    f: Forms, *, height: float = 0.3, width: float = 0.2, radius: float = 0.018, beads: int = 44
) -> list[Part]:
    w, h, r = width / 2, height, radius
    outline = smooth(
        [
            (x * w, y * h, 0.0)
            for x, y in pairs(
                "0 .18, .4 .3, .8 .55, 1 .8, .7 .96, 0 1, -.7 .96, -1 .8, -.8 .55, -.4 .3"
            )
        ],
        max(1, round(beads / 10)),
        closed=True,
    )
    chain = [f.ball(w * 0.052, at, share=0.2) for at in outline]
    cord = f.hose(outline, w * 0.022, steps=1, share=0.15, closed=True, up=(0, 0, 1))
    stone = (
        f.lathe([(0, -1.15), (0.8, -0.2), (0.8, 0.2), (0.5, 0.75), (0, 0.8)])
        .scale((r, r * 1.3, r * 0.7))
        .translate((0, h * 0.18 - r * 1.6, 0))
    )
    seat = (
        f.ring(r * 0.82, r * 0.14, (0, 0, 0), "z")
        .scale((1, 1.25, 1))
        .translate((0, h * 0.18 - r * 1.7, 0))
    )
    bail = f.ring(r * 0.3, r * 0.1, (0, h * 0.18 - r * 0.35, 0), "x", 0.5)
    return [
        main("chain beads", unite([cord, *chain]), seat, bail),
        second("stone gem pendant jewel", stone, finish="ruby glass"),
    ]


@family("crown", "tiara coronet diadem royal_crown", "gold")
def crown(f: Forms, *, height: float = 0.14, radius: float = 0.1, spikes: int = 6) -> list[Part]:
    r, low = radius, height * 0.45
    outer = f.turned([(r * 0.95, 0), (r * 0.97, low), (r * 1.12, height * 1.1)])
    inner = f.turned([(r * 0.88, -0.01), (r * 0.9, low), (r * 1.05, height * 1.2)])
    wall, step = outer - inner, math.pi / spikes
    reach = r * 1.4
    valley = f.plate(
        [
            (0, low),
            (math.tan(step) * reach * 0.98, height * 1.2),
            (-math.tan(step) * reach * 0.98, height * 1.2),
        ],
        reach,
        (0, 0, reach / 2),
    )
    cut = around(valley.rotate((0, math.degrees(step), 0)), spikes)
    tips = around(f.ball(r * 0.085, (0, height * 0.99, r * 1.06), share=0.5), spikes)
    gems = around(f.ball(r * 0.12, (0, low * 0.5, r * 0.95), (1, 1.2, 0.5), 0.5), spikes)
    small = around(f.ball(r * 0.06, (0, low * 0.5, r * 0.95), (1, 1, 0.6), 0.4), spikes).rotate(
        (0, math.degrees(step), 0)
    )
    hoops = [f.ring(r * 0.945, r * 0.05, (0, y, 0), share=0.9) for y in (r * 0.05, low * 0.92)]
    return [
        main("band", wall - cut, tips, *hoops),
        second("gems jewels", gems, finish="ruby glass"),
        fixed("pearls", small, finish="white ceramic"),
    ]


@family("ring", "wedding_ring finger_ring engagement_ring diamond_ring", "gold")
def ring(
    f: Forms, *, radius: float = 0.01, thickness: float = 0.0016, width: float = 0.006
) -> list[Part]:
    y, t, s = radius + thickness, thickness, width / 2
    stone = (
        f.lathe([(0.0, -1.0), (1.0, 0.0), (0.62, 0.42)])
        .scale((s, s, s))
        .translate((0, y + radius + s * 1.2, 0))
    )
    seat = f.post(t * 0.8, s * 0.7, (0, y + radius - t * 0.2, 0), s * 0.7)
    claw = f.bone((s * 0.62, 0, 0), (s * 0.98, s * 1.0, 0), s * 0.14)
    claws = around(claw, 4).rotate((0, 45, 0)).translate((0, y + radius + s * 0.4, 0))
    return [
        main("band", f.ring(radius, t, (0, y, 0), "z"), seat, claws),
        second("stone gem diamond jewel", stone, finish="shiny aqua glass"),
    ]


FACE = "0 0, .5 .08, .86 .34, 1 .68, .86 .94, .4 1, -.4 1, -.86 .94, -1 .68, -.86 .34, -.5 .08"
EYE = ".14 .62, .34 .7, .66 .66, .54 .58, .32 .56"
MOUTH = "-.5 .32, -.26 .24, 0 .21, .26 .24, .5 .32, .24 .15, 0 .11, -.24 .15"


@family("mask", "carnival_mask theatre_mask masquerade_mask theater_mask", "white plaster")
def mask(f: Forms, *, height: float = 0.24, width: float = 0.18, depth: float = 0.09) -> list[Part]:
    w, h, d = width / 2, height, depth
    outline, eye, mouth = (smooth(pairs(row, w, h), closed=True) for row in (FACE, EYE, MOUTH))
    middle = (0, h * 0.52, -d * 0.35)
    outer, skin, inner = (
        f.ball(1, middle, (w * (1.04 + k), h * (0.56 + k), d * (0.95 + k)), 1)
        for k in (0.08, 0.1, 0)
    )
    nose = [(0, y * h, z * d) for y, z in pairs(".66 .62, .5 .86, .44 .78")]
    front = f.plate(outline, 2, (0, 0, 1 - d * 0.3))
    face = ((outer - inner) ^ front) + f.hose(nose, [w * 0.1, w * 0.17, w * 0.15])
    arch = [
        (w * 0.12, h * 0.74, d * 0.66),
        (w * 0.4, h * 0.79, d * 0.58),
        (w * 0.72, h * 0.74, d * 0.36),
    ]
    cheek = f.rod(w * 0.13, d, (w * 0.56, h * 0.44, d * 0.4), "z", share=0.7)
    return [
        main("face body", face - mirrored(f.plate(eye, 1)) - f.plate(mouth, 1)),
        second("brows lines", mirrored(f.hose(arch, w * 0.045)), finish="gold"),
        fixed("cheeks", (mirrored(cheek) ^ skin) - inner, finish="rosy paint"),
    ]
