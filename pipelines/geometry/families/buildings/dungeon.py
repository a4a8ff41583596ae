"""Props of castles and dungeons. Their front is +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import (
    Forms,
    apart,
    around,
    doorway,
    mirrored,
    unite,
    within,
)
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _fire(f: Forms, radius: float, height: float, at: tuple[float, float, float]) -> list[Manifold]:
    """Tongues of flame that stand on `at`, in two sizes."""
    shape = pairs("0.5 0, 0.9 0.16, 0.8 0.4, 0.3 0.76, 0 1")
    tongue = Forms(f.detail * 0.4).turned([(r * radius * 0.55, y * height) for r, y in shape])
    ring = around(tongue.scale((0.8, 0.62, 0.8)).translate((radius * 0.5, 0, 0)), 5)
    return [tongue.translate(at), ring.translate(at)]


@family(
    "cage",
    "animal_cage iron_cage prison_cage metal_cage lion_cage dog_cage",
    "charcoal steel",
)
def cage(
    f: Forms, *, width: float = 1.6, height: float = 1.6, depth: float = 1.6, bars: int = 7
) -> list[Part]:
    w, h, z, t = width, height, depth / 2, 0.06
    count = within(bars, 2, 20)
    rows = apart(count, w - t)
    bar = Forms(0.2).post(t * 0.36, h * 0.96, (0, h * 0.02, 0))
    sides = [bar.translate((x, 0, s * (z - t / 2))) for x in rows for s in (1, -1)]
    sides += [bar.translate((s * (w - t) / 2, 0, x * depth / w)) for x in rows for s in (1, -1)]
    frame = [
        f.slab((w * 1.04, t * 1.6, depth * 1.04)),
        f.slab((w * 1.04, t * 1.6, depth * 1.04), (0, h - t * 1.6, 0)),
    ]
    gate = f.box((w * 0.4, h * 0.94, t * 1.5)) - f.box((w * 0.4 - t * 1.4, h * 0.94 - t * 1.4, 9))
    return [
        main("bars bar", *sides),
        second(
            "frame floor roof top",
            *frame,
            f.box((w, t, depth), (0, h * 0.5, 0))
            - f.box((w - 1.6 * t, 1, depth - 1.6 * t), (0, h * 0.5, 0)),
            finish="charcoal steel",
        ),
        fixed("door gate", gate.translate((0, h * 0.5, z)), finish="rust"),
        fixed(
            "lock hinges padlock",
            f.soft_box((t * 1.8, t * 2.4, t * 1.6), (w * 0.2, h * 0.5, z + t * 0.8), 0.02),
            f.ring(t * 0.6, t * 0.2, (w * 0.2, h * 0.5 + t * 1.2, z + t * 0.8), "z", 0.5),
            *[f.rod(t * 0.6, t * 2, (-w * 0.2, h * y, z), share=0.4) for y in (0.2, 0.8)],
            finish="brass",
        ),
    ]


@family("birdcage", "bird_cage parrot_cage canary_cage hanging_cage", "gold")
def birdcage(f: Forms, *, height: float = 0.6, radius: float = 0.18, bars: int = 16) -> list[Part]:
    h, r, t = height, radius, 0.006
    wire = [
        (r, 0.02, 0),
        (r, h * 0.5, 0),
        (r * 0.86, h * 0.68, 0),
        (r * 0.45, h * 0.83, 0),
        (r * 0.13, h * 0.87, 0),
    ]
    one = Forms(0.6).hose(wire, t * 0.7, steps=3, share=0.2)
    gate = f.plate(doorway(r * 0.6, h * 0.3), 0.02) - f.plate(doorway(r * 0.5, h * 0.275), 1)
    return [
        main(
            "bars wires cage",
            around(one, within(bars, 4, 24)),
            *[f.ring(r, t, (0, h * y, 0)) for y in (0.28, 0.5)],
            f.ring(r * 0.86, t, (0, h * 0.68, 0)),
            gate.translate((0, h * 0.05, r)),
        ),
        second(
            "base tray floor",
            f.lathe([(r * 1.06, 0), (r * 1.06, h * 0.06), (r * 1.0, h * 0.065)]),
            finish="gold",
        ),
        fixed(
            "ring hook top",
            f.ring(r * 0.18, t * 1.4, (0, h * 0.97, 0), "z", 0.6),
            f.turned([(r * 0.2, 0), (r * 0.1, h * 0.03), (0, h * 0.06)], (0, h * 0.86, 0)),
            finish="gold",
        ),
        fixed(
            "perch swing",
            f.rod(t * 1.4, r * 2.02, (0, h * 0.3, 0), "x", share=0.3),
            mirrored(f.bone((r * 0.25, h * 0.5, 0), (0.0, h * 0.87, 0), t * 0.5)),
            f.rod(t, r * 0.5, (0, h * 0.5, 0), "x", share=0.3),
            finish="brown wood",
        ),
    ]


@family("brazier", "fire_bowl fire_basket", "charcoal steel")
def brazier(
    f: Forms, *, height: float = 1.0, radius: float = 0.32, legs: int = 3, lit: bool = True
) -> list[Part]:
    h, r = height, radius
    bowl = [(r * 0.3, 0), (r * 0.8, h * 0.08), (r, h * 0.22), (r * 1.06, h * 0.24)]
    inner = [(r * 0.5, h * 0.07), (r * 0.9, h * 0.22), (r * 0.9, h * 0.3)]
    leg = f.hose([(r * 0.6, h * 0.5, 0), (r * 0.5, h * 0.25, 0), (r * 0.95, 0.02, 0)], r * 0.07)
    low = h * 0.46
    coals = [
        f.ball(r * 0.22, (r * 0.55, low + h * 0.2, 0), share=0.25).rotate((0, 51.0 * i, 0))
        for i in range(7)
    ]
    return [
        main(
            "bowl legs leg stand",
            (f.turned(bowl) - f.turned(inner)).translate((0, low, 0)),
            around(leg, within(legs, 3, 8)),
            f.ring(r * 0.56, r * 0.05, (0, h * 0.3, 0)),
        ),
        fixed(
            "coals embers coal",
            *coals,
            f.post(r * 0.8, h * 0.12, (0, low + h * 0.07, 0)),
            finish="embers",
        ),
        second(
            "rim spikes trim",
            f.ring(r * 1.03, r * 0.06, (0, low + h * 0.235, 0)),
            around(f.post(r * 0.06, h * 0.1, (r * 1.02, low + h * 0.23, 0), 0.002), 8),
            finish="charcoal steel",
        ),
        *_brazier_fire(f, lit, h, r, low),
    ]


def _brazier_fire(f: Forms, lit: bool, h: float, r: float, low: float) -> list[Part]:
    """A brazier's fire."""
    return [
        *(
            [
                fixed(
                    "fire flames flame",
                    *_fire(f, r * 0.8, h * 0.55, (0, low + h * 0.14, 0)),
                    finish="orange neon",
                )
            ]
            if lit
            else []
        ),
    ]


@family(
    "wall_torch",
    "torch_on_wall sconce wall_sconce wall_lamp wall_light torch_holder dungeon_torch castle_torch",
    "charcoal steel",
)
def wall_torch(
    f: Forms, *, height: float = 0.7, radius: float = 0.07, lit: bool = True
) -> list[Part]:
    h, r, z = height, radius, 0.16
    plate_ = f.plate(
        [(-r, h * 0.1), (0, 0), (r, h * 0.1), (r, h * 0.5), (0, h * 0.6), (-r, h * 0.5)], 0.03
    )
    arm = f.hose([(0, h * 0.22, 0), (0, h * 0.2, z * 0.6), (0, h * 0.3, z)], r * 0.24)
    stick = f.bone((0, h * 0.1, z * 0.7), (0, h * 0.6, z * 1.4), r * 0.3, r * 0.42)
    cup = (
        f.lathe([(r * 0.5, 0), (r * 0.95, h * 0.14), (r * 0.8, h * 0.14)])
        .rotate((18, 0, 0))
        .translate((0, h * 0.52, z * 1.26))
    )
    rings = [
        f.ring(r * 0.45, r * 0.18, (0, h * 0.3, z * 0.98), share=0.6),
        f.ring(r * 0.9, r * 0.14, (0, h * 0.655, z * 1.52), share=0.6),
    ]
    return [
        main("bracket holder plate", plate_, arm, *rings),
        second("stick torch handle", stick, finish="dark brown wood"),
        fixed("head cup wrap", cup, finish="charcoal steel"),
        fixed(
            "nails bolts",
            *[f.ball(r * 0.16, (0, h * y, 0.015)) for y in (0.08, 0.5)],
            finish="brass",
        ),
        *(
            [
                fixed(
                    "fire flame flames",
                    *_fire(f, r * 0.95, h * 0.38, (0, h * 0.62, z * 1.52)),
                    finish="orange neon",
                )
            ]
            if lit
            else []
        ),
    ]


@family("coffin", "casket vampire_coffin wooden_coffin dracula_coffin", "dark brown wood")
def coffin(
    f: Forms, *, length: float = 2.0, width: float = 0.75, height: float = 0.45, open: float = 0.0
) -> list[Part]:
    z, w, h = -length / 2, width / 2, height
    shape = [
        (w * 0.55, z),
        (w, z * 0.45),
        (w * 0.5, -z),
        (-w * 0.5, -z),
        (-w, z * 0.45),
        (-w * 0.55, z),
    ]
    small = [(x * 0.88, y * 0.95) for x, y in shape]
    share = min(max(open, 0.0), 1.0)
    case = f.floor(shape, h * 0.72)
    hollow = f.floor(small, h, (0, h * 0.1, 0))
    lid = [f.floor([(x * 1.05, y * 1.02) for x, y in shape], h * 0.1), f.floor(small, h * 0.2)]
    cross = [
        f.box((w * 0.14, h * 0.1, length * 0.5), (0, h * 0.2, 0)),
        f.box((w * 0.7, h * 0.1, w * 0.14), (0, h * 0.2, z * 0.3)),
    ]
    at = (w * 0.95 * share, h * (0.7 - 0.05 * share), 0.0)
    tilt = (0, -16 * share, -38 * share)
    grips = [
        f.box(
            (w * 0.2, h * 0.1, length * 0.12), (w * 0.86 - abs(y - 0.3) * w * 0.3, h * 0.36, z * y)
        )
        for y in (0.45, 0, -0.45)
    ]
    return [
        main("body case box", case - hollow if share > 0.05 else case),
        second("lid cover", unite(lid).rotate(tilt).translate(at), finish="brown wood"),
        fixed(
            "cross handles handle",
            unite(cross).rotate(tilt).translate(at),
            mirrored(unite(grips)),
            finish="gold",
        ),
        *_coffin_lining(f, length, h, w, z, small, share),
    ]


def _coffin_lining(
    f: Forms,
    length: float,
    h: float,
    w: float,
    z: float,
    small: list[tuple[float, float]],
    share: float,
) -> list[Part]:
    """A coffin's lining."""
    return [
        *(
            [
                fixed(
                    "lining cushion",
                    f.floor(small, h * 0.2, (0, h * 0.09, 0)),
                    f.soft_box((w * 0.8, h * 0.2, length * 0.15), (0, h * 0.34, z * 0.66), 0.05),
                    finish="red fabric",
                )
            ]
            if share > 0.05
            else []
        ),
    ]


@family("guillotine", "guillotine_blade execution_machine", "brown wood")
def guillotine(
    f: Forms, *, height: float = 3.0, width: float = 0.8, length: float = 1.8
) -> list[Part]:
    h, w, z, t = height, width / 2, length / 2, 0.14
    stock = f.box((2 * w, h * 0.2, t * 0.7), (0, h * 0.28, 0)) - f.rod(
        w * 0.26, 1, (0, h * 0.28, 0), "z"
    )
    return [
        main(
            "frame posts beams",
            mirrored(f.slab((t, h, t), (w, 0, 0))),
            f.box((2 * w + t * 1.6, t, t * 1.3), (0, h, 0)),
            mirrored(f.slab((t, t, length), (w, 0, -z * 0.1))),
            *[f.slab((2 * w, t, t), (0, 0, a)) for a in (z * 0.8, -z * 0.9)],
            mirrored(
                Manifold.batch_hull(
                    [
                        f.box((t * 0.8, 0.05, t * 0.8), (w, t, z * 0.7)),
                        f.box((t * 0.8, 0.05, t * 0.8), (w, h * 0.36, 0)),
                    ]
                )
            ),
        ),
        second(
            "bench table stocks",
            stock,
            f.box((w * 1.3, 0.07, length * 0.56), (0, h * 0.21, -z * 0.52)),
            *[f.slab((t * 0.7, h * 0.21, t * 0.7), (s * w * 0.5, 0, -z * 0.95)) for s in (1, -1)],
            f.slab((w * 1.3, t * 0.7, t * 0.7), (0, h * 0.07, -z * 0.95)),
            mirrored(f.slab((t * 0.6, t, t), (w * 0.7, h * 0.05, -z * 0.95))),
            finish="caramel wood",
        ),
        *_guillotine_fittings(f, h, t, w, z),
    ]


def _guillotine_fittings(f: Forms, h: float, t: float, w: float, z: float) -> list[Part]:
    """A guillotine's blade, weight and basket."""
    edge = [
        (-w * 0.86, h * 0.64),
        (w * 0.86, h * 0.72),
        (w * 0.86, h * 0.86),
        (-w * 0.86, h * 0.86),
    ]
    return [
        fixed("blade", f.plate(edge, 0.03), finish="polished steel"),
        fixed(
            "weight block rope",
            f.box((w * 1.9, h * 0.08, t * 0.8), (0, h * 0.88, 0)),
            f.rod(0.02, h * 0.1, (0, h * 0.95, 0)),
            finish="charcoal steel",
        ),
        fixed(
            "basket",
            f.lathe(
                [(w * 0.42, 0), (w * 0.52, h * 0.13), (w * 0.46, h * 0.13), (w * 0.4, 0.03)],
                (0, 0.0, z * 0.42),
            ),
            f.slab((2 * w, 0.05, w * 0.4), (0, 0.0, z * 0.42)),
            finish="wicker",
        ),
    ]
