"""Instruments that are blown, struck or sung into."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs, triples
from pipelines.geometry.families.forms import Forms, around, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("drum", "snare_drum", "red paint")
def drum(f: Forms, *, height: float = 0.3, radius: float = 0.22) -> list[Part]:
    rods = around(f.post(0.008, height * 0.96, (radius * 1.05, height * 0.02, 0)), 8)
    lugs = around(
        f.soft_box((0.03, height * 0.16, 0.03), (radius * 1.02, height * 0.5, 0), 0.008), 8
    )
    return [
        main("shell body", f.post(radius, height * 0.94, (0, height * 0.03, 0), share=1)),
        second("skin head", f.post(radius * 0.96, height * 0.998, share=1), finish="cream leather"),
        fixed(
            "rims rods",
            f.ring(radius * 1.01, 0.014, (0, height * 0.97, 0)),
            f.ring(radius * 1.01, 0.014, (0, height * 0.03, 0)),
            rods,
            lugs,
            finish="polished steel",
        ),
    ]


# The trumpet's tube in shares of its length and width from bell to mouthpiece, and how far it is in front.
TUBE = (
    "0.2 0.75 0, 0.12 0.75 0, 0.07 0.37 0, 0.12 0 0, 0.4 0 0, "
    "0.66 0 0, 0.71 0.17 1, 0.66 0.34 1, 0.4 0.36 1, 0 0.36 1"
)


@family("trumpet", "cornet bugle", "polished brass")
def trumpet(
    f: Forms, *, length: float = 0.52, width: float = 0.15, radius: float = 0.062
) -> list[Part]:
    r, low, t, high = radius, radius, radius * 0.13, radius + width * 0.75
    flare = [
        (t, 0),
        *((t * x, y * length) for x, y in pairs("1.15 0.4, 1.7 0.62, 3.5 0.76, 7.7 0.84")),
    ]
    hollow = [(t * x, y * length) for x, y in pairs("0.5 0.3, 1.2 0.62, 3.1 0.765, 7.4 0.85")]
    bell = (
        (f.turned(flare) - f.turned(hollow)).rotate((0, 0, -90)).translate((length * 0.15, high, 0))
    )
    line = [(x * length, low + y * width, z * t * 1.2) for x, y, z in triples(TUBE)]
    cup = f.lathe(pairs("0.13 0, 0.15 0.3, 0.32 0.8, 0.34 0.95, 0.2 0.85", r, r)).rotate((0, 0, 90))
    xs = [length * (0.34 + 0.065 * i) for i in range(3)]
    cases, keys = _valve(f, width, t)
    return [
        main(
            "body bell tube",
            bell,
            f.hose(line, t, up=(0, 0, 1)),
            f.ring(r, t * 0.25, (length * 0.99, high, 0), "x"),
        ),
        second("valves", *[cases.translate((x, low, t * 0.4)) for x in xs], finish="brass"),
        fixed("keys buttons", *[keys.translate((x, low, t * 0.4)) for x in xs], finish="silver"),
        fixed(
            "mouthpiece",
            cup.translate((length * 0.02, low + width * 0.36, t * 1.2)),
            finish="silver",
        ),
    ]


def _valve(f: Forms, width: float, t: float) -> tuple[Manifold, Manifold]:
    """A trumpet's valve about its tube at y = 0, and the key on it."""
    case = f.post(t * 1.75, width * 0.72, (0, -width * 0.08, 0), share=0.6)
    caps = [f.post(t * 1.9, width * 0.05, (0, y * width, 0), share=0.6) for y in (-0.1, 0.6)]
    stem = f.post(t * 0.5, width * 0.16, (0, width * 0.62, 0))
    return unite([case, *caps]), stem + f.post(
        t * 1.25, width * 0.03, (0, width * 0.77, 0), share=0.6
    )


@family("bell", "church_bell handbell hand_bell", "gold")
def bell(
    f: Forms, *, height: float = 0.32, radius: float = 0.16, thickness: float = 0.02
) -> list[Part]:
    r, h, low = radius, height * 0.82, radius * 0.2
    outer = pairs(
        "1 0, 0.97 0.04, 0.78 0.16, 0.6 0.42, 0.54 0.7, 0.44 0.88, 0.2 0.97, 0.06 0.98", r, h
    )
    inner = [
        (
            max(x - thickness * 0.9, 0.003),
            y - thickness * (0.9 if y > h * 0.3 else 1.4 - 2.6 * y / h),
        )
        for x, y in outer
    ]
    shell = f.turned(outer, (0, low, 0)) - f.turned(
        [(r * 0.97, -thickness * 2), *inner], (0, low, 0)
    )
    bands = [
        f.ring(r * x, r * 0.022, (0, low + h * y, 0))
        for x, y in ((0.735, 0.2), (0.69, 0.255), (0.535, 0.72))
    ]
    crown = f.ring(r * 0.16, r * 0.055, (0, low + h + r * 0.14, 0), "z")
    rod = f.post(r * 0.035, h * 0.98, (0, low - r * 0.05, 0))
    return [
        main("body shell", shell, *bands),
        second("loop crown handle", crown, finish="gold"),
        fixed("clapper", rod, f.ball(r * 0.2, (0, low, 0), share=0.6), finish="charcoal steel"),
    ]


@family("flute", "", "silver")
def flute(f: Forms, *, length: float = 0.66, radius: float = 0.012, keys: int = 12) -> list[Part]:
    r, y = radius, radius * 1.3
    bore = f.rod(r * 0.72, length, (length * 0.08, y, 0), "x", share=0.5)
    hole = f.rod(r * 0.42, 2 * r, (-length * 0.36, y + r * 1.5, 0), "y", share=0.5)
    lip = f.ball(r * 1.5, (-length * 0.36, y + r * 0.1, 0), (1.7, 0.78, 0.95), 0.7)
    places = ((-0.49, 0.02), (-0.24, 0.05), (0.33, 0.04), (0.49, 0.014))
    rings = [f.rod(r * 1.3, length * w, (length * x, y, 0), "x", share=0.6) for x, w in places]
    body = unite([f.rod(r, length, (0, y, 0), "x", share=0.6), lip, *rings])
    xs = [length * (-0.17 + 0.62 * i / max(keys - 1, 1)) for i in range(keys)]
    pads = [
        f.post(r * (0.95 if i % 3 else 0.72), r * 0.3, (x, y + r * 0.95, 0), share=0.5)
        for i, x in enumerate(xs)
    ]
    arms = [f.bone((x, y + r * 1.15, 0), (x, y + r * 0.5, r * 1.25), r * 0.15) for x in xs]
    rail = f.rod(r * 0.22, length * 0.64, (length * 0.14, y + r * 0.5, r * 1.25), "x")
    posts = [
        f.bone((length * x, y + r * 0.4, r * 0.75), (length * x, y + r * 0.5, r * 1.25), r * 0.24)
        for x in (-0.17, 0.14, 0.45)
    ]
    return [
        main("body tube", body - hole - bore),
        second("keys pads", *[pad - bore for pad in pads], *arms, rail, *posts, finish="silver"),
    ]


@family("microphone", "mic karaoke_microphone", "charcoal plastic")
def microphone(f: Forms, *, length: float = 0.25, radius: float = 0.027) -> list[Part]:
    r, grip = radius, length - radius * 2.1
    shape = [
        (r * 0.48, 0),
        (r * 0.52, 0.006),
        (r * 0.56, grip * 0.4),
        (r * 0.8, grip * 0.95),
        (r * 0.84, grip),
    ]
    top = (0, grip + r, 0)
    button = f.soft_box((r * 0.4, r * 0.8, r * 0.3), (0, grip * 0.72, r * 0.66), r * 0.08)
    return [
        main("body handle", f.turned(shape)),
        second("head grille mesh", _grille(f, r).translate(top), finish="silver"),
        fixed(
            "ring band",
            f.ring(r, r * 0.1, top),
            f.post(r * 0.9, r * 0.16, (0, grip - r * 0.1, 0), share=0.8),
            finish="charcoal steel",
        ),
        fixed("switch button", button, finish="red plastic"),
    ]


def _grille(f: Forms, r: float) -> Manifold:
    """A ball in a net of thin wires; of few faces it is but a ball."""
    if f.detail < 0.4:
        return f.ball(r)

    def wire(radius: float, at: float) -> Manifold:
        circle = [(x, at, z) for x, z in f.circle(radius, 0.4)]
        return f.hose(circle[::-1], r * 0.035, steps=1, share=0.15, closed=True)

    level = [wire(r * math.cos(a), r * math.sin(a)) for a in (-0.5, 0.4, 0.8, 1.2)]
    upright = wire(r, 0).rotate((90, 0, 0))
    around_ = [upright.rotate((0, turn, 0)) for turn in range(0, 180, 36)]
    return unite([f.ball(r * 0.99, share=0.6), *level, *around_])
