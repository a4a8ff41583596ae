"""People and what is built like them. Their front is +Z."""

from __future__ import annotations

import math

from pipelines.geometry.families.animals import eyes
from pipelines.geometry.families.blob import Blob
from pipelines.geometry.families.forms import Forms, mirrored, unite
from pipelines.geometry.families.registry import Part, family, fixed, main, second


@family(
    "person",
    "man woman human child boy girl figure statue sculpture figurine bust knight:steel "
    "soldier:camouflage wizard:indigo_fabric king:maroon_fabric queen:fuchsia_fabric doctor:white_fabric hero",
    "blue fabric",
)
def person(
    f: Forms, *, height: float = 1.75, width: float = 0.42, thickness: float = 0.07
) -> list[Part]:
    hip, shoulder, t = height * 0.5, height * 0.8, thickness
    x = width / 2
    head_y = height * 0.92
    shirt = Blob(0.05).bone((0, hip + 0.06, 0), (0, shoulder - 0.08, 0), x * 0.66, x * 0.78)
    shirt.mirrored_bone((0, shoulder - 0.03, 0), (x, shoulder - 0.04, 0), t, t * 0.9)
    shirt.mirrored_bone((x, shoulder - 0.04, 0), (x + 0.09, shoulder - 0.3, 0.0), t * 0.85, t * 0.7)
    legs = Blob(0.04).mirrored_bone(
        (x * 0.45, hip + 0.02, 0), (x * 0.5, hip * 0.5, 0.01), t * 1.25, t * 0.9
    )
    legs.mirrored_bone((x * 0.5, hip * 0.5, 0.01), (x * 0.5, 0.1, -0.01), t * 0.9, t * 0.65)
    legs.bone((-x * 0.3, hip + 0.03, 0), (x * 0.3, hip + 0.03, 0), t * 1.3)
    skin = Blob(0.03).bone((0, shoulder - 0.02, 0), (0, head_y - 0.08, 0.01), t * 0.75)
    skin.bone((0, head_y - 0.035, 0.015), (0, head_y + 0.03, 0), 0.085, 0.1)
    skin.mirrored_bone(
        (x + 0.08, shoulder - 0.27, 0), (x + 0.13, shoulder - 0.52, 0.05), t * 0.55, t * 0.45
    )
    skin.mirrored_bone(
        (x + 0.13, shoulder - 0.54, 0.055), (x + 0.135, shoulder - 0.62, 0.07), t * 0.55, t * 0.4
    )
    skin.bone((0, head_y - 0.02, 0.095), (0, head_y - 0.035, 0.11), 0.018)
    hair = Blob(0.03).ball((0, head_y + 0.045, -0.022), 0.108).ball((0, head_y, -0.04), 0.09)
    shoe = Blob(0.03).mirrored_bone(
        (x * 0.5, 0.045, -0.03), (x * 0.55, 0.04, 0.13), t * 0.75, t * 0.6
    )
    ground = f.box((5, 2, 5), (0, -1, 0))
    d = f.detail
    return [
        main("shirt torso clothes jacket", shirt.solid(d)),
        second("trousers legs pants", legs.solid(d), finish="navy fabric"),
        fixed("skin head face hands", skin.solid(d), finish="flesh plaster"),
        fixed("hair", hair.solid(d), finish="chocolate hair"),
        fixed("shoes boots", shoe.solid(d) - ground, finish="dark brown leather"),
        eyes(f, 0.036, head_y + 0.012, 0.092, 0.014),
    ]


@family("robot", "android droid mech cyborg", "silver grey steel")
def robot(f: Forms, *, height: float = 1.6, width: float = 0.55, depth: float = 0.36) -> list[Part]:
    hip, chest = height * 0.38, height * 0.36
    x, head_y = width / 2, height * 0.86
    body = f.soft_box((width, chest, depth), (0, hip + chest / 2, 0), 0.04)
    head = f.soft_box((width * 0.56, height * 0.18, depth * 0.8), (0, head_y, 0), 0.04)
    arm = f.bone((x + 0.09, hip + chest * 0.86, 0), (x + 0.12, hip + chest * 0.1, 0.02), 0.055)
    leg = f.bone((x * 0.5, hip, 0), (x * 0.5, 0.12, 0), 0.07)
    foot = f.soft_box((0.2, 0.1, 0.32), (x * 0.52, 0.05, 0.04), 0.03)
    hand = f.ball(0.085, (x + 0.125, hip + chest * 0.02, 0.02))
    return [
        main("body torso", body, head),
        second(
            "arms legs hands feet joints",
            mirrored(unite([arm, leg, foot, hand])),
            mirrored(f.ball(0.1, (x + 0.05, hip + chest * 0.88, 0))),
            f.post(0.07, 0.12, (0, hip + chest - 0.01, 0)),
            finish="charcoal steel",
        ),
        fixed(
            "eyes eye",
            mirrored(f.rod(0.045, 0.06, (0.08, head_y + 0.02, depth * 0.4), "z")),
            finish="shiny cyan plastic",
        ),
        fixed(
            "panel buttons mouth",
            f.box((0.16, 0.025, 0.04), (0, head_y - 0.07, depth * 0.4)),
            f.box((width * 0.5, chest * 0.35, 0.03), (0, hip + chest * 0.6, depth / 2)),
            finish="black plastic",
        ),
        fixed(
            "antenna light lights",
            f.post(0.012, 0.12, (0, head_y + height * 0.08, 0)),
            f.ball(0.035, (0, head_y + height * 0.08 + 0.14, 0)),
            *[
                f.rod(0.025, 0.05, (dx, hip + chest * 0.6, depth / 2), "z")
                for dx in (-0.07, 0, 0.07)
            ],
            finish="shiny red plastic",
        ),
    ]


@family("snowman", "snow_man", "snow")
def snowman(f: Forms, *, height: float = 1.7, radius: float = 0.45) -> list[Part]:
    r = radius
    ys = [r * 0.88, r * 2.1, height * 0.83]
    balls = [f.ball(r * s, (0, y, 0)) for s, y in zip((1, 0.74, 0.52), ys, strict=True)]
    head = ys[2]
    coal = [f.ball(0.035, (s * 0.09, head + 0.06, r * 0.45)) for s in (1, -1)]
    coal += [f.ball(0.035, (0, ys[1] + dy, r * 0.72)) for dy in (0.14, 0.0, -0.14)]
    coal += [
        f.ball(0.02, (0.1 * math.sin(a), head - 0.1 * math.cos(a) - 0.02, r * 0.46))
        for a in (-0.8, -0.4, 0.0, 0.4, 0.8)
    ]
    arm = f.bone((r * 0.6, ys[1] + 0.1, 0), (r * 1.7, ys[1] + 0.42, 0), 0.022, 0.015) + f.bone(
        (r * 1.4, ys[1] + 0.3, 0), (r * 1.5, ys[1] + 0.5, 0.04), 0.014, 0.009
    )
    top = head + r * 0.42
    return [
        main("body snow", unite(balls) - f.box((9, 2, 9), (0, -1, 0))),
        second(
            "scarf",
            f.ring(r * 0.46, 0.06, (0, head - r * 0.42, 0)),
            f.soft_box((0.1, 0.32, 0.05), (0.14, head - r * 0.42 - 0.15, r * 0.56), 0.02),
            finish="red fabric",
        ),
        fixed(
            "hat",
            f.post(r * 0.58, 0.04, (0, top - 0.03, 0)),
            f.post(r * 0.38, 0.28, (0, top, 0), r * 0.4),
            finish="black fabric",
        ),
        fixed(
            "nose carrot",
            f.rod(0.045, 0.26, (0, head, r * 0.52 + 0.1), "z", 0.005),
            finish="orange plastic",
        ),
        fixed("coal eyes buttons", *coal, finish="black stone"),
        fixed("arms twigs", mirrored(arm), finish="bark"),
    ]
