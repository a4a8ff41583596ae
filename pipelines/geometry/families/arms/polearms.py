"""Arms on long shafts. They stand upright, points up, and face +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.arms.arms import wraps
from pipelines.geometry.families.curves import both_sides, pairs, smooth
from pipelines.geometry.families.forms import Forms, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family("scythe", "reaper_scythe death_scythe grim_reaper_scythe war_scythe", "steel")
def scythe(
    f: Forms, *, length: float = 1.7, width: float = 0.85, thickness: float = 0.04
) -> list[Part]:
    h, w, t = length, width, thickness
    blade = (
        smooth(pairs("0.0 0.0, 0.4 -0.01, 0.75 -0.16, 1.0 -0.42", w, w), 4)
        + smooth(pairs("1.0 -0.42, 0.72 -0.24, 0.4 -0.13, 0.0 -0.14", w, w), 4)[1:]
    )
    pole = [(-t * 0.4, 0.0, 0), (t * 0.6, h * 0.3, 0), (-t * 0.3, h * 0.65, 0), (0, h, 0)]
    grip = [
        f.hose(
            [(0, h * y, 0), (t * 1.2, h * y + t * 2, t * 0.3), (t * 4, h * y + t * 2.4, t * 0.4)],
            t * 0.4,
        )
        for y in (0.38, 0.62)
    ]
    return [
        main("blade", f.bevelled(blade, t * 0.5, w * 0.022, t * 0.2, (t * 0.2, h * 0.985, 0))),
        second("shaft handle pole", f.hose(pole, t * 0.5), *grip, finish="dark brown wood"),
        fixed(
            "collar bands",
            f.post(t * 0.72, t * 4, (0, h * 0.92, 0)),
            f.box((t * 3, t * 2.4, t * 0.9), (t, h * 0.955, 0)),
            finish="charcoal steel",
        ),
    ]


def _shaft(f: Forms, length: float, t: float) -> Manifold:
    return f.post(t * 0.5, length) + f.post(t * 0.3, t, (0, -t * 0.7, 0), t * 0.55)


@family("halberd", "poleaxe pollaxe bardiche voulge polearm pole_axe", "steel")
def halberd(
    f: Forms, *, length: float = 2.0, width: float = 0.42, thickness: float = 0.04
) -> list[Part]:
    h, w, t = length, width, thickness
    y = h * 0.8
    axe = smooth(
        pairs(
            "0.02 -0.16, 0.4 -0.3, 0.72 -0.46, 0.86 -0.1, 0.84 0.3, 0.66 0.5, 0.4 0.24, 0.02 0.16",
            w * 0.7,
            w * 0.7,
        ),
        3,
    )
    hook = pairs("-0.02 0.14, -0.4 0.1, -0.72 -0.16, -0.44 -0.1, -0.02 -0.14", w * 0.7, w * 0.7)
    spike = both_sides(pairs("0.3 0, 0.34 0.12, 0.2 0.5, 0 1", t * 2, h * 0.2))
    return [
        main(
            "head blade spike",
            f.bevelled(axe, t * 0.6, w * 0.035, t * 0.26, (0, y, 0)),
            f.bevelled(hook, t * 0.6, w * 0.025, t * 0.26, (0, y, 0)),
            f.bevelled(spike, t * 0.7, t * 0.2, t * 0.3, (0, h * 0.86, 0)),
            f.post(t * 0.75, w * 0.62, (0, y - w * 0.3, 0)),
        ),
        second("shaft handle pole", _shaft(f, h * 0.88, t), finish="brown wood"),
        fixed(
            "tassel bands binding",
            wraps(f, t * 0.52, h * 0.4, 8, t * 0.24),
            f.lathe(
                [(t * 0.9, 0), (t * 1.3, -t * 3), (t * 0.5, -t * 0.2)][::-1], (0, y - w * 0.28, 0)
            ),
            finish="red fabric",
        ),
    ]


@family("trident", "pitchfork_trident sea_trident poseidon_trident aquaman_trident", "gold")
def trident(
    f: Forms, *, length: float = 1.9, width: float = 0.34, thickness: float = 0.04, tines: int = 3
) -> list[Part]:
    h, w, t = length, width, thickness
    count = within(tines, 2, 9)
    low, top = h * 0.76, h * 0.97
    xs = [w * (i / (count - 1) - 0.5) for i in range(count)]
    prongs = []
    for x in xs:
        high = top + h * 0.03 * (1 - abs(2 * x / w))
        foot = (x * 0.3, low, 0)
        prongs.append(
            f.hose([foot, (x * 0.95, low + h * 0.05, 0), (x, high - h * 0.06, 0)], t * 0.36)
        )
        tip = both_sides(pairs("0 -0.1, 1 0, 0.5 0.3, 0 1", t * 1.3, h * 0.09))
        prongs.append(f.bevelled(tip, t * 0.5, t * 0.24, t * 0.2, (x, high - h * 0.07, 0)))
    return [
        main(
            "head prongs tines points",
            *prongs,
            f.bone((-w * 0.17, low, 0), (w * 0.17, low, 0), t * 0.5),
        ),
        second("shaft handle pole", _shaft(f, low, t), finish="dark teal paint"),
        fixed(
            "bands collar gem",
            f.turned(pairs("0.6 0, 1.1 0.3, 0.7 0.6, 1 1", t, t * 4), (0, low - t * 4, 0)),
            wraps(f, t * 0.52, h * 0.36, 8, t * 0.24),
            f.ball(t * 0.75, (0, -t * 0.4, 0)),
            finish="gold",
        ),
    ]
