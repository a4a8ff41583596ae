"""What is seen in the sky."""

from __future__ import annotations

import math

from pipelines.geometry.families.forms import Forms, around
from pipelines.geometry.families.registry import Part, family, fixed, main, second
from pipelines.geometry.families.relief import chance


@family("planet", "saturn ringed_planet gas_giant", "amber plaster")
def planet(
    f: Forms, *, radius: float = 0.5, width: float = 1.2, thickness: float = 0.025
) -> list[Part]:
    """With rings, tilted."""
    r = radius
    bands = f.lathe(
        [
            (r * math.cos(a) * (1.004 if i % 2 else 1.0), r * math.sin(a))
            for i, a in enumerate(math.pi * (j / 14 - 0.5) for j in range(15))
        ]
    )
    stripe = [
        f.rod(r * math.cos(a) * 1.012, r * 0.1, (0, r * math.sin(a), 0))
        for a in (-0.65, -0.25, 0.2, 0.62)
    ]
    rings = [
        f.rod(width * s, thickness, (0, 0, 0)) - f.rod(width * t, thickness * 2)
        for s, t in ((0.86, 0.68), (1.04, 0.9))
    ]
    spokes = f.box((width * 1.9, thickness * 0.7, r * 0.05))
    tilt = (16.0, 0.0, 18.0)
    return [
        main("planet body globe", (f.ball(r) + bands).rotate(tilt)),
        second(
            "rings ring",
            *[ring.rotate(tilt) for ring in rings],
            spokes.rotate(tilt),
            finish="beige plaster",
        ),
        fixed("bands stripes", *[row.rotate(tilt) for row in stripe], finish="caramel plaster"),
    ]


@family("sun", "sunshine", "yellow plastic")
def sun(f: Forms, *, radius: float = 0.4, length: float = 0.25, rays: int = 12) -> list[Part]:
    """As it is drawn: a face with rays."""
    r, count = radius, max(3, rays)
    ray = f.post(r * 0.16, length, (0, r * 1.06, 0), 0.01).scale((1, 1, 0.7))
    beams = around(ray.rotate((-90, 0, 0)), count).rotate((90, 0, 0))
    eyes = [
        f.ball(r * 0.09, (s * r * 0.32, r * 0.18, r * 0.46 * 0.92), (0.9, 1.3, 0.7))
        for s in (1, -1)
    ]
    smile = f.hose(
        [
            (
                r * 0.42 * math.sin(a),
                -r * 0.06 - r * 0.34 * math.cos(a),
                r
                * 0.5
                * math.sqrt(
                    max(0.0, 1 - (0.42 * math.sin(a)) ** 2 - (0.06 + 0.34 * math.cos(a)) ** 2)
                ),
            )
            for a in (i * 0.3 for i in range(-4, 5))
        ],
        r * 0.035,
        steps=2,
    )
    cheeks = [
        f.ball(r * 0.12, (s * r * 0.55, -r * 0.1, r * 0.5 * 0.83), (1, 0.8, 0.4)) for s in (1, -1)
    ]
    return [
        main("face body disc", f.ball(r, squash=(1, 1, 0.5))),
        second(
            "rays beams", beams, f.rod(r * 1.1, r * 0.1, (0, 0, 0), "z"), finish="orange plastic"
        ),
        fixed("eyes mouth smile", *eyes, smile, finish="dark brown plastic"),
        fixed("cheeks", *cheeks, finish="coral plastic"),
    ]


@family("moon", "full_moon", "pale grey concrete")
def moon(f: Forms, *, radius: float = 0.5) -> list[Part]:
    """A ball with craters."""
    rng, r = chance(radius), radius
    body = f.ball(r)
    for _ in range(22):
        direction = rng.normal(size=3)
        direction /= math.sqrt(float(direction @ direction))
        size = r * float(rng.uniform(0.07, 0.22))
        x, y, z = (float(value) for value in direction * r * 1.0)
        share = 1 + 0.55 * size / r
        body = body - f.ball(size, (x * share, y * share, z * share))
    return [main("moon body globe", body)]


@family("crescent moon", "crescent half_moon", "lemon plastic")
def crescent_moon(f: Forms, *, height: float = 1.0, thickness: float = 0.18) -> list[Part]:
    r = height / 2
    outer = f.rod(r, thickness, (0, r, 0), "z")
    inner = f.rod(r * 0.82, thickness * 3, (r * 0.42, r, 0), "z")
    edge = f.ball(r, (0, r, 0), (1, 1, thickness * 0.75 / r)) - f.rod(
        r * 0.8, thickness * 9, (r * 0.42, r, 0), "z"
    )
    return [
        main(
            "moon body crescent",
            edge + (outer - inner).scale((0.999, 0.999, 0.35)).translate((0, 0, 0)),
        )
    ]
