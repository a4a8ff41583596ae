"""Engines that castles were besieged with. They shoot and roll towards +Z."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.forms import Forms, Point, apart, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def beam(f: Forms, start: Point, stop: Point, t: float) -> Manifold:
    """A squared timber of thickness t from one point to another in a plane of x = const or z = const."""
    ends = [f.box((t, t, t), at) for at in (start, stop)]
    return Manifold.batch_hull(ends)


def spoked(f: Forms, radius: float, thickness: float, spokes: int = 6) -> Manifold:
    """A wooden wheel about the origin that turns about x."""
    r, t = radius, thickness
    rim = f.rod(r, t, axis="x") - f.rod(r * 0.78, t * 3, axis="x")
    spoke = f.box((t * 0.6, r * 1.7, r * 0.13))
    bars = [spoke.rotate((180.0 * i / max(spokes, 1), 0, 0)) for i in range(max(spokes, 1))]
    return unite([rim, f.rod(r * 0.24, t * 1.7, axis="x", share=0.6), *bars])


def _wheels(f: Forms, radius: float, x: float, rows: list[float]) -> Manifold:
    one = spoked(f, radius, radius * 0.26, 4)
    return mirrored(unite([one.translate((x, radius, z)) for z in rows]))


def _axles(f: Forms, radius: float, x: float, rows: list[float]) -> list[Manifold]:
    return [f.rod(radius * 0.14, 2 * x, (0, radius, z), "x", share=0.3) for z in rows]


@family("catapult", "onager mangonel siege_engine siege_catapult medieval_catapult", "brown wood")
def catapult(
    f: Forms, *, length: float = 3.2, width: float = 1.7, height: float = 2.0, radius: float = 0.38
) -> list[Part]:
    z, w, h, r = length / 2, width / 2, height, radius
    t, deck = 0.16, r * 1.5
    rows = [z * 0.7, -z * 0.7]
    cross = f.box((2 * w, t * 1.3, t * 1.3), (0, h * 0.86, z * 0.28))
    arm = f.bone((0, deck + 0.05, z * 0.1), (0, h * 0.98, -z * 0.52), 0.09, 0.07)
    cup = (0, h * 1.02, -z * 0.6)
    bowl = (
        f.ball(0.26, share=0.8) - f.ball(0.22, share=0.8) - f.box((1, 1, 1), (0, 0.55, 0))
    ).rotate((-50, 0, 0))
    ropes = [f.ring(0.14, 0.035, (x, deck + 0.06, z * 0.1), "x", 0.5) for x in apart(9, w * 1.1)]
    return [
        main(
            "frame beams",
            mirrored(f.box((t, t * 1.4, length), (w * 0.8, deck, 0))),
            *[f.box((2 * w * 0.85, t, t), (0, deck, y)) for y in (z * 0.92, -z * 0.92, -z * 0.3)],
            mirrored(beam(f, (w * 0.8, deck, z * 0.28), (w * 0.8, h * 0.9, z * 0.28), t)),
            mirrored(beam(f, (w * 0.8, deck, z * 0.9), (w * 0.8, h * 0.8, z * 0.3), t * 0.8)),
            mirrored(beam(f, (w * 0.8, deck, -z * 0.5), (w * 0.8, h * 0.8, z * 0.26), t * 0.8)),
            cross,
        ),
        second("arm spoon", arm, bowl.translate(cup), finish="caramel wood"),
        fixed(
            "wheels wheel axles",
            _wheels(f, r, w, rows),
            *_axles(f, r, w, rows),
            mirrored(unite([f.box((t * 0.8, r * 0.9, t), (w * 0.8, r * 1.2, y)) for y in rows])),
            finish="dark brown wood",
        ),
        fixed(
            "ropes rope",
            *ropes,
            f.rod(0.13, 2 * w * 0.84, (0, deck + 0.05, z * 0.1), "x", share=0.4),
            finish="tan fabric",
        ),
        *_catapult_stone(f, cup),
    ]


def _catapult_stone(f: Forms, cup: Point) -> list[Part]:
    """A catapult's stone."""
    return [
        fixed(
            "stone ball boulder",
            f.ball(0.21, (0, cup[1] + 0.06, cup[2] - 0.03), share=0.5),
            finish="grey stone",
        ),
    ]


@family("trebuchet", "counterweight_trebuchet siege_trebuchet", "brown wood")
def trebuchet(
    f: Forms, *, height: float = 4.2, length: float = 3.6, width: float = 1.8
) -> list[Part]:
    h, z, w, t = height, length / 2, width / 2, 0.2
    side = [beam(f, (w, t, s * z * 0.7), (w, h * 0.62, 0), t) for s in (1, -1)]
    side += [
        f.box((t, t, length), (w, t / 2, 0)),
        f.box((t, h * 0.6, t), (w, h * 0.3, 0)),
        beam(f, (w, h * 0.3, z * 0.4), (w, h * 0.3, -z * 0.4), t * 0.7),
    ]
    low, high = (0.0, h * 0.44, z * 0.56), (0.0, h * 0.99, -z * 1.15)
    basket = (0.0, low[1] - h * 0.17, low[2])
    stones = [
        f.ball(0.26, (x, basket[1] + h * 0.1, basket[2] + y), share=0.4)
        for x in (-0.26, 0.26)
        for y in (-0.24, 0.24)
    ]
    sling = [high, (0, h * 0.6, -z * 1.5), (0, h * 0.3, -z * 1.3)]
    return [
        main(
            "frame beams",
            mirrored(unite(side)),
            *[f.box((2 * w, t, t), (0, t / 2, y)) for y in (z * 0.9, -z * 0.9)],
        ),
        second(
            "arm",
            Manifold.batch_hull([f.box((0.24, 0.24, 0.24), low), f.box((0.13, 0.13, 0.13), high)]),
            finish="caramel wood",
        ),
        fixed(
            "weight basket box",
            f.soft_box((w * 1.1, h * 0.19, w * 1.0), basket, 0.06),
            mirrored(f.bone((w * 0.4, basket[1], low[2]), (0.06, low[1], low[2]), 0.05)),
            finish="dark brown wood",
        ),
        fixed(
            "stones stone ball", *stones, f.ball(0.22, sling[-1], share=0.5), finish="grey stone"
        ),
        *_trebuchet_ropes(f, h, w, sling),
    ]


def _trebuchet_ropes(f: Forms, h: float, w: float, sling: list[Point]) -> list[Part]:
    """A trebuchet's ropes."""
    top = (0.0, h * 0.62, 0.0)
    return [
        fixed(
            "ropes rope sling axle",
            f.tube(sling, 0.035),
            f.rod(0.11, 2 * w + 0.4, top, "x", share=0.4),
            *[f.ring(0.15, 0.04, (x, top[1], 0), "x", 0.4) for x in (-0.16, 0.16)],
            finish="tan fabric",
        ),
    ]


@family("ballista", "giant_crossbow siege_crossbow bolt_thrower", "brown wood")
def ballista(
    f: Forms, *, length: float = 3.0, width: float = 2.6, height: float = 1.5
) -> list[Part]:
    z, w, h, t = length / 2, width / 2, height, 0.13
    y = h * 0.82
    bow = [(w * 0.16, y, z * 0.6), (w * 0.6, y, z * 0.68), (w, y, z * 0.36)]
    string = [(w * 0.98, y, z * 0.38), (0.0, y + 0.03, -z * 0.36)]
    rows = [z * 0.36, -z * 0.36]
    return [
        main(
            "frame stock beams",
            f.box((t * 1.6, t * 1.4, length), (0, y, 0)),
            mirrored(f.box((t, t * 4.4, t * 2), (w * 0.17, y, z * 0.6))),
            f.box((w * 0.46, t, t * 2.2), (0, y + t * 2.2, z * 0.6)),
            f.box((w * 0.46, t, t * 2.2), (0, y - t * 2.0, z * 0.6)),
            f.slab((t * 1.6, y - h * 0.2, t * 2), (0, h * 0.2, 0)),
            *[beam(f, (0, h * 0.3, s * z * 0.5), (0, y, s * z * 0.04), t) for s in (1, -1)],
            f.box((t * 1.4, t * 1.4, length * 0.6), (0, h * 0.3, 0)),
            *[f.box((w * 0.8, t, t), (0, h * 0.27, a)) for a in rows],
        ),
        second("bow arms", mirrored(f.hose(bow, [0.1, 0.085, 0.05])), finish="dark brown wood"),
        fixed(
            "string rope winch",
            mirrored(f.bone(string[0], string[1], 0.018)),
            f.rod(0.09, t * 5, (0, y - t * 0.2, -z * 0.86), "x"),
            mirrored(f.bone((t * 2.3, y + 0.22, -z * 0.86), (t * 2.3, y - 0.25, -z * 0.86), 0.025)),
            finish="tan fabric",
        ),
        *_ballista_fittings(f, length, h, t, w, z, y, rows),
    ]


def _ballista_fittings(
    f: Forms, length: float, h: float, t: float, w: float, z: float, y: float, rows: list[float]
) -> list[Part]:
    """A ballista's bolt and wheels."""
    head = f.rod(0.08, 0.3, (0, y + t * 0.9, z * 1.06), "z", 0.005)
    fins = [
        f.box((0.2, 0.012, 0.26), (0, y + t * 0.9, -z * 0.24)),
        f.box((0.012, 0.2, 0.26), (0, y + t * 0.9, -z * 0.24)),
    ]
    return [
        fixed(
            "bolt arrow tip",
            f.rod(0.035, length * 0.72, (0, y + t * 0.9, z * 0.32), "z", share=0.3),
            head,
            *fins,
            finish="steel",
        ),
        fixed("wheels wheel axles", _wheels(f, h * 0.27, w * 0.4, rows), finish="dark brown wood"),
    ]


@family("battering_ram", "siege_ram ram_engine", "brown wood")
def battering_ram(
    f: Forms, *, length: float = 3.6, width: float = 1.8, height: float = 2.1, radius: float = 0.36
) -> list[Part]:
    z, w, h, r, t = length / 2, width / 2, height, radius, 0.14
    wall, y = h * 0.62, h * 0.36
    posts = [f.slab((t, wall - r, t), (w * 0.8, r, a)) for a in apart(3, length * 0.86)]
    roof = f.wedge((length, h * 0.4, 2.3 * w), (0, wall - 0.05, 0)) - f.wedge(
        (length * 2, h * 0.4, 2.3 * w), (0, wall - 0.22, 0)
    )
    return [
        main(
            "frame beams",
            mirrored(
                unite(
                    [
                        *posts,
                        f.box((t, t * 1.3, length), (w * 0.8, r * 1.1, 0)),
                        f.box((t, t, length), (w * 0.8, wall, 0)),
                    ]
                )
            ),
            *[f.box((1.6 * w, t, t), (0, wall, a)) for a in apart(3, length * 0.86)],
            *[f.box((1.6 * w, t, t), (0, r * 1.1, a)) for a in apart(3, length * 0.86)],
            f.box((t, t, length), (0, h * 0.86, 0)),
            *[f.slab((t, h * 0.26, t), (0, wall, a)) for a in apart(3, length * 0.86)],
        ),
        second("roof cover", roof.rotate((0, 90, 0)), finish="caramel wood"),
        fixed(
            "ram log trunk", f.rod(0.21, length * 1.1, (0, y, z * 0.16), "z"), finish="brown bark"
        ),
        fixed(
            "head tip iron bands",
            f.rod(0.25, 0.4, (0, y, z * 1.28), "z"),
            f.ball(0.27, (0, y, z * 1.4)),
            *[f.ring(0.215, 0.03, (0, y, a), "z", 0.6) for a in apart(5, length * 0.7)],
            finish="charcoal steel",
        ),
        *_battering_ram_fittings(f, h, r, t, w, z, y),
    ]


def _battering_ram_fittings(
    f: Forms, h: float, r: float, t: float, w: float, z: float, y: float
) -> list[Part]:
    """A battering ram's ropes and wheels."""
    rows = [z * 0.6, -z * 0.6]
    ropes = [
        mirrored(f.bone((0.04, y, a), (0.2, h * 0.84, a), 0.025)) for a in (z * 0.55, -z * 0.55)
    ]
    return [
        fixed("ropes rope", *ropes, finish="tan fabric"),
        fixed(
            "wheels wheel axles",
            _wheels(f, r, w * 0.98, rows),
            *_axles(f, r, w, rows),
            mirrored(unite([f.slab((t * 0.8, r * 0.4, t), (w * 0.8, r * 0.8, a)) for a in rows])),
            finish="dark brown wood",
        ),
    ]


@family("siege_tower", "belfry_tower siege_machine breaching_tower", "brown wood")
def siege_tower(
    f: Forms,
    *,
    height: float = 5.0,
    width: float = 2.2,
    depth: float = 2.2,
    radius: float = 0.45,
    storeys: int = 3,
) -> list[Part]:
    h, w, z, r = height, width / 2, depth / 2, radius
    base, count = r * 1.2, within(storeys, 1, 8)
    step = (h * 0.86 - base) / count

    def level(y: float, grow: float) -> list[tuple[float, float]]:
        s = 1.0 - 0.26 * (y - base) / h
        return [
            (a * w * s * grow, b * z * s * grow) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]

    top = base + step * count
    bands = [
        f.stack([(y - 0.07, level(y, 1.05)), (y + 0.07, level(y, 1.05))])
        for y in (base + step * i for i in range(count + 1))
    ]
    planks = [f.slab((0.04, top - base, depth * 1.02), (x, base, 0)) for x in apart(7, width * 0.8)]
    shell = f.stack([(base, level(base, 1.0)), (top, level(top, 1.0))])
    skin = f.stack([(base, level(base, 1.02)), (top, level(top, 1.02))])
    teeth = [
        f.slab((w * 0.22, h * 0.07, z * 0.22), (a * w * 0.72, top, b * z * 0.72))
        for a in (-1, 0, 1)
        for b in (-1, 0, 1)
        if a or b
    ]
    return [
        main("walls wall body", shell, unite([p ^ skin for p in planks])),
        second("beams bands frame battlements", *bands, *teeth, finish="dark brown wood"),
        *_siege_tower_fittings(f, depth, h, r, w, z, base, count, step, top, skin),
    ]


def _siege_tower_fittings(
    f: Forms,
    depth: float,
    h: float,
    r: float,
    w: float,
    z: float,
    base: float,
    count: int,
    step: float,
    top: float,
    skin: Manifold,
) -> list[Part]:
    """A siege tower's windows, ramp and wheels."""
    slit = [
        f.box((w * 0.2, step * 0.3, depth * 1.2), (x, base + step * (i + 0.5), 0))
        for i in range(count)
        for x in (-w * 0.4, w * 0.4)
    ]
    ramp = (
        f.box((w * 1.0, h * 0.24, 0.1), (0, h * 0.12, 0))
        .rotate((24, 0, 0))
        .translate((0, top - step * 0.9, z * 0.72))
    )
    rows = [z * 0.6, -z * 0.6]
    return [
        fixed("windows window", unite(slit) ^ skin, finish="black paint"),
        fixed("ramp bridge door", ramp, finish="caramel wood"),
        fixed(
            "wheels wheel axles",
            _wheels(f, r, w * 1.08, rows),
            *_axles(f, r, w * 1.08, rows),
            mirrored(unite([f.slab((0.2, r * 0.5, 0.3), (w * 0.8, r * 0.8, a)) for a in rows])),
            finish="dark brown wood",
        ),
    ]
