"""Machines that stand in a kitchen. Their front is +Z."""

from __future__ import annotations

from pipelines.geometry.families.forms import Forms, Point, apart, mirrored, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second

DARK = "black plastic"


@family("blender", "smoothie_maker smoothie_blender kitchen_blender food_blender", "red plastic")
def blender(f: Forms, *, height: float = 0.42, radius: float = 0.085) -> list[Part]:
    low, r = height * 0.34, radius
    jar = [(r * 0.62, 0), (r * 0.78, height * 0.1), (r, height * 0.5), (r, height * 0.52)]
    grip = [(r * 0.8, height * 0.1, 0), (r * 1.6, height * 0.16, 0), (r * 1.6, height * 0.4, 0)]
    foot = [(r * 1.3, 0), (r * 1.32, height * 0.05), (r * 0.95, height * 0.2), (r * 0.8, low)]
    lid = [(r * 1.05, 0), (r * 1.05, 0.02), (r * 0.5, 0.025), (r * 0.5, 0.05)]
    drink = [(r * 0.64, 0.005), (r * 0.8, height * 0.1), (r * 0.93, height * 0.3)]
    return [
        main("base body motor", f.turned(foot)),
        second(
            "jar jug glass",
            f.lathe(jar, (0, low - 0.005, 0)),
            f.hose([*grip, (r * 0.94, height * 0.46, 0)], r * 0.14).translate((0, low, 0)),
            finish="light blue glass",
        ),
        fixed("drink smoothie juice", f.lathe(drink, (0, low, 0)), finish="pink glass"),
        fixed(
            "lid buttons button dial",
            f.lathe(lid, (0, low + height * 0.5, 0)),
            f.rod(r * 0.42, 0.06, (0, height * 0.12, r * 0.98), "z"),
            f.post(r * 0.95, 0.016, (0, low - 0.014, 0)),
            finish=DARK,
        ),
    ]


@family(
    "mixer",
    "stand_mixer kitchen_mixer cake_mixer food_mixer dough_mixer",
    "red paint",
)
def mixer(
    f: Forms,
    *,
    length: float = 0.36,
    width: float = 0.2,
    height: float = 0.36,
    radius: float = 0.11,
) -> list[Part]:
    z, r, h = length / 2, radius, height
    bowl = [(r * 0.5, 0), (r * 0.62, 0.01), (r * 0.95, r * 0.6), (r, r * 1.3)]
    hollow = [(r * 0.56, 0.02), (r * 0.89, r * 0.6), (r * 0.95, r * 1.4)]
    low, at = h * 0.09, (0, h * 0.08, z * 0.36)
    wire = [(0, r * 1.2, 0), (r * 0.5, r * 0.75, 0), (r * 0.3, r * 0.3, 0), (0, r * 0.2, 0)]
    return [
        main(
            "body head base",
            f.soft_box((width, low, length), (0, low / 2, 0), 0.02),
            f.soft_box((width * 0.46, h * 0.8, length * 0.26), (0, h * 0.42, -z * 0.66), 0.03),
            f.ball(1, (0, h * 0.86, -z * 0.02), (width * 0.33, h * 0.15, z * 1.02), 0.9),
        ),
        second(
            "bowl",
            (f.turned(bowl) - f.turned(hollow)).translate(at),
            finish="polished steel",
        ),
        fixed(
            "whisk beater hook",
            mirrored(f.hose(wire, 0.006)).translate((0, h * 0.16, at[2])),
            f.hose([(z, y, x) for x, y, z in wire], 0.006).translate((0, h * 0.16, at[2])),
            f.post(0.018, h * 0.8 - r * 1.2, (0, r * 1.3 + h * 0.12, at[2])),
            finish="steel",
        ),
        *_mixer_knob(f, width, h, z),
    ]


def _mixer_knob(f: Forms, width: float, h: float, z: float) -> list[Part]:
    """A mixer's knob."""
    return [
        fixed(
            "knob lever band",
            f.ring(1, 0.04, axis="z")
            .scale((width * 0.33, h * 0.15, 0.2))
            .translate((0, h * 0.86, z * 0.12)),
            f.rod(0.016, width * 0.74, (0, h * 0.84, -z * 0.4), "x"),
            finish="silver",
        ),
    ]


@family("microwave", "microwave_oven micro_wave", "light grey plastic")
def microwave(
    f: Forms, *, width: float = 0.5, height: float = 0.28, depth: float = 0.36, buttons: int = 12
) -> list[Part]:
    w, h, front = width, height, depth / 2
    pane = f.box((w * 0.58, h * 0.68, 0.012), (-w * 0.14, h * 0.54, front))
    return [
        main(
            "body case",
            f.soft_box((w, h * 0.94, depth), (0, h * 0.53, 0), 0.015),
            *[
                f.post(0.016, h * 0.08, (s * w * 0.4, 0, t * depth * 0.36))
                for s in (1, -1)
                for t in (1, -1)
            ],
        ),
        second(
            "door window",
            pane,
            f.box((w * 0.24, h * 0.72, 0.008), (w * 0.36, h * 0.54, front)),
            finish="black glass",
        ),
        fixed(
            "display",
            f.box((w * 0.17, h * 0.1, 0.02), (w * 0.365, h * 0.78, front)),
            finish="green neon",
        ),
        *_microwave_fittings(f, buttons, front, h, w),
    ]


def _microwave_fittings(f: Forms, buttons: int, front: float, h: float, w: float) -> list[Part]:
    """A microwave's handle, buttons and tray."""
    rows = within(buttons, 0, 24)
    keys = [
        f.box(
            (w * 0.042, h * 0.065, 0.02),
            (w * (0.31 + 0.055 * (i % 3)), h * (0.6 - 0.1 * (i // 3)), front),
        )
        for i in range(min(rows, 15))
    ]
    return [
        fixed(
            "handle",
            f.tube(
                [
                    (w * 0.2, h * 0.28, front),
                    (w * 0.2, h * 0.3, front + 0.035),
                    (w * 0.2, h * 0.78, front + 0.035),
                    (w * 0.2, h * 0.8, front),
                ],
                0.009,
            ),
            finish="silver",
        ),
        *([fixed("buttons button keys", *keys, finish="white plastic")] if keys else []),
        fixed(
            "tray plate",
            f.box((w * 0.4, h * 0.02, 0.016), (-w * 0.14, h * 0.3, front)),
            finish="white plastic",
        ),
    ]


@family(
    "coffee_machine",
    "espresso_machine coffee_maker coffeemaker coffee_brewer cappuccino_machine",
    "black plastic",
)
def coffee_machine(
    f: Forms, *, width: float = 0.24, height: float = 0.36, depth: float = 0.3
) -> list[Part]:
    w, h, z = width, height, depth / 2
    r, at = w * 0.3, (0, h * 0.1, z * 0.3)
    pot = [
        (r * 0.85, 0),
        (r, h * 0.1),
        (r * 0.95, h * 0.22),
        (r * 0.6, h * 0.34),
        (r * 0.68, h * 0.38),
    ]
    return [
        main(
            "body case",
            f.soft_box((w, h * 0.1, depth), (0, h * 0.05, 0), 0.012),
            f.soft_box((w, h * 0.98, depth * 0.34), (0, h * 0.49, -z * 0.66), 0.02),
            f.soft_box((w, h * 0.36, depth * 0.92), (0, h * 0.8, -z * 0.08), 0.03),
            f.post(r * 0.7, h * 0.18, (0, h * 0.46, at[2]), r * 0.95),
        ),
        second("jug pot glass", f.turned(pot, at), finish="light blue glass"),
        fixed(
            "coffee",
            f.lathe(
                [(r * 1.01, 0), (r * 1.03, h * 0.1), (r * 1.0, h * 0.16)], (0, h * 0.11, at[2])
            ),
            finish="dark brown glass",
        ),
        *_coffee_machine_fittings(f, depth, h, w, z, at, r),
    ]


def _coffee_machine_fittings(
    f: Forms, depth: float, h: float, w: float, z: float, at: Point, r: float
) -> list[Part]:
    """A coffee machine's handle and buttons."""
    grip = [
        (0, h * 0.32, r * 0.7),
        (0, h * 0.34, r * 1.5),
        (0, h * 0.12, r * 1.5),
        (0, h * 0.08, r * 0.95),
    ]
    return [
        fixed(
            "handle plate lid",
            f.hose(grip, r * 0.13).translate(at),
            f.post(r * 1.05, h * 0.03, (0, h * 0.09, at[2])),
            f.lathe([(r * 0.8, 0), (r * 0.4, 0.012)], (0, h * 0.97, -z * 0.1)),
            finish="charcoal plastic",
        ),
        fixed(
            "buttons button lights trim",
            *[f.rod(w * 0.05, 0.02, (x, h * 0.84, z * 0.84), "z") for x in apart(3, w * 0.44)],
            f.box((w * 1.01, h * 0.025, depth * 0.9), (0, h * 0.68, -z * 0.08)),
            finish="silver",
        ),
    ]


@family(
    "kettle", "electric_kettle water_kettle tea_kettle teakettle stovetop_kettle", "polished steel"
)
def kettle(f: Forms, *, height: float = 0.24, radius: float = 0.1) -> list[Part]:
    h, r = height, radius
    body = [
        (r * 0.98, h * 0.08),
        (r, h * 0.12),
        (r * 0.95, h * 0.4),
        (r * 0.7, h * 0.72),
        (r * 0.62, h * 0.78),
    ]
    spout = f.hose(
        [(0, h * 0.5, r * 0.6), (0, h * 0.62, r * 1.15), (0, h * 0.76, r * 1.45)],
        [r * 0.3, r * 0.2, r * 0.12],
    )
    grip = [
        (0, h * 0.74, -r * 0.5),
        (0, h * 0.92, -r * 1.1),
        (0, h * 0.72, -r * 1.5),
        (0, h * 0.28, -r * 1.35),
    ]
    return [
        main("body pot", f.turned(body), spout),
        second(
            "handle",
            f.hose(grip, r * 0.14, squash=1.4),
            f.bone((0, h * 0.3, -r * 1.35), (0, h * 0.3, -r * 0.9), r * 0.12),
            finish=DARK,
        ),
        fixed(
            "lid knob base",
            f.turned([(r * 0.64, 0), (r * 0.5, h * 0.06), (r * 0.1, h * 0.09)], (0, h * 0.77, 0)),
            f.ball(r * 0.17, (0, h * 0.85 + r * 0.1, 0)),
            f.lathe([(r * 1.12, 0), (r * 1.12, h * 0.06), (r * 0.98, h * 0.09)]),
            finish="charcoal plastic",
        ),
    ]


@family("dishwasher", "dish_washer", "white paint")
def dishwasher(
    f: Forms, *, width: float = 0.6, height: float = 0.84, depth: float = 0.58, open: float = 0.0
) -> list[Part]:
    w, h, z = width, height, depth / 2
    tall, turn = h * 0.76, min(max(open, 0.0), 1.0) * 90
    leaf = f.slab((w * 0.96, tall, 0.05), (0, 0, 0.0))
    bar = f.tube(
        [
            (-w * 0.3, tall * 0.9, 0.02),
            (-w * 0.3, tall * 0.9, 0.06),
            (w * 0.3, tall * 0.9, 0.06),
            (w * 0.3, tall * 0.9, 0.02),
        ],
        0.011,
    )
    hinge = (0, h * 0.1, z - 0.01)
    case = f.slab((w, h * 0.94, depth), (0, h * 0.06, 0))
    hollow = f.slab((w * 0.9, tall * 0.94, depth), (0, h * 0.12, 0.05))
    turned = [part.rotate((turn, 0, 0)).translate(hinge) for part in (leaf, bar)]
    return [
        main(
            "body case",
            case - hollow if turn > 8 else case,
            f.slab((w * 1.0, h * 0.02, depth * 1.04), (0, h * 0.985, 0)),
        ),
        second("door", turned[0], finish="white paint"),
        fixed(
            "handle display buttons",
            turned[1],
            f.box((w * 0.5, h * 0.05, 0.02), (0, h * 0.92, z)),
            f.slab((w * 0.9, h * 0.07, depth * 0.9)),
            finish="charcoal plastic",
        ),
        *_dishwasher_racks(f, depth, h, w, z, turn),
    ]


def _dishwasher_racks(
    f: Forms, depth: float, h: float, w: float, z: float, turn: float
) -> list[Part]:
    """A dishwasher's racks."""
    racks = [
        f.box((w * 0.86, 0.012, 0.012), (0, h * y, z * t))
        for y in (0.3, 0.55)
        for t in apart(6, 1.6)
    ]
    rails = mirrored(
        unite([f.box((0.02, 0.014, depth * 0.9), (w * 0.44, h * y, 0)) for y in (0.3, 0.55)])
    )
    return [
        *([fixed("racks rack baskets", rails, *racks, finish="steel")] if turn > 8 else []),
    ]
