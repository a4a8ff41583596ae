"""Bows and what they shoot."""

from __future__ import annotations

from manifold3d import Manifold

from pipelines.geometry.families.curves import both_sides, pairs
from pipelines.geometry.families.forms import Forms, around, mirrored
from pipelines.geometry.families.registry import Part, family, fixed, main, second


def _shot(f: Forms, length: float, r: float) -> tuple[Manifold, Manifold, Manifold]:
    """Shaft, head and feathers of an arrow that stands on y = 0, point up."""
    head = f.bevelled(
        both_sides(pairs("1 0, 5 -2, 0 12", r, r)),
        r * 1.6,
        r * 0.8,
        r * 0.7,
        (0, length - 12 * r, 0),
    )
    vane = f.plate(
        [(0, 0), (r * 4.5, -r * 3), (r * 4.5, length * 0.1), (0, length * 0.17)],
        r * 0.6,
        (0, length * 0.04, 0),
    )
    return f.post(r, length - r * 6), head, around(vane, 3)


@family("bow", "longbow archery_bow bow_and_arrow recurve_bow", "brown wood")
def bow(
    f: Forms, *, length: float = 1.5, width: float = 0.36, thickness: float = 0.03
) -> list[Part]:
    h, t = length / 2, thickness
    half = [
        (x * width, y * h, 0.0)
        for x, y in pairs("0.94 0, 0.96 0.1, 0.9 0.35, 0.6 0.7, 0.16 0.93, 0.06 1")
    ]
    limb = f.hose(
        half, [t * 0.6, t * 0.55, t * 0.5, t * 0.42, t * 0.3, t * 0.24], up=(0, 0, 1), squash=0.8
    )
    both = (limb + limb.mirror((0, 1, 0))).translate((0, h, 0))
    x = width * 0.1
    string = f.bone((x, length * 0.02, 0), (x, length * 0.98, 0), t * 0.12)
    grip = f.hose([(width * 0.93, h * y, 0) for y in (0.88, 1.0, 1.12)], t * 0.72)
    wraps = [
        f.ring(t * 0.68, t * 0.08, (width * 0.935, h + i * t * 0.5, 0), share=0.4)
        for i in range(-3, 4)
    ]
    shaft, head, vanes = (
        p.rotate((0, 0, -90)).translate((x - t * 0.2, h * 1.05, t * 0.3))
        for p in _shot(f, width * 1.75, t * 0.17)
    )
    return [
        main("limbs body", both),
        fixed("string", string, finish="cream fabric"),
        second("grip handle", grip, *wraps, finish="dark brown leather"),
        fixed("arrow shaft", shaft, finish="tan wood"),
        fixed("arrowhead point", head, finish="steel"),
        fixed("feathers fletching", vanes, finish="red feathers"),
    ]


@family("crossbow", "arbalest", "brown wood")
def crossbow(
    f: Forms, *, length: float = 0.85, width: float = 0.7, thickness: float = 0.05
) -> list[Part]:
    t, w, y = thickness, width / 2, length * 0.84
    side = pairs(
        "-0.5 0, -0.45 0.22, 0.1 0.3, 0.3 0.4, 0.5 0.98, -0.4 0.98, -0.5 0.45, -1.6 0.18, -1.9 0",
        t,
        length,
    )
    stock = f.profile(side, t * 0.9)
    arm = [(w * 0.02, y, 0.0), (w * 0.5, y - w * 0.08, 0.0), (w, y - w * 0.5, 0.0)]
    limbs = mirrored(f.hose(arm, [t * 0.5, t * 0.36, t * 0.2], up=(0, 0, 1)))
    back = length * 0.55
    cord = mirrored(f.bone((w * 0.97, y - w * 0.48, 0.0), (0, back, t * 0.55), t * 0.08))
    loop, pull = (
        "0.35 0.97, 0.9 1.04, 0 1.1, -0.9 1.04, -0.35 0.97",
        "-0.3 0.42, -1 0.36, -1.2 0.3",
    )
    stirrup = f.hose([(x, v, 0.0) for x, v in pairs(loop, t, length)], t * 0.13)
    trigger = f.hose([(0.0, v, z) for z, v in pairs(pull, t, length)], t * 0.12)
    socket = f.soft_box((t * 1.3, t * 1.4, t * 1.2), (0, y, 0), t * 0.2)
    shot = [p.translate((0, back * 0.98, t * 0.6)) for p in _shot(f, length * 0.55, t * 0.11)]
    catch = f.box((t * 0.3, t * 0.4, t * 0.5), (0, back, t * 0.45))
    return [
        main("stock body", stock),
        second("limbs bow", limbs, stirrup, trigger, socket, finish="charcoal steel"),
        fixed("string cord", cord, finish="cream fabric"),
        fixed("bolt shaft", shot[0], catch, finish="tan wood"),
        fixed("point", shot[1], finish="steel"),
        fixed("feathers fletching", shot[2], finish="red feathers"),
    ]


@family("target", "bullseye dartboard archery_target", "red paint")
def target(f: Forms, *, radius: float = 0.4, depth: float = 0.1, height: float = 1.2) -> list[Part]:
    r, y = radius, height - radius

    def disc(share: float, step: int) -> Manifold:
        """A round plate in front, the further the smaller it is."""
        front = depth / 2 + step * 0.005
        return f.rod(r * share, front, (0, y, front / 2), "z", share=1)

    legs = [
        f.bone((s * r * 0.25, y + r * 0.7, -depth * 0.6), (s * r * 0.8, 0.02, depth), 0.02)
        for s in (1, -1)
    ]
    legs.append(f.bone((0, y + r * 0.7, -depth * 0.6), (0, 0.02, -r * 1.1), 0.02))
    straw = f.rod(r * 0.94, depth, (0, y, -depth * 0.3), "z", share=1)
    return [
        main("rings face", disc(1, 0), disc(0.6, 2), disc(0.2, 4)),
        second("bands", disc(0.8, 1), disc(0.4, 3), finish="white paint"),
        fixed("back straw", straw, finish="sand fur"),
        fixed("legs stand", *legs, finish="brown wood"),
    ]
