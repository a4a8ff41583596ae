"""Tools for digging, breaking and sweeping. They stand upright as they are held."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import both_sides, pairs, smooth
from pipelines.geometry.families.forms import Forms, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("shovel", "spade trowel", "steel")
def shovel(
    f: Forms, *, length: float = 1.15, width: float = 0.24, thickness: float = 0.016
) -> list[Part]:
    blade, r = length * 0.3, width * 0.075
    half = smooth(pairs("0 0, 0.2 0.06, 0.4 0.26, 0.49 0.55, 0.5 0.94", width, blade), 3)
    flat = f.bevelled(both_sides([*half, (width * 0.42, blade)]), thickness, thickness * 0.4)
    scoop = flat.refine_to_length(0.03).warp(
        lambda v: (v[0], v[1], v[2] + 2.2 * v[0] ** 2 / width - 0.12 * v[1] * v[1] / blade)
    )
    socket = f.rod(r * 1.5, blade * 0.45, (0, blade * 1.02, -0.008), "y", r * 1.1)
    top, w = length, width * 0.26
    grip = f.hose([(0, top - w * 1.5, 0), (w, top - w * 0.5, 0), (w, top, 0)], r * 0.8)
    handle = grip + grip.mirror((1, 0, 0)) + f.rod(r * 0.85, w * 2, (0, top, 0), "x", share=0.4)
    return [
        main("blade scoop head", scoop, socket),
        second("handle shaft", f.post(r, length - w - blade, (0, blade, 0)), finish="caramel wood"),
        fixed("grip", handle, finish="charcoal plastic"),
    ]


@family("pickaxe", "pick mattock pick_axe", "steel")
def pickaxe(
    f: Forms, *, length: float = 0.9, width: float = 0.62, thickness: float = 0.05
) -> list[Part]:
    y, w, t = length * 0.93, width / 2, thickness
    bend = [
        (-w, y - w * 0.42, 0),
        (-w * 0.6, y - w * 0.1, 0),
        (0, y, 0),
        (w * 0.6, y - w * 0.1, 0),
        (w, y - w * 0.42, 0),
    ]
    head = f.hose(
        bend,
        [t * 0.08, t * 0.42, t * 0.6, t * 0.42, t * 0.08],
        share=0.2,
        up=(0, 0, 1),
        squash=0.85,
    )
    eye = f.soft_box((t * 2.0, t * 1.9, t * 1.5), (0, y, 0), t * 0.3)
    shaft = f.turned(
        [
            (t * 0.5, 0),
            (t * 0.42, 0.03),
            (t * 0.36, length * 0.3),
            (t * 0.38, length * 0.8),
            (t * 0.5, length),
        ]
    )
    return [
        main("head points", head, eye),
        second("handle shaft", shaft.scale((1, 1, 1.25)), finish="brown wood"),
        fixed("wedge", f.post(t * 0.2, t * 0.3, (0, length - t * 0.1, 0)), finish="charcoal steel"),
    ]


@family("broom", "broomstick besom", "golden yellow fur")
def broom(f: Forms, *, length: float = 1.35, width: float = 0.34, depth: float = 0.1) -> list[Part]:
    sweep, count = length * 0.26, 13
    straws = []
    for i in range(count):
        x = (i / (count - 1) - 0.5) * width
        foot = f.box((width / count * 1.02, 0.004, depth), (x, 0.002 + 0.012 * (i % 3), 0))
        neck = f.box((width / count * 0.5, 0.01, depth * 0.42), (x * 0.48, sweep, 0))
        straws.append(Manifold.batch_hull([foot, neck]))
    seams = [
        f.soft_box(
            (width * (0.62 - 0.3 * (y - 0.6)), 0.012, depth * (1.16 - 0.62 * y)),
            (0, sweep * y, 0),
            0.005,
        )
        for y in (0.62, 0.78)
    ]
    cap = Manifold.batch_hull(
        [
            f.soft_box((width * 0.52, 0.03, depth * 0.5), (0, sweep, 0), 0.01),
            f.rod(0.025, 0.03, (0, sweep * 1.28, 0)),
        ]
    )
    return [
        main("bristles straw", unite(straws)),
        second(
            "handle stick",
            f.post(0.013, length - sweep, (0, sweep, 0)),
            f.ball(0.015, (0, length, 0)),
            finish="brown wood",
        ),
        fixed("binding cap", cap, *seams, finish="red plastic"),
    ]


@family("rake", "garden_rake", "green paint")
def rake(
    f: Forms, *, length: float = 1.3, width: float = 0.42, thickness: float = 0.014, tines: int = 12
) -> list[Part]:
    t, y = thickness, 0.11
    xs = [(i / (tines - 1) - 0.5) * width for i in range(tines)]
    prongs = [
        f.hose([(x, y, 0), (x, y * 0.6, 0.02), (x, 0, 0.012)], t * 0.45, t * 0.2, steps=2)
        for x in xs
    ]
    bar = f.soft_box((width + t * 2, t * 1.8, t * 1.4), (0, y, 0), t * 0.4)
    neck = f.hose([(-width * 0.3, y, 0), (-width * 0.08, y + 0.1, 0), (0, y + 0.2, 0)], t * 0.5)
    return [
        main(
            "head tines",
            *prongs,
            bar,
            neck,
            neck.mirror((1, 0, 0)),
            f.post(t * 1.25, 0.12, (0, y + 0.16, 0)),
        ),
        second("handle shaft", f.post(t, length - y - 0.2, (0, y + 0.2, 0)), finish="caramel wood"),
    ]
