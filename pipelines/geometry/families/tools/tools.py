"""Tools of smiths and households."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, mirrored, scaled
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("hammer", "claw_hammer", "steel")
def hammer(
    f: Forms,
    *,
    length: float = 0.34,
    width: float = 0.14,
    radius: float = 0.017,
    thickness: float = 0.026,
) -> list[Part]:
    y, w, t = length, width, thickness
    row = pairs("-0.02 0, -0.22 0, -0.4 -0.08, -0.54 -0.3", w, w)
    claw = f.ribbon([(a, y + b, 0.0) for a, b in row], t * 1.3, t * 0.55, up=(0, 1, 0))
    wedge = Manifold.batch_hull(
        [
            f.box((0.01, 0.1, t * 0.55), (-w * 0.6, y - w * 0.2, 0)),
            f.box((0.004, 0.1, 0.003), (-w * 0.2, y - w * 0.2, 0)),
        ]
    )
    face = f.turned(
        pairs("0.7 0.1, 0.62 0.2, 0.7 0.28, 1.1 0.3, 1.15 0.42, 1.05 0.45", radius, w)
    ).rotate((0, 0, -90))
    grip = f.turned(
        [
            (0.014, 0),
            (0.0185, 0.012),
            (0.0165, length * 0.2),
            (0.0175, length * 0.34),
            (0.011, length * 0.5),
            (0.011, length + 0.02),
        ]
    )
    return [
        main(
            "head",
            claw - wedge,
            face.translate((0, y, 0)),
            f.soft_box((0.042, t * 1.5, t * 1.4), (0, y, 0), 0.006),
        ),
        second("handle shaft grip", grip.scale((1, 1, 0.82)), finish="caramel wood"),
    ]


@family("mallet", "sledgehammer war_hammer warhammer gavel thor_hammer", "steel")
def mallet(
    f: Forms,
    *,
    length: float = 0.7,
    width: float = 0.3,
    depth: float = 0.15,
    thickness: float = 0.03,
) -> list[Part]:
    y, w, d, t = length - depth / 2, width, depth, thickness
    block = Manifold.batch_hull(
        [
            f.soft_box((w, d * 0.8, d * 0.8), (0, y, 0), d * 0.05),
            f.soft_box((w * 0.84, d, d), (0, y, 0), d * 0.05),
        ]
    )
    bands = [
        f.soft_box((w * 0.07, d * 1.05, d * 1.05), (s * w * 0.28, y, 0), d * 0.05) for s in (1, -1)
    ]
    wraps = [
        f.ring(t * 0.56, t * 0.16, (0, length * 0.05 + i * t * 0.36, 0), share=0.4)
        for i in range(14)
    ]
    return [
        main("head", block),
        second("handle shaft", f.post(t * 0.52, length * 0.95), finish="brown wood"),
        fixed(
            "bands pommel",
            *bands,
            f.ball(t * 0.8, (0, t * 0.5, 0), share=0.5),
            f.post(t * 0.7, d * 0.1, (0, length, 0), share=0.5),
            finish="gold",
        ),
        fixed("grip wraps", *wraps, finish="dark brown leather"),
    ]


# An anvil from the side, in shares of half its width and its height.
ANVIL = ".52 0, .5 .14, .24 .3, .22 .46, .34 .6, .62 .7, .62 1, -.7 1, -.7 .8, -.34 .6, -.22 .46, -.24 .3, -.5 0"


@family("anvil", "", "charcoal steel")
def anvil(f: Forms, *, width: float = 0.5, height: float = 0.28, depth: float = 0.16) -> list[Part]:
    w, h, d = width / 2, height, depth
    body = f.bevelled(pairs(ANVIL, w, h), d, d * 0.08)
    foot = f.stack(
        [
            (h * y, scaled([(-1, -1), (1, -1), (1, 1), (-1, 1)], w * x, d * z))
            for y, x, z in ((0, 0.66, 0.7), (0.1, 0.64, 0.68), (0.2, 0.5, 0.5))
        ]
    )
    horn = f.hose(
        [(w * 0.5, h * 0.83, 0), (w * 0.95, h * 0.86, 0), (w * 1.36, h * 0.95, 0)],
        [d * 0.44, d * 0.36, d * 0.06],
        up=(0, 1, 0),
        share=0.6,
    ).scale((1, 1, 1))
    top = f.box((9, h * 2, 9), (0, 0, 0))
    holes = f.box((d * 0.16, d, d * 0.16), (-w * 0.5, h, 0)) + f.rod(d * 0.07, d, (-w * 0.32, h, 0))
    return [main("body horn", (body + foot + (horn ^ top)) - holes)]


@family("key", "door_key", "brass")
def key(
    f: Forms, *, length: float = 0.1, radius: float = 0.018, thickness: float = 0.004
) -> list[Part]:
    t = thickness
    y = length - radius * 1.5
    teeth = [
        f.box((w, 0.006, t * 0.9), (w / 2, h, 0))
        for w, h in ((0.018, 0.006), (0.013, 0.016), (0.018, 0.025))
    ]
    bow = [
        f.ring(radius, t * 0.85, axis="z").translate((x, y + dy, 0))
        for x, dy in ((-radius * 0.8, 0), (radius * 0.8, 0), (0, radius * 1.25))
    ]
    return [
        main(
            "body bow shaft",
            f.post(t, y - radius * 0.3),
            *teeth,
            *bow,
            *[f.ring(t * 1.1, t * 0.5, (0, h, 0)) for h in (y * 0.78, y * 0.72)],
        )
    ]


@family("ladder", "step_ladder stepladder", "caramel wood")
def ladder(
    f: Forms, *, height: float = 2.4, width: float = 0.45, thickness: float = 0.05
) -> list[Part]:
    count = 8
    rungs = [
        f.rod(thickness * 0.38, width, (0, height * (i + 0.6) / count, 0), "x")
        for i in range(count)
    ]
    return [
        main(
            "rails sides", mirrored(f.slab((thickness * 0.7, height, thickness), (width / 2, 0, 0)))
        ),
        second("rungs steps", *rungs, finish="brown wood"),
    ]
