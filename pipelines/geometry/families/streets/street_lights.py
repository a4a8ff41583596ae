"""What shines along streets. Their front is +Z."""

from __future__ import annotations

import math

from manifold3d import Manifold

from pipelines.geometry.families.curves import pairs
from pipelines.geometry.families.forms import Forms, around, unite, within
from pipelines.geometry.families.registry import Part, family, fixed, main, second

# A lamp post's outline from foot to top: shares of the radius and of the height.
LAMP_POST = "3.2 0, 3.2 0.03, 2.2 0.05, 2 0.14, 2.6 0.155, 1.3 0.17, 1 0.25, 0.85 0.92, 1.8 0.95, 0.8 0.97, 0.8 1"


@family(
    "street lamp",
    "streetlight street_light lamp_post lamppost street_lantern park_lamp",
    "black steel",
)
def street_lamp(
    f: Forms, *, height: float = 3.8, radius: float = 0.06, width: float = 0.36, lamps: int = 1
) -> list[Part]:
    low, reach, lamps = height * 0.8, width * 1.7, within(lamps, 1, 6)
    pole = f.lathe(pairs(LAMP_POST, radius, low))
    glass, metal = _lamp_head(f, width / 2, height - low)
    if lamps == 1:
        spots, arms = [(0.0, low - 0.01, 0.0)], [f.rod(radius * 0.5, 0.9, (0, low * 0.93, 0), "x")]
    else:
        bend = [(0, low * 0.94, 0), (reach * 0.6, low * 0.9, 0), (reach, low * 0.95, 0)]
        arm = f.tube([*bend, (reach, low + 0.02, 0)], radius * 0.5)
        arms = [arm.rotate((0, 360.0 * i / lamps, 0)) for i in range(lamps)]
        arms.append(f.lathe([(radius, 0), (radius * 0.3, height * 0.1)], (0, low * 0.98, 0)))
        spots = [_turned(reach, low, i / lamps) for i in range(lamps)]
    return [
        main("pole post frame", pole, *arms, *[metal.translate(at) for at in spots]),
        second(
            "lamp light lantern glass",
            *[glass.translate(at) for at in spots],
            finish="glossy lemon glass",
        ),
    ]


def _lamp_head(f: Forms, w: float, head: float) -> tuple[Manifold, Manifold]:
    """The six-sided glass of a street lamp, `head` high and 2w wide, and the metal about it."""
    glass = Manifold.cylinder(head * 0.55, w * 0.6, w, 6).rotate((-90, 0, 0))
    hat = Manifold.cylinder(head * 0.22, w * 1.15, w * 0.25, 6).rotate((-90, 0, 0))
    cage = around(f.bone((w * 0.6, head * 0.1, 0), (w, head * 0.66, 0), 0.014), 6)
    top = f.ball(w * 0.2, (0, head * 0.9, 0))
    spike = f.post(w * 0.06, head * 0.2, (0, head * 0.86, 0), 0.004)
    seat = f.lathe([(w * 0.3, 0), (w * 0.7, head * 0.1), (w * 0.7, head * 0.13)])
    metal = unite([hat.translate((0, head * 0.65, 0)), cage, top, spike, seat])
    return glass.translate((0, head * 0.1, 0)), metal


def _turned(reach: float, y: float, turn: float) -> tuple[float, float, float]:
    """A place at `reach` from the y axis after `turn` of a full circle."""
    angle = 2 * math.pi * turn
    return reach * math.cos(angle), y, -reach * math.sin(angle)


@family(
    "traffic light",
    "stoplight stop_light traffic_signal traffic_lights signal_light",
    "black plastic",
)
def traffic_light(
    f: Forms,
    *,
    height: float = 2.9,
    width: float = 0.34,
    radius: float = 0.05,
    thickness: float = 0.24,
) -> list[Part]:
    tall, z = height * 0.34, thickness / 2
    low = height - tall
    rows = [low + tall * share for share in (0.8, 0.5, 0.2)]
    hoods = []
    for y in rows:
        hood = f.rod(width * 0.32, 0.18, (0, y, z + 0.08), "z") - f.rod(
            width * 0.28, 1, (0, y, z), "z"
        )
        hoods.append(hood ^ f.box((9, width * 0.6, 9), (0, y + width * 0.2, 0)))
    lamps = [f.ball(width * 0.27, (0, y, z), (1, 1, 0.4)) for y in rows]
    return [
        main(
            "case box body",
            f.soft_box((width, tall, thickness), (0, low + tall / 2, 0), 0.05),
            *hoods,
        ),
        second(
            "pole post base",
            f.post(radius, low + 0.05),
            f.lathe([(radius * 3.2, 0), (radius * 3, 0.06), (radius * 1.6, 0.12), (radius, 0.3)]),
            finish="charcoal steel",
        ),
        fixed("red red_light", lamps[0], finish="glossy red glass"),
        fixed("amber amber_light", lamps[1], finish="glossy amber glass"),
        fixed("green green_light", lamps[2], finish="glossy green glass"),
    ]
