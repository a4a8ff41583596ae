"""Sweets and baked things."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, around, mirrored, rounded, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.ways import way


def _popsicle_outline(height: float, x: float, low: float) -> list[tuple[float, float]]:
    """Round above, from the front."""
    return [
        (-x, low),
        (x, low),
        *[
            (x * math.cos(a), height - x + x * math.sin(a))
            for a in (math.pi * i / 12 for i in range(13))
        ],
    ]


@family(
    "popsicle",
    "ice_lolly ice_pop icepop ice_cream_bar paleta choc_ice lolly_ice",
    "scarlet plastic",
)
def popsicle(
    f: Forms, *, height: float = 0.16, width: float = 0.055, thickness: float = 0.022
) -> list[Part]:
    """On a stick, a corner bitten off, standing."""
    x, t, low = width / 2, thickness, height * 0.3
    outline = _popsicle_outline(height, x, low)
    body = f.bevelled(outline, t, t * 0.22)
    grooves = unite(
        [
            f.bone(
                (s * x * 0.38, low + height * 0.1, t * 0.55),
                (s * x * 0.38, height * 0.82, t * 0.55),
                t * 0.13,
            )
            for s in (1, -1)
        ]
    )
    bite = unite(
        [
            f.ball(x * 0.32, (x * a, height * b, 0), (1, 1, 2))
            for a, b in ((0.95, 0.96), (0.55, 1.02), (1.05, 0.82))
        ]
    )
    body = body - grooves - bite
    top = body.trim_by_plane((0, 1, 0), low + (height - low) * 0.66)
    middle = body.trim_by_plane((0, -1, 0), -(low + (height - low) * 0.66))
    mid = middle.trim_by_plane((0, 1, 0), low + (height - low) * 0.33)
    bottom = middle.trim_by_plane((0, -1, 0), -(low + (height - low) * 0.33))
    stick = f.bevelled(
        [(a * 0.5, b) for a, b in rounded(x * 0.9, low * 2.2, x * 0.4)],
        t * 0.3,
        t * 0.08,
        at=(0, low * 1.1, 0),
    )
    return [
        main("ice body", top),
        second("middle", mid, finish="white plastic"),
        fixed("bottom", bottom, finish="royal blue plastic"),
        fixed("stick", stick, finish="beige wood"),
    ]


@family(
    "chocolate bar",
    "chocolate bar_of_chocolate milk_chocolate dark_chocolate "
    "white_chocolate:cream_plastic choc_bar candy_bar",
    "shiny chocolate plastic",
)
def chocolate_bar(
    f: Forms, *, height: float = 0.16, width: float = 0.075, thickness: float = 0.012, rows: int = 5
) -> list[Part]:
    """Half out of its paper, standing."""
    count, t = within(rows, 2, 12), thickness
    step = height / count
    base = f.soft_box((width, height, t * 0.55), (0, height / 2, 0), t * 0.15)
    bit = f.bevelled(rounded(width / 3 * 0.9, step * 0.9, t * 0.2), t * 0.75, t * 0.28)
    bits = [
        bit.translate(((c - 1) * width / 3, (r + 0.5) * step, t * 0.25))
        for r in range(count)
        for c in range(3)
    ]
    low = height * 0.46
    zig = [(-width * 0.53, 0), (width * 0.53, 0)] + [
        (width * (0.53 - 1.06 * i / 10), low + step * (0.12 if i % 2 else -0.06)) for i in range(11)
    ]
    foil = f.plate([(a * 0.99, b + step * 0.28 if b > 0 else b + 0.001) for a, b in zig], t * 1.62)
    return [
        main("chocolate body bar", base, *bits),
        second("wrapper paper", f.plate(zig, t * 1.9), finish="red paint"),
        fixed("foil", foil, finish="silver"),
        fixed(
            "band label",
            f.box((width * 0.7, low * 0.3, t * 2.05), (0, low * 0.48, 0)),
            finish="gold",
        ),
    ]


@family(
    "candy",
    "wrapped_candy sweet sweets candies bonbon toffee hard_candy boiled_sweet",
    "candy stripes",
)
def candy(f: Forms, *, length: float = 0.07, radius: float = 0.015) -> list[Part]:
    """Wrapped, its paper twisted at both ends."""
    r, half = radius, length / 2
    body = f.ball(r, (0, r, 0), (1.25, 1, 1))
    fan = f.turned(
        [
            (r * 0.16, 0),
            (r * 0.3, r * 0.4),
            (r * 0.95, half - r),
            (r * 0.9, half - r * 0.9),
            (0.0, r * 0.7),
        ]
    )

    def pleated(v: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = v
        k = 1 + 0.16 * math.cos(9 * math.atan2(z, x))
        return x * k, y, z * k

    wing = fan.refine(2).warp(pleated).rotate((0, 0, -90)).translate((r * 1.0, r, 0))
    return [
        main("candy sweet body", body),
        second("wrapper paper ends", mirrored(wing), finish="magenta plastic"),
    ]


@family("candy cane", "candycane peppermint_stick sugar_stick rock_candy_stick", "candy stripes")
def candy_cane(
    f: Forms, *, height: float = 0.18, width: float = 0.06, radius: float = 0.012
) -> list[Part]:
    """A striped hook with a bow."""
    bend = width / 2
    top = height - bend - radius
    line = [(0.0, radius, 0.0), (0.0, height * 0.35, 0.0), (0.0, top, 0.0)]
    line += [
        (bend - bend * math.cos(a), top + bend * math.sin(a), 0.0)
        for a in (math.pi * i / 6 for i in range(1, 7))
    ]
    line.append((width, top - bend * 0.5, 0.0))
    knot = (0.0, height * 0.52, radius * 1.0)
    bow = f.ball(radius * 0.62, knot) + mirrored(
        f.ball(radius * 1.0, (radius * 1.4, knot[1] + radius * 0.3, knot[2]), (1.2, 0.8, 0.5))
    )
    bow += mirrored(
        f.ribbon(
            [
                knot,
                (radius * 0.9, knot[1] - radius * 1.6, knot[2] + radius * 0.3),
                (radius * 1.2, knot[1] - radius * 3.2, knot[2]),
            ],
            radius * 0.8,
            radius * 0.3,
            up=(0, 0, 1),
        )
    )
    return [
        main("cane stick body", f.hose(line, radius, share=0.6, steps=3)),
        second("bow ribbon", bow, finish="green fabric"),
    ]


@family(
    "gingerbread man",
    "gingerbread gingerbread_cookie gingerbread_person lebkuchen gingerbread_woman",
    "sienna plaster",
)
def gingerbread_man(
    f: Forms, *, height: float = 0.14, width: float = 0.1, thickness: float = 0.013
) -> list[Part]:
    """Standing, iced, with buttons."""
    h, x, t = height, width / 2, thickness
    body = Blob(h * 0.05, 0.7)
    head = (0.0, h * 0.82, 0.0)
    body.ball(head, h * 0.18).limb([(0, h * 0.62, 0), (0, h * 0.42, 0)], [h * 0.14, h * 0.15])
    body.mirrored_bone((x * 0.2, h * 0.6, 0), (x * 0.82, h * 0.56, 0), h * 0.09).mirrored_bone(
        (x * 0.25, h * 0.38, 0), (x * 0.5, h * 0.085, 0), h * 0.095
    )
    cut = f.box((width * 2, h * 3, t), (0, h / 2, 0))
    front = t * 0.5

    def line(text: str) -> Manifold:
        return f.hose([(a * x, b * h, front) for a, b, _ in way(text)], t * 0.14)

    icing = [line("-0.42 0.76 0, 0 0.71 0, 0.42 0.76 0")]
    for s in (1, -1):
        icing += [
            line(
                ", ".join(f"{s * (0.62 + 0.05 * (i % 2))} {0.49 + 0.035 * i} 0" for i in range(5))
            ),
            line(", ".join(f"{s * (0.22 + 0.1 * i)} {0.155 + 0.02 * (i % 2)} 0" for i in range(5))),
        ]
    eyes = mirrored(f.ball(t * 0.28, (x * 0.26, h * 0.86, front)))
    buttons = [f.ball(t * 0.36, (0, h * y, front), (1, 1, 0.7)) for y in (0.62, 0.5, 0.39)]
    return [
        main("body dough cookie", body.solid(f.detail) ^ cut),
        second("icing", *icing, finish="white plaster"),
        fixed("eyes eye", eyes, finish="black plastic"),
        fixed("buttons", *buttons, finish="shiny red plastic"),
    ]


@family("macaron", "macarons", "pink plaster")
def macaron(
    f: Forms, *, radius: float = 0.024, height: float = 0.026, count: int = 1
) -> list[Part]:
    """Two shells and cream between them."""
    r, t, shells, feet, cream = radius, height * 0.4, [], [], []
    dome = f.turned([(0, 0), (r * 0.9, 0), (r, t * 0.3), (r * 0.86, t * 0.8), (r * 0.4, t), (0, t)])
    frill = around(f.ball(t * 0.22, (r * 0.95, 0, 0), share=0.3), 24)
    for i in range(within(count, 1, 6)):
        y = height * 1.02 * i
        up, low = height - t, t
        shells += [
            dome.translate((0, y + up, 0)),
            dome.mirror((0, 1, 0)).translate((0, y + low, 0)),
        ]
        feet += [frill.translate((0, y + up, 0)), frill.translate((0, y + low, 0))]
        cream.append(f.post(r * 0.9, up - low + t * 0.1, (0, y + low - t * 0.05, 0)))
    return [
        main("shells body cookie", *shells, *feet),
        second("cream filling", *cream, finish="white plaster"),
    ]
