"""More arms: of knights, wizards and heroes. They stand upright, points up, and face +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import both_sides, pairs, smooth, triples
from pipelines.geometry.families.forms import Forms, around, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.words.variants import Variant


def wraps(f: Forms, radius: float, low: float, count: int, step: float) -> Manifold:
    """Cord wound about a shaft from a height on."""
    return unite(
        [f.ring(radius, radius * 0.26, (0, low + step * i, 0), share=0.4) for i in range(count)]
    )


@family(
    "staff",
    "wizard_staff magic_staff mage_staff sorcerer_staff druid_staff magical_staff staff_of_power",
    "dark brown wood",
)
def staff(
    f: Forms,
    *,
    length: float = 1.7,
    radius: float = 0.03,
    head: int = Variant("claw, crescent, ring, branch gnarled twisted"),
) -> list[Part]:
    h, r = length, radius
    y, gem = h * 0.9, r * 2.3
    bend = [
        (0, 0, 0),
        (r * 0.5, h * 0.2, 0),
        (-r * 0.4, h * 0.45, r * 0.3),
        (r * 0.3, h * 0.7, 0),
        (0, h * 0.84, 0),
    ]
    tops = _staff_tops(f, r, y)
    return [
        main(
            "shaft handle stick",
            f.hose(bend, [r, r * 0.9, r * 0.95, r, r * 1.1]),
            f.post(r * 0.9, y - h * 0.82, (0, h * 0.82, 0)),
            *([tops[3]] if head == 3 else []),
        ),
        *_staff_fittings(f, head, h, r, gem, y, tops),
    ]


def _staff_tops(f: Forms, r: float, y: float) -> list[Manifold]:
    """What may hold a staff's gem: a claw, a crescent, a ring, or the wood itself."""
    claw = f.hose(triples("0.6 -3 0, 2.8 -1.6 0, 2.9 1 0, 1.2 3.4 0", r), r * 0.6, r * 0.16)
    moon = f.plate(f.circle(r * 4.4), r * 1.1) - f.rod(r * 3.5, 1, (0, r * 1.9, 0), "z")
    loop = f.ring(r * 3.6, r * 0.7, axis="z")
    loop += mirrored(f.bone((r * 2.0, 0, 0), (r * 3.6, 0, 0), r * 0.45))
    wood = triples("0 -4 0, 3 -2 0, 3 2.4 0, -1.6 3.2 0, -2.6 0.4 0", r)
    knot = f.hose(wood, [r, r, r * 0.9, r * 0.7, r * 0.4])
    knot += f.bone((-r * 2.6, r * 0.4, 0), (-r * 1.2, -r * 0.4, 0), r * 0.42)
    return [top.translate((0, y, 0)) for top in (around(claw, 4), moon, loop, knot)]


def _staff_fittings(
    f: Forms,
    head: int,
    h: float,
    r: float,
    gem: float,
    y: float,
    tops: list[Manifold],
) -> list[Part]:
    """A staff's crystal and top."""
    rays = f.ball(gem, (0, y, 0), (1, 1.25, 1), 0.35)
    neck = [(r, 0), (r * 1.8, h * 0.02), (r * 1.2, h * 0.05)]
    return [
        second("crystal gem orb stone", rays, finish="glowing blue neon"),
        fixed(
            "top head ornament bands",
            f.turned(neck, (0, h * 0.8, 0)),
            wraps(f, r, h * 0.46, 6, r * 0.5),
            *([tops[head]] if head < 3 else []),
            f.post(r * 0.8, r * 2, (0, -r * 0.6, 0), r * 1.25),
            finish="gold",
        ),
    ]


@family(
    "dagger",
    "stiletto_dagger dirk poniard assassin_dagger sacrificial_dagger",
    "polished steel",
)
def dagger(
    f: Forms,
    *,
    length: float = 0.36,
    width: float = 0.042,
    thickness: float = 0.012,
    guard: int = Variant("straight, curved, disc"),
) -> list[Part]:
    h, w, t = length, width, thickness
    low = h * 0.34
    outline = both_sides(smooth(pairs("0.42 0, 0.5 0.2, 0.42 0.55, 0.22 0.85, 0 1", w, h - low), 3))
    tip = h * 0.03 if guard == 1 else 0.0
    bar = f.hose(
        [(-w * 1.3, low + tip, 0), (0, low, 0), (w * 1.3, low + tip, 0)],
        [t * 0.7, t * 0.85, t * 0.7],
    )
    disc = f.rod(w * 0.9, t * 1.1, (0, low, 0), share=0.7).scale((1, 1, 0.7))
    return [
        main(
            "blade",
            f.bevelled(outline, t, w * 0.18, t * 0.38, (0, low, 0))
            - mirrored(f.box((t * 0.3, h * 0.3, t * 0.3), (0, low + h * 0.22, t * 0.55))),
        ),
        second(
            "guard pommel hilt",
            disc if guard == 2 else bar,
            f.ball(w * 0.38, (0, h * 0.03, 0), (1, 1, 0.8)),
            f.ball(w * 0.14, (0, low, t * 0.8)),
            finish="gold",
        ),
        fixed(
            "grip handle",
            f.turned(pairs("0.9 0, 1.2 0.5, 0.85 1", w * 0.28, low - h * 0.03), (0, h * 0.03, 0)),
            wraps(f, w * 0.3, h * 0.08, 6, h * 0.036),
            finish="brown leather",
        ),
    ]


@family("club", "wooden_club cudgel caveman_club spiked_club ogre_club troll_club", "brown wood")
def club(f: Forms, *, length: float = 0.8, radius: float = 0.1, spikes: int = 8) -> list[Part]:
    h, r = length, radius
    shape = pairs(
        "0.24 0, 0.34 0.02, 0.26 0.06, 0.3 0.3, 0.55 0.6, 0.95 0.84, 0.9 0.95, 0.3 1", r, h
    )
    thorns = [
        f.rod(
            r * 0.14,
            r * 0.8,
            (0, h * (0.64 + 0.09 * (i % 4)), r * 1.0 * (0.7 + 0.08 * (i % 4))),
            "z",
            0.003,
        ).rotate((0, 137.5 * i, 0))
        for i in range(within(spikes, 0, 24))
    ]
    knots = [
        f.ball(r * 0.3, (0, h * y, r * reach), share=0.35).rotate((0, turn, 0))
        for y, reach, turn in ((0.5, 0.3, 40), (0.72, 0.62, 200), (0.86, 0.8, 300))
    ]
    return [
        main("body wood head", f.turned(shape), *knots),
        *([second("spikes nails", *thorns, finish="grey steel")] if thorns else []),
        fixed(
            "grip handle wrap",
            wraps(f, r * 0.29, h * 0.07, 9, h * 0.022),
            finish="dark brown leather",
        ),
    ]


@family(
    "lightsaber",
    "light_saber laser_sword energy_sword jedi_sword laser_saber plasma_sword lightsabre light_sabre",
    "glowing cyan neon",
)
def lightsaber(f: Forms, *, length: float = 1.2, radius: float = 0.02) -> list[Part]:
    h, r = length, radius
    low = h * 0.24
    shape = pairs(
        "1.1 0, 1.1 0.06, 0.9 0.1, 0.9 0.55, 1.15 0.6, 1.15 0.72, 0.8 0.78, 0.8 0.88, 1.3 0.95, 1.3 1",
        r,
        low,
    )
    ribs = around(f.slab((r * 0.3, low * 0.4, r * 0.3), (r * 0.92, low * 0.12, 0)), 8)
    return [
        main(
            "blade light beam",
            f.post(r * 0.8, h - low, (0, low * 0.98, 0)),
            f.ball(r * 0.8, (0, h - low * 0.02, 0)),
        ),
        second("hilt handle", f.lathe(shape), finish="silver"),
        fixed(
            "grip ribs button",
            ribs,
            f.ball(r * 0.5, (0, low * 0.66, r * 1.1)),
            f.ring(r * 0.5, r * 0.14, (0, -r * 0.4, 0), "z", 0.5),
            finish="black rubber",
        ),
    ]


@family("shuriken", "throwing_star ninja_star ninja_throwing_star", "polished steel")
def shuriken(
    f: Forms, *, radius: float = 0.06, thickness: float = 0.006, points: int = 4
) -> list[Part]:
    r, t, count = radius, thickness, within(points, 3, 12)
    star = f.bevelled(f.star(r, count, 0.36), t, r * 0.07, t * 0.42)
    hole = f.rod(r * 0.11, 1, axis="z")
    return [
        main("blade blades body", star - hole),
        second(
            "rim ring", f.ring(r * 0.14, t * 0.55, axis="z", share=0.7), finish="charcoal steel"
        ),
    ]


@family(
    "round_shield",
    "viking_shield wooden_shield buckler targe hoplite_shield spartan_shield",
    "red paint",
)
def round_shield(
    f: Forms, *, radius: float = 0.45, thickness: float = 0.03, planks: int = 7
) -> list[Part]:
    r, t, count = radius, thickness, within(planks, 2, 12)
    gaps = [
        f.box((r * 0.016, 3 * r, t), (r * (2 * i / count - 1), 0, t * 0.75))
        for i in range(1, count)
    ]
    rivets = [
        f.ball(t * 0.5, (0, r * 0.94, t * 0.7), share=0.3).rotate((0, 0, 30.0 * i))
        for i in range(12)
    ]
    quarters = [f.box((r, r, t * 1.06), (s * r / 2, s * r / 2, 0)) for s in (1, -1)]
    body = f.rod(r * 0.97, t, axis="z", share=1) - unite(gaps)
    bend = 0.16 / r

    def bowed(solid: Manifold) -> Manifold:
        return solid.refine_to_length(r * 0.16).warp(
            lambda v: (v[0], v[1], v[2] - bend * (v[0] ** 2 + v[1] ** 2))
        )

    inside = f.rod(r * 0.965, t * 1.06, axis="z", share=1) - unite(gaps).scale((1.004, 1, 1))
    return [
        main("field face planks", bowed(body)),
        second("quarters emblem stripes", bowed(unite(quarters) ^ inside), finish="cream paint"),
        fixed(
            "boss rim edge rivets",
            f.ball(r * 0.22, (0, 0, t * 0.3), (1, 1, 0.7)),
            f.rod(r * 0.27, t * 1.4, (0, 0, 0), "z"),
            f.ring(r * 0.98, t * 0.75, (0, 0, -bend * r * r), "z"),
            unite(rivets).translate((0, 0, -bend * r * r * 0.9)),
            finish="steel",
        ),
        fixed(
            "grip handle strap",
            f.box((r * 0.14, r * 0.6, t), (0, 0, -t * 2.4)),
            *[f.box((r * 0.14, t, t * 5), (0, s * r * 0.28, -t * 2.2)) for s in (1, -1)],
            finish="brown leather",
        ),
    ]


@family("quiver", "arrow_quiver quiver_of_arrows", "brown leather")
def quiver(f: Forms, *, length: float = 0.6, radius: float = 0.08, arrows: int = 7) -> list[Part]:
    h, r, count = length, radius, within(arrows, 1, 16)
    turns = [2.4 * i for i in range(count)]
    spots = [
        (
            r * 0.62 * math.sqrt(i / count) * math.cos(t),
            r * 0.62 * math.sqrt(i / count) * math.sin(t),
            0.03 * (i % 3),
        )
        for i, t in enumerate(turns)
    ]
    tube = f.lathe([(r * 0.7, 0), (r * 0.85, h * 0.03), (r, h), (r * 0.88, h), (r * 0.8, h * 0.7)])
    vane = around(f.plate(pairs("0 0, 0.3 0.02, 0.3 0.09, 0 0.12", r, h), r * 0.03), 3)
    return [
        main("body case", tube),
        second(
            "feathers fletching",
            *[vane.translate((x, h * (1.22 + y), z)) for x, z, y in spots],
            finish="red feathers",
        ),
        fixed(
            "arrows arrow shafts",
            *[f.post(r * 0.08, h * (0.7 + y), (x, h * 0.66, z), share=0.3) for x, z, y in spots],
            finish="caramel wood",
        ),
        *_quiver_strap(f, h, r),
    ]


def _quiver_strap(f: Forms, h: float, r: float) -> list[Part]:
    """A quiver's strap."""
    strap = f.hose(
        [
            (-r * 0.9, h * 0.9, 0),
            (-r * 2.4, h * 0.72, 0),
            (-r * 2.4, h * 0.3, 0),
            (-r * 0.78, h * 0.12, 0),
        ],
        r * 0.12,
        squash=1.8,
        up=(1, 0, 0),
    )
    return [
        fixed(
            "strap bands trim",
            strap,
            *[
                f.ring(r * k, r * 0.08, (0, h * y, 0))
                for k, y in ((0.98, 0.97), (0.92, 0.5), (0.86, 0.08))
            ],
            finish="dark brown leather",
        ),
    ]


@family(
    "hand_grenade", "grenade frag_grenade pineapple_grenade fragmentation_grenade", "olive paint"
)
def hand_grenade(f: Forms, *, height: float = 0.1, radius: float = 0.032) -> list[Part]:
    h, r = height, radius
    y = h * 0.42
    body = f.ball(r, (0, y, 0), (1, h * 0.4 / r, 1), 0.9)
    cuts = [
        f.ring(r * math.sqrt(max(1 - k * k, 0.1)) * 1.03, r * 0.06, (0, y + h * 0.4 * k, 0))
        for k in (-0.6, -0.2, 0.2, 0.6)
    ]
    slots = around(f.box((r * 0.6, h * 0.66, r * 0.1), (r, y, 0)), 8)
    lever = [
        (0, h * 0.97, 0),
        (r * 0.5, h * 0.97, 0),
        (r * 1.05, h * 0.8, 0),
        (r * 1.15, h * 0.3, 0),
    ]
    return [
        main(
            "body shell",
            body
            - unite(
                [
                    *cuts,
                    slots
                    ^ (
                        f.ball(r * 1.1, (0, y, 0), (1, h * 0.4 / r, 1))
                        - f.ball(r * 0.93, (0, y, 0), (1, h * 0.4 / r, 1))
                    ),
                ]
            )
            + f.ball(r * 0.9, (0, y, 0), (1, h * 0.4 / r, 1)),
        ),
        second("lever spoon", f.ribbon(lever, r * 0.4, r * 0.1, up=(0, 1, 0)), finish="grey steel"),
        fixed(
            "cap neck fuse",
            f.post(r * 0.42, h * 0.2, (0, h * 0.76, 0)),
            f.post(r * 0.52, h * 0.06, (0, h * 0.8, 0)),
            finish="steel",
        ),
        *_hand_grenade_pin(f, h, r),
    ]


def _hand_grenade_pin(f: Forms, h: float, r: float) -> list[Part]:
    """A hand grenade's pin."""
    return [
        fixed(
            "pin ring",
            f.ring(r * 0.5, r * 0.07, (-r * 0.85, h * 0.9, 0), "z", 0.6),
            f.rod(r * 0.07, r * 1.0, (-r * 0.2, h * 0.91, 0), "x", share=0.3),
            finish="gold",
        ),
    ]
